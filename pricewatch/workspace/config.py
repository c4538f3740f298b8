"""The models of `config/*.yaml`: what the user owns. Frozen, strict, every key described.

Durations are written `12h`, `30m` or `36h`; money as decimals; days as `2026-03-14`; secrets only as `${env:NAME}`.

A model's `title` is what messages call it. The forms of a union carry tags in parentheses, so that a mistake in one form is
told for that form alone. A `ValueError("what; fix")` of ours is printed as what and fix.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from pricewatch.domain.durations import Duration

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="lower-case letters, digits, - and _")]


Host = Annotated[
    str,
    Field(
        pattern=r"^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", description="a host's name without scheme and path: cdn.shop.example"
    ),
]


class Model(BaseModel):
    """What all configuration has in common: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkspaceFile(Model):
    """`config/workspace.yaml`: its presence marks the root of a workspace."""

    model_config = ConfigDict(title="config/workspace.yaml")

    name: str = Field(description="the retailer, as reports call it")
    data: str = Field("data", description="folder of pricewatch's own state, relative to the root")
    inbox: str = Field("inbox", description="folder where deliveries arrive, relative to the root")
    outbox: str = Field("outbox", description="folder of store files and exports, relative to the root")


class RoundingPolicy(Model):
    """How computed prices (percent, amount) are rounded. Prices that were decided as such are never moved."""

    model_config = ConfigDict(title="rounding")

    mode: Literal["half_up", "half_even", "up", "down"] = Field("half_up", description="to the currency's smallest unit")
    point: Literal["price", "discount", "each"] = Field(
        "price",
        description="what is rounded: the price, once; the discount; or the price after each promotion. 49.95 less 10 % is "
        "44.96, or 44.95 where the discount is rounded",
    )
    step: Decimal | None = Field(
        None, gt=0, description="cash rounding: the smallest coin, for example 0.05; null = the currency's minor unit"
    )
    endings: tuple[Decimal, ...] = Field(
        (), description="decimals that computed prices end with, for example [0.99, 0.95]; empty = any"
    )
    to: Literal["nearest", "down", "up"] = Field("nearest", description="towards which of the endings")

    @model_validator(mode="after")
    def _below_one(self) -> RoundingPolicy:
        if any(not 0 <= ending < 1 for ending in self.endings):
            raise ValueError("an ending is the part behind the decimal sign; write for example [0.99, 0.95]")
        return self


class StackingPolicy(Model):
    """How several promotions on one product are combined."""

    model_config = ConfigDict(title="stacking")

    mode: Literal["exclusive", "sequential", "additive"] = Field(
        "exclusive",
        description="exclusive: the best single one; sequential: each on the result of the one before; additive: percents summed",
    )
    limit: int | None = Field(None, ge=1, description="how many apply at most; null = any number")


class Market(Model):
    """One market: a currency, a clock, a tax habit."""

    model_config = ConfigDict(title="market")

    id: Id
    name: str = Field(description="as reports call it")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code")
    time_zone: str = Field(description="IANA name, for example Europe/Paris; windows and nights are in it")
    tax_included: bool = Field(description="whether decided prices include tax")
    rounding: RoundingPolicy = Field(RoundingPolicy(), description="of computed prices, for example {mode: up, step: 0.05}")
    stacking: StackingPolicy = Field(StackingPolicy(), description="of promotions, for example {mode: sequential, limit: 2}")
    rates: dict[str, Decimal] = Field(
        default_factory=dict,
        description="what one unit of the currency is worth in others, for example {EUR: 0.92}; only to recognise a price in the "
        "wrong currency",
    )


class SameAs(Model):
    """The channel shows what another one shows."""

    model_config = ConfigDict(title="role {same_as: ...}")

    same_as: Id = Field(description="the leading channel")


class Corridor(Model):
    """The channel may differ from another one within bounds, in percent of its price."""

    model_config = ConfigDict(title="role {within: ...}")

    within: Id = Field(description="the leading channel")
    landed: bool = Field(False, description="compare price plus shipping")
    from_percent: float = Field(0, description="lowest difference, percent: -5 is five percent below")
    to_percent: float = Field(0, description="highest difference, percent")

    @model_validator(mode="after")
    def _ordered(self) -> Corridor:
        if self.from_percent > self.to_percent:
            raise ValueError("from_percent is above to_percent; exchange the two")
        if any(round(percent * 100, 6) % 1 for percent in (self.from_percent, self.to_percent)):
            raise ValueError("percents of a role have at most two decimals; write for example 7.25")
        return self


def _role_form(role: Any) -> str | None:
    """Which form of a role is meant, so that only its own mistakes are told; None when it is none of them."""
    if isinstance(role, str):
        return "(word)"
    if isinstance(role, SameAs) or (isinstance(role, dict) and "same_as" in role):
        return "(same_as)"
    if isinstance(role, Corridor) or (isinstance(role, dict) and "within" in role):
        return "(within)"
    return None


Role = Annotated[
    Annotated[Literal["leader", "own_zone"], Tag("(word)")]
    | Annotated[SameAs, Tag("(same_as)")]
    | Annotated[Corridor, Tag("(within)")],
    Discriminator(_role_form),
]


class Channel(Model):
    """One channel in one market, and its role."""

    model_config = ConfigDict(title="channel")

    id: Id
    name: str = Field(description="as reports call it")
    kind: Literal["store", "web", "app", "marketplace"]
    market: Id
    zone: str | None = Field(None, description="price zone of a channel without stores; stores have their own (locations)")
    role: Role = Field(
        description="leader: others follow it; own_zone: its zone's decided prices; {same_as: web}; "
        "{within: web, landed: true, from_percent: 0, to_percent: 8}"
    )
    grace: Duration = Field(timedelta(0), description="how long the former price may still be shown after a change, e.g. 12h")
    own_seller: str | None = Field(None, description="on a marketplace: the seller name that is ours")
    rounding: RoundingPolicy | None = Field(None, description="null = the market's")
    stacking: StackingPolicy | None = Field(None, description="null = the market's")

    @model_validator(mode="after")
    def _zone_given(self) -> Channel:
        if self.kind != "store" and self.zone is None:
            raise ValueError("'zone' is missing; add zone: ... (whose decided prices a channel without stores shows)")
        return self


class Trailer(Model):
    """The last line of a file, which says how many rows it has."""

    model_config = ConfigDict(title="trailer")

    starts_with: str = Field(description="how the trailer line begins")
    count_at: int = Field(ge=1, description="which field of that line holds the number of rows, counted from 1")


class FixedColumn(Model):
    """One column of a fixed-width file."""

    model_config = ConfigDict(title="column {start: ..., width: ...}")

    start: int = Field(ge=1, description="first character, counted from 1")
    width: int = Field(ge=1, description="characters")


def _column_form(column: Any) -> str | None:
    """Which way of naming a column is meant; None when it is none of them."""
    if isinstance(column, str):
        return "(name)"
    if isinstance(column, int) and not isinstance(column, bool):
        return "(number)"
    if isinstance(column, FixedColumn | dict):
        return "(fixed)"
    return None


Column = Annotated[
    Annotated[str, Tag("(name)")] | Annotated[int, Field(ge=1), Tag("(number)")] | Annotated[FixedColumn, Tag("(fixed)")],
    Discriminator(_column_form),
]


class Layout(Model):
    """How a table file is written. Declared, never guessed."""

    model_config = ConfigDict(title="layout")

    format: Literal["csv", "tsv", "fixed", "excel", "parquet"] = Field("csv", description="gzip (.gz) is unpacked by itself")
    separator: str = Field(",", min_length=1, max_length=1, description="of a csv")
    quote: str | None = Field('"', description="quote character; null where quotes mean nothing")
    encoding: str = Field("utf-8", description="for example utf-8, cp1252, iso-8859-15")
    header: bool = Field(True, description="the first line names the columns")
    columns: dict[str, Column] = Field(
        default_factory=dict,
        description="our column: theirs (name, number counted from 1, or {start, width}); empty = the names are ours already",
    )
    sheet: str | None = Field(None, description="of an Excel file; null = the first")
    trailer: Trailer | None = Field(None, description="null = the file has none")
    list_separator: str = Field("|", min_length=1, description="inside one cell, for channels, zones, locations of a promotion")


class Pace(Model):
    """How politely a crawl goes. The defaults suit other people's shops; AutoThrottle slows down further by itself."""

    model_config = ConfigDict(title="pace")

    concurrent: int = Field(8, ge=1, le=64, description="requests at the same time")
    delay: float = Field(0.25, ge=0, description="seconds between requests")
    longest_wait: Duration = Field(
        timedelta(minutes=2), description="how long the site may ask to wait (Retry-After); longer ends its crawl, e.g. 10m"
    )
    obey_robots: Literal[True] = Field(True, description="robots.txt is obeyed, always")


class Budget(Model):
    """When a crawl stops by itself."""

    model_config = ConfigDict(title="budget")

    requests: int = Field(10_000, ge=1, description="requests, repeated ones included")
    minutes: float = Field(60, gt=0, description="from its first to its last request")
    megabytes: float = Field(2_000, gt=0, description="received, as packed")
    page_megabytes: float = Field(20, gt=0, description="of one page, received and unpacked; larger ones are refused")


class Browser(Model):
    """A browser fetches the pages of a source: for pages that JavaScript makes."""

    model_config = ConfigDict(title="browser")

    wait_for: str | None = Field(None, description="CSS selector of what must be there before a page is read, e.g. .price")
    program: str | None = Field(None, description="the browser's program; null = Chromium as it is installed")


Feeds = Literal["offers", "products", "price_list", "promotions", "locations", "history"]


class Source(Model):
    """One source: a spider that crawls, or files that an importer reads."""

    model_config = ConfigDict(title="source")

    id: Id
    feeds: Feeds = Field("offers", description="the table its rows are for")
    spider: Id | None = Field(None, description="a spider in spiders/")
    importer: Id | None = Field(None, description="for example table_file")
    market: Id
    channel: Id | None = Field(None, description="required for offers and history")
    url: str | None = Field(None, description="where a spider starts; ${env:NAME:-default} reads the environment")
    hosts: tuple[Host, ...] = Field(
        (), description="further hosts that a spider's pages may come from, e.g. cdn.shop.example or *.shop.example"
    )
    private_addresses: bool = Field(
        False, description="the site may be in our own network; false = private, link-local and loopback addresses are refused"
    )
    browser: Browser | None = Field(
        None, description='JavaScript makes its pages: {wait_for: .price}; needs pip install "pricewatch-omni[browser]"'
    )
    options: dict[str, Any] = Field(default_factory=dict, description="the spider's or importer's own settings")
    files: str | None = Field(None, description="glob below the workspace root; {night} is the business date")
    layout: Layout | None = Field(None, description="how the files are written")
    surface: Literal["till", "label", "checkout", "api", "html", "jsonld", "microdata", "meta", "feed"] = Field(
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
            raise ValueError("a source has either a spider or an importer; write one of the two")
        if self.spider is not None and self.url is None:
            raise ValueError("'url' is missing; add url: ... (where the spider starts)")
        if self.importer is not None and self.files is None:
            raise ValueError("'files' is missing; add files: ... (for example inbox/{night}/tills/*.csv.gz)")
        if self.feeds in ("offers", "history") and self.channel is None:
            raise ValueError(f"'channel' is missing; add channel: ... (whose {self.feeds} these are)")
        if foreign := sorted(self.model_fields_set & (_IMPORTER_KEYS if self.spider is not None else _SPIDER_KEYS)):
            reader = "a spider" if self.spider is not None else "an importer"
            raise ValueError(f"{reader} does not use {', '.join(foreign)}; take {'them' if foreign[1:] else 'it'} out")
        return self


_SPIDER_KEYS = frozenset({"url", "hosts", "private_addresses", "browser", "pace", "budget"})
_IMPORTER_KEYS = frozenset({"files", "layout"})
