"""Rules that can never find anything, that repeat each other or contradict each other."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.workspace.config import Channel, Corridor, SameAs, Source
from pricewatch.workspace.rule_warnings import Verdicts, rule_warnings, verdicts
from pricewatch.workspace.rules import load_rules

CHANNELS = [
    Channel(id="store", name="Stores", kind="store", market="us", role="own_zone"),
    Channel(id="web", name="Webshop", kind="web", market="us", zone="Z1", role="leader"),
    Channel(id="app", name="App", kind="app", market="us", zone="Z1", role=SameAs(same_as="web")),
    Channel(id="market", name="Market", kind="marketplace", market="us", zone="Z2", role=Corridor(within="web")),
]
SOURCES = [Source(id="tills", importer="table_file", market="us", channel="store", files="x")]


def warned(folder: Path, text: str) -> list[str]:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "a.yaml").write_text(text)
    return [str(found) for found in rule_warnings(load_rules(folder / "rules"), CHANNELS, SOURCES)]


def of(folder: Path, where: str, check: str = "expected_price") -> list[str]:
    return warned(folder, f'- id: a\n  check: {check}\n  where: "{where}"\n')


@pytest.mark.parametrize(
    "where",
    [
        "channel = 'shop'",
        "channel = 'shop' AND kvi",
        "channel = 'web' AND channel = 'app'",
        "channel_kind = 'web' AND (zone = 'Z9' OR zone = 'Z2') AND price > 3",
        "NOT (channel_kind IN ('store', 'web', 'app') OR role = 'within' OR kvi)",
        "market IN ('fr', 'de')",
        "role = 'follower'",
        "channel_kind <> 'store' AND location = '0417'",
        "channel = 'web' AND channel IS NULL",
    ],
)
def test_a_condition_that_is_true_of_no_place_is_dead(tmp_path: Path, where: str):
    (message,) = of(tmp_path, where)
    assert message.startswith("rules/a.yaml:1: rule 'a' can never find anything")


@pytest.mark.parametrize(
    "where",
    [
        "channel = 'web'",
        "channel = 'shop' OR kvi",
        "zone = 'Z9'",  # stores may have it: their list is not known here
        "location = '0417'",
        "NOT channel = 'shop'",
        "role = 'same_as' AND price > 1 AND price < 0",
        "channel IN ('shop', 'app')",
        "CASE WHEN channel = 'web' THEN kvi ELSE FALSE END",
        "(channel = 'app') = kvi",
    ],
)
def test_a_condition_that_may_be_true_somewhere_is_not_called_dead(tmp_path: Path, where: str):
    assert of(tmp_path, where) == []


def test_the_name_that_was_meant_is_offered(tmp_path: Path):
    (message,) = of(tmp_path, "channel = 'stores' AND kvi")
    assert "fix: did you mean 'store'? there is no 'stores'; there are: Z1, Z2, app, leader, market," in message


def test_a_rule_about_sources_is_held_against_the_sources(tmp_path: Path):
    assert of(tmp_path, "source = 'tills'", "source_health") == []
    (message,) = of(tmp_path, "source = 'tils'", "source_health")
    assert "did you mean 'tills'?" in message


TWO = """\
- {{id: one, check: expected_price, where: channel = 'web', {}}}
- {{id: two, check: expected_price, where: "channel='web'", {}}}
"""


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("owner: a", "owner: b", "rule 'two' repeats rule 'one' (rules/a.yaml:1)"),
        ("severity: minor", "severity: major", "contradicts rule 'one' (rules/a.yaml:1): same scope, other severity"),
        ("severity: minor", "severity: {minor: {}, major: {percent: 5}}", "same scope, other severity"),
        ("tolerance: {amount: 1}", "tolerance: {amount: 2}", "same scope, other tolerance"),
        ("audience: members", "owner: a", None),
        ("valid_to: 2026-06-30", "valid_from: 2026-07-01", None),
        ("valid_to: 2026-07-01", "valid_from: 2026-07-01", "rule 'two' repeats"),
    ],
)
def test_two_rules_on_the_same_thing_are_told_with_the_later_ones_line(tmp_path: Path, first: str, second: str, said: str | None):
    found = warned(tmp_path, TWO.format(first, second))
    if said is None:
        assert found == []
    else:
        (message,) = found
        assert message.startswith("rules/a.yaml:2: rule 'two' ")
        assert said in message


def test_limits_that_no_undercharge_can_exceed_are_told(tmp_path: Path):
    rule = "- {{id: a, check: expected_price, direction: {}, tolerance: {{percent: 100}}}}\n"
    (message,) = warned(tmp_path, rule.format("undercharge"))
    assert message.startswith("rules/a.yaml:1: rule 'a': no price is more than 100 percent too low, which its tolerance asks for")
    assert warned(tmp_path, rule.format("overcharge")) == []
    graded = "- {id: a, check: expected_price, direction: undercharge, severity: {minor: {}, major: {percent: 120}}}\n"
    (message,) = warned(tmp_path, graded)
    assert "which severity 'major' asks for" in message


ATOMS = ("channel = 'web'", "channel = 'shop'", "zone = 'Z1'", "kvi", "price > 3", "zone IS NULL")
CONDITIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        inner.map(lambda a: f"NOT ({a})"),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]}) AND ({ab[1]})"),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]}) OR ({ab[1]})"),
    ),
    max_leaves=6,
)


@given(
    text=CONDITIONS,
    zone=st.sampled_from(["Z1", "Z2", None]),
    kvi=st.sampled_from([True, False, None]),
    price=st.none() | st.integers(0, 6),
)
def test_whatever_the_unknown_columns_hold_the_verdict_was_thought_possible(
    text: str, zone: str | None, kvi: bool | None, price: int | None
):
    condition = pl.sql_expr(text)
    possible = verdicts(condition, {"channel": "web", "zone": zone})
    types = {"channel": pl.String, "zone": pl.String, "kvi": pl.Boolean, "price": pl.Int64}
    row = pl.DataFrame({"channel": ["web"], "zone": [zone], "kvi": [kvi], "price": [price]}, schema=types)
    found = row.select(condition.alias("found")).item()
    assert {True: possible.true, False: possible.false, None: possible.null}[found]


def test_known_columns_alone_decide():
    assert verdicts(pl.sql_expr("channel = 'web' AND zone = 'Z1'"), {"channel": "web", "zone": None}) == Verdicts(
        true=False, false=False, null=True
    )
