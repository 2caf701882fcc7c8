"""Archives are unpacked within limits, and what leads outside or beyond them is refused in a sentence."""

import bz2
import gzip
import io
import lzma
import stat
import zipfile

import pyarrow as pa
import pytest

from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, compressed
from clipviz.datasets.unpacking import Limits


def zipped(**members: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


def with_member(entry: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(entry, content)
    return whole.getvalue()


def test_members_are_listed_and_read(write, tmp_path):
    path = write(
        zipped(**{"a/b.csv": b"x\n1\n", "__MACOSX/a": b"", "a/.DS_Store": b"", "c.CSV": b"yy"}), "x.zip"
    )
    with archives.open_zip(path) as archive:
        assert [(member.name, member.size, member.suffix) for member in archive.members] == [
            ("a/b.csv", 4, ".csv"),
            ("c.CSV", 2, ".csv"),
        ]
        assert archive.read("a/b.csv") == b"x\n1\n"
        assert archive.extract("c.CSV", tmp_path / "out").read_bytes() == b"yy"
        with pytest.raises(UnreadableFile, match=r"must be in the archive; received 'no' in x.zip"):
            archive.read("no")
        with pytest.raises(UnreadableFile, match=r"at most 3 bytes; received 'a/b.csv'"):
            archive.read("a/b.csv", most=3)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.csv", "must stay inside the archive"),
        ("a/../../evil.csv", "must stay inside the archive"),
        ("/etc/passwd", "must not have an absolute path"),
        ("C:\\windows\\evil.csv", "must not have an absolute path"),
        ("..\\evil.csv", "must stay inside the archive"),
        ("n" * 2000, "must stay inside the archive"),
    ],
)
def test_paths_that_lead_outside(write, name, words):
    path = write(with_member(zipfile.ZipInfo(name)), "x.zip")
    with pytest.raises(UnreadableFile, match=words) as caught, archives.open_zip(path, "mine.zip"):
        pass
    assert "mine.zip" in str(caught.value) and caught.value.remedy


def test_links_and_encrypted_members(write):
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with (
        pytest.raises(UnreadableFile, match=r"no link or device; received 'link.csv' in x.zip"),
        archives.open_zip(write(with_member(link, b"/etc/passwd"), "x.zip")),
    ):
        pass
    content = bytearray(zipped(**{"a.csv": b"a,b\n1,2\n"}))
    content[6] |= 1  # the flag in the local header, and the one in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with (
        pytest.raises(UnreadableFile, match=r"must not be encrypted; received 'a.csv'.*without a password"),
        archives.open_zip(write(bytes(content), "y.zip")),
    ):
        pass


def test_a_bomb_is_refused_before_it_is_unpacked(write, tmp_path):
    bomb = zipped(bomb=bytes(60_000_000))
    with (
        pytest.raises(UnreadableFile, match="at most 250 times its own size"),
        archives.open_zip(write(bomb, "x.zip")),
    ):
        pass
    squeezed = write(gzip.compress(bytes(60_000_000)), "x.gz")
    with pytest.raises(UnreadableFile, match=r"at most 250 times its own size; received more in x.gz"):
        compressed.decompress(squeezed, tmp_path / "out")


def test_total_and_count_are_limited(write, tmp_path):
    path = write(zipped(a=bytes(600), b=bytes(600)), "x.zip")
    for limits, words in (
        (Limits(unpacked=1000), "unpack to at most 1,000 bytes"),
        (Limits(members=1), "at most 1 files; received 2 in x.zip"),
    ):
        with pytest.raises(UnreadableFile, match=words), archives.open_zip(path, limits=limits):
            pass
    with pytest.raises(UnreadableFile, match="at most 100 bytes"):
        compressed.decompress(
            write(gzip.compress(bytes(600)), "x.gz"), tmp_path / "out", limits=Limits(unpacked=100)
        )


def test_a_member_that_lies_about_its_size(write):
    content = bytearray(zipped(**{"a.csv": b"0123456789" * 100}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    path = write(bytes(content), "x.zip")
    with archives.open_zip(path) as archive, pytest.raises(UnreadableFile, match=r"'a.csv' in x.zip"):
        archive.read("a.csv")


def test_damage_and_truncation(write, tmp_path):
    whole = zipped(**{"a.csv": bytes(range(256)) * 40})
    with (
        pytest.raises(UnreadableFile, match="must be a whole zip file"),
        archives.open_zip(write(whole[:100], "x.zip")),
    ):
        pass
    spoiled = bytearray(whole)
    spoiled[60] ^= 0xFF
    with (
        archives.open_zip(write(bytes(spoiled), "y.zip")) as archive,
        pytest.raises(UnreadableFile, match=r"must be whole.*'a.csv' in y.zip"),
    ):
        archive.read("a.csv")
    for cut in (gzip.compress(bytes(range(256)) * 40)[:-20], bz2.compress(bytes(5000))[:-9]):
        with pytest.raises(UnreadableFile, match=r"file must be whole; received z: "):
            compressed.decompress(write(cut, "z"), tmp_path / "out")


@pytest.mark.parametrize(
    ("kind", "pack"),
    [
        ("gzip", gzip.compress),
        ("bz2", bz2.compress),
        ("xz", lzma.compress),
        ("zstd", lambda content: pa.compress(content, codec="zstd", asbytes=True)),
    ],
)
def test_every_compression(write, tmp_path, kind, pack):
    content = b"a,b\n1,2\n" * 1000
    path = write(pack(content), "x")
    assert compressed.compression(path.read_bytes()[:8]) == kind
    assert compressed.decompress(path, tmp_path / "out").read_bytes() == content
    assert compressed.head_of(path, 8) == b"a,b\n1,2\n"
