"""Tables in archives, and archives that are no tables."""

import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Iterator

import pyarrow as pa

from tests.datasets.zoo.specimen import Specimen, table

TABLE = table("x,w", "{n},b")


def specimens() -> Iterator[Specimen]:
    yield Specimen("gzip", "a.csv.gz", gzip.compress(TABLE), 40, note="compressed (gzip)")
    yield Specimen(
        "zstd", "a.csv.zst", pa.compress(TABLE, "zstd", asbytes=True), 40, note="compressed (zstd)"
    )
    yield Specimen("xz", "a.tsv.xz", lzma.compress(TABLE), 40)
    yield Specimen(
        "a zip with a table", "a.zip", zipped({"a/b.csv": TABLE, "readme.md": b"hi"}), 40, note="Read a/b.csv"
    )
    yield Specimen(
        "a zip of Macintosh", "a.zip", zipped({"b.csv": TABLE, "__MACOSX/._b.csv": b"\0" * 999}), 40
    )
    yield Specimen(
        "a zip with two tables",
        "a.zip",
        zipped({"b.csv": TABLE, "c.csv": b"x\n1\n"}),
        40,
        note="holds 2 tables",
    )
    yield Specimen("a compressed table in a zip", "a.zip", zipped({"b.csv.gz": gzip.compress(TABLE)}), 40)
    yield Specimen(
        "a zip without a table", "a.zip", zipped({"a.exe": b"MZ"}), says="must hold a table.*a.exe"
    )
    yield Specimen("an empty zip", "a.zip", zipped({}), says="must hold a table.*nothing")
    yield Specimen("a zip in a zip in a zip", "a.zip", _nested(3), says="2 deep")
    yield from _tars()
    yield Specimen(
        "half a zip",
        "a.zip",
        zipped({"b.csv": TABLE * 9})[:200],
        says="archive must be a whole .zip file",
    )
    yield Specimen(
        "half a gzip", "a.csv.gz", gzip.compress(TABLE)[:-30], says="gzip file must be whole.*a.csv.gz"
    )
    yield Specimen(
        "half a zstd", "a.zst", pa.compress(TABLE, "zstd", asbytes=True)[:-9], says="zstd file must be whole"
    )
    yield Specimen(
        "a zip bomb", "a.zip", zipped({"b.csv": bytes(60_000_000)}), says="250 times its own size.*a.zip"
    )
    yield Specimen("a gzip bomb", "a.csv.gz", gzip.compress(bytes(60_000_000)), says="250 times its own size")
    yield Specimen(
        "a way out of the zip", "a.zip", zipped({"../b.csv": TABLE}), says="must stay inside.*../b.csv.*a.zip"
    )
    yield Specimen(
        "a path from the root", "a.zip", zipped({"/etc/b.csv": TABLE}), says="absolute path.*/etc/b.csv"
    )
    yield Specimen("a link in a zip", "a.zip", _link(), says="no link or device.*b.csv")
    yield Specimen("a password on a zip", "a.zip", _encrypted(), says="must not be encrypted.*b.csv")
    yield Specimen("the same file twice", "a.zip", _twice(), says="in the archive once")


def zipped(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _tars() -> Iterator[Specimen]:
    plain = tarred({"folder/b.csv": TABLE, "folder/._b.csv": b"x"})
    yield Specimen("a tar with a table", "a.tar", plain, 40, note="Read folder/b.csv")
    for name, packed in (
        ("a.tar.gz", gzip.compress(plain)),
        ("a.tar.xz", lzma.compress(plain)),
        ("a.tar.zst", pa.compress(plain, "zstd", asbytes=True)),
    ):
        yield Specimen(f"a packed tar: {name}", name, packed, 40, note="Read folder/b.csv")
    half = gzip.compress(tarred({"b.csv": TABLE * 99}))[:-99]
    yield Specimen("half a packed tar", "a.tgz", half, says="tar archive must be whole")
    yield Specimen(
        "a way out of the tar", "a.tar", tarred({"../b.csv": TABLE}), says="must stay inside.*../b.csv"
    )
    yield Specimen("a path from the root in a tar", "a.tar", tarred({"/b.csv": TABLE}), says="absolute path")
    link = tarred({"b.csv": TABLE}, link="/etc/passwd")
    yield Specimen("a link in a tar", "a.tar", link, says="no link or device.*c.csv")
    bomb = gzip.compress(tarred({"b.csv": bytes(60_000_000)}))
    yield Specimen("a tar bomb", "a.tar.gz", bomb, says="250 times its own size")


def tarred(members: dict[str, bytes], link: str = "") -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        if link:
            entry = tarfile.TarInfo("c.csv")
            entry.type, entry.linkname = tarfile.SYMTYPE, link
            archive.addfile(entry)
    return whole.getvalue()


def _nested(depth: int) -> bytes:
    content, name = TABLE, "b.csv"
    for _ in range(depth):
        content, name = zipped({name: content}), "b.zip"
    return content


def _link() -> bytes:
    entry = zipfile.ZipInfo("b.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    return whole.getvalue()


def _encrypted() -> bytes:
    content = bytearray(zipped({"b.csv": TABLE}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _twice() -> bytes:
    content = zipped({"b.csv": TABLE, "c.csv": TABLE})
    return content.replace(b"c.csv", b"b.csv")
