import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.datasets import samples
from clipviz.datasets.ingest import ingest
from clipviz.ui import clamp_overview
from tests.pages.conftest import button, words


@pytest.fixture
def spikes(home, store) -> Dataset:
    return store.datasets.add(samples.load("spikes", home, "Ada"))


def select(app, label: str, value: object):
    next(each for each in app.selectbox if each.label == label).select(value).run()
    assert not app.exception
    return app


def test_without_a_dataset_the_page_teaches(page) -> None:
    app = page("clamp")
    assert "Here you see the tails" in words(app)
    button(app, "Use the sample with spikes").click().run()
    assert not app.exception
    assert app.query_params["dataset"]


def test_a_default_policy_limits_every_column_and_is_told(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    assert "No clamp is chosen" in words(app)
    select(app, "Default for every numeric column", "quantile")
    assert "is limited to" in words(app)
    overview = next(each.value for each in app.dataframe if "policy" in each.value.columns)
    assert set(overview["policy"]) == {"Quantiles"}
    assert (overview["below"] + overview["above"]).sum() > 0


def test_a_column_of_its_own_and_a_copy_to_others(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    next(each for each in app.toggle if each.label.startswith("Another policy")).set_value(True).run()
    select(app, "Its policy", "mad")
    others = next(each for each in app.multiselect if each.label == "Same policy for")
    others.select(others.options[0].replace("\\", "")).run()
    button(app, "Copy it to them").click().run()
    assert not app.exception
    overview = next(each.value for each in app.dataframe if "policy" in each.value.columns)
    assert list(overview["policy"]).count("Median ± k MAD (own)") == 2


def test_the_recipe_gets_a_link_that_opens_the_same_view(page, spikes, store) -> None:
    app = page("clamp", dataset=spikes.id)
    select(app, "Default for every numeric column", "tukey")
    button(app, "Save as a recipe").click().run()
    recipe = app.query_params["recipe"]
    assert store.recipes.get(recipe).recipe.inputs.default.id == "tukey"
    teammate = page("clamp", recipe=recipe)
    assert next(each for each in teammate.selectbox if each.label.startswith("Default")).value == "tukey"


def test_a_bad_bound_is_worded_and_the_former_kept(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    select(app, "Default for every numeric column", "quantile")
    lower = next(each for each in app.number_input if "ower" in each.label)
    lower.set_value(0.999).run()
    assert not app.exception
    assert app.error, words(app)
    assert "is limited to" in words(app)


def test_columns_named_like_our_own_do_not_collide(page, store) -> None:
    app = page()
    rows = "".join(f"{i},{i * 3 % 11},{i % 7}\n" for i in range(40))
    app.file_uploader[0].set_value(("odd.csv", f"row,after the clamp,y\n{rows}".encode(), "text/csv"))
    app.run()
    app = page("clamp", dataset=app.query_params["dataset"])
    assert "could not be drawn" not in words(app)
    assert any("row (1)" in each.value.columns for each in app.dataframe)


def test_every_clamp_action_and_group_can_be_picked(page, store, home, tmp_path) -> None:
    rows = "".join(f"{'ab'[i % 2]},{i * 37 % 101},{i % 7}\n" for i in range(80))
    dataset = store_rows(store, home, tmp_path, "grouped.csv", f"kind,x,y\n{rows}")
    app = page("clamp", dataset=dataset.id)
    for name in discover("clipviz.policies.inputs"):
        select(app, "Default for every numeric column", name)
        assert not app.error and "could not be drawn" not in words(app), name
    select(app, "Default for every numeric column", "quantile")
    for action, told in (
        ("soft", "rounded off over"),
        ("missing", "counts as missing beyond"),
        ("trim", "rows out of training"),
    ):
        select(app, "A value beyond", action)
        assert told in words(app) and not app.error
    select(app, "Group-wise by", "kind")
    assert "or the bounds of its kind" in words(app) and not app.error


def table(app, column: str):
    return next(each.value for each in app.dataframe if column in each.value.columns)


def store_rows(store, home, tmp_path, name: str, text: str) -> Dataset:
    path = tmp_path / name
    path.write_text(text)
    return store.datasets.add(ingest(path, name, home, who="Ada"))


def test_what_lies_beyond_the_bounds_is_judged_and_the_bounds_have_intervals(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    assert "No training row lies beyond a bound" in words(app)
    select(app, "Default for every numeric column", "mad")
    select(app, "Column", "load")
    said = words(app)
    assert "Above the upper bound lies a signal" in said
    assert "95 % interval" in said
    select(app, "Column", "sensor")
    assert "Below the lower bound the values look like errors" in words(app)


def test_a_suggestion_is_one_click_and_says_why(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    select(app, "Column", "load")
    assert "tail index" in words(app)
    button(app, "Use it").click().run()
    assert not app.exception
    assert table(app, "policy").set_index("column").loc["load", "policy"] == "Quantiles (own)"
    assert not [each for each in app.button if each.label == "Use it" and "target" not in each.key]


def test_every_column_gets_its_suggestion_at_once_and_loses_it_again(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    button(app, "Their suggestions").click().run()
    assert not app.exception
    policies = table(app, "policy").set_index("column")["policy"]
    assert policies["load"] == "Quantiles (own)"
    assert all(policy.endswith("(own)") for policy in policies)
    told = app.success[0].value
    touched = table(app, "policy").set_index("column").loc["load", ["below", "above"]].sum()
    assert f"load 0 → {touched}" in told and "got another policy" in told
    button(app, "Their suggestions").click().run()
    assert any("nothing changed" in each.value for each in app.info)
    button(app, "The default").click().run()
    assert set(table(app, "policy")["policy"]) == {"None"}


def test_it_opens_on_the_column_that_deserves_a_look_and_says_what_a_suggestion_touches(
    page, store, home, tmp_path
) -> None:
    lines = [
        f"{place},2024-01-{1 + place % 28:02d},{place % 30 + 1},{98 / (1 + place % 97):.3f},{place * 7 % 13}.5"
        for place in range(400)
    ]
    dataset = store_rows(
        store, home, tmp_path, "orders.csv", "id,day,size,price,y\n" + "\n".join(lines) + "\n"
    )
    app = page("clamp", dataset=dataset.id)
    assert next(each for each in app.selectbox if each.label == "Column").value == "price"
    assert "training value" in words(app) and "It touches **" in words(app)
    offers = table(app, "suggested").set_index("column")["suggested"]
    assert offers["price"].startswith("Quantiles: ") and offers["size"] == "leave it"


def test_columns_are_shown_by_what_is_touched(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    select(app, "Default for every numeric column", "tukey")
    touched = table(app, "policy")["touched"].tolist()
    assert touched == sorted(touched, reverse=True)
    assert touched[0] > 0


def test_a_click_on_a_small_multiple_makes_it_the_column(page, spikes, monkeypatch) -> None:
    app = page("clamp", dataset=spikes.id)
    names = table(app, "policy")["column"].tolist()
    state = {"pick": [{"place": 3}]}
    monkeypatch.setattr(
        "clipviz.ui.clamp_overview.st.session_state",
        picked := {"chart": type("Event", (), {"selection": state})()},
    )
    clamp_overview._look_at("chart", names, "column")
    assert picked["column"] == names[3]


ODD = {
    "all missing but a few": lambda place: "" if place % 9 else f"{place}",
    "two values": lambda place: f"{place % 2}.5",
    "huge outliers": lambda place: "1e300" if place == 7 else f"{place * 0.37 % 5:.3f}",
    "infinite": lambda place: ("inf", "-inf")[place % 2] if place < 6 else f"{place * 0.61 % 3:.3f}",
    "integers": lambda place: f"{place % 13}",
}


@pytest.mark.parametrize(("policy", "target"), [("quantile", "classes"), ("mad", "number")])
def test_odd_columns_are_shown_whatever_they_hold(page, store, home, tmp_path, policy, target) -> None:
    goal = {"number": lambda place: f"{place % 7}.{place}", "classes": lambda place: "abc"[place % 3]}[target]
    lines = [",".join([*(f'"{name}"' for name in ODD), "constant", "missing", "y"])]
    lines += [
        ",".join([*(make(place) for make in ODD.values()), "3", "", goal(place)]) for place in range(120)
    ]
    dataset = store_rows(store, home, tmp_path, "odd.csv", "\n".join(lines) + "\n")
    app = page("clamp", dataset=dataset.id)
    select(app, "Default for every numeric column", policy)
    for name in ODD:
        select(app, "Column", name)
        assert "could not be drawn" not in words(app)
        assert any(each.value == name for each in app.subheader)
    assert not {"constant", "missing"} & set(table(app, "policy")["column"])


def test_a_target_that_was_the_column_looked_at(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    select(app, "Column", "load")
    select(app, "Column to predict", "load")
    assert "load" not in set(table(app, "policy")["column"])


def test_a_deleted_dataset_offers_the_way_back(page, spikes, store) -> None:
    store.datasets.delete(spikes.id, "Ada")
    app = page("clamp", dataset=spikes.id)
    assert any(each.label == "Restore this dataset" for each in app.button)


def test_text_alone_has_nothing_to_clamp(page, store, home, tmp_path) -> None:
    film = "a fine film about the sea that nobody saw twice and everybody liked very much"
    lines = [f'"{film[place % 9 :]} {place}",{"good" if place % 2 else "bad"}' for place in range(60)]
    dataset = store_rows(store, home, tmp_path, "reviews.csv", "review,label\n" + "\n".join(lines) + "\n")
    app = page("clamp", dataset=dataset.id)
    assert "no column to clamp" in words(app)
    assert "How long the texts of review are" in words(app)
    assert "None" not in words(app)
    assert "every text is read whole" in words(app) and "nothing bounds them yet" in words(app)
    next(each for each in app.number_input if each.label == "Length").set_value(10).run()
    assert "The network reads the first **10 words**" in words(app)
    select(app, "At embedding", "vector_norm")
    assert "behind the clip 1;" in words(app)
    button(app, "Save as a recipe").click().run()
    saved = store.recipes.get(app.query_params["recipe"]).recipe
    assert saved.data.text.length == 10 and saved.clips_at["embedding"][0].id == "vector_norm"


def test_the_target_is_clamped_apart_and_only_while_training(page, spikes, store) -> None:
    app = page("clamp", dataset=spikes.id)
    assert "every metric, here and when runs are compared, stays on the targets as they are" in words(app)
    assert "beyond three interquartile ranges" in words(app)
    label = "Clamp of the training target"
    offered = next(each for each in app.selectbox if each.label == label).options
    assert offered[0] == "None" and offered[1:] == sorted(offered[1:], key=str.lower)
    select(app, "Clamp of the training target", "tukey")
    assert "While training it is limited to" in words(app)
    action = [each for each in app.selectbox if each.label == "A value beyond"][-1]
    action.select("missing").run()
    assert any("target clamp may clamp" in each.value for each in app.error)
    assert button(app, "Train with these clamps").disabled
    action = [each for each in app.selectbox if each.label == "A value beyond"][-1]
    action.select("trim").run()
    button(app, "Save as a recipe").click().run()
    saved = store.recipes.get(app.query_params["recipe"]).recipe.target_clamp
    assert (saved.id, saved.fields()["action"]) == ("tukey", "trim")


def test_groups_have_bounds_and_the_network_gets_what_is_chosen(page, store, home, tmp_path) -> None:
    lines = [f"{place % 17 + 100 * (place % 2)},{'ab'[place % 2]},{place % 11}.5" for place in range(160)]
    dataset = store_rows(store, home, tmp_path, "groups.csv", "x,kind,y\n" + "\n".join(lines) + "\n")
    app = page("clamp", dataset=dataset.id)
    select(app, "Default for every numeric column", "sigma")
    select(app, "Group-wise by", "kind")
    groups = table(app, "group").set_index("group")["hi"].astype(float)
    assert groups["a"] < 100 < groups["b"]
    found = table(app, "weight").set_index("group")
    assert set(found["weight"]) <= {"63 %", "64 %", "65 %", "66 %"} and all(
        " … " in each for each in found["hi, 95 %"]
    )
    assert "unseen or missing level take the bounds of all rows" in words(app)
    assert "or the bounds of its kind" in words(app) or "keeps every one" in words(app)
    next(each for each in app.checkbox if each.label == "Indicator columns").check().run()
    assert "Two indicator columns" in words(app)
    select(app, "Normalisation, behind every clamp", "min_max")
    assert "reaches the network as **0 … 1**" in words(app)


def test_a_heavy_target_gets_its_suggestion_by_one_click_and_is_compared_over_the_split(
    page, store, home, tmp_path
) -> None:
    lines = [f"{place % 13}.5,{1e4 / (1 + (7 * place) % 400) ** 1.2:.6f}" for place in range(400)]
    dataset = store_rows(store, home, tmp_path, "heavy.csv", "x,y\n" + "\n".join(lines) + "\n")
    app = page("clamp", dataset=dataset.id)
    assert "most worth a look first" in app.expander[0].label
    next(each for each in app.button if "suggested.target" in (each.key or "")).click().run()
    assert not app.exception and "While training it is limited to" in words(app)
    assert app.session_state.drafts[dataset.id].recipe.target_clamp.id == "quantile"
    app = page("data", dataset=dataset.id)
    next(each for each in app.selectbox if each.label == "Column to predict").select("y").run()
    assert table(app, "distance")["column"].tolist() == ["y", "x"]
