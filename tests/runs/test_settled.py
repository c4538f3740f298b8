"""A night larger than memory should be: dealt out to files by product and settled file by file, it is the same night."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.watch import unwatched
from pricewatch.runs import settled as subject
from pricewatch.runs.judge import audit
from pricewatch.runs.settled import Settled, settled
from pricewatch.testing import central, channel, raw, rule, source, world

PRODUCTS = "\n".join(["sku", *(f"A{at}" for at in range(9))])
PRICES = "\n".join(["sku  zone  list_price", *(f"A{at}  Z1  {at + 1}.99" for at in range(9))])
WORLD = world(
    central(products=PRODUCTS, price_list=PRICES, locations="location  zone\n0001  Z1\n0002  Z1"),
    [channel("store"), channel("web")],
    [source("tills", "store", surface="till"), source("web", "web", surface="html")],
)


def shown() -> pl.DataFrame:
    """Products in two stores, rung several times at two prices; on the web; two unknown products; two unreadable prices."""
    lines = [f"{store}  A{at}  {at + 1}.{cents}" for store in ("0001", "0002") for at in range(9) for cents in ("99", "99", "49")]
    tills = raw("\n".join(["location  sku  price", *lines, "0001  B1  1.00", "0002  A1  nothing"]), source="tills")
    pages = [f"A{at}  {at + 1}.99" for at in range(0, 9, 2)]
    return pl.concat([tills, raw("\n".join(["sku  price", *pages, "B2  2.00", "A1  1,2,3"]), source="web")])


def of(rows: pl.DataFrame, folder: Path | None) -> Settled:
    return settled(rows.lazy(), WORLD, codes.item_codes(WORLD), codes.place_codes(WORLD), folder, unwatched)


@pytest.fixture(params=[1, 7, 40])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Rows that fit into memory."""
    monkeypatch.setattr(subject, "IN_MEMORY", request.param)
    return int(request.param)


def test_offers_settled_through_the_disk_are_those_settled_in_memory(few: int, tmp_path: Path) -> None:
    whole, dealt = of(shown(), None), of(shown(), tmp_path)
    assert_frame_equal(dealt.offers.collect(), whole.offers.collect())
    assert whole.offers.collect().height == 9 + 9 + 5
    assert_frame_equal(dealt.unmatched, whole.unmatched)
    assert_frame_equal(dealt.refused.sort("source_ref"), whole.refused.sort("source_ref"))
    assert (dealt.unmatched.height, dealt.refused.height) == (2, 2)


def test_a_night_through_the_disk_finds_what_it_finds_in_memory(few: int, tmp_path: Path) -> None:
    rules = [rule("expected_price"), rule("conflict")]
    whole, dealt = (audit(WORLD, rules, offers=shown().lazy(), spill=folder) for folder in (None, tmp_path))
    assert whole.findings.height > 0
    assert_frame_equal(dealt.findings, whole.findings)
    assert dict(dealt.counts) == dict(whole.counts)


def test_rows_of_unknown_products_alone_are_no_offers(few: int, tmp_path: Path) -> None:
    strangers = shown().filter(pl.col("sku").is_in(["B1", "B2"]))
    dealt = of(strangers, tmp_path)
    assert dealt.offers.collect_schema() == tables.schema("offers")
    assert (dealt.offers.collect().height, dealt.unmatched.height) == (0, 2)


def test_rows_that_are_all_refused_leave_nothing_but_their_reasons(few: int, tmp_path: Path) -> None:
    unreadable = pl.concat([shown().filter(pl.col("price_text") == "nothing")] * 41)
    dealt = of(unreadable, tmp_path)
    assert (dealt.offers.collect().height, dealt.unmatched.height, dealt.refused.height) == (0, 0, 41)
