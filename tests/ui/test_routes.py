"""What the browser asks for: answers, refusals in words, and how long they may be kept."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from clipviz.core.errors import StoreUnavailable
from clipviz.runs.live import Live
from clipviz.ui import assets, guard, routes
from tests.asgi_client import Client
from tests.live_story import Story, story_in


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = story_in(tmp_path)
    yield told
    told.store.close()


@pytest.fixture
def client(story: Story) -> Client:
    live = Live(story.store)
    app = Starlette(routes=[*routes.build(lambda: live), *routes.build(lambda: live, "/{base:path}")])
    return Client(app)


def test_news_of_a_run(client: Client, story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 100)
    answer = client.get(f"/api/runs/{run.id}/live")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-encoding"] == "gzip"
    said = answer.json()
    assert said["run"]["step"] == 100
    again = client.get(f"/api/runs/{run.id}/live", params={"cursor": said["cursor"]}).json()
    assert again["reset"] is False


def test_health_of_a_run(client: Client, story: Story) -> None:
    run = story.started()
    assert client.get(f"/api/runs/{run.id}/health").json() == {"health": None}
    story.trained(run, 1, 500)
    story.ended(run, 500)
    said = client.get(f"/api/runs/{run.id}/health").json()["health"]
    assert said["step"] == 500 and said["ledger"]["steps"] == 500
    assert [entry["layer"] for entry in said["ledger"]["entries"]] == ["all layers", "layer 1", "layer 2"]
    assert client.get(f"/api/runs/{'0' * 16}/health").status_code == 404


def test_browser_without_gzip_is_served_too(client: Client, story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 100)
    answer = client.get(f"/api/runs/{run.id}/live", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert len(answer.json()["streams"]["step"]["series"]["loss"][0]) == 100


def test_behind_a_base_path(client: Client, story: Story) -> None:
    run = story.queued()
    assert client.get(f"/team/clipviz/api/runs/{run.id}/live").json()["run"]["state"] == "queued"


@pytest.mark.parametrize("id", ["zz", "0" * 15, "0" * 17, "ABCDEFABCDEFABCD", "..%2f..%2fetc", "0' OR 1=1--"])
def test_malformed_id_is_refused_in_words(client: Client, id: str) -> None:
    answer = client.get(f"/api/runs/{id}/live")
    assert answer.status_code == 404
    if "%2f" not in id:
        assert "sixteen characters 0-9 and a-f" in answer.json()["error"]


def test_unknown_and_deleted_runs_are_refused_in_words(client: Client, story: Story) -> None:
    answer = client.get(f"/api/runs/{'0' * 16}/live")
    assert answer.status_code == 404 and "0" * 16 in answer.json()["error"]
    run = story.queued()
    story.store.runs.delete(run.id, "Ada")
    answer = client.get(f"/api/runs/{run.id}/live")
    assert answer.status_code == 404 and "Ada" in answer.json()["error"]


def test_store_in_trouble_is_said(client: Client, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(id: str) -> None:
        raise StoreUnavailable("The database is locked", None, "Try again in a moment")

    monkeypatch.setattr(story.store.runs, "get", away)
    answer = client.get(f"/api/runs/{'0' * 16}/live")
    assert answer.status_code == 503
    assert answer.json() == {"error": "The database is locked. Try again in a moment."}


def test_window(client: Client, story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 300)
    said = client.get(f"/api/runs/{run.id}/window", params={"lo": 10, "hi": 19}).json()
    assert said["streams"]["step"]["series"]["loss"][0] == list(range(10, 20))
    assert client.get(f"/api/runs/{run.id}/window").json()["streams"]["step"]["rows"] == 300


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lo=-1", "a whole number from 0 on"),
        ("hi=x", "a whole number"),
        ("lo=9&hi=3", "begins before it ends"),
    ],
)
def test_window_that_makes_no_sense_is_refused(client: Client, story: Story, query: str, words: str) -> None:
    answer = client.get(f"/api/runs/{story.queued().id}/window?{query}")
    assert answer.status_code == 400 and words in answer.json()["error"]


def test_table_of_several_runs(client: Client, story: Story) -> None:
    runs = [story.started("one"), story.started("two")]
    for run in runs:
        story.trained(run, 1, 60)
    query = [("run", run.id) for run in runs] + [("series", "step/loss"), ("series", "evaluation/train_loss")]
    answer = client.get("/api/series.csv", params=query)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="clipviz-runs.csv"' in answer.headers["content-disposition"]
    lines = answer.text.splitlines()
    assert lines[0] == "run,stream,series,step,value"
    assert len(lines) == 1 + 2 * (60 + 1)


def test_repeated_names_repeat_nothing_and_runs_are_loaded_one_by_one(
    client: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [story.started("one"), story.started("two")]
    for run in runs:
        story.trained(run, 1, 60)
    told: list[str] = []
    table = Live.table

    def watched(live: Live, run: str, series: list[tuple[str, str]]) -> Iterator[str]:
        told.append(f"{run} begins")
        yield from table(live, run, series)  # type: ignore[arg-type]
        told.append(f"{run} ends")

    monkeypatch.setattr(Live, "table", watched)
    query = [("run", run.id) for run in runs] * 64 + [("series", "step/loss")] * 99
    assert len(client.get("/api/series.csv", params=query).text.splitlines()) == 1 + 2 * 60
    assert told == [f"{run.id} {word}" for run in runs for word in ("begins", "ends")]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("series=step/loss", 400, "1 to 64 runs"),
        ("run=0000000000000000", 400, "as many series"),
        ("run=zz&series=step/loss", 404, "sixteen"),
        ("run=0000000000000000&series=loss", 400, "stream/name"),
        ("run=0000000000000000&series=step/loss", 404, "0000000000000000"),
    ],
)
def test_table_that_makes_no_sense_is_refused(client: Client, query: str, status: int, words: str) -> None:
    answer = client.get(f"/api/series.csv?{query}")
    assert answer.status_code == status and words in answer.json()["error"]


def test_plotly_is_its_own_bundle_and_kept_by_version(client: Client) -> None:
    answer = client.get("/assets/plotly.min.js", params={"v": assets.plotly_version()})
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert "plotly.js v" in answer.text[:200]
    loose = client.get("/assets/plotly.min.js", headers={"If-None-Match": answer.headers["etag"]})
    assert loose.status_code == 304 and loose.headers["cache-control"] == "no-cache"


def test_scripts_of_the_live_chart(client: Client) -> None:
    version = assets.live_version()
    assert "chart.js" in assets.live()
    for name, asset in assets.live().items():
        answer = client.get(f"/assets/live/{version}/{name}")
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        assert answer.content == asset.body == gzip.decompress(asset.packed)
    assert client.get("/assets/live/older/chart.js").headers["cache-control"] == "no-cache"
    for name in ("no-such.js", "..%2froutes.py", "__init__.py"):
        assert client.get(f"/assets/live/{version}/{name}").status_code == 404


def test_routes_of_the_app_are_complete() -> None:
    paths = {route.path for route in routes.routes}  # type: ignore[attr-defined]
    assert {"/api/runs/{id}/live", "/{base:path}/api/runs/{id}/live", "/assets/plotly.min.js"} <= paths
    assert not any(path.startswith(("/_stcore", "/static", "/media")) for path in paths)


def test_runs_are_kept_from_whoever_is_not_signed_in(
    client: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = story.queued()
    monkeypatch.setattr("streamlit.auth_util.get_secrets_auth_section", lambda: {"cookie_secret": "s" * 32})
    answer = client.get(f"/api/runs/{run.id}/live")
    assert answer.status_code == 401 and "signed in" in answer.json()["error"]
    client.cookies["_streamlit_user"] = "forged"
    assert client.get(f"/api/runs/{run.id}/live").status_code == 401


def test_signed_cookie_of_the_login_opens_the_routes(
    client: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.web.server.starlette import starlette_websocket
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    monkeypatch.setattr("streamlit.auth_util.get_secrets_auth_section", lambda: {"cookie_secret": "s" * 32})
    monkeypatch.setattr(starlette_websocket, "get_cookie_secret", lambda: "s" * 32)
    run = story.queued()
    for signed_in, status in ((True, 200), (False, 401)):
        user = json.dumps({"is_logged_in": signed_in, "name": "Ada"})
        signed = create_signed_value("s" * 32, "_streamlit_user", user)
        client.cookies["_streamlit_user"] = signed.decode("latin-1")
        assert client.get(f"/api/runs/{run.id}/live").status_code == status


def test_nobody_signs_in_where_nobody_is_asked_to() -> None:
    from starlette.requests import HTTPConnection

    assert guard.signed_in(HTTPConnection({"type": "http", "headers": []}))
