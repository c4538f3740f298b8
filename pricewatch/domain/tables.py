"""Every column of every frame: type, unit, meaning, and what `null` says. Nobody invents a second word for a known thing.

Money is whole minor units (`Int64`) of the row's `currency`; instants are UTC; windows are start-inclusive, end-exclusive;
rates are whole basis points; `null` means "not stated", never zero. Raw rows are text, exactly as the channel said them.

Inside the engine a SKU is its `item` code and a market x channel x location its `place` code (`Int32`); text comes back where
findings are written. `area` is the code of a market x channel x zone: what is decided once for a product is decided per area.
"""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from pricewatch.domain.mechanics import MECHANICS

Instant = Annotated[pl.Datetime, "us", "UTC"]

UTC = pl.Datetime("us", "UTC")

SURFACES = ("till", "label", "checkout", "api", "html", "jsonld", "meta", "feed", "price_file")
"""Where on a channel a price was seen. The order says which one is held against the rules when a channel shows several."""

SEVERITIES = ("info", "minor", "major", "critical")
STATES = ("new", "open", "regressed", "resolved", "unverified", "waived")
CHANNEL_KINDS = ("store", "web", "app", "marketplace")
AUDIENCES = ("everyone", "members", "coupon_holders")


class Raw(pa.DataFrameModel):
    """One row as a channel or a central file says it: all text, with its provenance. Nothing is converted yet."""

    source: str = pa.Field(description="id of the source in config/sources.yaml")
    source_ref: str = pa.Field(description="where it was read: `file:line` or a URL")
    collected_at: str = pa.Field(description="when we read it, ISO 8601 with offset")
    observed_at: str = pa.Field(
        nullable=True, description="when the channel says it was so, as it writes times; null = when collected"
    )
    surface: str = pa.Field(nullable=True, description="html, jsonld, api, till ...; null = the source's declared surface")
    location: str = pa.Field(nullable=True, description="store id as the source writes it; null = the channel has one place only")
    external_id: str = pa.Field(nullable=True, description="the channel's own id of the product")
    sku: str = pa.Field(nullable=True, description="our SKU, where the source knows it")
    gtin: str = pa.Field(nullable=True, description="as written; digits, maybe padded")
    name: str = pa.Field(nullable=True, description="product name as shown")
    seller: str = pa.Field(nullable=True, description="who sells; null = the channel itself")
    regular_price_text: str = pa.Field(nullable=True, description="price without any promotion, as written")
    price_text: str = pa.Field(nullable=True, description="what everybody pays now for one, as written")
    was_price_text: str = pa.Field(nullable=True, description="struck through beside it, as written")
    member_price_text: str = pa.Field(nullable=True, description="what card holders pay now for one, as written")
    shipping_text: str = pa.Field(nullable=True, description="shipping for one, as written")
    currency: str = pa.Field(nullable=True, description="ISO 4217 code or symbol; null = the source's declared currency")
    tax_included: str = pa.Field(nullable=True, description="true / false; null = the source's declared basis")
    promotion: str = pa.Field(nullable=True, description="promotion id, where the channel names one")
    promotion_label: str = pa.Field(nullable=True, description="the promotion's text as shown")
    availability: str = pa.Field(nullable=True, description="as written: in_stock, InStock, 0 ...")
    unit_price_text: str = pa.Field(nullable=True, description="price per kilogram, litre, piece ..., as written")
    unit_price_base: str = pa.Field(nullable=True, description="what the unit price is for, as written: kg, 100 g, l ...")
    points_text: str = pa.Field(nullable=True, description="points or credit given with one, as money, as written")
    buy_box: str = pa.Field(nullable=True, description="true / false: whether this seller is the one a click on 'buy' buys from")
    quantity: str = pa.Field(nullable=True, description="units on this till line; null = one")
    paid_text: str = pa.Field(nullable=True, description="what was charged for all units of the till line, as written")


class Sources(pa.DataFrameModel):
    """What each source declares about its rows: how its text is to be read. One row a source."""

    source: str = pa.Field(unique=True)
    market: str
    channel: str = pa.Field(nullable=True, description="null for central files")
    surface: str = pa.Field(nullable=True, description="where rows do not say")
    decimal: str = pa.Field(description="decimal sign: '.' or ','")
    minor_units: bool = pa.Field(description="prices are whole minor units")
    currency: str = pa.Field(description="ISO 4217, where rows do not say")
    tax_included: bool = pa.Field(nullable=True, description="null = not stated; then nothing is compared")
    time_zone: str = pa.Field(description="of times without an offset")
    time_format: str = pa.Field(nullable=True, description="strptime format of `observed_at`; null = ISO 8601")


class Products(pa.DataFrameModel):
    """The catalogue. One row a SKU."""

    sku: str = pa.Field(unique=True, str_length={"min_value": 1}, description="our id")
    external_id: str = pa.Field(nullable=True, description="the id that channels use; null = they use the SKU")
    gtin: str = pa.Field(nullable=True, description="14 digits, left-padded with zeros")
    name: str = pa.Field(nullable=True)
    brand: str = pa.Field(nullable=True)
    category: str = pa.Field(nullable=True)
    family: str = pa.Field(nullable=True, description="line-priced together")
    tax_rate: int = pa.Field(nullable=True, ge=0, description="basis points: 1900 is 19 %")
    content: float = pa.Field(nullable=True, description="net content in `content_unit`")
    content_unit: str = pa.Field(nullable=True)
    weekly_units: float = pa.Field(
        nullable=True, ge=0, description="units sold a week in one place, for impact; null = no volume known"
    )
    kvi: bool = pa.Field(nullable=True, description="key value item")
    clearance: bool = pa.Field(nullable=True)
    food: bool = pa.Field(nullable=True, description="food or pet food; null = not stated")
    fast_moving: bool = pa.Field(nullable=True, description="other fast-moving consumer goods: hygiene, beauty, cleaning")
    fresh_produce: bool = pa.Field(nullable=True, description="fresh fruit and vegetables")
    perishable: bool = pa.Field(nullable=True, description="deteriorates or expires quickly")
    launched_on: Instant = pa.Field(nullable=True, description="first instant on the market; null = long ago")
    cost: int = pa.Field(nullable=True, ge=0, description="invoice price of one unit, net; minor units")
    cost_advantages: int = pa.Field(
        nullable=True, ge=0, description="the seller's other financial advantages, basis points of `cost`"
    )
    cost_transport: int = pa.Field(nullable=True, ge=0, description="transport of one unit, net; minor units")
    cost_taxes: int = pa.Field(nullable=True, ge=0, description="specific taxes on one unit, net; minor units")
    min_price: int = pa.Field(nullable=True, ge=0, description="our own lowest price; minor units")
    max_price: int = pa.Field(nullable=True, ge=0, description="highest or regulated price; minor units")
    map_price: int = pa.Field(nullable=True, ge=0, description="minimum advertised price agreed with the supplier; minor units")
    pack_of: int = pa.Field(nullable=True, ge=1, description="units in the pack; null = a single unit")
    unit_sku: str = pa.Field(nullable=True, description="the SKU of the single unit that the pack holds")
    deposit: int = pa.Field(nullable=True, ge=0, description="refundable deposit of all its containers; minor units")
    eco_fee: int = pa.Field(nullable=True, ge=0, description="visible eco-contribution; minor units")
    channels: list[str] = pa.Field(
        nullable=True, description="channels that must list it; null = not declared, presence is not judged"
    )
    source_ref: str = pa.Field(nullable=True)


class PriceList(pa.DataFrameModel):
    """Centrally decided list prices, all versions. One row a SKU, market, zone and window."""

    sku: str
    market: str
    zone: str
    list_price: int = pa.Field(ge=0, description="minor units of the market's currency")
    valid_from: Instant = pa.Field(description="inclusive")
    valid_to: Instant = pa.Field(nullable=True, description="exclusive; null = until further notice, or until one begun later")
    source_ref: str = pa.Field(nullable=True, description="the price-list row")


class Promotions(pa.DataFrameModel):
    """The promotion calendar. One row a promotion and scope: a leaflet with 200 products is 200 rows of one `promotion`."""

    promotion: str
    name: str = pa.Field(nullable=True, description="as people call it")
    market: str
    mechanic: str = pa.Field(isin=list(MECHANICS))
    value: int = pa.Field(
        nullable=True, ge=0, description="basis points or minor units, as its mechanic says; null where the mechanic has none"
    )
    quantity: int = pa.Field(
        nullable=True, ge=1, description="N of N for X and N for M, k of the k-th item, units from which a tier holds, group size"
    )
    pay: int = pa.Field(nullable=True, ge=1, description="M of N for M: units paid for")
    threshold: int = pa.Field(nullable=True, ge=0, description="basket amount from which it holds; minor units")
    inner: str = pa.Field(nullable=True, description="the mechanic behind a coupon: percent, amount or fixed_price")
    code: str = pa.Field(nullable=True, description="the coupon's code")
    sku: str = pa.Field(nullable=True, description="scope; null = not limited by SKU")
    brand: str = pa.Field(nullable=True, description="scope")
    category: str = pa.Field(nullable=True, description="scope")
    where: str = pa.Field(nullable=True, description="scope: SQL condition on the catalogue, narrowing the other three")
    excluding: str = pa.Field(nullable=True, description="SQL condition on the catalogue: products that are left out")
    channels: list[str] = pa.Field(nullable=True, description="null = every channel")
    zones: list[str] = pa.Field(nullable=True, description="null = every zone")
    locations: list[str] = pa.Field(nullable=True, description="null = every location")
    audience: str = pa.Field(isin=list(AUDIENCES))
    starts_at: Instant
    ends_at: Instant = pa.Field(description="exclusive")
    label: str = pa.Field(nullable=True, description="text shown to customers")
    advertised: bool = pa.Field(nullable=True, description="in the leaflet")
    combinable: bool = pa.Field(
        nullable=True, description="may be stacked where the market stacks; null = yes, false = alone or not at all"
    )
    priority: int = pa.Field(nullable=True, description="order of stacking, lowest first; null = last")
    source_ref: str = pa.Field(nullable=True, description="the calendar row")


class Locations(pa.DataFrameModel):
    """Stores and their price zones. One row a location."""

    location: str = pa.Field(unique=True, description="store id, leading zeros kept")
    market: str
    zone: str = pa.Field(description="price zone")
    name: str = pa.Field(nullable=True)
    source_ref: str = pa.Field(nullable=True)


class Offers(pa.DataFrameModel):
    """What a channel was seen to show. One row a market, channel, location, surface, SKU and seller."""

    item: pl.Int32 = pa.Field(nullable=True, description="code of the SKU; null = not matched to the catalogue")
    place: pl.Int32 = pa.Field(description="code of market x channel x location")
    surface: str = pa.Field(isin=list(SURFACES))
    seller: str = pa.Field(nullable=True, description="null = the channel's own offer")
    external_id: str = pa.Field(nullable=True)
    gtin: int = pa.Field(nullable=True, description="as a number: leading zeros do not count")
    regular_price: int = pa.Field(nullable=True, ge=0, description="without any promotion; minor units")
    price: int = pa.Field(nullable=True, ge=0, description="what everybody pays now for one; minor units")
    was_price: int = pa.Field(nullable=True, ge=0, description="struck through beside it; null = none shown; minor units")
    member_price: int = pa.Field(nullable=True, ge=0, description="what card holders pay now; null = none shown; minor units")
    shipping: int = pa.Field(nullable=True, ge=0, description="for one; null = not stated; minor units")
    currency: str
    tax_included: bool = pa.Field(nullable=True, description="null = the source does not say; then it is not compared")
    promotion_label: str = pa.Field(nullable=True)
    available: bool = pa.Field(nullable=True, description="null = not stated")
    observed_at: Instant
    source: str
    source_ref: str
    promotion: str = pa.Field(nullable=True, description="promotion id the channel names")
    unit_price: int = pa.Field(nullable=True, ge=0, description="per `unit_price_base`; minor units, rounded half up")
    unit_price_base: str = pa.Field(nullable=True, description="as written: kg, 100 g ... (`domain.contents`)")
    points: int = pa.Field(nullable=True, ge=0, description="points or credit given with one, as money; minor units")
    buy_box: bool = pa.Field(nullable=True, description="whether this seller holds the buy box; null = not stated")
    quantity: int = pa.Field(nullable=True, ge=1, description="units on the till line that `paid` is for; null = no such line")
    paid: int = pa.Field(nullable=True, ge=0, description="charged for `quantity` units together; minor units")
    label_price: int = pa.Field(nullable=True, ge=0, description="what the shelf label of this place says; minor units")
    file_price: int = pa.Field(nullable=True, ge=0, description="what the price file sent to this place says; minor units")
    lines: int = pa.Field(description="raw rows behind this one: till lines, or 1")
    member_lines: int = pa.Field(description="of these, rows that showed a member price below the regular one")
    price_low: int = pa.Field(nullable=True, description="lowest price among those rows and surfaces")
    price_high: int = pa.Field(nullable=True, description="highest")
    leading: bool = pa.Field(description="the surface that is held against the rules")


class Quarantine(pa.DataFrameModel):
    """Rows that were refused, with the reason people read."""

    source: str
    source_ref: str
    feeds: str = pa.Field(description="the table it was meant for: offers, products, price_list ...")
    reason: str
    row: str = pa.Field(nullable=True, description="the row as it came, as JSON")


class History(pa.DataFrameModel):
    """Change-only price history. One row a place, SKU, seller and price that was in force from `since` until `until`."""

    item: pl.Int32
    place: pl.Int32
    seller: str = pa.Field(nullable=True)
    price: int = pa.Field(nullable=True)
    was_price: int = pa.Field(nullable=True)
    member_price: int = pa.Field(nullable=True)
    since: Instant = pa.Field(description="first seen so")
    until: Instant = pa.Field(description="last seen so")


class Findings(pa.DataFrameModel):
    """One difference, explained. One row a fingerprint and night."""

    fingerprint: str = pa.Field(description="stable across nights: check, rule, place, SKU, seller, promotion; never amounts")
    night: pl.Date
    state: str = pa.Field(isin=list(STATES))
    first_seen: pl.Date = pa.Field(description="the night it was first found")
    state_since: pl.Date = pa.Field(description="the night its present state began")
    rule: str
    check: str
    severity: str = pa.Field(isin=list(SEVERITIES))
    owner: str
    market: str = pa.Field(nullable=True)
    channel: str = pa.Field(nullable=True)
    channel_kind: str = pa.Field(nullable=True)
    location: str = pa.Field(nullable=True)
    zone: str = pa.Field(nullable=True)
    seller: str = pa.Field(nullable=True)
    sku: str = pa.Field(nullable=True)
    gtin: str = pa.Field(nullable=True, description="14 digits")
    name: str = pa.Field(nullable=True)
    brand: str = pa.Field(nullable=True)
    category: str = pa.Field(nullable=True)
    subject: str = pa.Field(description="the column that is wrong: price, regular_price, member_price, was_price, gtin ...")
    expected: int = pa.Field(nullable=True, description="minor units, where the subject is money")
    observed: int = pa.Field(nullable=True, description="minor units, where the subject is money")
    delta: int = pa.Field(nullable=True, description="observed - expected")
    direction: str = pa.Field(isin=["overcharge", "undercharge", "none"])
    currency: str = pa.Field(nullable=True)
    detail: str = pa.Field(nullable=True, description="what the check saw, in words, where money does not say it")
    message: str = pa.Field(description="the sentence a person reads")
    cause: str = pa.Field(description="see engine/causes.py; 'unknown' when no other price equals it exactly")
    cause_detail: str = pa.Field(nullable=True, description="against which row the cause is exact")
    cause_ref: str = pa.Field(nullable=True, description="that row: `file:line`")
    cause_root: str = pa.Field(
        nullable=True, description="what it goes back to: `promotion P-2218`, `price change 2026-03-09`, `zone Z2`, `file x.csv`"
    )
    cause_alternatives: str = pa.Field(nullable=True, description="other causes that are exact too, comma-separated")
    promotion: str = pa.Field(nullable=True, description="the promotion in force, or the one it should not show")
    promotion_ref: str = pa.Field(nullable=True, description="its calendar row")
    list_price: int = pa.Field(nullable=True)
    price_ref: str = pa.Field(nullable=True, description="its price-list row")
    price_since: pl.Date = pa.Field(nullable=True, description="market day since which that row is in force")
    because: str = pa.Field(nullable=True, description="how the expected price came about, in words")
    lines: int = pa.Field(nullable=True, description="support: raw rows behind the observation")
    also: str = pa.Field(nullable=True, description="other rules that saw the same wrong price, comma-separated")
    impact: int = pa.Field(nullable=True, description="|delta| x units a week; minor units")
    volume_known: bool = pa.Field(nullable=True, description="false = counted as one unit a week")
    observed_at: Instant = pa.Field(nullable=True)
    source: str = pa.Field(nullable=True)
    source_ref: str = pa.Field(nullable=True)
    incident: str = pa.Field(nullable=True, description="the incident that explains it")
    waived_by: str = pa.Field(nullable=True)
    waived_until: pl.Date = pa.Field(nullable=True)


class Incidents(pa.DataFrameModel):
    """The few root causes that explain most findings. One row an incident and night, ranked."""

    incident: str = pa.Field(description="stable across nights: market, and root or scope; never counts")
    night: pl.Date
    rank: int = pa.Field(ge=1)
    title: str = pa.Field(description="one line a manager reads")
    check: str
    cause: str
    scope: str = pa.Field(description="e.g. `promotion=P-2218 channel=store zone=3`")
    severity: str
    owner: str
    findings: int
    new: int = pa.Field(description="of these, new or regressed tonight")
    places: int
    skus: int
    judged: int = pa.Field(nullable=True, description="offers in that scope that were judged")
    share: int = pa.Field(nullable=True, description="basis points of the scope that are wrong")
    explained: int = pa.Field(nullable=True, description="basis points of the active findings that it explains; null = scattered")
    impact: int = pa.Field(description="minor units a week: overcharge plus undercharge")
    overcharge: int = pa.Field(nullable=True, description="what customers pay too much: refunds, law; minor units a week")
    undercharge: int = pa.Field(nullable=True, description="what margin loses; minor units a week")
    currency: str = pa.Field(nullable=True)
    example_message: str = pa.Field(nullable=True, description="the sentence of the finding to look at first")
    example_finding: str = pa.Field(description="fingerprint of the finding to look at first")
    first_seen: pl.Date


class SourceRuns(pa.DataFrameModel):
    """What one source delivered for one night, and how well."""

    source: str
    night: pl.Date
    status: str = pa.Field(isin=["complete", "degraded", "failed", "missing"])
    problem: str = pa.Field(nullable=True, description="why it is not complete, in words")
    fix: str = pa.Field(nullable=True)
    feeds: str
    channel: str = pa.Field(nullable=True)
    rows: int = pa.Field(description="raw rows landed")
    refused: int = pa.Field(description="rows the reader itself could not read (pages, ragged lines)")
    quarantined: int = pa.Field(description="rows landed but refused by normalise")
    unmatched: int = pa.Field(description="rows whose product is not in the catalogue")
    expected_rows: int = pa.Field(nullable=True, description="as declared")
    files: int = pa.Field(description="files read, or pages fetched")
    started_at: Instant
    seconds: float
    oldest: Instant = pa.Field(nullable=True, description="oldest observation")
    newest: Instant = pa.Field(nullable=True)


class Scores(pa.DataFrameModel):
    """How consistent a night was. One row a night, market, scope and measure: `good` of `total` (`engine.score`)."""

    night: pl.Date
    market: str
    scope: str = pa.Field(isin=["market", "channel", "store", "category"])
    value: str = pa.Field(description="which channel, store or category; the market's own id for the whole market")
    measure: str = pa.Field(description="consistent, on_time, listed, open_days, decided, zoned, changed")
    good: int = pa.Field(description="the part that is so; for open_days the days that all open findings have been open")
    total: int = pa.Field(description="of how many")


class Waivers(pa.DataFrameModel):
    """Findings somebody decided to live with, always until a day: one by its fingerprint, or all that meet a condition."""

    waiver: str = pa.Field(unique=True, description="its id: the fingerprint where it is about one finding")
    fingerprint: str = pa.Field(nullable=True, description="the one finding; null = it has a condition")
    where: str = pa.Field(nullable=True, description="SQL condition on the columns of findings; null = it is about one finding")
    who: str
    why: str
    since: pl.Date = pa.Field(nullable=True, description="first night it holds, inclusive; null = since it was given")
    until: pl.Date = pa.Field(description="last night it holds, inclusive")
    source_ref: str = pa.Field(nullable=True, description="its line in config/waivers.yaml; null = given on the command line")


TABLES: dict[str, type[pa.DataFrameModel]] = {
    "raw": Raw,
    "sources": Sources,
    "products": Products,
    "price_list": PriceList,
    "promotions": Promotions,
    "locations": Locations,
    "offers": Offers,
    "quarantine": Quarantine,
    "history": History,
    "findings": Findings,
    "incidents": Incidents,
    "source_runs": SourceRuns,
    "scores": Scores,
    "waivers": Waivers,
}


def schema(table: str) -> pl.Schema:
    """Column names and dtypes of a table, in order."""
    columns = TABLES[table].to_schema().columns
    return pl.Schema({name: column.dtype.type for name, column in columns.items()})


def empty(table: str) -> pl.DataFrame:
    """The table without rows."""
    return pl.DataFrame(schema=schema(table))
