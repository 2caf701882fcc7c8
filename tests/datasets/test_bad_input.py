"""Every kind of file that people really upload: it is read, or refused in a sentence with a remedy."""

import io
import zipfile

import numpy as np
import pytest

from clipviz.core.dataset import Reading
from clipviz.core.errors import ClipvizError, UnreadableFile
from clipviz.datasets import files
from clipviz.datasets.ingest import ingest, preview

pytestmark = pytest.mark.usefixtures("in_process")


def kinds(dataset):
    return {column.name: column.kind for column in dataset.columns}


def refuse(path, settings, words):
    """Both doors refuse with the same words, say a remedy, and the upload is kept."""
    with pytest.raises(UnreadableFile, match=words) as caught:
        ingest(path, path.name, settings)
    assert caught.value.remedy
    with pytest.raises(ClipvizError, match=words):
        preview(path, Reading(), settings)
    assert not list(settings.datasets.glob("*"))


def test_an_empty_file(settings, write):
    refuse(write(""), settings, "must not be empty.*0 bytes")


def test_nothing_but_blank_lines(settings, write):
    refuse(write("\n\n  \n"), settings, "at least one row of values")


def test_a_header_and_nothing_else(settings, write):
    refuse(write("name,height,weight\n"), settings, "at least one row of values; received only a header row")


def test_one_row(settings, write):
    dataset = ingest(write("name,height\nAda,1.7\n"), "one.csv", settings)
    assert dataset.rows == 1
    assert kinds(dataset) == {"name": "category", "height": "number"}


@pytest.mark.parametrize("head", [b"MZ\x90\x00\x03", b"\x89PNG\r\n\x1a\n", b"\x7fELF\x02\x01"])
def test_binary_renamed_to_csv(settings, write, head):
    noise = np.random.Generator(np.random.PCG64(1)).bytes(5000)
    refuse(
        write(head + noise),
        settings,
        "text table or a workbook; received binary data|received table.csv, which is damaged",
    )


def test_noise_without_a_known_mark(settings, write):
    noise = np.random.Generator(np.random.PCG64(2)).bytes(5000)
    refuse(write(noise), settings, "must be a text table or a workbook")


def test_a_program_with_its_ending(settings, write):
    refuse(
        write(b"MZ\x90\x00" + bytes(4000), "setup.exe"),
        settings,
        r"binary data in \.exe.*Save the table as one of \.csv",
    )


def test_a_table_with_a_strange_ending_is_read_by_its_content(settings, write):
    assert ingest(write("a,b\n1,2\n", "data.exe"), "data.exe", settings).rows == 1


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_encodings_are_found(settings, write, encoding):
    dataset = ingest(write("Größe,Stadt\n1,Köln\n2,Zürich\n3,Besançon\n".encode(encoding)), "x.csv", settings)
    assert kinds(dataset) == {"Größe": "integer", "Stadt": "category"}
    assert files.frame(settings, dataset.id)["Stadt"].tolist() == ["Köln", "Zürich", "Besançon"]


def test_short_western_text_is_not_taken_for_central_european(settings, write):
    dataset = ingest(write("año,größe\n1,å\n2,ñ\n".encode("latin-1")), "x.csv", settings)
    assert [column.name for column in dataset.columns] == ["año", "größe"]


def test_the_euro_sign_of_windows(settings, write):
    dataset = ingest(write("price,note\n1,5 € off\n2,6 € off\n".encode("windows-1252")), "x.csv", settings)
    assert files.frame(settings, dataset.id)["note"].tolist() == ["5 € off", "6 € off"]


def test_the_lines_of_a_quoted_cell_are_no_rows_also_where_its_row_has_too_many(settings, write):
    path = write('a,b,c\n1,x,y\n2,"text\n9,9,9\nend",q,extra\n3,x,y\n')
    dataset = ingest(path, "x.csv", settings)
    assert files.frame(settings, dataset.id)["a"].tolist() == [1, 3]
    [found] = files.rejected(settings, dataset.id)
    assert (found.line, found.reason) == (3, "has 4 cells instead of 3")


def test_a_late_byte_that_its_encoding_has_not_costs_its_row(settings, write):
    body = "".join(f"café,{n}\n" for n in range(120_000)).encode("windows-1252")
    dataset = ingest(write(b"name,n\n" + body + b"x\x81y,5\n"), "x.csv", settings)
    assert (dataset.reading.encoding, dataset.rows, dataset.rejected) == ("windows-1252", 120_000, 1)
    found = files.rejected(settings, dataset.id)[0]
    assert (found.line, found.reason) == (120_002, "holds bytes that are not windows-1252")


def test_a_wrong_encoding_says_so(settings, write):
    path = write("größe\n1\n2\n".encode("latin-1"))
    with pytest.raises(UnreadableFile, match="is not written in utf-16"):
        ingest(path, "x.csv", settings, Reading(encoding="utf-16"))
    with pytest.raises(UnreadableFile, match="encoding must be one that is known; received 'klingon'"):
        ingest(path, "x.csv", settings, Reading(encoding="klingon"))


def test_one_broken_byte_in_a_utf8_file_costs_one_row(settings, write):
    body = "".join(f"{n},Zürich\n" for n in range(50)).encode()
    dataset = ingest(write(b"n,city\n" + body + b"50,Z\xfcrich\n"), "x.csv", settings)
    assert (dataset.rows, dataset.rejected) == (50, 1)
    row = files.rejected(settings, dataset.id)[0]
    assert (row.line, row.reason) == (52, "holds bytes that are not utf-8")


def test_ragged_rows_are_rejected_with_line_and_reason(settings, write):
    dataset = ingest(write("a,b,c\n1,2,3\n4,5\n6,7,8\n9,10,11,12\n13,14,15\n"), "x.csv", settings)
    assert (dataset.rows, dataset.rejected) == (3, 2)
    found = [(row.line, row.reason, row.text) for row in files.rejected(settings, dataset.id)]
    assert found == [(3, "has 2 cells instead of 3", "4,5"), (5, "has 4 cells instead of 3", "9,10,11,12")]


def test_a_row_that_lacks_many_cells_is_rejected_once(settings, write):
    dataset = ingest(write("a,b,c,d,e\n1,2,3,4,5\n1\n6,7,8,9,10\n"), "x.csv", settings)
    assert (dataset.rows, dataset.rejected) == (2, 1)


def test_an_unclosed_quote_costs_one_row(settings, write):
    body = "".join(f'{n},"word",{n}\n' for n in range(20))
    dataset = ingest(write(f'a,b,c\n{body}99,"open,1\n{body}'), "x.csv", settings)
    assert (dataset.rows, dataset.rejected) == (40, 1)
    row = files.rejected(settings, dataset.id)[0]
    assert (row.line, row.reason, row.text) == (22, "a quote is opened and never closed", '99,"open,1')


def test_lines_are_those_of_the_file_after_line_breaks_in_cells(settings, write):
    body = 'a,b,c\r\n1,"x\r\ny",3\r\n\r\n4,5\r\n7,h,9\n10,i,x\n' + "1,j,3\n" * 30
    dataset = ingest(write(body), "x.csv", settings)
    assert [row.line for row in files.rejected(settings, dataset.id)] == [5, 7]
    assert files.frame(settings, dataset.id, rows=[0])["b"].tolist() == ["x\ny"]


def test_garbage_after_a_quoted_cell(settings, write):
    dataset = ingest(write('a,b\n1,"x"y"\n2,"z"\n3,"4"5\n'), "x.csv", settings)
    assert dataset.rows + dataset.rejected == 3
    assert dataset.rejected == 2


def test_an_inch_mark_is_an_ordinary_character(settings, write):
    dataset = ingest(write('size,pipe\n1,5" steel\n2,6" copper\n'), "x.csv", settings)
    assert files.frame(settings, dataset.id)["pipe"].tolist() == ['5" steel', '6" copper']


def test_duplicate_and_empty_headers(settings, write):
    dataset = ingest(write("a,a,,b, \n1,2,3,4,5\n6,7,8,9,10\n"), "x.csv", settings)
    assert [column.name for column in dataset.columns] == ["a", "a (2)", "column 3", "b", "column 5"]
    assert dataset.columns[1].title == "a"
    assert files.values(settings, dataset.id, "a (2)").tolist() == [2, 7]


def test_names_that_differ_in_case_or_hold_dots(settings, write):
    dataset = ingest(write("a,A,a.b,x\n1,2,3,4\n5,6,7,8\n"), "x.csv", settings)
    assert [files.values(settings, dataset.id, name).tolist() for name in ("a", "A", "a.b")] == [
        [1, 5],
        [2, 6],
        [3, 7],
    ]


def test_a_header_of_ten_thousand_characters(settings, write):
    dataset = ingest(write(f"{'n' * 10_000},b\n1,2\n"), "x.csv", settings)
    assert dataset.columns[0].name == "n" * 200
    assert dataset.columns[0].title == "n" * 10_000


def test_markup_in_names_is_data_and_bidi_characters_are_gone(settings, write):
    names = "<b>x</b>,[link](http://a),$y$,\u202eevil,tab\u200bless\n"
    dataset = ingest(write(names + "1,2,3,4,5\n"), "x.csv", settings)
    assert [column.name for column in dataset.columns] == [
        "<b>x</b>",
        "[link](http://a)",
        "$y$",
        "evil",
        "tabless",
    ]
    assert dataset.columns[3].title == "\u202eevil"


def test_an_all_missing_column(settings, write):
    dataset = ingest(write("a,b,c\n1,,NA\n2,,n/a\n"), "x.csv", settings)
    assert kinds(dataset) == {"a": "integer", "b": "empty", "c": "empty"}
    assert files.profiles(settings, dataset.id)[1].missing == 2
    assert np.isnan(files.values(settings, dataset.id, "b")).all()


def test_more_columns_than_rows(settings, write):
    head = ",".join(f"x{n}" for n in range(600))
    row = ",".join(str(n) for n in range(600))
    dataset = ingest(write(f"{head}\n{row}\n{row}\n{row}\n"), "x.csv", settings)
    assert (len(dataset.columns), dataset.rows) == (600, 3)


def test_infinities_are_kept_and_counted(settings, write):
    cells = ["1.5", "inf", "-inf", "Infinity", "-Infinity", "INF", "nan", "2.5"]
    dataset = ingest(write("x,y\n" + "".join(f"{cell},1\n" for cell in cells)), "x.csv", settings)
    known = files.profiles(settings, dataset.id)[0]
    assert kinds(dataset)["x"] == "number"
    assert (known.positive_infinite, known.negative_infinite, known.missing) == (3, 2, 1)
    assert files.sorted_values(settings, dataset.id, "x").tolist() == [1.5, 2.5]


def test_nul_bytes_cost_their_rows(settings, write):
    dataset = ingest(write(b"a,b\n1,x\n2,y\x00z\n3,w\n" + b"4,v\n" * 50), "x.csv", settings)
    assert (dataset.rows, dataset.rejected) == (52, 1)
    assert files.rejected(settings, dataset.id)[0].reason == "holds NUL bytes"


def test_one_bad_number_costs_its_row_and_not_its_column(settings, write):
    body = "".join(f"{n},{n}.5\n" for n in range(100))
    dataset = ingest(write(f"a,b\n0,oops\n{body}"), "x.csv", settings)
    assert kinds(dataset) == {"a": "integer", "b": "number"}
    assert (dataset.rows, dataset.rejected) == (100, 1)
    row = files.rejected(settings, dataset.id)[0]
    assert (row.line, row.column, row.reason) == (2, "b", '"oops" is not a number')


def test_quoted_integers_are_numbers(settings, write):
    assert kinds(ingest(write('"a","b"\n"0","x"\n"1","y"\n'), "x.csv", settings))["a"] == "integer"


def test_decimal_comma_and_thousands_marks(settings, write):
    dataset = ingest(write("a;b\n1,5;1.000,25\n2,25;12.345.678,5\n-3,5;7\n"), "x.csv", settings)
    assert (dataset.reading.delimiter, dataset.reading.decimal, dataset.reading.thousands) == (";", ",", ".")
    assert files.values(settings, dataset.id, "b").tolist() == [1000.25, 12345678.5, 7]
    dataset = ingest(write('a,b\n"1,234.5",1\n"12,345",2\n', "y.csv"), "y.csv", settings)
    assert files.values(settings, dataset.id, "a").tolist() == [1234.5, 12345]


def test_a_truncated_and_a_garbage_workbook(settings, write):
    refuse(write(b"PK\x03\x04" + b"\x00" * 500, "x.xlsx"), settings, "must be a whole .xlsx file")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("xl/workbook.xml", "<not-a-workbook")
    refuse(write(whole.getvalue(), "y.xlsx"), settings, "workbook")
    refuse(write(whole.getvalue()[:40], "z.xlsx"), settings, "must be a whole .xlsx file")


def test_an_archive_without_a_table(settings, write):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("read.me", "hello")
    refuse(
        write(whole.getvalue(), "x.zip"),
        settings,
        "must hold a table; received x.zip with read.me.*unpack it",
    )


def test_a_delimiter_must_not_be_part_of_a_value(settings, write):
    for bad in ("", "1", "ab", '"', "."):
        with pytest.raises(UnreadableFile, match="delimiter must be one character"):
            ingest(write("a,b\n1,2\n"), "x.csv", settings, Reading(delimiter=bad))


def test_a_kind_that_fits_no_row_says_so(settings, write):
    with pytest.raises(
        UnreadableFile, match=r'none readable; line 2: a "x" is not a number.*kinds of the columns'
    ):
        ingest(write("a,b\nx,1\ny,2\n"), "x.csv", settings, overrides={"a": "number"})
    with pytest.raises(UnreadableFile, match="only for a column of the file; received 'z'"):
        ingest(write("a,b\nx,1\ny,2\n"), "x.csv", settings, overrides={"z": "number"})


def test_an_unclosed_quote_in_the_first_row_swallows_nothing(settings, write):
    dataset = ingest(write('a,b\n"open,1\n' + "2,3\n" * 2000), "x.csv", settings)
    assert (dataset.rows, dataset.rejected) == (2000, 1)


def test_one_endless_line(settings, write):
    with pytest.raises(UnreadableFile, match="none readable; line 1: is longer than 2,000,000 characters"):
        ingest(write("x" * 3_000_000), "x.csv", settings)


def test_cyrillic_text_of_windows(settings, write):
    text = "город,цена\n" + "Москва,5\nКазань,6\nОмск,7\nСамара,8\n"
    dataset = ingest(write(text.encode("windows-1251")), "x.csv", settings)
    assert [column.name for column in dataset.columns] == ["город", "цена"]
