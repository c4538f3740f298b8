"""The models of `config/*.yaml`: what the user owns. Frozen, strict, every key described.

Durations are written `12h`, `30m` or `36h`; money as decimals; days as `2026-03-14`; secrets only as `${env:NAME}`.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_DURATION = re.compile(r"^(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?$")


def _duration(value: Any) -> Any:
    """`36h`, `1d 12h`, `90m` as a timedelta; anything else is refused by pydantic with our words."""
    if isinstance(value, str):
        parts = _DURATION.match(value.strip())
        if not value.strip() or parts is None:
            raise ValueError(f"'{value}' is no duration; write for example 12h, 30m or 1d")
        days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if isinstance(value, timedelta):
        return value
    raise ValueError("write a duration with its unit, for example 12h, 30m or 1d")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="lower-case letters, digits, - and _")]


class Model(BaseModel):
    """What all configuration has in common: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkspaceFile(Model):
    """`config/workspace.yaml`: its presence marks the root of a workspace."""

    name: str = Field(description="the retailer, as reports call it")
    data: str = Field("data", description="folder of pricewatch's own state, relative to the root")
    inbox: str = Field("inbox", description="folder where deliveries arrive, relative to the root")
    outbox: str = Field("outbox", description="folder of store files and exports, relative to the root")


class Market(Model):
    """One market: a currency, a clock, a tax habit."""

    id: Id
    name: str = Field(description="as reports call it")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code")
    time_zone: str = Field(description="IANA name, for example Europe/Paris; windows and nights are in it")
    tax_included: bool = Field(description="whether decided prices include tax")


class SameAs(Model):
    """The channel shows what another one shows."""

    same_as: Id = Field(description="the leading channel")


class Corridor(Model):
    """The channel may differ from another one within bounds, in percent of its price."""

    within: Id = Field(description="the leading channel")
    landed: bool = Field(False, description="compare price plus shipping")
    from_percent: float = Field(0, description="lowest difference, percent: -5 is five percent below")
    to_percent: float = Field(0, description="highest difference, percent")

    @model_validator(mode="after")
    def _ordered(self) -> Corridor:
        if self.from_percent > self.to_percent:
            raise ValueError("from_percent is above to_percent")
        return self


class Channel(Model):
    """One channel in one market, and its role."""

    id: Id
    name: str = Field(description="as reports call it")
    kind: Literal["store", "web", "app", "marketplace"]
    market: Id
    zone: str | None = Field(None, description="price zone of a channel without stores; stores have their own (locations)")
    role: Literal["leader", "own_zone"] | SameAs | Corridor = Field(
        description="leader: others follow it; own_zone: its zone's decided prices; {same_as: web}; "
        "{within: web, landed: true, from_percent: 0, to_percent: 8}"
    )
    grace: Duration = Field(timedelta(0), description="how long the former price may still be shown after a change, e.g. 12h")
    own_seller: str | None = Field(None, description="on a marketplace: the seller name that is ours")

    @model_validator(mode="after")
    def _zone_given(self) -> Channel:
        if self.kind != "store" and self.zone is None:
            raise ValueError("a channel without stores needs a zone: whose decided prices it shows")
        return self


class Trailer(Model):
    """The last line of a file, which says how many rows it has."""

    starts_with: str = Field(description="how the trailer line begins")
    count_at: int = Field(ge=1, description="which field of that line holds the number of rows, counted from 1")


class FixedColumn(Model):
    """One column of a fixed-width file."""

    start: int = Field(ge=1, description="first character, counted from 1")
    width: int = Field(ge=1, description="characters")


class Layout(Model):
    """How a table file is written. Declared, never guessed."""

    format: Literal["csv", "tsv", "fixed", "excel", "parquet"] = Field("csv", description="gzip (.gz) is unpacked by itself")
    separator: str = Field(",", min_length=1, max_length=1, description="of a csv")
    quote: str | None = Field('"', description="quote character; null where quotes mean nothing")
    encoding: str = Field("utf-8", description="for example utf-8, cp1252, iso-8859-15")
    header: bool = Field(True, description="the first line names the columns")
    columns: dict[str, str | int | FixedColumn] = Field(
        default_factory=dict,
        description="our column: theirs (name, number counted from 1, or {start, width}); empty = the names are ours already",
    )
    sheet: str | None = Field(None, description="of an Excel file; null = the first")
    trailer: Trailer | None = Field(None, description="null = the file has none")
    list_separator: str = Field("|", min_length=1, description="inside one cell, for channels, zones, locations of a promotion")


class Pace(Model):
    """How politely a crawl goes. The defaults suit other people's shops; AutoThrottle slows down further by itself."""

    concurrent: int = Field(8, ge=1, le=64, description="requests at the same time")
    delay: float = Field(0.25, ge=0, description="seconds between requests")
    obey_robots: Literal[True] = Field(True, description="robots.txt is obeyed, always")


class Budget(Model):
    """When a crawl stops by itself."""

    requests: int = Field(10_000, ge=1)
    minutes: float = Field(60, gt=0)


Feeds = Literal["offers", "products", "price_list", "promotions", "locations", "history"]


class Source(Model):
    """One source: a spider that crawls, or files that an importer reads."""

    id: Id
    feeds: Feeds = Field("offers", description="the table its rows are for")
    spider: Id | None = Field(None, description="a spider in spiders/")
    importer: Id | None = Field(None, description="for example table_file")
    market: Id
    channel: Id | None = Field(None, description="required for offers and history")
    url: str | None = Field(None, description="where a spider starts; ${env:NAME:-default} reads the environment")
    options: dict[str, Any] = Field(default_factory=dict, description="the spider's or importer's own settings")
    files: str | None = Field(None, description="glob below the workspace root; {night} is the business date")
    layout: Layout | None = Field(None, description="how the files are written")
    surface: Literal["till", "label", "checkout", "api", "html", "jsonld", "meta", "feed"] = Field(
        "feed", description="where the price is shown, where rows do not say"
    )
    decimal: Literal[".", ","] = Field(".", description="decimal sign of its prices")
    minor_units: bool = Field(False, description="prices are whole minor units: 1299 is 12.99")
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$", description="where rows do not say; null = the market's")
    tax_included: bool | None = Field(None, description="null = not stated, then its prices are compared with nothing")
    time_zone: str | None = Field(None, description="of times without an offset; null = the market's")
    time_format: str | None = Field(None, description="strptime format of its times; null = ISO 8601")
    pace: Pace = Field(default_factory=lambda: Pace())
    budget: Budget = Field(default_factory=lambda: Budget())
    expect_rows: int | None = Field(None, ge=1, description="rows of a normal night; far fewer is a degraded delivery")
    required: bool = Field(True, description="false: a night without its files is no failure")

    @model_validator(mode="after")
    def _whole(self) -> Source:
        if (self.spider is None) == (self.importer is None):
            raise ValueError("a source has either a spider or an importer")
        if self.spider is not None and self.url is None:
            raise ValueError("a spider needs a url to start from")
        if self.importer is not None and self.files is None:
            raise ValueError("an importer needs files, for example inbox/{night}/tills/*.csv.gz")
        if self.feeds in ("offers", "history") and self.channel is None:
            raise ValueError(f"a source of {self.feeds} needs a channel")
        return self
