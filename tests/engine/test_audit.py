"""The engine end to end: nights that follow each other, the same answer every time, and nothing out of nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pricewatch.domain import tables
from pricewatch.domain.contracts import contract
from pricewatch.engine.history import extend_history
from pricewatch.engine.world import Audit, Memory, World
from pricewatch.runs.judge import audit
from pricewatch.testing import (
    AS_OF,
    NIGHT,
    assert_table,
    central,
    channel,
    night,
    raw,
    remembered,
    rule,
    source,
    source_run,
    world,
)

RULES = [
    rule("expected_price", severity="critical"),
    rule("reference_price", where="channel_kind = 'store'"),
    rule("promotion_missing"),
    rule("coverage", where="channel = 'web'"),
    rule("identifier"),
    rule("source_health"),
]
DECIDED = central(
    products="""
        sku  external_id  name      brand  category  weekly_units  gtin            channels
        A1   4711         Espresso  Acme   coffee    40            00036000291452  web
        A2   4712         Tea       Acme   tea       10            -               web
        A3   4713         Sugar     Best   baking    -             -               -
    """,
    price_list="sku  zone  list_price\nA1  Z1  12.99\nA2  Z1  5.00\nA3  Z1  1.00\nA1  Z2  13.49",
    promotions="""
        promotion  mechanic  value  sku  channels  starts_at   ends_at
        P1         percent   1000   A2   web       2026-03-01  2026-04-01
    """,
    locations="location  zone\n0417  Z1\n0500  Z2",
)
CHANNELS = [channel("web", role="leader"), channel("store")]
SOURCES = [source("web", "web", surface="html"), source("tills", "store", surface="till")]


def web(text: str, at: datetime) -> pl.DataFrame:
    return raw(text).with_columns(collected_at=pl.lit(at.isoformat()))


def nights(*delivered: str | None) -> list[Audit]:
    """One audit a night of what the web showed; None = the source failed."""
    memory, audits = Memory(), []
    for number, text in enumerate(delivered):
        at = AS_OF + timedelta(days=number)
        status = "complete" if text else "failed"
        given = world(
            DECIDED,
            CHANNELS,
            SOURCES,
            night=NIGHT + timedelta(days=number),
            as_of=at,
            source_runs=[source_run("web", "web", status=status, night=NIGHT + timedelta(days=number))],
        )
        if audits:
            given = replace(given, items=audits[-1].items, places=audits[-1].places)
        rows = web(text, at - timedelta(hours=2)) if text else tables.empty("raw")
        audits.append(night(given, RULES, rows, memory=memory))
        memory = remembered(audits[-1], memory)
    return audits


RIGHT = "sku  price\nA1  12.99\nA2  4.50"
WRONG = "sku  price\nA1  13.99\nA2  4.50"


def test_a_finding_is_new_then_open_then_resolved_then_regressed() -> None:
    audits = nights(WRONG, "sku  price\nA1  14.99\nA2  4.50", RIGHT, RIGHT, WRONG)
    states = [found.findings.select("state", "observed").rows() for found in audits]
    assert states == [[("new", 1399)], [("open", 1499)], [("resolved", 1499)], [], [("regressed", 1399)]]
    prints = {found.findings["fingerprint"].item() for found in audits if found.findings.height}
    assert len(prints) == 1
    assert audits[-1].findings.select("first_seen", "state_since").rows() == [(NIGHT, NIGHT + timedelta(4))]


def test_where_a_source_fails_its_findings_are_unverified_and_the_source_is_one_finding() -> None:
    first, second, third = nights(WRONG, None, RIGHT)
    assert first.findings["state"].to_list() == ["new"]
    told = second.findings.select("check", "state").sort("check").rows()
    assert told == [("expected_price", "unverified"), ("source_health", "new")]
    assert third.findings.select("check", "state").sort("check").rows() == [
        ("expected_price", "resolved"),
        ("source_health", "resolved"),
    ]


@pytest.mark.parametrize("feeds", ["price_list", "promotions"])
@pytest.mark.parametrize(("status", "problem"), [("failed", "no file"), ("degraded", "cut off"), ("missing", "not collected")])
def test_without_its_decisions_a_night_claims_nothing_and_resolves_nothing(feeds: str, status: str, problem: str) -> None:
    first = nights(WRONG)[0]
    declared = source("office", None)
    lost = source_run("office", None, status=status, problem=problem, feeds=feeds, night=NIGHT)
    given = world(DECIDED, CHANNELS, [*SOURCES, declared], source_runs=[lost, source_run("web", "web", night=NIGHT)])
    told = night(given, RULES[:5], web(RIGHT, AS_OF - timedelta(hours=2)), memory=remembered(first))
    assert told.findings["state"].to_list() == ["unverified"]
    assert (told.counts["offers"], told.counts["judged"], told.counts["undecided"]) == (2, 0, 2)


def test_a_calendar_that_may_be_missing_and_is_leaves_the_price_list_in_force() -> None:
    declared, absent = source("office", None), source_run("office", None, status="missing", feeds="promotions", night=NIGHT)
    given = world(DECIDED, CHANNELS, [*SOURCES, declared], source_runs=[absent, source_run("web", "web", night=NIGHT)])
    assert night(given, RULES, web(WRONG, AS_OF - timedelta(hours=2))).counts["judged"] == 2


def test_a_product_without_a_list_price_is_counted_as_undecided_not_as_judged() -> None:
    given = world(DECIDED, CHANNELS, SOURCES)
    rows = raw("sku  location  price  source\nA2  0500  5.00  tills\nA1  0500  13.49  tills")
    told = night(given, RULES, rows)
    assert (told.counts["judged"], told.counts["undecided"]) == (1, 1)


def test_a_product_that_is_no_longer_shown_is_missing_and_its_wrong_price_unverified() -> None:
    _, second = nights(WRONG, "sku  price\nA2  4.50")
    assert second.findings.select("check", "sku", "state").sort("check").rows() == [
        ("coverage", "A1", "new"),
        ("expected_price", "A1", "unverified"),
    ]


def test_a_refused_row_is_no_proof_that_a_price_is_right() -> None:
    _, second = nights(WRONG, "sku  price\nA1  free\nA2  4.50")
    states = dict(second.findings.select("check", "state").rows())
    assert states["expected_price"] == "unverified"
    assert second.counts["quarantined"] == 1


def test_an_observation_from_last_month_is_no_proof_that_a_price_is_right() -> None:
    first, _ = nights(WRONG, RIGHT)
    later = world(DECIDED, CHANNELS, SOURCES, night=NIGHT + timedelta(1), as_of=AS_OF + timedelta(1))
    stale = web(RIGHT, AS_OF - timedelta(days=20))
    second = night(later, RULES, stale, memory=remembered(first))
    assert dict(second.findings.select("check", "state").rows())["expected_price"] == "unverified"


MANY = pl.concat([
    raw("""
        external_id  surface  price  gtin          seller
        4711         html     13.99  96385074      -
        4711         jsonld   12.99  -             -
        4711         html     11.00  -             Acme
        4712         html     5.00   -             -
        4713         html     x      -             -
        9999         html     1.00   -             -
    """),
    raw("""
        external_id  location  regular_price  price  observed_at
        4711         0417      12.99          12.99  2026-03-13T20:00:00Z
        4711         0417      13.49          13.49  2026-03-13T20:00:00Z
        4711         0500      12.99          12.99  2026-03-13T20:00:00Z
        4712         0417      5.00           4.00   2026-03-13T21:00:00Z
        4713         0417      10.00          10.00  2026-03-13T21:00:00Z
        4713         9999      1.00           1.00   2026-03-13T21:00:00Z
    """, source="tills"),
])  # fmt: skip
ALL = [*RULES, rule("conflict"), rule("channel_parity"), rule("freshness", max_age="1h"), rule("promotion_stale")]


def test_rows_in_any_order_give_the_same_findings_byte_for_byte() -> None:
    given = world(DECIDED, CHANNELS, SOURCES)
    first = night(given, ALL, MANY)
    assert first.findings.height > 8
    for seed in range(4):
        again = night(given, ALL, MANY.sample(fraction=1, shuffle=True, seed=seed))
        for name in ("offers", "quarantine", "unmatched", "findings", "incidents", "source_runs", "items", "places"):
            assert_frame_equal(getattr(first, name), getattr(again, name), check_exact=True)
        assert again.counts == first.counts
        assert again.findings.write_csv() == first.findings.write_csv()


def test_rules_in_any_order_give_the_same_findings() -> None:
    given = world(DECIDED, CHANNELS, SOURCES)
    assert_frame_equal(night(given, ALL, MANY).findings, night(given, ALL[::-1], MANY).findings)


def test_every_row_that_came_is_counted_somewhere() -> None:
    found = night(world(DECIDED, CHANNELS, SOURCES), ALL, MANY)
    assert found.offers.collect()["lines"].sum() + found.quarantine.height + found.unmatched.height == MANY.height
    assert found.counts["offers"] == found.offers.collect().height
    runs = found.source_runs.select("source", "quarantined", "unmatched").rows()
    assert runs == [("tills", 1, 0), ("web", 1, 1)]


def test_frames_are_what_the_tables_say() -> None:
    found = night(world(DECIDED, CHANNELS, SOURCES), ALL, MANY)
    for name in ("offers", "quarantine", "findings", "incidents", "source_runs"):
        frame = getattr(found, name).lazy().collect()
        contract(name).validate(frame, lazy=True)
        assert frame.schema == tables.schema(name)


def test_central_files_are_read_and_what_is_refused_of_them_is_counted() -> None:
    text = {
        "products": pl.DataFrame({"sku": ["A1", "A1"], "source": "office", "source_ref": ["p:2", "p:3"]}),
        "price_list": pl.DataFrame(
            {
                "sku": "A1",
                "zone": "Z1",
                "list_price": "12.99",
                "valid_from": "2026-01-01",
                "source": "office",
                "source_ref": "l:2",
            }
        ),
    }
    given = world(central(), CHANNELS, [*SOURCES, source("office", None)])
    found = audit(
        given,
        [rule("expected_price")],
        offers=raw("sku  price\nA1  13.99").lazy(),
        central={n: t.lazy() for n, t in text.items()},
    )
    assert_table(found.findings, "sku  expected  observed  price_ref\nA1  12.99  13.99  l:2")
    assert found.quarantine.select("feeds", "reason").rows() == [
        ("products", "comes twice: the same sku stands in an earlier row")
    ]
    assert dict(found.source_runs.select("source", "quarantined").rows())["office"] == 1


def test_told_history_proves_a_struck_through_price_until_something_is_observed() -> None:
    rows = raw("sku  price  was_price\nA1  9.99  14.99")
    told = raw("sku  price\nA1  12.99").with_columns(since=pl.lit("2026-01-01"), until=pl.lit("2026-03-01"))
    given = world(DECIDED, CHANNELS, SOURCES)
    unproven = audit(given, [rule("was_price")], offers=rows.lazy())
    assert (unproven.findings.height, unproven.counts["not_provable"]) == (0, 1)
    proven = audit(given, [rule("was_price")], offers=rows.lazy(), history=told.lazy())
    assert_table(proven.findings, "sku  observed  expected\nA1  14.99  12.99")
    observed = extend_history(tables.empty("history").lazy(), unproven.offers)
    again = audit(replace(given, history=observed), [rule("was_price")], offers=rows.lazy(), history=told.lazy())
    assert (again.findings.height, again.counts["not_provable"]) == (0, 1)


def test_no_offers_no_rules_and_no_decisions_give_nothing() -> None:
    instant = datetime(2026, 3, 14, tzinfo=UTC)
    found = audit(World(night=date(2026, 3, 13), as_of=instant), [], offers=tables.empty("raw").lazy())
    for name in ("offers", "quarantine", "findings", "incidents", "source_runs"):
        frame = getattr(found, name).lazy().collect()
        assert (frame.height, frame.schema) == (0, tables.schema(name))
    assert found.unmatched.height == 0
    assert set(found.counts.values()) == {0}


@pytest.mark.parametrize("rules", [[], ALL])
@pytest.mark.parametrize("decided", [central(), DECIDED])
@pytest.mark.parametrize("rows", [tables.empty("raw"), MANY])
def test_any_of_offers_rules_and_decisions_may_be_absent(rules: list, decided: object, rows: pl.DataFrame) -> None:
    found = night(world(decided, CHANNELS, SOURCES), rules, rows)  # type: ignore[arg-type]
    assert found.findings.schema == tables.schema("findings")
    assert found.offers.collect()["lines"].sum() + found.quarantine.height + found.unmatched.height == rows.height
    if not rules:
        assert found.findings.height == 0


def test_files_without_rows_and_empty_told_history_give_nothing() -> None:
    nothing = pl.LazyFrame(schema={"source": pl.String, "source_ref": pl.String})
    told = tables.empty("raw").with_columns(since=pl.lit(None, pl.String), until=pl.lit(None, pl.String))
    files = dict.fromkeys(("products", "price_list", "promotions", "locations"), nothing)
    given = world(central(), CHANNELS, SOURCES)
    found = audit(given, ALL, offers=tables.empty("raw").lazy(), central=files, history=told.lazy())
    assert (found.findings.height, found.quarantine.height) == (0, 0)


def test_a_missing_member_price_is_not_put_right_by_one_line_that_proves_nothing() -> None:
    decided = central(
        products="sku\nA1",
        price_list="sku  zone  list_price\nA1  Z1  12.99",
        promotions="""
            promotion  mechanic      value  sku  audience  starts_at   ends_at
            CARD       member_price  999    A1   members   2026-03-01  2026-04-01
        """,
        locations="location  zone\n0417  Z1",
    )
    asked = [
        rule("promotion_missing", id="missing", audience="members", min_lines=2),
        rule("expected_price", id="member", audience="members"),
    ]
    lines = [
        "0417  A1  12.99  -\n" * 2,
        "0417  A1  12.99  -",
        "0417  A1  12.99  11.00",
        "0417  A1  12.99  -",
        "0417  A1  12.99  9.99",
    ]
    memory, told = Memory(), []
    for number, text in enumerate(lines):
        day = NIGHT + timedelta(days=number)
        given = world(
            decided, [channel("store")], [source("tills", "store", surface="till")], night=day, as_of=AS_OF + timedelta(number)
        )
        rows = raw(f"location  sku  price  member_price\n{text}", source="tills")
        audited = night(
            given, asked, rows.with_columns(collected_at=pl.lit((AS_OF + timedelta(number, hours=-2)).isoformat())), memory=memory
        )
        memory = remembered(audited, memory)
        told.append({row["rule"]: row["state"] for row in audited.findings.iter_rows(named=True)})
    assert told == [
        {"missing": "new"},
        {"missing": "unverified"},  # one line without a card
        {"missing": "resolved", "member": "new"},  # a member price is given: not the decided one
        {"member": "unverified"},  # no member price to look at
        {"member": "resolved"},
    ]


def test_a_store_that_sent_nothing_is_named_although_its_source_came() -> None:
    given = world(DECIDED, CHANNELS, SOURCES)
    told = night(given, RULES, raw("sku  location  price  source\nA1  0417  12.99  tills"))
    assert [key for key in told.counts if key.startswith("nothing of ")] == ["nothing of store 0500", "nothing of web"]
    assert told.counts["places"] == 3
