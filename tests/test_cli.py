import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

import clipviz
import clipviz.store
from clipviz.catalogue import FAMILIES
from clipviz.cli import app
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.runs import submit
from clipviz.terminal import sentence

Cli = Callable[..., Result]
QUICK = ("--set", "training.epochs=3", "--device", "cpu", "--seed", "1")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def cli(home: Path) -> Cli:
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words], prog_name="clipviz")


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    rows = generator.standard_t(2, size=(120, 3)).round(4)
    lines = ["area,rooms,price", *(",".join(map(str, row)) for row in rows.tolist())]
    path = tmp_path / "houses.csv"
    path.write_text("\n".join(lines))
    return path


def only_json(result: Result) -> dict:
    """The one JSON object that standard output holds."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_profile_tells_of_every_column(cli: Cli, houses: Path) -> None:
    said = cli("profile", houses)
    assert said.exit_code == 0, said.output
    assert "houses.csv: 120 rows, 3 columns" in said.stdout
    assert [line.split()[0] for line in said.stdout.splitlines()[1:5]] == ["column", "area", "rooms", "price"]
    document = only_json(cli("profile", houses, "--json"))
    assert [column["name"] for column in document["columns"]] == ["area", "rooms", "price"]
    assert document["dataset"]["rows"] == 120 and document["columns"][0]["count"] == 120


def test_profile_says_codes_for_missing_tails_and_the_clamp_worth_trying(cli: Cli, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    prices, walks = (200_000 * (1 + draw.pareto(1.2, 400))).round(), draw.integers(0, 500, 400)
    walks[::20] = -999
    path, reading = tmp_path / "flats.csv", tmp_path / "reading.json"
    path.write_text("walk,price\n" + "\n".join(f"{a},{b:.0f}" for a, b in zip(walks, prices, strict=True)))
    said = cli("profile", path).stdout
    assert "walk: a code for missing? 20 times -999 far from all other values" in said
    assert re.search(
        r"price: heavy right tail; worth trying: Quantiles.* \(upper tail index 1\.\d, surely", said
    )
    assert f"{prices.max():,.0f}" in said and "tail index\n" in said
    reading.write_text('{"missing": ["", "-999"]}')
    assert "code for missing" not in cli("profile", path, "--reading", reading).stdout


def test_train_ends_with_one_json_object(cli: Cli, houses: Path) -> None:
    said = cli("train", houses, "--target", "price", "--set", "gradient.id=global_norm", *QUICK, "--json")
    document = only_json(said)
    assert set(document) >= {"run", "state", "metrics", "thresholds", "steps", "seconds", "clipped_share"}
    assert document["state"] == "finished" and document["steps"] > 0
    assert document["metrics"]["mae"] > 0 and 0 <= document["clipped_share"] <= 1
    assert "steps on cpu" in said.stderr and "Traceback" not in said.stderr

    shown = only_json(cli("show", document["run"], "--json"))
    assert shown["run"]["state"] == "finished"
    assert shown["recipe"]["gradient"]["id"] == "global_norm" and shown["recipe"]["seed"] == 1
    [listed] = json.loads(cli("runs", "--json").stdout)
    assert listed["id"] == document["run"] and listed["name"] == "houses.csv: price, seed 1"


def test_train_says_what_is_the_matter_and_what_to_know(cli: Cli, houses: Path, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps({"data": {"dataset": "e" * 16}, "optimiser": {"id": "sgd"}}))
    (tmp_path / "reading.json").write_text(json.dumps({"missing": ["", "-999"]}))
    clip = ("--set", "gradient.id=global_norm", "--set", "gradient.max_norm=1e-6")
    asked = ("train", houses, "--target", "price", "--recipe", tmp_path / "r.json", *clip, *QUICK)
    said = cli(*asked, "--reading", tmp_path / "reading.json")
    assert said.exit_code == 0, said.output
    assert re.search(r"^(warning|problem): .*clip", said.stderr, re.MULTILINE), said.stderr
    assert f"The recipe was made for dataset {'e' * 16}, this is dataset" in said.stderr
    document = only_json(cli(*asked, "--json"))
    assert "always clips" in [finding["kind"] for finding in document["findings"]]
    assert document["notes"][0].startswith("The recipe was made for dataset")
    shown = [
        json.loads(cli("show", run["id"], "--json").stdout)["run"]
        for run in json.loads(cli("runs", "--json").stdout)
    ]
    assert len({run["dataset"] for run in shown}) == 2


def test_the_same_seed_gives_the_same_numbers(cli: Cli, houses: Path) -> None:
    first, second, other = (
        only_json(cli("train", houses, "--target", "price", *QUICK[:-1], seed, "--json"))["metrics"]
        for seed in (1, 1, 2)
    )
    assert first == second != other


def test_people_read_sentences_and_tables(cli: Cli, houses: Path) -> None:
    said = cli("train", houses, "--target", "price", *QUICK, "--name", "by hand")
    assert said.exit_code == 0, said.output
    run = re.match(r"run ([0-9a-f]{16}): finished after \d+ steps", said.stdout)
    assert run and "mae" in said.stdout
    assert "by hand" in cli("runs").stdout
    shown = cli("show", run[1]).stdout
    assert shown.startswith(f"by hand ({run[1]}): finished") and '"target": "price"' in shown


def test_a_recipe_from_a_file_and_a_dataset_by_its_id(cli: Cli, houses: Path, tmp_path: Path) -> None:
    recipe = {"data": {"dataset": "e" * 16, "target": "rooms"}, "training": {"epochs": 2}, "device": "cpu"}
    (tmp_path / "r.json").write_text(json.dumps(recipe))
    dataset = only_json(cli("profile", houses, "--json"))["dataset"]["id"]
    document = only_json(cli("train", dataset, "--recipe", tmp_path / "r.json", "--json"))
    shown = only_json(cli("show", document["run"], "--json"))["recipe"]
    assert shown["data"]["target"] == "rooms" and shown["data"]["dataset"] == dataset
    assert shown["training"]["epochs"] == 2


def test_a_recipe_trained_here_is_the_one_that_the_dashboard_would_submit(
    cli: Cli, houses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit, "ensure_runner", lambda settings: None)
    document = only_json(cli("train", houses, "--target", "price", *QUICK, "--json"))
    recipe = clipviz.show(document["run"]).recipe
    plain = Recipe(data=recipe.data, training=recipe.training, seed=1, device="cpu")
    settings = Settings.from_environment()
    with clipviz.store.open(settings.store_url) as store:
        assert submit.submit(store, settings, plain, "again", "Ada").recipe == recipe.id != plain.id


def test_profile_publishes_nothing_and_its_id_can_be_trained_on(cli: Cli, houses: Path) -> None:
    dataset = only_json(cli("profile", houses, "--json"))["dataset"]["id"]
    assert only_json(cli("profile", dataset, "--json"))["dataset"]["id"] == dataset
    with clipviz.store.open(Settings.from_environment().store_url) as store:
        assert store.datasets.list() == []
        only_json(cli("train", dataset, "--target", "price", *QUICK, "--json"))
        assert [known.id for known in store.datasets.list()] == [dataset]
        store.datasets.delete(dataset, "Grace")
    said = cli("train", dataset, "--target", "price", *QUICK)
    assert said.exit_code == 2 and "deleted by Grace" in said.stderr


def test_a_seed_can_be_set_in_either_way(houses: Path, home: Path) -> None:
    outcome = clipviz.train(houses, target="price", set={"seed": 7, "training.epochs": 1}, device="cpu")
    assert clipviz.show(outcome.run).recipe.seed == 7
    assert clipviz.show(outcome) == clipviz.show(outcome.run)


@pytest.mark.parametrize("said", ["the Huber loss counts far-out targets less", "of all.", "of all.. "])
def test_a_sentence_has_one_full_stop(said: str) -> None:
    assert sentence(said) == f"{said.rstrip(' .')}."


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("[1, 2]", "A recipe is a JSON object; received"),
        ("[" * 100_000, "A recipe is a JSON file; received"),
        ('{"data": 5}', "data: a recipe holds an object there; received 5"),
        ('{"data": [1]}', "data: a recipe holds an object there; received [1]"),
        ('{"inputs": 3}', "inputs: .*; received 3"),
        (
            '{"gradient": {"id": "none", "x": ' + "[" * 500 + "]" * 500 + "}}",
            "gradient: .*nest at most 8 deep",
        ),
    ],
)
def test_a_document_that_is_no_recipe_gets_one_sentence(
    cli: Cli, houses: Path, tmp_path: Path, document: str, sentence: str
) -> None:
    (tmp_path / "r.json").write_text(document)
    said = cli("train", houses, "--target", "price", "--recipe", tmp_path / "r.json")
    assert said.exit_code == 2 and said.stderr.count("\n") == 1
    assert re.match(sentence.replace("[", r"\["), said.stderr), said.stderr


def test_huge_questions_get_an_answer(cli: Cli, houses: Path) -> None:
    assert cli("runs", "--limit", 10**30, "--json").stdout == "[]\n"
    assert cli("train", "x" * 5000, "--target", "y").stderr.startswith("There is no file at this path")
    deep = cli("train", houses, "--target", "price", "--set", "training.epochs=" + "[" * 100_000)
    assert deep.exit_code == 2 and deep.stderr.startswith("training.epochs:")
    with pytest.raises(InvalidRecipe, match="A recipe is a JSON file"):
        clipviz.train(houses, target="price", recipe=[1])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_file_name_that_is_no_text(cli: Cli, houses: Path) -> None:
    odd = os.fsdecode(os.fsencode(houses.parent) + b"/odd\xff.csv")
    shutil.copy(houses, odd)
    assert only_json(cli("profile", odd, "--json"))["dataset"]["name"] == "odd?.csv"
    assert only_json(cli("train", odd, "--target", "price", *QUICK, "--json"))["state"] == "finished"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["train", "nowhere.csv", "--target", "x"],
            "There is no file at this path; received nowhere.csv. Check",
        ),
        (["profile", "nowhere.csv"], "There is no file at this path"),
        (["profile", "e" * 16], "There is no dataset with this id"),
        (["show", "e" * 16], "There is no run with this id"),
        (["train", "FILE"], "A target column is needed. Choose one of: area, rooms, price."),
        (["train", "FILE", "--target", "age"], "The target must be a column of the dataset; received 'age'"),
        (["train", "FILE", "--target", "price", "--set", "seed"], "--set takes PATH=VALUE; received 'seed'"),
        (["train", "FILE", "--target", "price", "--set", "a.b=1"], "A recipe has no field 'a.b'"),
        (
            ["train", "FILE", "--target", "price", "--set", "training.epochs=many"],
            "training.epochs: .*'many'",
        ),
        (
            ["train", "FILE", "--target", "price", "--set", "model.id=gpt"],
            "models must be one of .* received 'gpt'",
        ),
        (
            ["train", "FILE", "--target", "price", "--recipe", "nowhere.json"],
            "A recipe is a JSON file; received",
        ),
    ],
)
def test_a_wrong_question_gets_one_sentence(cli: Cli, houses: Path, words: list[str], sentence: str) -> None:
    said = cli(*(houses if word == "FILE" else word for word in words))
    assert said.exit_code == 2
    assert re.match(sentence.replace("(", r"\("), said.stderr), said.stderr
    assert said.stderr.count("\n") == 1 and said.stdout == ""


def test_wrong_settings_get_one_sentence(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPVIZ_SLOTS", "many")
    said = cli("runs")
    assert said.exit_code == 2
    assert (
        said.stderr.startswith("CLIPVIZ_SLOTS: Input should be a valid integer") and "'many'" in said.stderr
    )


def test_a_failed_run_exits_with_one(cli: Cli, tmp_path: Path) -> None:
    rows = "\n".join(f"{number},5" for number in range(50))
    (tmp_path / "constant.csv").write_text(f"x,y\n{rows}\n")
    said = cli("train", tmp_path / "constant.csv", "--target", "y", *QUICK, "--json")
    assert said.exit_code == 1, said.output
    document = json.loads(said.stdout)
    assert document["state"] == "failed" and document["reason"] and document["metrics"] == {}
    assert document["reason"] in said.stderr


def test_every_policy_says_what_it_is(cli: Cli) -> None:
    document = json.loads(cli("policies", "--json").stdout)
    known = {(policy["family"], policy["id"]) for policy in document}
    assert {("inputs", "sigma"), ("activations", "learned_tanh"), ("gradients", "global_norm")} <= known
    for policy in document:
        assert policy["title"] and policy["description"]
        for field in policy["fields"]:
            assert field["description"] and (field["bounds"] or field["sweep"]), (policy["id"], field)
    [norm] = [
        f
        for policy in document
        if policy["id"] == "global_norm"
        for f in policy["fields"]
        if f["name"] == "max_norm"
    ]
    assert norm["bounds"].startswith("> 0") and norm["unit"] and norm["default"] == 1.0
    assert "gradients global_norm: Global norm" in cli("policies").stdout


def test_all_that_can_be_chosen_is_listed(cli: Cli) -> None:
    said = cli("catalogue").stdout
    assert re.search(r"^losses +huber +Huber$", said, re.M) and re.search(r"^stopping +patience ", said, re.M)
    assert (
        "huber: Huber\n" in cli("catalogue", "losses").stdout
        and "delta = 1.0" in cli("catalogue", "losses").stdout
    )
    assert json.loads(cli("catalogue", "models", "--json").stdout)[0]["id"] == "cnn"
    assert cli("catalogue", "colours").stderr.startswith("A family is one of inputs")


def test_every_command_and_option_has_help(cli: Cli) -> None:
    group = typer.main.get_command(app)
    assert set(group.commands) >= {"profile", "train", "sweep", "claims", "runs", "show", "policies"}
    for command in group.commands.values():
        assert command.help
        for parameter in command.params:
            assert parameter.help, f"{command.name} {parameter.name}"
        assert any("--json" in parameter.opts for parameter in command.params), command.name
        assert cli(command.name, "--help").exit_code == 0


def test_the_module_runs_and_importing_clipviz_is_cheap(home: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-W", "error", "-m", "clipviz", "runs", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert (said.returncode, said.stdout, said.stderr) == (0, "[]\n", "")
    program = (
        "import sys, clipviz; sys.exit(bool({'torch', 'sqlalchemy', 'numpy', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_notebooks_speak_the_same_verbs(home: Path, houses: Path) -> None:
    outcome = clipviz.train(houses, target="price", set={"training.epochs": 2}, seed=3, device="cpu")
    assert outcome.state == "finished"
    assert clipviz.show(outcome.run).recipe.seed == 3
    assert [run.id for run in clipviz.list_runs()] == [outcome.run]
    assert clipviz.profile(houses).dataset.rows == 120
    assert {policy.family for policy in clipviz.list_policies()} == set(FAMILIES)
    assert set(clipviz.__all__) <= set(dir(clipviz))
    with pytest.raises(AttributeError, match="module 'clipviz' has no attribute 'fly'"):
        clipviz.fly  # noqa: B018


def test_a_sweep_ends_with_a_verdict(cli: Cli, tmp_path: Path) -> None:
    inputs = np.random.default_rng(0).normal(size=120).round(4)
    (tmp_path / "line.csv").write_text("\n".join(["x,y", *(f"{x},{3 * x:.4f}" for x in inputs.tolist())]))
    fields = (
        "training.epochs=12",
        "training.batch_size=16",
        "optimiser.learning_rate=0.01",
        "activation.id=none",
    )
    words = [
        "sweep",
        tmp_path / "line.csv",
        "--target",
        "y",
        *(word for field in fields for word in ("--set", field)),
    ]
    words += ["--device", "cpu", "--seeds", 2, "--vary", "gradient.max_norm=0.1,1e6"]
    said = cli(*words, "--json")
    document = only_json(said)
    assert document["runs"] == 6 and document["states"] == {"finished": 6} and document["reasons"] == []
    verdict = document["verdict"]
    names = [arm["name"] for arm in verdict["arms"]]
    assert names == ["no gradient clip", "largest norm 0.1", "largest norm 1e+06"]
    never = next(each for each in verdict["comparisons"] if each["arm"] == "largest norm 1e+06")
    assert never["relation"] == "identical" and never["differences"] == pytest.approx([0, 0], abs=1e-6)
    assert verdict["sentence"].startswith(
        "No evidence of a difference in test MAE between largest norm 0.1 and"
    )
    assert "6 of 6 runs ended" in said.stderr
    assert json.loads(cli("runs", "--json").stdout) == [], "its cells stay out of the list"


def test_a_sweep_without_anything_to_vary_meets_itself_without_clips_and_is_extended(
    cli: Cli, houses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clipviz.runs.submit.ensure_runner", lambda settings: None)
    monkeypatch.setattr("clipviz.runs.sweeps.submit.ensure_runner", lambda settings: None)
    said = cli(
        "sweep", houses, "--target", "price", "--set", "training.epochs=1", "--device", "cpu", "--seeds", 1
    )
    assert said.exit_code == 0, said.output
    assert "no clip" in said.stdout and "Too few runs have ended" in said.stdout
    sweep = said.stdout.splitlines()[0].split()[1].rstrip(":")
    more = only_json(cli("extend", sweep, "--seeds", 1, "--each-family", "--json"))
    assert more["runs"] == 8 and more["states"] == {"finished": 8}, "four arms over two seeds; two were there"
    assert [arm["name"] for arm in more["verdict"]["arms"]][2:] == ["only Learned, tanh", "only Global norm"]
    wrong = cli("extend", sweep, "--seeds", 1, "--metric", "accuracy")
    assert wrong.exit_code == 2 and "metric of a regression" in wrong.stderr, "said before it trains"
    nothing = cli("extend", sweep)
    assert nothing.exit_code == 2 and "An extension must add something" in nothing.stderr
    assert cli("pause", sweep).stdout == f"{sweep}: 0 runs asked to pause\n"
    assert only_json(cli("cancel", sweep, "--json")) == {"id": sweep, "request": "stop", "runs": 0}
    assert "no run with this id" in cli("resume", "0" * 16).stderr


def test_a_sweep_of_runs_that_fail_says_why_and_exits_with_one(cli: Cli, tmp_path: Path) -> None:
    rows = "\n".join(f"{number},5" for number in range(50))
    (tmp_path / "constant.csv").write_text(f"x,y\n{rows}\n")
    said = cli("sweep", tmp_path / "constant.csv", "--target", "y", "--seeds", 1, "--device", "cpu")
    assert said.exit_code == 1 and "no verdict" in said.stdout and "target" in said.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--vary", "seed"], "What varies is written PATH=A,B,C; received 'seed'"),
        (["--vary", "seed=1,2"], ".*the seed varies by itself"),
        (["--vary", "gradient.max_norm=0,1"], "gradients global_norm: max_norm"),
        (["--vary", "a.b=1"], "A recipe has no field 'a.b'"),
    ],
)
def test_a_wrong_sweep_gets_one_sentence(cli: Cli, houses: Path, words: list[str], sentence: str) -> None:
    said = cli("sweep", houses, "--target", "price", *words)
    assert said.exit_code == 2 and said.stdout == "" and said.stderr.count("\n") == 1
    assert re.match(sentence, said.stderr), said.stderr


def test_a_claim_is_rerun_and_written_down(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{k % 7},{k % 5},{k * 1.37:.2f}\n" for k in range(40))
    (tmp_path / "boston_housing.csv").write_text(f"rm,lstat,medv\n{rows}")
    monkeypatch.setenv("CLIPVIZ_DATASETS", str(tmp_path))
    words = ("claims", "boston_sigma", "--seeds", 1, "--device", "cpu")
    ran = only_json(cli(*words, "--epochs", 1, "--json"))
    assert ran["states"] == {"finished": 2} and ran["measured"]["rows"] == 40
    assert "boston_sigma" in cli("claims", "--list").stdout and "lower" not in cli("claims").stdout
    listed = json.loads(cli("claims", "--json").stdout)
    assert all(each["measured"] is None for each in listed), "another length is no rerun"
    said = cli(*words)
    assert "4.581 -> 4.182" in said.stdout and "n = 40, a subset" in said.stdout
    assert cli("claims", "--table", tmp_path / "CLAIMS.md").exit_code == 0
    assert "| Boston housing" in (tmp_path / "CLAIMS.md").read_text()
    wrong = cli("claims", "magic")
    assert wrong.exit_code == 2 and wrong.stderr.startswith("A claim is called by its id; received 'magic'")
