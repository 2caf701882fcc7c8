from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from clipviz.analysis.chooser import TRAITS
from clipviz.catalogue import policies
from tests.pages.conftest import words

Page = Callable[..., AppTest]


def test_every_policy_is_shown_with_all_that_it_declares(page: Page) -> None:
    known = policies()
    app = page("guide", policy=",".join(f"{each.family}.{each.id}" for each in known))
    assert not app.warning and not app.error
    assert [header.value for header in app.header] == [each.title for each in known]
    shown = {latex.value.strip("$\n ") for latex in app.latex}
    assert {each.formula for each in known} | {each.gradient for each in known} <= shown
    tables = [list(table.value["in recipes"]) for table in app.table]
    assert tables == [[f"`{field.name}`" for field in each.fields] for each in known if each.fields]


def test_an_unknown_policy_is_a_sentence(page: Page) -> None:
    app = page("guide", policy="gradients.magic")
    assert "There is no policy gradients" in words(app).replace("\\", "")
    assert "Input clamps" in words(app)


def test_a_policy_may_be_named_twice_and_opened_below(page: Page) -> None:
    app = page("guide", policy="gradients.value,gradients.value")
    assert not app.error and [header.value for header in app.header] == ["Value"]
    app.session_state["guide:gradients.value"] = True
    app.run()
    assert not app.error and len(app.table) == 2


def test_search_and_filter_narrow_the_catalogue(page: Page) -> None:
    app = page("guide")
    everything = len(app.expander)
    app.text_input(key="guide:q").set_value("Pascanu").run()
    assert 0 < len(app.expander) < everything
    assert any("Global norm" in each.label for each in app.expander)
    app.text_input(key="guide:q").set_value("").run()
    app.button_group(key="guide:family").select("gradients").run()
    assert not app.exception
    assert "Gradient clips" in words(app) and "Input clamps" not in words(app)


def test_the_chooser_answers_with_a_policy_and_the_reason(page: Page) -> None:
    app = page("guide")
    assert "Pick what matters" in words(app)
    app.button_group(key="guide:bounding").select("gradients").run()
    app.button_group(key="guide:matters").select("control").run()
    assert not app.exception
    assert "Take **" in words(app) and "you say its bound" in words(app)
    for trait in TRAITS[1:]:
        app.button_group(key="guide:matters").select(trait)
    app.run()
    assert not app.exception
    assert app.query_params["matters"] == ",".join(TRAITS)
    teammate = page("guide", bounding="gradients", matters="moving,magic")
    assert "magic" in words(teammate) and "or follows the run" in words(teammate)


def test_how_to_share_comes_from_the_readme(page: Page) -> None:
    assert "address bar" in words(page("guide"))
