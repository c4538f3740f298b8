"""Every column of every frame: type, unit, meaning, and what `null` says. Nobody invents a second word for a known thing.

Money is whole minor units (`Int64`) of the row's `currency`; instants are UTC; windows are start-inclusive, end-exclusive;
rates are whole basis points; `null` means "not stated", never zero. Raw rows are text, exactly as the channel said them.

Inside the engine a SKU is its `item` code and a market x channel x location its `place` code (`Int32`); text comes back where
findings are written. `area` is the code of a market x channel x zone: what is decided once for a product is decided per area.
"""

from typing import Annotated

import polars as pl

from pricewatch.domain.declarations import Table, field
from pricewatch.domain.mechanics import MECHANICS

Instant = Annotated[pl.Datetime, "us", "UTC"]

UTC = pl.Datetime("us", "UTC")

SURFACES = ("till", "label", "checkout", "api", "html", "jsonld", "microdata", "meta", "feed", "price_file")
"""Where on a channel a price was seen. The order says which one is held against the rules when a channel shows several."""

SEVERITIES = ("info", "minor", "major", "critical")
STATES = ("new", "open", "regressed", "resolved", "unverified", "waived")
CHANNEL_KINDS = ("store", "web", "app", "marketplace")
AUDIENCES = ("everyone", "members", "coupon_holders")


class Raw(Table):
    """One row as a channel or a central file says it: all text, with its provenance. Nothing is converted yet."""

    source: str = field(description="id of the source in config/sources.yaml")
    source_ref: str = field(description="where it was read: `file:line` or a URL")
    collected_at: str = field(description="when we read it, ISO 8601 with offset")
    observed_at: str = field(
        nullable=True, description="when the channel says it was so, as it writes times; null = when collected"
    )
    surface: str = field(nullable=True, description="html, jsonld, api, till ...; null = the source's declared surface")
    location: str = field(nullable=True, description="store id as the source writes it; null = the channel has one place only")
    external_id: str = field(nullable=True, description="the channel's own id of the product")
    sku: str = field(nullable=True, description="our SKU, where the source knows it")
    gtin: str = field(nullable=True, description="as written; digits, maybe padded")
    name: str = field(nullable=True, description="product name as shown")
    seller: str = field(nullable=True, description="who sells; null = the channel itself")
    regular_price_text: str = field(nullable=True, description="price without any promotion, as written")
    price_text: str = field(nullable=True, description="what everybody pays now for one, as written")
    was_price_text: str = field(nullable=True, description="struck through beside it, as written")
    member_price_text: str = field(nullable=True, description="what card holders pay now for one, as written")
    shipping_text: str = field(nullable=True, description="shipping for one, as written")
    currency: str = field(nullable=True, description="ISO 4217 code or symbol; null = the source's declared currency")
    tax_included: str = field(nullable=True, description="true / false; null = the source's declared basis")
    promotion: str = field(nullable=True, description="promotion id, where the channel names one")
    promotion_label: str = field(nullable=True, description="the promotion's text as shown")
    availability: str = field(nullable=True, description="as written: in_stock, InStock, 0 ...")
    unit_price_text: str = field(nullable=True, description="price per kilogram, litre, piece ..., as written")
    unit_price_base: str = field(nullable=True, description="what the unit price is for, as written: kg, 100 g, l ...")
    points_text: str = field(nullable=True, description="points or credit given with one, as money, as written")
    buy_box: str = field(nullable=True, description="true / false: whether this seller is the one a click on 'buy' buys from")
    quantity: str = field(nullable=True, description="units on this till line; null = one")
    paid_text: str = field(nullable=True, description="what was charged for all units of the till line, as written")


class Sources(Table):
    """What each source declares about its rows: how its text is to be read. One row a source."""

    source: str = field(unique=True)
    market: str
    channel: str = field(nullable=True, description="null for central files")
    surface: str = field(nullable=True, description="where rows do not say")
    decimal: str = field(description="decimal sign: '.' or ','")
    minor_units: bool = field(description="prices are whole minor units")
    currency: str = field(description="ISO 4217, where rows do not say")
    tax_included: bool = field(nullable=True, description="null = not stated; then nothing is compared")
    time_zone: str = field(description="of times without an offset")
    time_format: str = field(nullable=True, description="strptime format of `observed_at`; null = ISO 8601")


class Products(Table):
    """The catalogue. One row a SKU."""

    sku: str = field(unique=True, min_length=1, description="our id")
    external_id: str = field(nullable=True, description="the id that channels use; null = they use the SKU")
    gtin: str = field(nullable=True, description="14 digits, left-padded with zeros")
    name: str = field(nullable=True)
    brand: str = field(nullable=True)
    category: str = field(nullable=True)
    family: str = field(nullable=True, description="line-priced together")
    tax_rate: int = field(nullable=True, ge=0, description="basis points: 1900 is 19 %")
    content: float = field(nullable=True, description="net content in `content_unit`")
    content_unit: str = field(nullable=True)
    weekly_units: float = field(
        nullable=True, ge=0, description="units sold a week in one place, for impact; null = no volume known"
    )
    kvi: bool = field(nullable=True, description="key value item")
    clearance: bool = field(nullable=True)
    food: bool = field(nullable=True, description="food or pet food; null = not stated")
    fast_moving: bool = field(nullable=True, description="other fast-moving consumer goods: hygiene, beauty, cleaning")
    fresh_produce: bool = field(nullable=True, description="fresh fruit and vegetables")
    perishable: bool = field(nullable=True, description="deteriorates or expires quickly")
    launched_on: Instant = field(nullable=True, description="first instant on the market; null = long ago")
    cost: int = field(nullable=True, ge=0, description="invoice price of one unit, net; minor units")
    cost_advantages: int = field(
        nullable=True, ge=0, description="the seller's other financial advantages, basis points of `cost`"
    )
    cost_transport: int = field(nullable=True, ge=0, description="transport of one unit, net; minor units")
    cost_taxes: int = field(nullable=True, ge=0, description="specific taxes on one unit, net; minor units")
    min_price: int = field(nullable=True, ge=0, description="our own lowest price; minor units")
    max_price: int = field(nullable=True, ge=0, description="highest or regulated price; minor units")
    map_price: int = field(nullable=True, ge=0, description="minimum advertised price agreed with the supplier; minor units")
    pack_of: int = field(nullable=True, ge=1, description="units in the pack; null = a single unit")
    unit_sku: str = field(nullable=True, description="the SKU of the single unit that the pack holds")
    deposit: int = field(nullable=True, ge=0, description="refundable deposit of all its containers; minor units")
    eco_fee: int = field(nullable=True, ge=0, description="visible eco-contribution; minor units")
    channels: list[str] = field(
        nullable=True, description="channels that must list it; null = not declared, presence is not judged"
    )
    source_ref: str = field(nullable=True)


class PriceList(Table):
    """Centrally decided list prices, all versions. One row a SKU, market, zone and window."""

    sku: str
    market: str
    zone: str
    list_price: int = field(ge=0, description="minor units of the market's currency")
    valid_from: Instant = field(description="inclusive")
    valid_to: Instant = field(nullable=True, description="exclusive; null = until further notice, or until one begun later")
    source_ref: str = field(nullable=True, description="the price-list row")


class Promotions(Table):
    """The promotion calendar. One row a promotion and scope: a leaflet with 200 products is 200 rows of one `promotion`."""

    promotion: str
    name: str = field(nullable=True, description="as people call it")
    market: str
    mechanic: str = field(isin=MECHANICS)
    value: int = field(
        nullable=True, ge=0, description="basis points or minor units, as its mechanic says; null where the mechanic has none"
    )
    quantity: int = field(
        nullable=True, ge=1, description="N of N for X and N for M, k of the k-th item, units from which a tier holds, group size"
    )
    pay: int = field(nullable=True, ge=1, description="M of N for M: units paid for")
    threshold: int = field(nullable=True, ge=0, description="basket amount from which it holds; minor units")
    inner: str = field(nullable=True, description="the mechanic behind a coupon: percent, amount or fixed_price")
    code: str = field(nullable=True, description="the coupon's code")
    sku: str = field(nullable=True, description="scope; null = not limited by SKU")
    brand: str = field(nullable=True, description="scope")
    category: str = field(nullable=True, description="scope")
    where: str = field(nullable=True, description="scope: SQL condition on the catalogue, narrowing the other three")
    excluding: str = field(nullable=True, description="SQL condition on the catalogue: products that are left out")
    channels: list[str] = field(nullable=True, description="null = every channel")
    zones: list[str] = field(nullable=True, description="null = every zone")
    locations: list[str] = field(nullable=True, description="null = every location")
    audience: str = field(isin=AUDIENCES)
    starts_at: Instant
    ends_at: Instant = field(description="exclusive")
    label: str = field(nullable=True, description="text shown to customers")
    advertised: bool = field(nullable=True, description="in the leaflet")
    combinable: bool = field(
        nullable=True, description="may be stacked where the market stacks; null = yes, false = alone or not at all"
    )
    priority: int = field(nullable=True, description="order of stacking, lowest first; null = last")
    source_ref: str = field(nullable=True, description="the calendar row")


class Locations(Table):
    """Stores and their price zones. One row a location."""

    location: str = field(unique=True, description="store id, leading zeros kept")
    market: str
    zone: str = field(description="price zone")
    name: str = field(nullable=True)
    source_ref: str = field(nullable=True)


class Offers(Table):
    """What a channel was seen to show. One row a market, channel, location, surface, SKU and seller."""

    item: pl.Int32 = field(nullable=True, description="code of the SKU; null = not matched to the catalogue")
    place: pl.Int32 = field(description="code of market x channel x location")
    surface: str = field(isin=SURFACES)
    seller: str = field(nullable=True, description="null = the channel's own offer")
    external_id: str = field(nullable=True)
    gtin: int = field(nullable=True, description="as a number: leading zeros do not count")
    regular_price: int = field(nullable=True, ge=0, description="without any promotion; minor units")
    price: int = field(nullable=True, ge=0, description="what everybody pays now for one; minor units")
    was_price: int = field(nullable=True, ge=0, description="struck through beside it; null = none shown; minor units")
    member_price: int = field(nullable=True, ge=0, description="what card holders pay now; null = none shown; minor units")
    shipping: int = field(nullable=True, ge=0, description="for one; null = not stated; minor units")
    currency: str
    tax_included: bool = field(nullable=True, description="null = the source does not say; then it is not compared")
    promotion_label: str = field(nullable=True)
    available: bool = field(nullable=True, description="null = not stated")
    observed_at: Instant
    source: str
    source_ref: str
    promotion: str = field(nullable=True, description="promotion id the channel names")
    unit_price: int = field(nullable=True, ge=0, description="per `unit_price_base`; minor units, rounded half up")
    unit_price_base: str = field(nullable=True, description="as written: kg, 100 g ... (`domain.contents`)")
    points: int = field(nullable=True, ge=0, description="points or credit given with one, as money; minor units")
    buy_box: bool = field(nullable=True, description="whether this seller holds the buy box; null = not stated")
    quantity: int = field(nullable=True, ge=1, description="units on the till line that `paid` is for; null = no such line")
    paid: int = field(nullable=True, ge=0, description="charged for `quantity` units together; minor units")
    label_price: int = field(nullable=True, ge=0, description="what the shelf label of this place says; minor units")
    file_price: int = field(nullable=True, ge=0, description="what the price file sent to this place says; minor units")
    lines: int = field(description="raw rows behind this one: till lines, or 1")
    member_lines: int = field(description="of these, rows that showed a member price below the regular one")
    price_low: int = field(nullable=True, description="lowest price among those rows and surfaces")
    price_high: int = field(nullable=True, description="highest")
    leading: bool = field(description="the surface that is held against the rules")


class Quarantine(Table):
    """Rows that were refused, with the reason people read."""

    source: str
    source_ref: str
    feeds: str = field(description="the table it was meant for: offers, products, price_list ...")
    reason: str
    row: str = field(nullable=True, description="the row as it came, as JSON")


class History(Table):
    """Change-only price history. One row a place, SKU, seller and price that was in force from `since` until `until`."""

    item: pl.Int32
    place: pl.Int32
    seller: str = field(nullable=True)
    price: int = field(nullable=True)
    was_price: int = field(nullable=True)
    member_price: int = field(nullable=True)
    since: Instant = field(description="first seen so")
    until: Instant = field(description="last seen so")


class Findings(Table):
    """One difference, explained. One row a fingerprint and night."""

    fingerprint: str = field(description="stable across nights: check, rule, place, SKU, seller, promotion; never amounts")
    night: pl.Date
    state: str = field(isin=STATES)
    first_seen: pl.Date = field(description="the night it was first found")
    state_since: pl.Date = field(description="the night its present state began")
    rule: str
    check: str
    severity: str = field(isin=SEVERITIES)
    owner: str
    market: str = field(nullable=True)
    channel: str = field(nullable=True)
    channel_kind: str = field(nullable=True)
    location: str = field(nullable=True)
    zone: str = field(nullable=True)
    seller: str = field(nullable=True)
    sku: str = field(nullable=True)
    gtin: str = field(nullable=True, description="14 digits")
    name: str = field(nullable=True)
    brand: str = field(nullable=True)
    category: str = field(nullable=True)
    subject: str = field(description="the column that is wrong: price, regular_price, member_price, was_price, gtin ...")
    expected: int = field(nullable=True, description="minor units, where the subject is money")
    observed: int = field(nullable=True, description="minor units, where the subject is money")
    delta: int = field(nullable=True, description="observed - expected")
    direction: str = field(isin=["overcharge", "undercharge", "none"])
    currency: str = field(nullable=True)
    detail: str = field(nullable=True, description="what the check saw, in words, where money does not say it")
    message: str = field(description="the sentence a person reads")
    cause: str = field(description="see engine/causes.py; 'unknown' when no other price equals it exactly")
    cause_detail: str = field(nullable=True, description="against which row the cause is exact")
    cause_ref: str = field(nullable=True, description="that row: `file:line`")
    cause_root: str = field(
        nullable=True, description="what it goes back to: `promotion P-2218`, `price change 2026-03-09`, `zone Z2`, `file x.csv`"
    )
    cause_alternatives: str = field(nullable=True, description="other causes that are exact too, comma-separated")
    promotion: str = field(nullable=True, description="the promotion in force, or the one it should not show")
    promotion_ref: str = field(nullable=True, description="its calendar row")
    list_price: int = field(nullable=True)
    price_ref: str = field(nullable=True, description="its price-list row")
    price_since: pl.Date = field(nullable=True, description="market day since which that row is in force")
    because: str = field(nullable=True, description="how the expected price came about, in words")
    lines: int = field(nullable=True, description="support: raw rows behind the observation")
    also: str = field(nullable=True, description="other rules that saw the same wrong price, comma-separated")
    impact: int = field(nullable=True, description="|delta| x units a week; minor units")
    volume_known: bool = field(nullable=True, description="false = counted as one unit a week")
    observed_at: Instant = field(nullable=True)
    source: str = field(nullable=True)
    source_ref: str = field(nullable=True)
    incident: str = field(nullable=True, description="the incident that explains it")
    waived_by: str = field(nullable=True)
    waived_until: pl.Date = field(nullable=True)


class Incidents(Table):
    """The few root causes that explain most findings. One row an incident and night, ranked."""

    incident: str = field(description="stable across nights: market, and root or scope; never counts")
    night: pl.Date
    rank: int = field(ge=1)
    title: str = field(description="one line a manager reads")
    check: str
    cause: str
    scope: str = field(description="e.g. `promotion=P-2218 channel=store zone=3`")
    severity: str
    owner: str
    findings: int
    new: int = field(description="of these, new or regressed tonight")
    places: int
    skus: int
    judged: int = field(nullable=True, description="offers in that scope that were judged")
    share: int = field(nullable=True, description="basis points of the scope that are wrong")
    explained: int = field(nullable=True, description="basis points of the active findings that it explains; null = scattered")
    impact: int = field(description="minor units a week: overcharge plus undercharge")
    overcharge: int = field(nullable=True, description="what customers pay too much: refunds, law; minor units a week")
    undercharge: int = field(nullable=True, description="what margin loses; minor units a week")
    currency: str = field(nullable=True)
    example_message: str = field(nullable=True, description="the sentence of the finding to look at first")
    example_finding: str = field(description="fingerprint of the finding to look at first")
    first_seen: pl.Date


class SourceRuns(Table):
    """What one source delivered for one night, and how well."""

    source: str
    night: pl.Date
    status: str = field(isin=["complete", "degraded", "failed", "missing"])
    problem: str = field(nullable=True, description="why it is not complete, in words")
    fix: str = field(nullable=True)
    feeds: str
    channel: str = field(nullable=True)
    rows: int = field(description="raw rows landed")
    refused: int = field(description="rows the reader itself could not read (pages, ragged lines)")
    quarantined: int = field(description="rows landed but refused by normalise")
    unmatched: int = field(description="rows whose product is not in the catalogue")
    expected_rows: int = field(nullable=True, description="as declared")
    files: int = field(description="files read, or pages fetched")
    started_at: Instant
    seconds: float
    oldest: Instant = field(nullable=True, description="oldest observation")
    newest: Instant = field(nullable=True)


class Scores(Table):
    """How consistent a night was. One row a night, market, scope and measure: `good` of `total` (`engine.score`)."""

    night: pl.Date
    market: str
    scope: str = field(isin=["market", "channel", "store", "category"])
    value: str = field(description="which channel, store or category; the market's own id for the whole market")
    measure: str = field(description="consistent, on_time, listed, open_days, decided, zoned, changed")
    good: int = field(description="the part that is so; for open_days the days that all open findings have been open")
    total: int = field(description="of how many")


class Waivers(Table):
    """Findings somebody decided to live with, always until a day: one by its fingerprint, or all that meet a condition."""

    waiver: str = field(unique=True, description="its id: the fingerprint where it is about one finding")
    fingerprint: str = field(nullable=True, description="the one finding; null = it has a condition")
    where: str = field(nullable=True, description="SQL condition on the columns of findings; null = it is about one finding")
    who: str
    why: str
    since: pl.Date = field(nullable=True, description="first night it holds, inclusive; null = since it was given")
    until: pl.Date = field(description="last night it holds, inclusive")
    source_ref: str = field(nullable=True, description="its line in config/waivers.yaml; null = given on the command line")


TABLES: dict[str, type[Table]] = {
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
    return pl.Schema({name: column.dtype for name, column in TABLES[table].columns.items()}, check_dtypes=False)


def empty(table: str) -> pl.DataFrame:
    """The table without rows."""
    return pl.DataFrame(schema=schema(table))
