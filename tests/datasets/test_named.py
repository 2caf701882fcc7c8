"""Public data sets by name, against a server of our own: checked, resumed, put by hand, never half."""

import csv
import gzip
import hashlib
import io
import re
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from clipviz.core.errors import ClipvizError, NotFound, UnreadableFile
from clipviz.datasets import download, named, named_catalogue, repack
from clipviz.datasets.named_catalogue import Named, Part

TABLE = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n % 3) for n in range(5000))


class Server(ThreadingHTTPServer):
    """Serves `content` at any path; breaks off after `breaks` bytes; counts what was asked for."""

    content, breaks, ranges, tag = TABLE, 0, True, '"v1"'

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/table.csv"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted, content, start = self.headers.get("Range", ""), self.server.content, 0
        self.server.asked.append(wanted)
        if wanted and self.server.ranges and self.headers.get("If-Range") == self.server.tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("ETag", self.server.tag)
        self.end_headers()
        body = content[start:]
        self.wfile.write(body[: self.server.breaks] if self.server.breaks else body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


SHA = f"sha256:{hashlib.sha256(TABLE).hexdigest()}"


def test_a_file_is_fetched_once_and_checked(server, tmp_path):
    target, seen = tmp_path / "a" / "table.csv", []
    for _ in range(2):
        found = download.fetch(server.url, target, SHA, progress=lambda *step: seen.append(step))
        assert found.read_bytes() == TABLE
    assert server.asked == [""] and seen[-1] == (len(TABLE), len(TABLE))
    assert {path.name for path in target.parent.iterdir()} <= {"table.csv", "table.csv.lock"}


def test_a_broken_download_goes_on_where_it_stopped(server, tmp_path):
    target, server.breaks = tmp_path / "table.csv", 1000
    with pytest.raises(ClipvizError, match=r"could not be downloaded.*what arrived is kept"):
        download.fetch(server.url, target, SHA)
    assert not target.exists() and (tmp_path / "table.csv.part").stat().st_size == 1000
    server.breaks = 0
    assert download.fetch(server.url, target, SHA).read_bytes() == TABLE
    assert server.asked == ["", "bytes=1000-"]


@pytest.mark.parametrize("change", [{"ranges": False}, {"tag": '"v2"'}])
def test_another_version_or_a_server_without_ranges_starts_anew(server, tmp_path, change):
    target, server.breaks = tmp_path / "table.csv", 1000
    with pytest.raises(ClipvizError):
        download.fetch(server.url, target, SHA)
    server.breaks = 0
    for name, value in change.items():
        setattr(server, name, value)
    assert download.fetch(server.url, target, SHA).read_bytes() == TABLE


def test_a_part_that_is_longer_than_the_file_is_thrown_away(server, tmp_path):
    (tmp_path / "table.csv.part").write_bytes(TABLE + b"more")
    (tmp_path / "table.csv.part.version").write_text(server.tag)
    assert download.fetch(server.url, tmp_path / "table.csv", SHA).read_bytes() == TABLE


def test_other_bytes_are_refused_and_not_kept(server, tmp_path):
    with pytest.raises(UnreadableFile, match=r"must be the published one, with md5 00.*try again"):
        download.fetch(server.url, tmp_path / "table.csv", "md5:" + "00" * 16)
    assert not (tmp_path / "table.csv").exists() and not (tmp_path / "table.csv.part").exists()
    with pytest.raises(UnreadableFile, match="at most 100 bytes"):
        download.fetch(server.url, tmp_path / "table.csv", most=100)


def test_without_a_network_the_sentence_says_where_to_put_the_file(server, settings, tmp_path, monkeypatch):
    with Server() as gone:
        url = gone.url
    one = Named("one", "One", "", "b", "o", "MIT", (Part(url, SHA),), 5000, 2)
    monkeypatch.setattr(named_catalogue, "CATALOGUE", (one,))
    place = named.folder(settings, "one").absolute() / "table.csv"
    with pytest.raises(
        ClipvizError, match=rf"download {re.escape(url)} elsewhere and put it at {re.escape(str(place))}"
    ):
        named.load("one", settings)
    place.write_bytes(TABLE)
    dataset = named.load("one", settings, "Ada")
    assert (dataset.name, dataset.target, dataset.rows) == ("One", "b", 5000)
    assert dataset.origin == "o. Licence: MIT."
    place.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(UnreadableFile, match=r"must be the published one.*Remove"):
        named.load("one", settings)
    assert place.exists()


@pytest.mark.usefixtures("in_process")
def test_a_set_without_a_checksum_is_checked_by_its_shape(server, settings, monkeypatch):
    one = Named("one", "One", "", "b", "o", "MIT", (Part(server.url),), 5000, 2)
    monkeypatch.setattr(
        named_catalogue,
        "CATALOGUE",
        (one, replace(one, id="two", rows=5001), replace(one, id="x", needs="no")),
    )
    assert named.load("one", settings).rows == 5000
    with pytest.raises(UnreadableFile, match="must have 5,001 rows and 2 columns; received 5,000 rows"):
        named.load("two", settings)
    with pytest.raises(NotFound, match=r"known by name; received 'x'.*Pick one of one, two"):
        named.load("x", settings)


def test_the_catalogue_is_whole():
    ids = [each.id for each in named_catalogue.CATALOGUE]
    assert len(set(ids)) == len(ids) >= 10
    assert {"fashion_mnist", "boston_housing", "imdb", "california_housing"} <= set(ids)
    for each in named_catalogue.CATALOGUE:
        assert each.licence and each.origin and each.description and each.rows and each.checked
        for part in each.parts:
            assert re.fullmatch(r"|md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}", part.digest)
            assert part.url.startswith("https://") or part.digest, "plain http needs a digest"


def test_repacking(tmp_path):
    out = tmp_path / "out"
    np.savez(tmp_path / "a.npz", x=np.ones((3, 2)), y=np.arange(3.0))
    repack.repack(repack.arrays(("p", "q", "r")), [tmp_path / "a.npz"], out)
    assert out.read_text() == "p,q,r\n1.0,1.0,0.0\n1.0,1.0,1.0\n1.0,1.0,2.0\n"
    with pytest.raises(
        UnreadableFile, match=r"must be the data set that it is called; received a\.npz: 3 columns"
    ):
        repack.repack(repack.arrays(("p",)), [tmp_path / "a.npz"], out)
    (tmp_path / "b").write_bytes(b"1,2\n")
    repack.repack(repack.headed(("p", "q")), [tmp_path / "b"], out)
    assert out.read_bytes() == b"p,q\n1,2\n"
    repack.repack(repack.together, [tmp_path / "b"], out)
    with zipfile.ZipFile(out) as archive:
        assert archive.read("b") == b"1,2\n"


def test_archives_of_reviews_and_pictures(tmp_path):
    def packed(members: dict[str, bytes]) -> None:
        with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
            for name, content in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))

    packed(
        {
            "aclImdb/train/pos/0_9.txt": b"Good,\nvery",
            "aclImdb/test/neg/1_2.txt": b'"Bad"',
            "aclImdb/x/1.txt": b"?",
        }
    )
    repack.repack(repack.reviews, [tmp_path / "a.tgz"], tmp_path / "out")
    with (tmp_path / "out").open(newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["review", "sentiment"], ["Good, very", "positive"], ['"Bad"', "negative"]
        ]  # fmt: skip
    row = bytes([7]) + bytes(1024) + bytes([9]) * 2048
    packed({"cifar-10-batches-bin/data_batch_1.bin": row * 2, "cifar-10-batches-bin/readme.html": b""})
    repack.repack(repack.cifar, [tmp_path / "a.tgz"], tmp_path / "out")
    with np.load(tmp_path / "out") as found:
        assert found["images"].shape == (2, 32, 32, 3) and found["labels"].tolist() == [7, 7]
        assert found["images"][0, 0, 0].tolist() == [0, 9, 9]
    (tmp_path / "a.tgz").write_bytes(gzip.compress(b"no tar"))
    with pytest.raises(UnreadableFile, match="must be the data set"):
        repack.repack(repack.reviews, [tmp_path / "a.tgz"], tmp_path / "out")
