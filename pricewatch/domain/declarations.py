"""How a table is declared: a class with one annotated line a column.

    class Scores(Table):
        '''How consistent a night was. One row a night and measure.'''

        night: pl.Date
        good: int = field(ge=0, description="the part that is so")

What a value must be beyond its type stands in `field`. Nothing is validated here, so that a program that only asks for names and
types starts at once: `domain.contracts` makes of a declaration what validates a frame.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, get_args, get_origin

import polars as pl

_DTYPES: dict[type, type[pl.DataType]] = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}


@dataclass(frozen=True)
class Column:
    """What a column holds. A null, where there may be one, meets every condition."""

    dtype: pl.DataType = pl.Null()  # noqa: RUF009
    description: str = ""
    nullable: bool = False
    unique: bool = False
    ge: int | None = None
    """The least value, inclusive; None = no limit."""
    isin: tuple[str, ...] | None = None
    """The values there are; None = any."""
    min_length: int | None = None
    """The fewest characters; None = the text may be empty."""


def field(
    *,
    description: str = "",
    nullable: bool = False,
    unique: bool = False,
    ge: int | None = None,
    isin: Iterable[str] | None = None,
    min_length: int | None = None,
) -> Any:
    """The right side of a column's line, typed as anything since its left side names the type of a value."""
    return Column(
        description=description,
        nullable=nullable,
        unique=unique,
        ge=ge,
        isin=None if isin is None else tuple(isin),
        min_length=min_length,
    )


class Table:
    """A table, declared by a class of its own below this one."""

    columns: ClassVar[dict[str, Column]]
    """Its columns, in order."""

    def __init_subclass__(cls) -> None:
        """Read the columns off the annotations."""
        cls.columns = {
            name: replace(getattr(cls, name, Column()), dtype=_dtype(annotation))
            for name, annotation in inspect.get_annotations(cls).items()
        }


def _dtype(annotation: Any) -> pl.DataType:
    """The Polars type that an annotation stands for: `str`, `pl.Date`, `list[str]`, `Annotated[pl.Datetime, "us", "UTC"]`.

    Raises `TypeError` for anything else, text included: a file that declares tables evaluates its annotations.
    """
    if annotation in _DTYPES:
        return _DTYPES[annotation]()
    if isinstance(annotation, type) and issubclass(annotation, pl.DataType):
        return annotation()
    if get_origin(annotation) is list:
        return pl.List(_dtype(*get_args(annotation)))
    if hasattr(annotation, "__metadata__"):
        dtype: pl.DataType = annotation.__origin__(*annotation.__metadata__)
        return dtype
    raise TypeError(f"{annotation!r} is no type of a column")
