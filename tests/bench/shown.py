"""What the channels show on the night, the faults planted in it, and what they showed before.

At most one fault an offer, so that the truth is known by its name: `FINDINGS` says which rules must tell it. Where two prices
could be the same by chance (a wrong price that is that of an ended promotion), the fault is planted in other products.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from tests.bench.central import (
    AMOUNT_OFF,
    ENDED,
    FEBRUARY_LIST,
    MARCH_LIST,
    NIGHT,
    ON_PROMOTION,
    PERCENT,
    RUNNING,
    WAS_ON_PROMOTION,
    WILL_BE_ON_PROMOTION,
    Size,
    chance,
    fixed,
    less,
    member,
)  # fmt: skip

FINDINGS = {
    "not_listed": ("coverage",),
    "gtin": ("identifier",),
    "old": ("freshness",),
    "older": ("freshness",),
    "currency": ("currency_and_tax",),
    "tax": ("currency_and_tax",),
    "regular": ("reference_price",),
    "price": ("expected_price",),
    "cheap": ("expected_price", "price_floor"),
    "tenfold": ("expected_price", "price_floor"),
    "missing": ("promotion_missing", "expected_price"),
    "stale": ("promotion_stale", "expected_price"),
    "early": ("promotion_early", "expected_price"),
    "invented": ("was_price",),
    "no_reduction": ("was_price",),
    "markup": ("conflict",),
    "corridor": ("channel_parity",),
}
"""The rules that must find each fault."""

OFFERS = {
    "store": pl.String, "sku": pl.String, "seller": pl.String, "surface": pl.String, "gtin": pl.String,
    "regular_price": pl.Int64, "price": pl.Int64, "was_price": pl.Int64, "member_price": pl.Int64, "currency": pl.String,
    "tax_included": pl.Boolean, "observed_at": pl.Datetime("us", "UTC"),
}  # fmt: skip
"""What peers read: text keys, minor units, UTC; null seller is the retailer itself."""

HISTORY_BEGINS, LAUNCH = date(2025, 12, 22), date(2026, 2, 25)
PLAIN = (1, 2, 4, 5, 8)
"""Classes of products without any promotion of one unit."""


def own(size: Size, products: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Our own offers of stores, webshop and app before any fault, with `fault` (String, null = none); one row an offer."""
    sold = pl.col("sold")
    listed = pl.when(pl.col("channel") == "store").then(sold != "online").otherwise(sold != "store")
    cross = places.join(products, how="cross").filter(listed).with_columns(pl.col("first", "now") + pl.col("z") * 3)
    return _with_faults(size, _decided(cross))


def _decided(offers: pl.DataFrame) -> pl.DataFrame:
    """`applies` (a public promotion), `due`, `due_member`: what is decided for an offer tonight."""
    applies = pl.col("public") & ((pl.col("mechanic") != "amount") | (pl.col("channel") == "store"))
    now = pl.col("now")
    reduced = (
        pl.when(pl.col("mechanic") == "percent").then(less(now, PERCENT[ON_PROMOTION]))
        .when(pl.col("mechanic") == "amount").then(now - AMOUNT_OFF)
        .otherwise(fixed())
    )  # fmt: skip
    return offers.with_columns(applies=applies).with_columns(
        due=pl.when("applies").then(reduced).otherwise("now"),
        due_member=pl.when(pl.col("mechanic") == "member_price").then(member()),
    )


def _with_faults(size: Size, offers: pl.DataFrame) -> pl.DataFrame:
    drawn, coin = pl.col("drawn"), pl.col("coin") == 0
    web = pl.col("channel") == "web"
    led = web & pl.col("on_marketplaces")  # others are held against it: it stays, and is of tonight
    plain = pl.col("kind").is_in(list(PLAIN))
    kind = pl.col("kind")

    def one_of(when: pl.Expr, first: str, second: str) -> pl.Expr:
        return pl.when(when).then(pl.lit(first)).otherwise(pl.lit(second))

    fault = (
        pl.when(drawn.is_between(0, 19) & pl.col("declared") & ~led).then(pl.lit("not_listed"))
        .when(drawn.is_between(20, 34)).then(pl.lit("gtin"))
        .when(drawn.is_between(35, 49)).then(one_of(coin | led, "old", "older"))
        .when(drawn.is_between(50, 64) & ~led).then(one_of(coin, "currency", "tax"))
        .when(drawn.is_between(65, 79) & ~web).then(pl.lit("regular"))
        .when(drawn.is_between(80, 109) & plain).then(pl.lit("price"))
        .when(drawn.is_between(110, 119) & plain).then(one_of(coin, "cheap", "tenfold"))
        .when(drawn.is_between(120, 219) & pl.col("applies")).then(pl.lit("missing"))
        .when(drawn.is_between(220, 319) & pl.col("applies")).then(
            pl.when(coin).then(pl.lit("no_reduction")).when(~pl.col("launched")).then(pl.lit("invented"))
        )
        .when(drawn.is_between(120, 319) & (kind == WAS_ON_PROMOTION)).then(pl.lit("stale"))
        .when(drawn.is_between(120, 319) & (kind == WILL_BE_ON_PROMOTION)).then(pl.lit("early"))
        .when(drawn.is_between(320, 619) & web).then(pl.lit("markup"))
    )  # fmt: skip
    return offers.with_columns(_draws(size)).with_columns(fault=fault)


def shown(offers: pl.DataFrame) -> pl.DataFrame:
    """Offers as they are shown, faults included (`OFFERS`): web offers twice, on the page and in its markup."""
    fault, due, now = pl.col("fault"), pl.col("due"), pl.col("now")
    then = pl.when(pl.col("changed") == "march").then("first").otherwise("now")
    older = (fault == "older").fill_null(False)
    price = (
        pl.when(older).then(then)
        .when(fault == "price").then(due + 7)
        .when(fault == "cheap").then(pl.col("min_price") - 1)
        .when(fault == "tenfold").then(due * 10)
        .when(fault == "missing").then(now)
        .when(fault == "stale").then(less(now, PERCENT[WAS_ON_PROMOTION]))
        .when(fault == "early").then(less(now, PERCENT[WILL_BE_ON_PROMOTION]))
        .otherwise(due)
    )  # fmt: skip
    was = (
        pl.when(older | (fault == "missing").fill_null(False) | ~pl.col("applies")).then(None)
        .when(fault == "invented").then(now * 2 + 100)
        .when(fault == "no_reduction").then(due)
        .otherwise(now)
    )  # fmt: skip
    regular = (
        pl.when(pl.col("channel") == "web")
        .then(None)
        .when(older)
        .then(then)
        .when(fault == "regular")
        .then(now + 13)
        .otherwise(now)
    )
    surface = pl.col("channel").replace_strict({"store": "till", "web": "html", "app": "api", "mp1": "feed", "mp2": "feed"})
    page = offers.filter(fault.ne_missing("not_listed")).select(
        "store", "sku", "seller" if "seller" in offers.columns else pl.lit(None, pl.String).alias("seller"),
        "fault", "second", surface=surface, gtin=_gtin(), regular_price=regular,
        price="price" if "price" in offers.columns else price, was_price=was,
        member_price=pl.when(~older).then("due_member"), currency=_either(fault == "currency", "USD", "EUR"),
        tax_included=(fault != "tax").fill_null(True), observed_at=_seen_at(fault),
    )  # fmt: skip
    markup = page.filter(pl.col("surface") == "html").with_columns(
        surface=pl.lit("jsonld"), price=pl.when(fault == "markup").then(pl.col("price") + 20).otherwise("price")
    )
    return pl.concat([page, markup]).select(pl.col(name).cast(dtype) for name, dtype in OFFERS.items())


def on_marketplaces(size: Size, products: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Offers of the marketplaces: our own, four percent above the webshop, and two other sellers' each."""
    cross = _decided(places.join(products.filter("on_marketplaces"), how="cross"))
    drawn = pl.col("drawn")
    fault = (
        pl.when(drawn.is_between(20, 34)).then(pl.lit("gtin"))
        .when(drawn.is_between(35, 49)).then(pl.lit("old"))
        .when(drawn.is_between(50, 64)).then(_either(pl.col("coin") == 0, "currency", "tax"))
        .when(drawn.is_between(600, 899)).then(pl.lit("corridor"))
    )  # fmt: skip
    ours = cross.with_columns(
        *_draws(size), web="due", applies=pl.lit(False), due_member=pl.lit(None, pl.Int64), now=pl.lit(None, pl.Int64),
        seller=pl.lit(None, pl.String),
    ).with_columns(fault=fault)  # fmt: skip
    off = pl.when(pl.col("coin") == 0).then(pl.col("web") * 6 // 5 + 1).otherwise(pl.col("web") * 9 // 10 - 1)
    ours = ours.with_columns(price=pl.when(pl.col("fault") == "corridor").then(off).otherwise(less(pl.col("web"), -400)))
    others = [
        ours.with_columns(
            seller=pl.concat_str(pl.lit("Seller "), (pl.col("n") % many + begin).cast(pl.String)),
            price=pl.col("web") + chance(_row(size), 200, salt=size.seed * 1000 + many),
            fault=pl.lit(None, pl.String),
        )
        for many, begin in ((40, 0), (60, 40))
    ]
    return pl.concat([ours, *others])


def truth(offers: pl.DataFrame) -> pl.DataFrame:
    """`rule`, `store`, `sku` of every finding there must be of these offers."""
    faulty = offers.filter(pl.col("fault").is_not_null())
    rules = pl.DataFrame(
        [(fault, rule) for fault, found in FINDINGS.items() for rule in found], schema=["fault", "rule"], orient="row"
    )
    return faulty.join(rules, on="fault", how="inner").select("rule", "store", "sku")


def history(products: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """What was shown before the night, change-only, sorted by `sku`, `store`, `seller`, `since`; one or more rows an offer."""
    listed = pl.when(pl.col("channel") == "store").then(pl.col("sold") != "online").otherwise(pl.col("sold") != "store")
    own = products.join(places.filter(~pl.col("channel").str.starts_with("mp")), how="cross").filter(listed)
    own = _decided(own.with_columns(pl.col("first", "now") + pl.col("z") * 3))
    before = pl.when(pl.col("changed") == "march").then("first").otherwise("now")
    march, february = pl.col("changed") == "march", (pl.col("changed") == "february") & ~pl.col("launched")
    was_on = pl.col("kind") == WAS_ON_PROMOTION
    none = pl.lit(None, pl.Int64)
    start = pl.when("launched").then(pl.lit(LAUNCH)).otherwise(pl.lit(HISTORY_BEGINS))
    opening = pl.when("launched").then(before).otherwise(pl.when(pl.col("changed") == "never").then("now").otherwise("first"))
    steps = [
        (pl.lit(True), start, opening, none, none),
        (february, pl.lit(FEBRUARY_LIST), pl.col("now"), none, none),
        (was_on, pl.lit(ENDED[0]), less(before, PERCENT[WAS_ON_PROMOTION]), before, none),
        (was_on, pl.lit(ENDED[1] + timedelta(days=1)), before, none, none),
        (march, pl.lit(MARCH_LIST), pl.col("now"), none, none),
        (pl.col("applies"), pl.lit(RUNNING[0]), pl.col("due"), pl.col("now"), none),
        (pl.col("due_member").is_not_null(), pl.lit(RUNNING[0]), pl.col("now"), none, pl.col("due_member")),
    ]
    return pl.concat(
        [
            own.filter(when).select(
                "n", "place", "sku", "store", pl.lit(None, pl.String).alias("seller"), price=price, was_price=was,
                member_price=members, since=_evening(day),
            )
            for when, day, price, was, members in steps
        ]
    )  # fmt: skip


def changes(rows: pl.DataFrame) -> pl.DataFrame:
    """History with `until`: the evening before the next change, the last one until the evening before the night."""
    key = ["n", "place", "seller"]
    last = _evening(pl.lit(NIGHT - timedelta(days=1)))
    ordered = rows.sort(*key, "since")
    new = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(-1)) for name in key)
    until = pl.when(new).then(last).otherwise(pl.col("since").shift(-1) - timedelta(days=1))
    return ordered.with_columns(until=until).select(
        "sku", "store", "seller", "price", "was_price", "member_price", "since", "until"
    )


def sellers_before(size: Size, products: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """One row each of the marketplaces' history: what they show tonight, since the history begins."""
    offers = on_marketplaces(size, products, places)
    return offers.select(
        "n", "place", "sku", "store", "seller", price=pl.col("price").cast(pl.Int64), was_price=pl.lit(None, pl.Int64),
        member_price=pl.lit(None, pl.Int64), since=_evening(pl.lit(HISTORY_BEGINS)),
    )  # fmt: skip


def _row(size: Size) -> pl.Expr:
    """The number of an offer: of its place and product."""
    return pl.col("place") * size.products + pl.col("n")


def _draws(size: Size) -> list[pl.Expr]:
    """What chance says of an offer: `drawn` decides its fault, `coin` which of two kinds, `second` when it was seen."""
    draws = {"drawn": (10_000, 3), "coin": (2, 4), "second": (14_400, 5)}
    return [chance(_row(size), below, salt=size.seed * 1000 + salt).alias(name) for name, (below, salt) in draws.items()]


def _gtin() -> pl.Expr:
    """The GTIN shown, 14 digits: with a wrong check digit, or of another product, where that is the fault."""
    ours = pl.col("gtin")  # not restricted, and far from those of products side by side
    wrong = pl.when(pl.col("coin") == 0).then(ours // 10 * 10 + (ours + 1) % 10).otherwise(ours + 110)
    return pl.when(pl.col("fault") == "gtin").then(wrong).otherwise(ours).cast(pl.String).str.zfill(14)


def _seen_at(fault: pl.Expr) -> pl.Expr:
    """When an offer was seen: in the evening of the night, two days before, or before the last change of prices."""
    older, old = datetime(2026, 3, 8, 11, tzinfo=UTC), datetime(2026, 3, 11, 11, tzinfo=UTC)
    tonight = datetime(NIGHT.year, NIGHT.month, NIGHT.day, 17, tzinfo=UTC)
    began = pl.when(fault == "older").then(pl.lit(older)).when(fault == "old").then(pl.lit(old)).otherwise(pl.lit(tonight))
    return began.cast(pl.Datetime("us", "UTC")) + pl.duration(seconds=pl.col("second"))


def _evening(day: pl.Expr) -> pl.Expr:
    """When an offer was seen on a day: between six and eight in the evening, each place and product at another second."""
    second = chance(pl.col("n") * 1009 + pl.col("place"), 7200, salt=11)
    return (day.cast(pl.Datetime("us")) + timedelta(hours=18) + pl.duration(seconds=second)).dt.replace_time_zone("UTC")


def _either(when: pl.Expr, then: str, otherwise: str) -> pl.Expr:
    return pl.when(when).then(pl.lit(then)).otherwise(pl.lit(otherwise))
