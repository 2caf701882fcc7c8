"""The fast way and the careful way write the same: the careful one is the slow twin."""

import gzip
import re
import shutil
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import lines as careful
from clipviz.datasets.bulk import read, stretches
from clipviz.datasets.bulk.stretches import NotPlainError
from clipviz.datasets.formats.base import Format
from clipviz.datasets.formats.delimited import Delimited

cells = st.sampled_from(
    ["1", "2.5", "-3", "", "NA", "inf", "nan", "x", "word", "yes", "no", '"q"', '"a,b"', '"l\nm"', '"', 'i"n',
     '"a""b"', "é", " ", " 7 ", " NA", "+4", "1_0", "1e400", "2020-01-02", "9007199254740994", "a b", "1,5", "#"]
)  # fmt: skip
plain = st.sampled_from(["1", "2.5", "-3", "", "NA", "inf", "nan", "7 ", "1e3"])
columns = st.tuples(plain, st.one_of(plain, plain, plain, cells), st.sampled_from(["a", "b", '"c"', ""]))
rows = st.lists(
    st.one_of(columns, columns, columns, st.lists(cells, min_size=1, max_size=4)).map(",".join),
    min_size=3,
    max_size=60,
)


def both(tmp_path, content, overrides=None):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    reading = Delimited().guess(
        path, Reading(delimiter=",", header=True, decimal=".", thousands="", encoding="utf-8")
    )
    plain = {"comment": None, "skip": None, "header_rows": None}  # others do not suit the fast way
    reading = reading.model_copy(update=plain)
    found = []
    for name in ("fast", "careful"):
        folder = tmp_path / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            if name == "fast":
                contents = read.read(path, reading, folder, overrides or {})
            else:
                contents = Format.read(Delimited(), path, reading, folder, overrides or {})
        except NotPlainError:
            assert not list(folder.iterdir())
            return None
        except UnreadableFile:
            found.append("refused")
            continue
        rejected = pq.read_table(folder / "rejected.parquet").to_pylist()
        data = pq.read_table(folder / "data.parquet")
        found.append(
            (contents, [(row["line"], row["column"], row["reason"], row["text"]) for row in rejected], data)
        )
    return found


def same(found):
    if (
        found is None or found[1] == "refused"
    ):  # over a quote on which DuckDB and Python's csv differ, a whole file
        return
    (fast, fast_rejected, fast_data), (careful, careful_rejected, careful_data) = found
    assert fast == careful
    assert fast_rejected == careful_rejected
    assert fast_data.schema == careful_data.schema
    for one, other in zip(fast_data.columns, careful_data.columns, strict=True):
        assert one.is_valid().to_pylist() == other.is_valid().to_pylist()
        assert repr(one.to_pylist()) == repr(other.to_pylist())


@settings(
    deadline=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows, st.sampled_from(["\n", "\r\n"]), st.sampled_from([150, 1 << 20]))
def test_the_fast_way_is_the_careful_way(tmp_path, lines, end, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "SIZE", size)
        patch.setattr(stretches, "MOST_LINES_OF_A_RECORD", 3)
        patch.setattr("clipviz.datasets.lines.MOST_LINES_OF_A_RECORD", 3)
        same(both(tmp_path, end.join(["a,b,c", *lines]).encode()))


def test_a_large_file_of_every_kind_goes_the_fast_way(tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "SIZE", 5_000)
    for module in (stretches, careful):
        monkeypatch.setattr(module, "MOST_LINES_OF_A_RECORD", 5)
    generator = np.random.default_rng(1)
    lines = ["n,whole,flag,word,day,prose"]
    for place in range(3000):
        number = ["", "inf", "nan", f"{generator.normal():.6g}"][
            generator.choice(4, p=[0.02, 0.01, 0.01, 0.96])
        ]
        lines.append(
            f"{number},{place},{'yes' if place % 3 else 'no'},w{place % 7},2020-01-{1 + place % 28:02d},"
            f'"a ""long"" story, number {place}"'
        )
    lines[100] = lines[100][: lines[100].index(',"')]
    lines[200] = "oops" + lines[200][lines[200].index(",") :]
    lines[300] = ""
    lines[400] = '"never closed' + lines[400]
    lines[500] += ",too,many"
    found = both(tmp_path, "\n".join(lines).encode())
    assert found is not None
    same(found)
    assert [line for line, *_ in found[0][1]] == [101, 201, 401, 501]
    assert [column.kind for column in found[0][0].columns] == [
        "number",
        "integer",
        "boolean",
        "category",
        "date",
        "text",
    ]


def test_a_column_that_turns_into_words_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "SIZE", 2_000)
    lines = ["x,y", *(f"{n},{n}" for n in range(3000)), *(f"{n},w{n}" for n in range(3000))]
    found = both(tmp_path, "\n".join(lines).encode())
    same(found)
    assert [column.kind for column in found[0][0].columns] == ["integer", "text"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_blank_lines_are_no_rows(tmp_path, end):
    body = end.join([b"x,y", b"", *(b"%d,%d" % (n, n) for n in range(50)), b"", b"", b"50,50", b""])
    found = both(tmp_path, body)
    same(found)
    assert found[0][2].column("x").to_pylist() == list(range(51))


def test_bytes_that_are_no_text_and_nul_are_rejected_with_their_line(tmp_path):
    body = b"x,y\n" + b"".join(b"%d,a\n" % n for n in range(50)) + b"7,\xff\xfe\n8,\0\n9,b\n"
    found = both(tmp_path, body)
    same(found)
    assert [(line, reason) for line, _, reason, _ in found[0][1]] == [
        (52, "holds bytes that are not utf-8"),
        (53, "holds NUL bytes"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"x\n1\n2\n",
        b"x,y\n" + b"1,2\n23,3\n" * 20 + b"$4,5\nx,6\n",
        b'x,y\n1,a"b\n2,c\n',
        b"x,y\n" + b"ab,2\n" * 20 + b" Total: ,40\n",
    ],
)
def test_what_is_not_plain_is_left_to_the_careful_way(tmp_path, body):
    assert both(tmp_path, body) is None


@pytest.mark.parametrize(
    ("cells", "kind", "note"),
    [
        (["0123", "4567", "0100"], "category", "codes that begin with zeros"),
        (["1999", "2024", "2001"], "integer", ""),
        (["9007199254740993", "9007199254740995"], "integer", "beyond 2\\^53"),
        (["$4", "$5.50", "$17"], "number", "without the sign"),
        (["13/02/2020", "03/04/2020"], "date", ""),
    ],
)
def test_what_is_no_plain_number_is_told_apart_the_same_way(tmp_path, cells, kind, note):
    rows = [f"{cells[place % len(cells)]},{place}" for place in range(60)]
    found = both(tmp_path, "\n".join(["x,y,more", *rows]).encode())
    assert found is not None
    same(found)
    contents = found[0][0]
    assert contents.columns[0].kind == kind
    assert re.search(note, " ".join(contents.notes)) and "3 names" in contents.notes[0]


@pytest.mark.parametrize(
    ("cells", "odd", "kind"),
    [
        (["17", "23"], "9007199254740993", "integer"),
        (["17", "23"], "99999999999999999999", "integer"),
        (["1.5", "23"], "9007199254740993", "number"),
        (["1", "23"], "$4", "number"),
        (["1.5", "23"], "12 %", "number"),
    ],
)
def test_a_late_number_that_is_not_plain_is_read_the_fast_way_as_well(tmp_path, cells, odd, kind):
    rows = [f"{cells[place % len(cells)]},{place}" for place in range(60)]
    found = both(tmp_path, "\n".join(["x,y", *rows, f"{odd},60"]).encode())
    assert found is not None
    same(found)
    assert found[0][2].num_rows == 61


@pytest.mark.parametrize(
    ("chosen", "fast"),
    [
        ({"n": "category", "whole": "number", "bit": "boolean"}, True),
        ({"n": "number", "whole": "integer", "flag": "category", "word": "text", "day": "category"}, True),
        ({"whole": "empty", "bit": "category"}, True),
        ({"n": "integer"}, False),
        ({"word": "number"}, False),
    ],
)
def test_a_chosen_kind_is_that_of_the_careful_way(tmp_path, chosen, fast):
    lines = ["n,whole,flag,bit,word,day"]
    for n in range(60):
        lines.append(f"{n / 3:.4g},{n},{'yes' if n % 3 else 'no'},{n % 2},w{n % 7},2020-01-{1 + n % 28:02d}")
    found = both(tmp_path, "\n".join(lines).encode(), chosen)
    assert (found is not None) == fast
    same(found)
    if fast:
        kinds = {column.name: column.kind for column in found[0][0].columns}
        assert kinds | chosen == kinds


def test_a_kind_for_nobody_is_left_to_the_careful_way_and_its_words(tmp_path):
    assert both(tmp_path, b"x,y\n" + b"1,2\n" * 20, {"z": "number"}) is None


def test_only_large_plain_files_suit(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    reading = Delimited().guess(path, Reading())
    assert not read.suits(path, reading)
    monkeypatch.setattr(read, "LARGE", 1)
    assert read.suits(path, reading)
    assert not read.suits(path, reading.model_copy(update={"decimal": ","}))
    for other in ({"skip": 1}, {"comment": "#"}, {"header_rows": 2}):
        assert not read.suits(path, reading.model_copy(update=other))
    assert not read.suits(path, reading.model_copy(update={"encoding": "latin-1"}))


@pytest.mark.parametrize("ending", [".gz", ".zip"])
def test_a_compressed_file_and_chosen_kinds_go_the_fast_way(tmp_path, monkeypatch, ending):
    from clipviz.core.settings import Settings
    from clipviz.datasets import ingest, jobs

    body = "x,y\n" + "".join(f"{place / 3:.4g},{place}\n" for place in range(60))
    path = tmp_path / f"t.csv{ending}"
    if ending == ".gz":
        path.write_bytes(gzip.compress(body.encode()))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("t.csv", body)
    monkeypatch.setattr(
        ingest, "run", lambda job, request, *_: jobs.JOBS[job]({"memory_mb": 1000, **request})
    )
    monkeypatch.setattr(read, "LARGE", 1)
    monkeypatch.setattr(Format, "read", None)  # the careful way
    made = ingest.ingest(path, path.name, Settings(home=tmp_path / "home"), Reading(kinds={"y": "category"}))
    assert [column.kind for column in made.columns] == ["number", "category"] and made.rows == 60
