"""Discovery by folder: one public class per module, the module's name is its id."""

import importlib
import inspect
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice


@cache
def discover(package: str) -> dict[str, type[Any]]:
    """The classes of a package, keyed by module name, sorted; `base` is skipped.

    A module that cannot be imported, or that holds no or several public classes, raises its own error:
    a broken policy must be loud.
    """
    root = importlib.import_module(package)
    found = {}
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda info: info.name):
        if info.name != "base" and not info.name.startswith("_"):
            found[info.name] = _public_class(importlib.import_module(f"{package}.{info.name}"))
    return found


def _public_class(module: ModuleType) -> type[Any]:
    own = [
        value
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
    if len(own) != 1:
        names = ", ".join(cls.__name__ for cls in own) or "none"
        raise TypeError(f"{module.__name__} must hold exactly one public class; it holds {names}.")
    return own[0]


def build(package: str, choice: Choice) -> Any:
    """The object that a recipe's choice names, with its fields checked.

    Raises InvalidRecipe for an unknown id, an unknown field or a value out of range.
    """
    known = discover(package)
    kind = package.rsplit(".", 1)[-1]
    if choice.id not in known:
        raise InvalidRecipe(f"{kind} must be one of {', '.join(known)}", repr(choice.id), "Pick one of these")
    try:
        return known[choice.id].model_validate(choice.fields())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or choice.id
        raise InvalidRecipe(
            f"{kind} {choice.id}: {field}: {first['msg'].lower()}",
            repr(first["input"])[:200],
            "Change this field",
        ) from error
