"""Bad files through every page: each gets a sentence with a remedy, or works; the upload is never lost."""

from collections.abc import Iterator

import pytest

from tests.pages.conftest import words

ROWS = range(60)


def table(header: str, row: "object") -> bytes:
    return (header + "\n" + "".join(f"{row(i)}\n" for i in ROWS)).encode()  # type: ignore[operator]


def specimens() -> Iterator[tuple[str, bytes, str]]:
    """Name, content, and the column to predict ("" where no dataset can come of it)."""
    yield "empty", b"", ""
    yield "header only", b"a,b,c\n", ""
    yield "one row", b"a,b\n1,2\n", "b"
    yield "binary", bytes(range(256)) * 50, ""
    yield "nul bytes", table("a,b", lambda i: f"{i},{i % 7}").replace(b"\n9,2\n", b"\n9,\x002\n"), "b"
    yield "wrong encoding", table("é,b", lambda i: f"ü{i % 3},{i}").decode().encode("latin-1"), "b"
    yield "utf-16", table("é,b", lambda i: f"{i},{i % 7}").decode().encode("utf-16"), "b"
    yield "ragged rows", table("a,b", lambda i: f"{i},{i}" + ",1" * (i % 10 == 0)), "b"
    yield "duplicate headers", table("a,a,b", lambda i: f"{i},{i * 2},{i % 7}"), "b"
    yield "empty headers", table(",,b", lambda i: f"{i},{i * 2},{i % 7}"), "b"
    yield "a header of 10,000 characters", table("x" * 10_000 + ",b", lambda i: f"{i},{i % 7}"), "b"
    yield (
        "html and markdown",
        table("<script>alert(1)</script>,![i](http://e/x.png),b", lambda i: f"{i},{-i},{i}"),
        "b",
    )
    yield "constant target", table("a,b", lambda i: f"{i},5"), "b"
    yield "all-missing target", table("a,b", lambda i: f"{i},"), "b"
    yield "target of nan", table("a,b", lambda i: f"{i},nan"), "b"
    yield "infinite target", table("a,b", lambda i: f"{i},inf"), "b"
    yield (
        "infinities",
        table("a,b", lambda i: f"{'inf' if i % 9 == 0 else '-inf' if i % 9 == 1 else i},{i}"),
        "b",
    )
    yield (
        "more columns than rows",
        b"\n".join(
            [",".join(f"c{i}" for i in range(200)).encode()]
            + [",".join(str(i * j % 11) for i in range(200)).encode() for j in range(1, 41)]
        )
        + b"\n",
        "c7",
    )
    yield (
        "a class seen once",
        table("a,b", lambda i: f"{i},{'rare' if i == 3 else 'often' if i % 2 else 'also'}"),
        "b",
    )
    yield "no input beside the target", table("b", lambda i: f"{i}"), "b"
    yield (
        "dates, amounts and prose",
        table(
            "day,price,note,b",
            lambda i: (
                f"2020-0{1 + i % 9}-1{i % 9},${i}.50,a note of some words about number {i} and more,{i % 7}"
            ),
        ),
        "b",
    )
    yield "5,000 classes", b"a,b\n" + b"".join(f"{i},word number {i}\n".encode() for i in range(5000)), "b"


@pytest.mark.parametrize(
    ("name", "content", "target"), list(specimens()), ids=[each[0] for each in specimens()]
)
def test_every_page_stays_calm(page, home, store, name: str, content: bytes, target: str) -> None:
    app = page()
    app.file_uploader[0].set_value((f"{name}.csv", content, "text/csv"))
    app.run()
    assert not app.exception
    if content:
        assert content in [path.read_bytes() for path in home.uploads.iterdir() if path.is_file()]
    known = store.datasets.list()
    if not known:
        assert target == "", f"{name} should have been read"
        assert app.error
        assert not any(
            "Traceback" in error.value or "could not be drawn" in error.value for error in app.error
        )
        return
    assert target, f"{name} should have been refused"
    if known[0].column(target) is None:
        pytest.fail(f"{target} is not among {[column.name for column in known[0].columns]}")
    for station in ("clamp", "train"):
        app = page(station, dataset=known[0].id)
        picker = next(each for each in app.selectbox if each.label == "Column to predict")
        picker.select(target).run()
        assert not app.exception
        assert "could not be drawn" not in words(app)
        if station == "train":
            next(each for each in app.button if each.label == "Start").click().run()
            assert not app.exception
            started = "run" in app.query_params
            assert started or app.error, f"{name}: neither a run nor a sentence"
            assert not any("could not be drawn" in error.value for error in app.error)
