"""Polars as an analyst writes it: everything read into memory, one table widened by joins, one filter a check.

python -m tests.bench.peers.analyst WORLD ANSWER
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from tests.bench.central import AS_OF

LOOKS_BACK = AS_OF - timedelta(days=8)
FAR = pl.lit(datetime(9999, 1, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC"))
POINT = ["channel", "zone", "sku"]
OFFER = ["sku", "store"]


def points(central: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """What is decided by channel, zone and product, segment by segment."""
    areas = central["locations"].select("channel", "zone").unique()
    listed = central["price_list"].join(areas, on="zone").sort(*POINT, "valid_from")
    listed = listed.with_columns(valid_to=pl.col("valid_from").shift(-1).over(POINT).fill_null(FAR))
    calendar, products = central["promotions"], central["products"].select("sku", "brand")
    by_sku = calendar.filter(pl.col("sku").is_not_null()).drop("brand")
    by_brand = calendar.filter(pl.col("brand").is_not_null()).drop("sku").join(products, on="brand").select(by_sku.columns)
    offered = pl.concat([by_sku, by_brand]).join(areas, how="cross")
    offered = offered.filter(
        pl.col("channels").is_null() | (pl.col("channels") == pl.col("channel")),
        pl.col("zones").is_null() | (pl.col("zones") == pl.col("zone")),
    )
    cuts = pl.concat(
        [listed.select(*POINT, since=pl.lit(LOOKS_BACK).cast(pl.Datetime("us", "UTC")))]
        + [frame.select(*POINT, since=pl.col(edge)) for frame, edge in (
            (listed, "valid_from"), (listed, "valid_to"), (offered, "starts_at"), (offered, "ends_at"))]
    )  # fmt: skip
    segments = cuts.filter(pl.col("since").is_between(LOOKS_BACK, AS_OF)).unique().sort(*POINT, "since")
    segments = segments.with_columns(until=pl.col("since").shift(-1).over(POINT).fill_null(FAR))
    priced = segments.join(listed, on=POINT).filter(pl.col("valid_from") <= pl.col("since"), pl.col("since") < pl.col("valid_to"))
    price, value, since = pl.col("list_price"), pl.col("value"), pl.col("since")
    met = priced.join(offered, on=POINT).with_columns(
        cut=pl.when(pl.col("mechanic") == "percent").then((price * (10_000 - value) * 2 + 10_000) // 20_000)
        .when(pl.col("mechanic") == "amount").then(price - value)
        .when(pl.col("mechanic") == "n_for_m").then(price * pl.col("pay") // pl.col("quantity"))
        .otherwise(pl.min_horizontal(value, price))
    )  # fmt: skip
    running = met.filter(pl.col("starts_at") <= since, since < pl.col("ends_at"))
    public = pl.col("mechanic").is_in(["percent", "amount", "fixed_price"])
    ended = met.filter(public, pl.col("ends_at") <= since, pl.col("ends_at") > since - timedelta(days=60))
    last = pl.min_horizontal("until", pl.lit(AS_OF)) + timedelta(days=14)
    early = met.filter(public, pl.col("starts_at") > since, pl.col("starts_at") <= last)
    segment = [*POINT, "since"]
    parts = [
        running.filter(public).sort("cut").group_by(segment).agg(
            promotion_price=pl.col("cut").first(), promotion_starts_at=pl.col("starts_at").first()
        ),
        running.filter(pl.col("mechanic") == "n_for_m").group_by(segment).agg(each=pl.col("cut").min()),
        ended.sort("ends_at").group_by(segment).agg(ended_price=pl.col("cut").last()),
        early.sort("starts_at").group_by(segment).agg(early_price=pl.col("cut").first()),
    ]  # fmt: skip
    for part in parts:
        priced = priced.join(part, on=segment, how="left")
    decided = ~pl.col("channel").str.starts_with("mp")
    return priced.with_columns(
        expected_price=pl.when(decided).then(pl.min_horizontal("list_price", "promotion_price")),
        list_price=pl.when(decided).then("list_price"),
    ).select(
        *POINT, "since", "until", "list_price", "expected_price", "promotion_price", "promotion_starts_at", "each", "ended_price",
        "early_price",
    )  # fmt: skip


def findings(world: Path) -> pl.DataFrame:
    """`rule`, `store`, `sku` of everything that is wrong."""
    names = ("products", "locations", "price_list", "promotions")
    central = {name: pl.read_parquet(world / "tables" / f"{name}.parquet") for name in names}
    offers = pl.read_parquet(world / "offers" / "*.parquet")
    decided = points(central)
    catalogue = central["products"].select("sku", "channels", "min_price", "max_price", ours="gtin")
    own = offers.filter(pl.col("seller").is_null())
    judged = (
        own.filter(pl.col("surface") != "jsonld")
        .join(central["locations"], on="store")
        .join(catalogue, on="sku")
        .join(decided, on=POINT)
        .filter(pl.col("since") <= pl.max_horizontal("observed_at", pl.lit(LOOKS_BACK)), pl.col("observed_at") < pl.col("until"))
        .with_columns(comparable=(pl.col("currency") == "EUR") & pl.col("tax_included"))
    )
    fit = judged.filter("comparable")
    web = fit.filter(pl.col("channel") == "web").select("sku", leader=pl.coalesce("expected_price", "price"))
    price, was = pl.col("price"), pl.col("was_price")
    leading = fit.filter(pl.col("channel").str.starts_with("mp")).join(web, on="sku")
    highest = (pl.col("leader") * 10_800 * 2 + 10_000) // 20_000
    restricted = [
        pl.col(name).str.slice(0, 3).is_in(["002", "004", *(f"0{n}" for n in range(20, 30))]) for name in ("gtin", "ours")
    ]
    beyond = [pl.min_horizontal("price", "each") < pl.col("min_price"), price > pl.col("max_price")]
    beyond += [pl.col("member_price") < pl.col("min_price"), pl.col("member_price") > pl.col("max_price")]
    given = (price < pl.col("list_price")) & (price != pl.col("expected_price"))
    twice = own.filter(pl.col("store") == "web").group_by(*OFFER, "currency", "tax_included").agg(
        low=price.min(), high=price.max(), page=(pl.col("surface") == "html").any()
    )  # fmt: skip
    due = (
        decided.filter(pl.col("since") <= AS_OF, pl.col("until") > AS_OF, pl.col("list_price").is_not_null())
        .join(catalogue, on="sku")
        .filter(pl.col("channels").str.split("|").list.contains(pl.col("channel")))
        .join(central["locations"], on=["channel", "zone"])
    )
    found = {
        "expected_price": fit.filter(price != pl.col("expected_price")),
        "reference_price": fit.filter(pl.col("regular_price") != pl.col("list_price")),
        "promotion_missing": fit.filter(pl.col("promotion_price") < pl.col("list_price"), price >= pl.col("list_price")),
        "promotion_stale": fit.filter(given, price == pl.col("ended_price")),
        "promotion_early": fit.filter(given, price == pl.col("early_price")),
        "was_price": pl.concat([fit.filter(was <= price).select(OFFER), _invented(fit, world).select(OFFER)]).unique(),
        "identifier": judged.filter(pl.col("gtin") != pl.col("ours"), ~(restricted[0] & restricted[1])),
        "freshness": judged.filter(pl.lit(AS_OF) - pl.col("observed_at") > timedelta(hours=36)),
        "currency_and_tax": judged.filter(~pl.col("comparable")),
        "channel_parity": leading.filter((price < pl.col("leader")) | (price > highest)),
        "price_floor": fit.filter(pl.any_horizontal(beyond)),
        "conflict": twice.filter("page", pl.col("low") < pl.col("high")),
        "coverage": due.join(own, on=OFFER, how="anti"),
    }
    return pl.concat([frame.select(pl.lit(rule).alias("rule"), "store", "sku") for rule, frame in found.items()])


def _invented(fit: pl.DataFrame, world: Path) -> pl.DataFrame:
    """Struck-through prices above everything charged in the 30 days before the reduction began."""
    claims = fit.filter(pl.col("was_price").is_not_null())
    history = pl.read_parquet(world / "history" / "*.parquet").filter(pl.col("seller").is_null(), pl.col("price").is_not_null())
    known = history.join(claims.select(OFFER).unique(), on=OFFER, how="semi").sort(*OFFER, "since")
    new = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in (*OFFER, "price"))
    claimed, since = pl.col("was_price").is_not_null(), pl.col("since")
    unclaimed = since.filter(~claimed).max()
    spells = (
        known.with_columns(spell=new.cum_sum())
        .group_by(*OFFER, "spell")
        .agg(
            pl.col("price").first(),
            since.min(),
            claimed_since=since.filter(claimed & (since > unclaimed).fill_null(True)).min(),
        )
        .sort(*OFFER, "since")
        .with_columns(gone=pl.col("since").shift(-1).over(OFFER))
    )
    last = spells.filter(pl.col("gone").is_null()).select(*OFFER, last="price", last_since="since", claimed="claimed_since")
    same = pl.col("last") == pl.col("price")
    starts = pl.col("promotion_starts_at")
    dated = claims.join(last, on=OFFER, how="left").select(
        *OFFER, "was_price",
        began=pl.coalesce(
            pl.when(starts.is_not_null()).then(pl.min_horizontal(starts, pl.when(same).then("claimed"))),
            pl.when(same).then("last_since"), "observed_at",
        ),
    )  # fmt: skip
    opens = pl.col("began") - timedelta(days=30)
    before = dated.join(spells, on=OFFER).filter(pl.col("since") < pl.col("began"))
    charged = before.group_by(*OFFER, "was_price").agg(
        highest=pl.col("price").filter(pl.col("gone").is_null() | (pl.col("gone") > opens)).max(),
        proven=(pl.col("since") <= opens).any(),
    )
    return charged.filter("proven", pl.col("was_price") > pl.col("highest"))


if __name__ == "__main__":
    findings(Path(sys.argv[1])).write_parquet(sys.argv[2])
