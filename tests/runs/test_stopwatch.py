"""Where a night's time went: every stage and rule is told, with what it looked at."""

from __future__ import annotations

from pricewatch.runs.judge import audit
from pricewatch.runs.stopwatch import Stopwatch
from pricewatch.testing import central, channel, raw, rule, source, world

SHOWN = raw("sku  price\nA1  9.99\nA2  4.00\nA3  7.00", source="web")
DECIDED = central(products="sku\nA1\nA2\nA3", price_list="sku  zone  list_price\nA1  Z1  12.99\nA2  Z1  4.00\nA3  Z1  7.00")
WORLD = world(DECIDED, [channel("web")], [source("web", "web", surface="html")])


def test_stages_and_rules_are_timed_with_what_they_looked_at_and_gave() -> None:
    stopwatch = Stopwatch()
    found = audit(WORLD, [rule("expected_price"), rule("freshness")], offers=SHOWN.lazy(), watch=stopwatch)
    spent = {(part, name): (rows_in, rows_out) for part, name, _, rows_in, rows_out in stopwatch.table().rows()}
    assert found.findings.height == 1
    assert spent["stage", "settle offers"] == (3, 3)
    assert spent["stage", "judge"] == (3, 1)
    # three situations, then the one offer that is worth a second look
    assert spent["rule", "expected-price"] == (4, 1)
    assert spent["rule", "freshness"] == (4, 0)
    assert all(seconds > 0 for seconds in stopwatch.table()["seconds"])


def test_what_fails_is_timed_until_then() -> None:
    stopwatch = Stopwatch()
    try:
        with stopwatch("stage", "judge") as rows:
            rows(2, 1)
            raise ValueError
    except ValueError:
        pass
    assert stopwatch.table().select("part", "name", "rows_in", "rows_out").rows() == [("stage", "judge", 2, 1)]
