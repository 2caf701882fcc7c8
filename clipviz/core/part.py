"""What recipes are made of: records that do not change, and choices by id."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DEEPEST = 8


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Choice(BaseModel):
    """One discovered thing by its id, with values for its fields; checked by `discovery.build`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str = Field(min_length=1, max_length=64)

    @model_validator(mode="after")
    def _is_shallow(self) -> Self:
        level = list(self.fields().values())
        for _ in range(DEEPEST):
            level = [inner for value in level if isinstance(value, (list, tuple, dict)) for inner in value]
        if level:
            raise ValueError(f"values may nest at most {DEEPEST} deep")
        return self

    def fields(self) -> dict[str, Any]:
        return dict(self.__pydantic_extra__ or {})

    @classmethod
    def of(cls, id: str, **fields: Any) -> Self:
        return cls.model_validate({"id": id, **fields})
