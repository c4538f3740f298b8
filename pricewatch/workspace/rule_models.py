"""What a rule file may say: the header every rule has, severities by thresholds, and the head of a law pack.

The keys of a rule that are not the header's are its kind's own parameters (`engine.checks.Params`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from pricewatch.domain.tables import SEVERITIES
from pricewatch.engine.checks import Tolerance
from pricewatch.workspace.config import Id
from pricewatch.workspace.mistakes import did_you_mean

Severity = Literal["info", "minor", "major", "critical"]

Thresholds = tuple[tuple[str, Tolerance], ...]
"""Severities from the lowest to the highest, each with the limits a finding must exceed."""


def _severity_form(severity: Any) -> str | None:
    """Which form of a severity is meant, so that only its own mistakes are told; None when it is neither."""
    if isinstance(severity, str):
        return "(word)"
    return "(thresholds)" if isinstance(severity, Mapping) else None


def ascending(limits: Mapping[Severity, Tolerance]) -> Thresholds:
    """The thresholds by severity, lowest first."""
    return tuple(sorted(limits.items(), key=lambda item: SEVERITIES.index(item[0])))


def _named(limits: Any) -> Any:
    """Only severities there are; told here, where the word can be named."""
    unknown = [str(name) for name in limits if name not in SEVERITIES]
    if unknown:
        raise ValueError(f"'{unknown[0]}' is no severity; {did_you_mean(unknown[0], SEVERITIES, 'there are')}")
    return limits


def _increasing(limits: dict[Severity, Tolerance]) -> dict[Severity, Tolerance]:
    """Every severity is harder to reach than the one below, and the lowest has no limits: something must always hold."""
    if not limits:
        raise ValueError("no severity is given; write for example {minor: {}, major: {amount: 0.50, percent: 5}}")
    steps = ascending(limits)
    lowest, base = steps[0]
    if base != Tolerance():
        raise ValueError(f"the lowest, '{lowest}', has limits, so a finding below them would have none; write {lowest}: {{}}")
    for (lower, low), (higher, high) in pairwise(steps):
        if high.amount < low.amount or high.percent < low.percent or high == low:
            raise ValueError(f"'{higher}' is no harder to reach than '{lower}'; give it a higher amount or percent")
    return limits


SeverityForm = Annotated[
    Annotated[Severity, Tag("(word)")]
    | Annotated[dict[Severity, Tolerance], BeforeValidator(_named), AfterValidator(_increasing), Tag("(thresholds)")],
    Discriminator(_severity_form),
]


class Dated(BaseModel):
    """Something that holds from a day to a day, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valid_from: date | None = Field(None, description="first night it is run, for example 2026-03-14; null = since ever")
    valid_to: date | None = Field(None, description="last night it is run, for example 2026-12-31; null = open")

    @model_validator(mode="after")
    def _forwards(self) -> Dated:
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from; exchange the two")
        return self


class Header(Dated):
    """What every rule has, whatever its kind."""

    model_config = ConfigDict(title="rule")

    id: Id = Field(description="lower-case letters, digits, - and _; findings keep it, so do not rename a rule lightly")
    check: str = Field(description="the kind of check; see: pricewatch rules list --kinds")
    where: str | None = Field(None, description="SQL condition on the offer's columns, for example channel_kind = 'store'")
    severity: SeverityForm = Field(
        "major",
        description="how bad a finding of it is: info, minor, major, critical; or by limits that must both be exceeded: "
        "{minor: {}, major: {amount: 0.50, percent: 5}, critical: {amount: 2.00, percent: 20}}",
    )
    owner: str = Field("pricing", min_length=1, description="who mends what it finds, for example store-ops")
    why: str = Field("", description="one sentence for the person who reads a finding")
    enabled: bool = Field(True, description="false keeps the rule without running it, until what it looks at is delivered")

    @property
    def thresholds(self) -> Thresholds:
        """Severities with their limits, lowest first; none where one word says it."""
        return () if isinstance(self.severity, str) else ascending(self.severity)

    @property
    def lowest(self) -> str:
        """The word, or the lowest of the thresholds."""
        return self.severity if isinstance(self.severity, str) else self.thresholds[0][0]


HEADER = ("id", "check", "where", "severity", "owner", "why", "enabled", "valid_from", "valid_to")
"""The header's keys as messages list them: what a rule is first, when it holds last."""


class Pack(Dated):
    """The head of a law pack: rules that follow from a law, with what they rest on and until when."""

    model_config = ConfigDict(title="law pack")

    about: str = Field(min_length=1, description="which law, in one sentence")
    source: list[str] = Field(min_length=1, description="where the law says so: acts, articles, judgments")
    disclaimer: str = Field(min_length=1, description="what the pack is not, for example: This is no legal advice.")
    markets: list[Id] = Field(
        default_factory=list, description="the markets whose law it is, for example [fr]; empty = every market"
    )
    enabled: bool = Field(False, description="true runs it: a law is applied by who has read what the pack says, never by itself")
    rules: list[Any] = Field(description="its rules, as in any rule file")
