"""The kinds of check: `Params`, `@check`, discovery. One file a kind; its docstring is the manual page, its example is run.

A check is a pure function from judged offers (offers with what was expected of them, see `engine/expect.py`) and its
parameters to candidate findings. It never formats and never prints: the rule's id, severity, owner, fingerprint and the
sentence a person reads are added around it, once (`engine/rules.py`).

Adding a kind touches no other file: discovery is `iter_modules` over this folder, plus other people's entry points in the
group `pricewatch.checks`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from string import Formatter
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from pricewatch.domain.money import BASIS_POINTS

CANDIDATE = pl.Schema(
    {
        "subject": pl.String,
        "expected": pl.Int64,
        "observed": pl.Int64,
        "detail": pl.String,
    }
)
"""What a check adds to the offer rows it suspects. `detail` is words, where money does not say it."""

FRAMES = ("history", "assortment", "source_runs", "calendar", "zone_prices", "families", "unit_prices", "labels")
"""World frames a check may ask for by naming them as keyword parameters (`engine.frames` says what each holds)."""


DECIDED = frozenset({"list_price", "expected_price", "expected_member_price", "ended_price", "ended_member_price"})
"""Columns that say what was decided of the offer's own price."""


class Params(BaseModel):
    """The parameters of one kind of check. Every field has a description with its unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """A parameter without a description is a developer's mistake, said when the module loads."""
        bare = [name for name, info in cls.model_fields.items() if not info.description]
        if bare:
            raise TypeError(f"{cls.__module__}.{cls.__name__}: no description for {', '.join(bare)}")


Function = Callable[..., pl.LazyFrame]

Scope = Literal["offer", "product", "night"]


@dataclass(frozen=True)
class Check:
    """One kind of check, as the registry knows it."""

    name: str
    function: Function
    title: str
    """What went wrong, in the few words an incident begins with: `promotion not given`."""
    sentence: str
    """What a person reads of one finding; the names of `PLACEHOLDERS` in braces are filled in."""
    keyed_by_promotion: bool
    """Whether the promotion is part of what a finding is: two promotions missing on one offer are two findings."""
    params: type[Params]
    needs: frozenset[str]
    """Columns of the judged offers it reads."""
    frames: tuple[str, ...]
    """World frames it asks for by keyword."""
    scope: Scope
    """What it looks at together: `offer`, each by itself; `product`, all offers of one product; `night`, sources.

    A kind that looks at one offer and reads `observed_at` or `age` compares it with instants of the calendar and the price list,
    with a channel's grace after them, or with a duration among its parameters: offers alike are judged once (`situations`).
    """
    refines: frozenset[str]
    """Kinds whose finding on the same offer and price this one makes superfluous, being more specific."""
    unproven: Function | None
    """The offers this kind can judge neither right nor wrong for want of history; they are counted in the report."""
    observes: Callable[[Any], str] | None
    """The column, by its parameters, that an offer must show to be judged; None: every offer it is about can be."""
    verifies: Callable[[Any], pl.Expr] | None
    """By its parameters, whether an offer shows enough to be called right again (Boolean); None: what `observes` says."""
    reads: Callable[[Any], frozenset[str]] | None
    """By its parameters, columns it reads besides `needs`; for kinds whose parameters name columns."""
    calendar: bool
    """Whether it can judge decided prices before they are shown (`pricewatch lint`)."""

    def verified(self, params: Params) -> pl.Expr | None:
        """Whether an offer without a finding is right, not merely unseen (Boolean); None: every offer it is about is."""
        if self.verifies is not None:
            return self.verifies(params).fill_null(False)
        return None if self.observes is None else pl.col(self.observes(params)).is_not_null()

    @property
    def basis(self) -> str | None:
        """What must be known of an offer before this kind can find it right (`reconcile.LOOKED_AT`); None: that it was seen."""
        if "leader_price" in self.needs:
            return "led"
        if self.needs & DECIDED:
            return "decided"
        return "compared" if "was_price" in self.needs else None

    @property
    def manual(self) -> str:
        """The manual page: the function's docstring."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first line of the manual."""
        return self.manual.partition("\n")[0]

    @property
    def example(self) -> str:
        """The YAML example of the manual, dedented; empty when there is none."""
        _, found, rest = self.manual.partition("Example::\n")
        if not found:
            return ""
        lines = rest.split("\n")
        block = [line for line in lines if not line.strip() or line.startswith("    ")]
        return inspect.cleandoc("\n" + "\n".join(block)).strip() + "\n"


SENTENCE = "{place} shows {observed} where {expected} was decided"
"""What a finding says whose kind has no sentence of its own."""

PLACEHOLDERS = frozenset({"place", "observed", "expected", "delta", "promotion", "detail", "verb"})
"""What a sentence may fill in. Money with its decimals; `promotion` by its name; `verb` as fits the subject."""


def check(
    *,
    title: str = "",
    sentence: str = SENTENCE,
    keyed_by_promotion: bool = False,
    needs: set[str] | frozenset[str] = frozenset(),
    scope: Scope = "offer",
    refines: set[str] | frozenset[str] = frozenset(),
    unproven: Function | None = None,
    observes: Callable[[Any], str] | None = None,
    verifies: Callable[[Any], pl.Expr] | None = None,
    reads: Callable[[Any], frozenset[str]] | None = None,
    calendar: bool = False,
) -> Callable[[Function], Function]:
    """Register a function as a kind of check; its name is the name in YAML."""

    def register(function: Function) -> Function:
        parameters = inspect.signature(function, eval_str=True).parameters
        params = parameters["params"].annotation
        frames = tuple(name for name, p in parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY)
        unknown = set(frames) - set(FRAMES)
        if unknown:
            raise TypeError(f"check {function.__name__} asks for {sorted(unknown)}; there are {', '.join(FRAMES)}")
        if not re.search(r"Example::", function.__doc__ or ""):
            raise TypeError(f"check {function.__name__} has no example in its manual page")
        named = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
        if named - PLACEHOLDERS:
            raise TypeError(
                f"check {function.__name__} fills in {sorted(named - PLACEHOLDERS)}; there are {', '.join(sorted(PLACEHOLDERS))}"
            )
        function.__dict__["check"] = Check(
            function.__name__,
            function,
            title or function.__name__.replace("_", " "),
            sentence,
            keyed_by_promotion,
            params,
            frozenset(needs),
            frames,
            scope,
            frozenset(refines),
            unproven,
            observes,
            verifies,
            reads,
            calendar,
        )
        return function

    return register


@cache
def registry() -> dict[str, Check]:
    """Every kind of check by name: ours, then other people's."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    functions = [value for module in modules for value in vars(module).values()]
    functions += [point.load() for point in entry_points(group="pricewatch.checks")]
    found = {f.__dict__["check"].name: f.__dict__["check"] for f in functions if "check" in getattr(f, "__dict__", {})}
    return dict(sorted(found.items()))


class Tolerance(BaseModel):
    """How far off is still right. Wrong only when both limits are exceeded, which protects cheap and dear items alike."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Decimal = Field(Decimal(0), ge=0, description="in the currency, for example 0.05")
    percent: Decimal = Field(Decimal(0), ge=0, description="percent of the expected price, for example 1")

    def exceeded(self, delta: pl.Expr, expected: pl.Expr) -> pl.Expr:
        """Boolean: `delta` (Int64 minor units) is beyond both limits. Needs the column `unit`."""
        thousandths, basis_points = int(self.amount * 1000), int(self.percent * 100)
        beyond_amount = delta.abs() * 1000 > pl.col("unit") * thousandths
        return beyond_amount & (delta.abs() * BASIS_POINTS > expected * basis_points)


Direction = Literal["any", "overcharge", "undercharge"]


def mismatches(
    offers: pl.LazyFrame,
    *,
    observed: str,
    expected: str,
    tolerance: Tolerance,
    direction: Direction = "any",
    tolerated: str | None = None,
) -> pl.LazyFrame:
    """Offers whose `observed` is off `expected` beyond the tolerance; `tolerated` names a column with a price that is right too.

    A null on either side is not judged.
    """
    delta = pl.col(observed) - pl.col(expected)
    wrong = tolerance.exceeded(delta, pl.col(expected))
    if direction != "any":
        wrong &= delta > 0 if direction == "overcharge" else delta < 0
    if tolerated is not None:
        wrong &= pl.col(observed).ne_missing(pl.col(tolerated))
    return suspects(offers.filter(wrong), subject=observed, observed=pl.col(observed), expected=pl.col(expected))


def suspects(
    offers: pl.LazyFrame,
    *,
    subject: str,
    observed: pl.Expr | None = None,
    expected: pl.Expr | None = None,
    detail: pl.Expr | None = None,
) -> pl.LazyFrame:
    """Offers that are wrong, with the candidate's columns (`CANDIDATE`) added."""
    values = {"observed": observed, "expected": expected, "detail": detail}
    return offers.with_columns(
        pl.lit(subject).alias("subject"),
        *((pl.lit(None) if value is None else value).cast(CANDIDATE[name]).alias(name) for name, value in values.items()),
    )
