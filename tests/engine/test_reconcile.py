"""Tonight against the nights before: the whole table of states, and how long they last."""

from datetime import date, timedelta

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine.reconcile import reconcile
from pricewatch.engine.world import Memory, Rule
from pricewatch.testing import NIGHT, central, channel, rule, source, source_run, world

OFFER = {"market": "us", "channel": "web", "location": None, "sku": "A1", "seller": None}
LOOKED_AT = dict.fromkeys(("compared", "decided", "led"), True)
SEEN = pl.DataFrame([{**OFFER, **LOOKED_AT}], schema={**dict.fromkeys(OFFER, pl.String), **dict.fromkeys(LOOKED_AT, pl.Boolean)})
NOT_SEEN = SEEN.clear()
THIN = pl.DataFrame([{**OFFER, "rule": "expected-price"}], schema={**dict.fromkeys(OFFER, pl.String), "rule": pl.String})
BEFORE = NIGHT - timedelta(2)
RULES = [rule("expected_price"), rule("identifier"), rule("source_health")]


def rows(*given: dict[str, object]) -> pl.DataFrame:
    """Findings with quiet defaults: one of A1 on the web, by `expected-price`."""
    quiet = {
        "fingerprint": "f1", "night": NIGHT, "rule": "expected-price", "check": "expected_price", "severity": "major",
        "owner": "x", "subject": "price", "message": "wrong", "cause": "unknown", "direction": "overcharge", "source": "web",
        **OFFER,
    }  # fmt: skip
    return pl.DataFrame([{**quiet, **one} for one in given], schema=tables.schema("findings"))


def found(*given: dict[str, object]) -> pl.DataFrame:
    lifecycle = {"state", "first_seen", "state_since", "incident", "waived_by", "waived_until"}
    return rows(*given).drop(lifecycle)


def past(state: str, **given: object) -> pl.DataFrame:
    return rows({"state": state, "night": BEFORE, "first_seen": date(2026, 3, 1), "state_since": BEFORE, **given})


def waiver(until: date, fingerprint: str = "f1") -> pl.DataFrame:
    row = {"waiver": fingerprint, "fingerprint": fingerprint, "who": "ana", "why": "agreed", "until": until}
    return pl.DataFrame([row], schema=tables.schema("waivers"))


def states(
    tonight: pl.DataFrame,
    before: pl.DataFrame,
    seen: pl.DataFrame = SEEN,
    *,
    waivers: pl.DataFrame | None = None,
    rules: list[Rule] = RULES,
    status: str = "complete",
    thin: pl.DataFrame | None = None,
) -> pl.DataFrame:
    given = world(central(), [channel("web")], [source("web", "web")], source_runs=[source_run("web", "web", status=status)])
    memory = Memory(findings=before, waivers=tables.empty("waivers") if waivers is None else waivers)
    return reconcile(tonight, seen, THIN.clear() if thin is None else thin, memory, given, rules)


NONE = rows().clear()


@pytest.mark.parametrize(
    ("before", "found_tonight", "seen_not_found", "not_seen"),
    [
        (None, "new", None, None),
        ("new", "open", "resolved", "unverified"),
        ("open", "open", "resolved", "unverified"),
        ("regressed", "open", "resolved", "unverified"),
        ("unverified", "open", "resolved", "unverified"),
        ("waived", "open", "resolved", "unverified"),
        ("resolved", "regressed", None, None),
    ],
)
def test_the_table_of_states(before: str | None, found_tonight: str, seen_not_found: str | None, not_seen: str | None) -> None:
    memory = NONE if before is None else past(before)
    nothing = found().clear()
    assert states(found({}), memory)["state"].to_list() == [found_tonight]
    assert states(nothing, memory)["state"].to_list() == [state for state in [seen_not_found] if state]
    assert states(nothing, memory, NOT_SEEN)["state"].to_list() == [state for state in [not_seen] if state]


@pytest.mark.parametrize("before", [None, "new", "waived", "resolved"])
def test_a_waiver_that_holds_makes_any_finding_waived_and_says_who_and_until_when(before: str | None) -> None:
    memory = NONE if before is None else past(before)
    told = states(found({}), memory, waivers=waiver(NIGHT))
    assert told.select("state", "waived_by", "waived_until").rows() == [("waived", "ana", NIGHT)]


def test_a_waiver_that_has_expired_reopens_the_finding() -> None:
    told = states(found({}), past("waived"), waivers=waiver(NIGHT - timedelta(1)))
    assert told.select("state", "state_since", "waived_by").rows() == [("open", NIGHT, None)]


def test_of_several_waivers_the_longest_holds_and_another_findings_waiver_does_not() -> None:
    both = pl.concat([waiver(NIGHT + timedelta(3)), waiver(NIGHT + timedelta(9)), waiver(NIGHT + timedelta(30), "f2")])
    assert states(found({}), NONE, waivers=both)["waived_until"].to_list() == [NIGHT + timedelta(9)]
    assert states(found({}), NONE, waivers=waiver(NIGHT, "f2"))["state"].to_list() == ["new"]


def test_a_finding_keeps_the_night_it_was_first_found_and_dates_its_state() -> None:
    told = states(found({}), past("open"))
    assert told.select("first_seen", "state_since", "night").rows() == [(date(2026, 3, 1), BEFORE, NIGHT)]
    changed = states(found({}), past("resolved"))
    assert changed.select("first_seen", "state_since").rows() == [(date(2026, 3, 1), NIGHT)]
    assert states(found({}), NONE).select("first_seen", "state_since").rows() == [(NIGHT, NIGHT)]


def test_what_stays_unverified_keeps_the_night_since_when() -> None:
    told = states(found().clear(), past("unverified"), NOT_SEEN)
    assert told.select("state", "state_since", "night").rows() == [("unverified", BEFORE, NIGHT)]


def test_a_finding_whose_rule_was_removed_is_unverified_not_resolved() -> None:
    assert states(found().clear(), past("open"), rules=RULES[1:])["state"].to_list() == ["unverified"]


def test_a_price_that_could_not_be_compared_is_unverified_but_a_gtin_was_seen() -> None:
    strange = SEEN.with_columns(pl.lit(False).alias(name) for name in LOOKED_AT)
    assert states(found().clear(), past("open"), strange)["state"].to_list() == ["unverified"]
    gtin = past("open", check="identifier", rule="identifier", subject="gtin")
    assert states(found().clear(), gtin, strange)["state"].to_list() == ["resolved"]


@pytest.mark.parametrize(
    ("kind", "basis"),
    [
        ("expected_price", "decided"),
        ("reference_price", "decided"),
        ("promotion_missing", "decided"),
        ("promotion_stale", "decided"),
        ("channel_parity", "led"),
        ("was_price", "compared"),
        ("conflict", None),
        ("coverage", None),
    ],
)
def test_a_finding_is_resolved_only_where_what_it_rests_on_is_known(kind: str, basis: str | None) -> None:
    rules, before = [rule(kind)], past("open", check=kind, rule=kind.replace("_", "-"))
    for missing in LOOKED_AT:
        tonight = SEEN.with_columns(pl.lit(False).alias(missing))
        state = "unverified" if missing == basis else "resolved"
        assert states(found().clear(), before, tonight, rules=rules)["state"].to_list() == [state], missing


def test_another_store_product_or_seller_resolves_nothing() -> None:
    for column, value in (("location", "0417"), ("sku", "A2"), ("seller", "Acme"), ("channel", "app"), ("market", "fr")):
        other = SEEN.with_columns(pl.lit(value).alias(column))
        assert states(found().clear(), past("open"), other)["state"].to_list() == ["unverified"], column


@pytest.mark.parametrize(("status", "state"), [("complete", "resolved"), ("degraded", "unverified"), ("failed", "unverified")])
def test_a_finding_about_a_source_resolves_when_the_source_delivers_completely(status: str, state: str) -> None:
    about = past("open", check="source_health", rule="source-health", sku=None, subject="delivery")
    assert states(found().clear(), about, NOT_SEEN, status=status)["state"].to_list() == [state]


def test_found_and_gone_are_told_together_in_one_order() -> None:
    before = pl.concat([past("open", fingerprint="f2", sku="A2"), past("open", fingerprint="f0", sku="A0")])
    told = states(found({"sku": "A1"}), before)
    assert told["sku"].to_list() == ["A0", "A1", "A2"]
    assert told.schema == tables.schema("findings")
    assert told.equals(states(found({"sku": "A1"}), before.reverse()))


def test_no_findings_and_no_memory_are_no_findings() -> None:
    assert states(found().clear(), NONE).height == 0


def test_a_wrong_price_told_by_a_more_specific_rule_tonight_is_neither_resolved_nor_told_twice() -> None:
    specific = {"fingerprint": "f2", "rule": "missing", "check": "promotion_missing", "also": "expected-price"}
    told = states(found(specific), past("open"))
    assert told.select("fingerprint", "state").rows() == [("f2", "new")]


def test_what_a_rule_saw_too_little_of_is_unverified_not_resolved() -> None:
    assert states(NONE, past("open"), thin=THIN)["state"].to_list() == ["unverified"]
    assert states(NONE, past("open"), thin=THIN.with_columns(rule=pl.lit("identifier")))["state"].to_list() == ["resolved"]
