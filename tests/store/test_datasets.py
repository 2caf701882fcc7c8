from datetime import timedelta

import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.errors import Conflict, InvalidRecipe, NotFound
from clipviz.store import Store

from .conftest import DATASET, Clock, dataset_named


def test_what_is_added_comes_back(store: Store) -> None:
    added = store.datasets.add(dataset_named("houses"))
    assert added == dataset_named("houses")
    assert store.datasets.get(DATASET) == added
    assert store.datasets.list() == [added]


def test_the_same_content_again_is_what_is_stored(store: Store, dataset: Dataset) -> None:
    store.datasets.rename(dataset.id, "homes", 1, "Grace")
    assert store.datasets.add(dataset_named("other name", who="Grace")).name == "homes"
    assert len(store.datasets.list()) == 1


def test_newest_first(store: Store, dataset: Dataset, clock: Clock) -> None:
    clock.forward(minutes=1)
    newer = dataset_named("newer", "00000000000000d2").model_copy(update={"created_at": clock()})
    store.datasets.add(newer)
    assert [found.name for found in store.datasets.list()] == ["newer", "houses"]


def test_an_unknown_id_says_so(store: Store) -> None:
    with pytest.raises(
        NotFound, match=r"There is no dataset with this id; received 'ffffffffffffffff'. Check"
    ):
        store.datasets.get("f" * 16)


def test_a_deleted_one_says_by_whom_and_when(store: Store, dataset: Dataset, clock: Clock) -> None:
    store.datasets.delete(dataset.id, "Ada")
    clock.forward(minutes=3, seconds=20)
    with pytest.raises(
        NotFound, match=r"'houses': this dataset was deleted by Ada 3 minutes ago. Restore it"
    ):
        store.datasets.get(dataset.id)
    with pytest.raises(NotFound, match="deleted by Ada"):
        store.datasets.delete(dataset.id, "Grace")
    with pytest.raises(NotFound, match="deleted by Ada"):
        store.datasets.rename(dataset.id, "homes", 1, "Grace")
    assert store.datasets.list() == []


def test_the_runs_of_a_deleted_one_still_find_it(store: Store, dataset: Dataset) -> None:
    assert store.datasets.get(dataset.id, include_deleted=True) == dataset
    deleted = store.datasets.delete(dataset.id, "Ada")
    assert store.datasets.get(dataset.id, include_deleted=True) == deleted
    with pytest.raises(NotFound, match="There is no dataset with this id"):
        store.datasets.get("f" * 16, include_deleted=True)


def test_those_deleted_for_long_are_told_apart(store: Store, dataset: Dataset, clock: Clock) -> None:
    day = timedelta(days=1)
    assert store.datasets.deleted(day) == set()
    store.datasets.delete(dataset.id, "Ada")
    assert store.datasets.deleted(day) == set()
    clock.forward(days=2)
    assert store.datasets.deleted(day) == {dataset.id}
    store.datasets.restore(dataset.id, "Ada")
    assert store.datasets.deleted(day) == set()


def test_restore_undoes_delete(store: Store, dataset: Dataset) -> None:
    store.datasets.delete(dataset.id, "Ada")
    restored = store.datasets.restore(dataset.id, "Grace")
    assert restored.deleted_at is None
    assert store.datasets.restore(dataset.id, "Grace") == restored
    assert store.datasets.list() == [restored]


def test_adding_again_undeletes(store: Store, dataset: Dataset) -> None:
    store.datasets.delete(dataset.id, "Ada")
    assert store.datasets.add(dataset_named("houses")).deleted_at is None
    assert store.datasets.get(dataset.id).name == "houses"


def test_two_people_renaming_at_once(store: Store, dataset: Dataset, clock: Clock) -> None:
    assert store.datasets.rename(dataset.id, "homes", dataset.revision, "Grace").revision == 2
    clock.forward(seconds=90)
    with pytest.raises(
        Conflict,
        match=r"Grace changed this dataset 1 minute ago: its name is now 'homes'. Look at the change",
    ):
        store.datasets.rename(dataset.id, "huts", dataset.revision, "Ada")
    assert store.datasets.get(dataset.id).name == "homes"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  two \n words\t", "two words"),
        ("x" * 500, "x" * 200),
        ("nul\x00 and \ud800", "nul and ?"),
        ("<b>*", "<b>*"),
        ("\x1b[2Jbell\a\u202e", "[2Jbell"),
    ],
)
def test_names_are_one_line_of_storable_text(store: Store, dataset: Dataset, given: str, kept: str) -> None:
    assert store.datasets.rename(dataset.id, given, 1, "Ada").name == kept


def test_an_empty_name_is_refused(store: Store, dataset: Dataset) -> None:
    with pytest.raises(InvalidRecipe, match="A name needs at least one visible character; received '  '"):
        store.datasets.rename(dataset.id, "  ", 1, "Ada")
