import pytest

from tests.pages.conftest import button, words

SMALL = b"x,y\n" + b"".join(f"{i},{i * 2 % 7}\n".encode() for i in range(40))


def upload(app, name: str, content: bytes):
    app.file_uploader[0].set_value((name, content, "text/csv"))
    app.run()
    assert not app.exception
    return app


def test_an_empty_home_offers_a_drop_zone_and_samples(page) -> None:
    app = page()
    assert app.title[0].value == "What have I got?"
    assert len([each for each in app.button if each.label == "Open"]) == 5
    assert "No datasets yet" in app.info[0].value


def test_a_sample_opens_in_one_click_and_is_there_for_the_team(page, store) -> None:
    app = page()
    next(each for each in app.button if each.key == "sample.spikes").click().run()
    assert not app.exception
    [dataset] = store.datasets.list()
    assert app.query_params["dataset"] == dataset.id
    assert dataset.target
    app = page()
    assert "No datasets yet" not in words(app)


def test_an_upload_becomes_the_current_dataset(page, store) -> None:
    app = upload(page(), "small.csv", SMALL)
    assert app.title[0].value == r"small\.csv"
    assert "40 rows and 2 columns" in words(app)
    assert store.datasets.get(app.query_params["dataset"]).rows == 40


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "must not be empty"),
        ("binary.csv", bytes(range(256)) * 40, "could|must|not|cannot"),
        ("header.csv", b"a,b,c\n", "row"),
        ("broken.xlsx", b"PK\x03\x04 not a workbook", "workbook|xlsx|Excel"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_is_kept(page, home, name: str, content: bytes, says: str) -> None:
    app = page()
    upload(app, name, content)
    assert any(__import__("re").search(says, error.value) for error in app.error), words(app)
    if content:
        assert any(path.read_bytes() == content for path in home.uploads.iterdir() if path.is_file())
        assert "is kept" in words(app)


def test_each_of_several_bad_files_is_told_and_can_be_forgotten(page) -> None:
    bad = {"one.csv": b"a,b\n", "two.csv": bytes(range(256)) * 50, "same as two.csv": bytes(range(256)) * 50}
    app = page()
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in bad.items()])
    app.run()
    assert not app.exception and len(app.error) == 2
    button(app, "Forget this file").click().run()
    assert len(app.error) == 1 and "two\\.csv" in words(app)


def test_a_name_of_markup_is_shown_letter_by_letter(page) -> None:
    app = upload(
        page(), "![x](http://elsewhere/x.png).csv", SMALL.replace(b"x,y", b"<b>x</b>,![y](http://z/y.png)")
    )
    assert "![x](http" not in words(app)
    assert "![y](http" not in words(app)


def test_rejected_rows_are_told_with_line_and_reason(page, store) -> None:
    app = upload(page(), "ragged.csv", SMALL + b"1,2,3,4\n")
    dataset = store.datasets.get(app.query_params["dataset"])
    assert (dataset.rows, dataset.rejected) == (40, 1)
    assert "1 row could not be read" in words(app)
    tables = [each.value for each in app.dataframe if "reason" in each.value.columns]
    assert tables[0]["line"].tolist() == [42]


def test_another_reading_makes_another_dataset(page, store) -> None:
    app = upload(page(), "semi.csv", SMALL.replace(b",", b";"))
    first = app.query_params["dataset"]
    assert store.datasets.get(first).reading.delimiter == ";"
    header = next(each for each in app.selectbox if each.label == "First row")
    header.select(False).run()
    button(app, "Read the whole file this way").click().run()
    assert not app.exception
    second = store.datasets.get(app.query_params["dataset"])
    assert second.id != first
    assert second.reading.header is False
    assert second.rows + second.rejected == 41


def test_delete_can_be_undone_and_a_dead_link_says_so(page, store) -> None:
    app = upload(page(), "small.csv", SMALL)
    dataset = app.query_params["dataset"]
    button(app, "Delete").click().run()
    assert "Deleted" in words(app)
    assert "was deleted" in words(page(dataset=dataset))
    button(app, "Undo").click().run()
    assert app.query_params["dataset"] == dataset
    assert "40 rows" in words(page(dataset=dataset))


@pytest.mark.parametrize("name", ["data", "clamp", "train"])
@pytest.mark.parametrize(
    ("link", "says"),
    [("0" * 16, "no dataset|does not exist|There is no"), ("../../etc", "malformed"), ("", "malformed")],
)
def test_a_link_to_nothing_says_so_on_every_page(page, name: str, link: str, says: str) -> None:
    import re

    assert re.search(says, "\n".join(error.value for error in page(name, dataset=link).error))


def test_two_people_renaming_never_overwrite_each_other_in_silence(page, store) -> None:
    app = upload(page(), "small.csv", SMALL)
    dataset = store.datasets.get(app.query_params["dataset"])
    store.datasets.rename(dataset.id, "Grace's name", dataset.revision, "Grace")
    next(each for each in app.text_input if each.label == "Name").set_value("Ada's name")
    button(app, "Rename it").click().run()
    assert "Grace" in words(app)
    assert store.datasets.get(dataset.id).name == "Grace's name"


def test_a_type_can_be_chosen_and_is_remembered(page, store) -> None:
    app = upload(
        page(), "codes.csv", b"plz,y\n" + b"".join(f"{i % 5 + 10},{i}\n".encode() for i in range(40))
    )
    first = store.datasets.get(app.query_params["dataset"])
    assert first.column("plz").kind == "integer"
    next(each for each in app.selectbox if each.label == "Type").select("category").run()
    button(app, "Read plz as category").click().run()
    assert not app.exception
    second = store.datasets.get(app.query_params["dataset"])
    assert second.column("plz").kind == "category" and second.reading.kinds == {"plz": "category"}
    next(each for each in app.selectbox if each.label == "First row").select(False).run()
    button(app, "Read the whole file this way").click().run()
    third = store.datasets.get(app.query_params["dataset"])
    assert third.id not in (first.id, second.id) and third.reading.kinds == {"plz": "category"}


def test_a_text_column_shows_lengths_words_and_classes(page) -> None:
    rows = b"".join(
        f"<br />some words about film number {i} and nothing else,{'good' if i % 2 else 'bad'}\n".encode()
        for i in range(60)
    )
    app = upload(page(), "films.csv", b"review,verdict\n" + rows)
    said = words(app)
    assert "60 texts" in said and "half of them have 9 words or fewer" in said
    assert "The classes of verdict are balanced" in said
    frequent = next(each.value for each in app.dataframe if "word" in each.value.columns)
    assert frequent["times"].tolist()[0] == 60 and "br" not in frequent["word"].tolist()


def test_the_sheet_and_the_file_of_an_archive_can_be_chosen(page, store) -> None:
    import io
    import zipfile

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("long.csv", SMALL)
        archive.writestr("short.csv", b"p,q\n" + b"1,2\n" * 12)
    app = upload(page(), "two.zip", whole.getvalue())
    assert "The archive holds 2 tables" in words(app)
    next(each for each in app.selectbox if each.label == "File in the archive").select("short.csv").run()
    button(app, "Read the whole file this way").click().run()
    found = store.datasets.get(app.query_params["dataset"])
    assert (found.rows, found.reading.member) == (12, "short.csv")


def test_well_known_data_sets_say_where_to_put_a_file_without_a_network(page, home, monkeypatch) -> None:
    from clipviz.datasets import named

    monkeypatch.setattr(
        "clipviz.datasets.download.urllib.request.urlopen",
        lambda *_, **__: (_ for _ in ()).throw(OSError("no way")),
    )
    app = page()
    next(each for each in app.button if each.key == "named.iris").click().run()
    assert not app.exception
    assert "put it at" in app.error[0].value and "Licence" in words(app)
    place = named.folder(home, "iris")
    kinds = ("setosa", "virginica", "versicolor")
    rows = "".join(f"{i / 10},{i % 7},{i % 5},{i % 3},{kinds[i % 3]}\n" for i in range(150))
    (place / "iris.csv").write_text("sepal_length,sepal_width,petal_length,petal_width,species\n" + rows)
    next(each for each in app.button if each.key == "named.iris").click().run()
    assert app.title[0].value == "Iris"


def test_a_column_is_told_in_numbers_with_a_suggestion_and_its_reason(page, home, store) -> None:
    from clipviz.datasets import samples

    spikes = store.datasets.add(samples.load("spikes", home, "Ada"))
    app = page(dataset=spikes.id)
    overview = next(each.value for each in app.dataframe if "worth trying" in each.value.columns)
    assert any("quantiles" in said or "tukey" in said for said in overview["worth trying"])
    assert "Hill's estimate" in words(app)
    numbers = next(each.value for each in app.dataframe if "0.1 %" in set(each.value.iloc[:, 0].astype(str)))
    assert {"99.9 %", "excess kurtosis", "tail index, upper"} <= set(numbers.iloc[:, 0])
    next(each for each in app.toggle if each.label == "Every magnitude").set_value(True).run()
    assert not app.exception
    strengths = next(each.value for each in app.dataframe if "strength" in each.value.columns)
    assert len(strengths) == len(spikes.columns) - 1
    assert any("distance" in each.value.columns for each in app.dataframe)


def test_a_code_for_missing_is_told_and_one_click_reads_it_as_missing(page, store) -> None:
    lines = ["t,y"] + [f"{-999 if i % 9 == 4 else 15 + i % 7 / 3:.2f},{i * 5 % 11}" for i in range(60)]
    app = upload(page(), "codes.csv", "\n".join(lines).encode())
    shown = next(each for each in app.button if each.label == "Read -999 as missing")
    assert "-999 in **t** (7 cells) stands far from all other" in words(app)
    shown.click().run()
    assert not app.exception
    dataset = store.datasets.get(app.query_params["dataset"])
    assert "-999" in (dataset.reading.missing or ()) and "as codes for a missing one" not in words(app)
