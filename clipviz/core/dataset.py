"""What is known of a dataset: how it was read, its columns, and what could not be read."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["number", "integer", "boolean", "category", "date", "text", "empty"]
SHAPE = re.compile(r"^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}(x[13])?$")
FIRST_FIELDS = ("format", "delimiter", "decimal", "thousands", "encoding", "header", "sheet", "missing")
CLOCK, NAMELESS = "1:30", "(5)"
"""Marks of numbers that have no sign of their own: times, hours first; brackets, hard spaces, a minus behind."""
NUMERIC: tuple[Kind, ...] = ("number", "integer", "boolean")


class ImageReading(BaseModel):
    """How images are read. A None is "guess"; a stored dataset holds the values that were used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: Annotated[str, Field(pattern=SHAPE.pattern)] | None = Field(
        None, title="Shape", description="Height x width, or height x width x channels: 28x28, 32x32x3."
    )
    fit: Literal["crop", "pad", "stretch"] | None = Field(
        None, title="Other sizes", description="How images of another size are brought to the shape."
    )
    background: Literal["white", "black"] | None = Field(
        None, title="Background", description="What lies under transparent parts and beside padded images."
    )
    order: Literal["pixels", "planes"] | None = Field(
        None,
        title="Colour order",
        description="Values pixel by pixel (RGBRGB) or channel by channel (RRGGBB).",
    )
    label: Literal["first", "last", "none"] | None = Field(
        None, title="Label column", description="Where a table of pixels holds the label."
    )
    label_column: str | None = Field(
        None,
        min_length=1,
        title="Column of labels",
        description="Of the table beside image files; none where it has a column for each class.",
    )


class ImageShape(BaseModel):
    """What every image of a dataset is: height x width pixels, channels (1 grey, 3 colour), bits a value."""

    model_config = ConfigDict(frozen=True)

    height: int = Field(ge=1)
    width: int = Field(ge=1)
    channels: Literal[1, 3]
    bits: Literal[8, 16] = 8

    @property
    def values(self) -> int:
        """Numbers in one image."""
        return self.height * self.width * self.channels

    def __str__(self) -> str:
        return f"{self.height}x{self.width}" + (f"x{self.channels}" if self.channels > 1 else "")


class Reading(BaseModel):
    """How a file is read. A None is "guess"; a stored dataset holds the values that were used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str | None = Field(None, title="Format", description="Reader, by file ending.")
    delimiter: str | None = Field(None, title="Delimiter", description="What separates the cells of a row.")
    decimal: Literal[".", ","] | None = Field(None, title="Decimal mark", description="1.5 or 1,5.")
    thousands: Literal["", ".", ",", " ", "'"] | None = Field(
        None, title="Thousands mark", description="1,000,000 or none."
    )
    encoding: str | None = Field(
        None, title="Encoding", description="utf-8, latin-1, windows-1252, utf-16 ..."
    )
    header: bool | None = Field(
        None, title="Header row", description="Whether the first row holds the names."
    )
    sheet: str | None = Field(None, title="Sheet", description="Sheet of a workbook.")
    missing: tuple[str, ...] | None = Field(
        None, title="Missing-value words", description="Cells with exactly these words count as missing."
    )
    member: str | None = Field(None, title="File in the archive", description="Which file of an archive.")
    comment: str | None = Field(
        None, title="Comment mark", description="Lines that begin with it are no rows; empty: none."
    )
    skip: int | None = Field(
        None, ge=0, le=1000, title="Lines to skip", description="Lines above the table, such as its title."
    )
    header_rows: int | None = Field(
        None, ge=1, le=5, title="Rows of names", description="How many rows the names take."
    )
    date_order: Literal["day", "month"] | None = Field(
        None, title="Dates like 3/4/2020", description="Which comes first where both are possible."
    )
    kinds: dict[str, Kind] = Field(
        {}, title="Types", description="Types that a person chose, by column; the others are decided."
    )
    images: ImageReading | None = Field(
        None, title="Images", description="How images are read; None for a table."
    )

    def identity(self) -> dict[str, Any]:
        """What makes one reading another one; fields that came after the first release count once they are used."""
        document = self.model_dump(mode="json", exclude={"kinds"})
        return {name: value for name, value in document.items() if value is not None or name in FIRST_FIELDS}


class Column(BaseModel):
    """One column of a dataset."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Kind
    title: str = Field(
        "", description="The name in the file, when it had to be changed to be unique or usable."
    )
    marks: tuple[str, ...] = Field(
        (),
        description="What was taken off the cells to have numbers: %, $, kg; CLOCK where they were times, hours first; "
        "NAMELESS for brackets and the like.",
    )


class Dataset(BaseModel):
    """A stored dataset; `id` is the hash of the file's bytes and of how they were read."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    kind: Literal["table", "images"] = "table"
    source: str = Field(description="Hash of the uploaded bytes; the upload is kept under it.")
    reading: Reading
    columns: tuple[Column, ...]
    rows: int
    image: ImageShape | None = Field(None, description="Shape of the images of pixels.npy; None for a table.")
    rejected: int = Field(0, description="Rows of the file that could not be read.")
    bytes: int
    target: str | None = Field(None, description="The column to predict, where the origin says so.")
    origin: str = Field("", description="Where a sample comes from.")
    created_by: str = ""
    created_at: datetime
    deleted_at: datetime | None = None
    revision: int = 1

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


class RejectedRow(BaseModel):
    """A row or an image that could not be read: where it stands, why, and what it said."""

    line: int = Field(description="1-based line of the file (row of the sheet, place of an image).")
    column: str = ""
    reason: str
    text: str = ""
