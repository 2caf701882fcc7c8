"""A recipe in words."""

from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.ui.recipes import in_words, settings_in_words


def test_what_is_not_at_its_default_is_said() -> None:
    recipe = Recipe(
        data=Data(dataset="0" * 16, target="y"),
        model=Choice(id="lstm"),
        clips_at={"embedding": (Choice.of("fixed", theta=0.5),), "output": ()},
        target_clamp=Choice(id="sigma"),
        loss=Choice.of("cross_entropy", class_weighted=True),
        schedule=Choice(id="cosine"),
    )
    said = settings_in_words(recipe)
    for part in (
        "LSTM · Adam · Cross-entropy, weigh classes · Cosine",
        "embedding: fixed, ",
        " 0.5 · output: no clip · target clamped: mean ± k sigma",
    ):
        assert part in said, said


def test_a_clip_of_the_target_alone_is_named() -> None:
    data, none = Data(dataset="0" * 16, target="y"), Choice(id="none")
    bare = Recipe(data=data, activation=none, gradient=none)
    said = in_words(bare.model_copy(update={"target_clamp": Choice(id="sigma")}))
    assert said.startswith("y: no input clamp · target: mean ± k sigma · no activation clip"), said
    assert "target" not in in_words(bare)
