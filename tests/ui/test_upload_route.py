"""Uploads arrive block by block, from our own pages only, whole or not at all."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette

from clipviz.core.settings import Settings
from clipviz.ui import upload_route

OURS = {"x-clipviz-upload": "1", "sec-fetch-site": "same-origin", "host": "localhost"}


@pytest.fixture
def home(tmp_path):
    return Settings(home=tmp_path / "home", upload_mb=3)


def post(home, blocks, headers=OURS, broken=False):
    """(status, body) of a POST whose body comes in `blocks`; broken: the browser goes away at their end."""
    waiting = list(blocks)
    said = []

    async def receive():
        if waiting:
            block = waiting.pop(0)
            return {"type": "http.request", "body": block, "more_body": bool(waiting) or broken}
        return {"type": "http.disconnect"}

    async def send(message):
        said.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "root_path": "",
        "path": "/api/uploads", "raw_path": b"/api/uploads", "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    app = Starlette(routes=upload_route.build(lambda: home))
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    return said[0]["status"], b"".join(part.get("body", b"") for part in said[1:])


def left(home):
    return sorted(home.uploads.iterdir()) if home.uploads.exists() else []


def test_what_arrives_is_kept_under_its_hash(home):
    from io import BytesIO

    from clipviz.datasets.ingest import spool

    content = [b"a,b\n", b"1,2\n" * 400_000, b"3,4\n"]
    status, body = post(home, content)
    [kept] = left(home)
    assert status == 200 and kept.name.encode() in body
    assert kept.read_bytes() == b"".join(content)
    assert spool(BytesIO(b"".join(content)), home) == kept


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost"},
        {**OURS, "sec-fetch-site": "cross-site"},
        {**OURS, "sec-fetch-site": "same-site"},
        {"x-clipviz-upload": "1", "host": "localhost", "origin": "https://elsewhere.example"},
        {"x-clipviz-upload": "1", "host": "localhost", "origin": "null"},
    ],
)
def test_other_sites_are_refused_and_leave_nothing(home, headers):
    status, body = post(home, [b"a\n1\n"], headers)
    assert status == 403 and b"own pages" in body
    assert left(home) == []


@pytest.mark.parametrize("origin", [{}, {"origin": "http://localhost"}])
def test_our_own_pages_and_programs_are_let_in(home, origin):
    assert post(home, [b"a\n1\n"], {"x-clipviz-upload": "1", "host": "localhost", **origin})[0] == 200


def test_sign_in_is_asked_for_where_the_deployment_asks(home, monkeypatch):
    monkeypatch.setattr(upload_route, "signed_in", lambda request: False)
    status, body = post(home, [b"a\n1\n"])
    assert status == 401 and b"signed in" in body
    assert left(home) == []


@pytest.mark.parametrize(
    ("blocks", "headers", "status", "words"),
    [
        ([b""], OURS, 400, b"must not be empty"),
        ([b"x" * 1_000_000] * 4, OURS, 413, b"at most 3 MB"),
        ([b"x"], {**OURS, "content-length": "3000001"}, 413, b"at most 3 MB"),
    ],
)
def test_empty_and_huge_uploads_are_refused_in_words(home, blocks, headers, status, words):
    found, body = post(home, blocks, headers)
    assert found == status and words in body
    assert left(home) == []


def test_a_connection_that_breaks_leaves_nothing(home):
    assert post(home, [b"x" * 2_000_000, b"y"], broken=True)[0] == 499
    assert left(home) == []


def test_a_full_disk_is_said(home, monkeypatch):
    home.uploads.parent.mkdir(parents=True)
    home.uploads.write_text("no folder")
    status, body = post(home, [b"a\n1\n"])
    assert status == 507 and b"could not be kept" in body
