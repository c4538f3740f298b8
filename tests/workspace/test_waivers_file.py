"""`config/waivers.yaml`: what it may say, and what is wrong with it, by line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from pricewatch.workspace import Workspace
from pricewatch.workspace.waivers import waiver_warnings

TODAY = datetime.now(UTC).date()
NEXT_MONTH = TODAY + timedelta(30)


def test_waivers_are_read_with_their_lines(write: Callable) -> None:
    text = f"""
        - {{id: closing, where: channel = 'store', reason: closing, author: ana, from: 2026-03-01, until: 2026-06-30}}
        - id: one
          finding: f0123456789abcdef
          reason: agreed
          author: jo
          until: {NEXT_MONTH}
    """
    loaded = Workspace.load(write({"config/waivers.yaml": text}))
    assert loaded.waiver_frame().rows() == [
        ("closing", None, "channel = 'store'", "ana", "closing", date(2026, 3, 1), date(2026, 6, 30), "config/waivers.yaml:1"),
        ("one", "f0123456789abcdef", None, "jo", "agreed", None, NEXT_MONTH, "config/waivers.yaml:2"),
    ]


def test_a_workspace_needs_no_waivers(write: Callable) -> None:
    assert Workspace.load(write()).waivers == ()
    assert Workspace.load(write({"config/waivers.yaml": "# none yet\n"})).waivers == ()


def test_every_mistake_is_told_with_its_line_and_a_fix(told: Callable) -> None:
    text = f"""
        - {{id: endless, where: sku = 'A1', reason: r, author: a}}
        - {{id: both, where: sku = 'A1', finding: f0123456789abcdef, reason: r, author: a, until: {NEXT_MONTH}}}
        - {{id: late, where: sku = 'A1', reason: r, author: a, until: {TODAY + timedelta(400)}}}
        - {{id: backwards, where: sku = 'A1', reason: r, author: a, from: 2026-03-02, until: 2026-03-01}}
        - id: column
          where: shop = 'A1'
          reason: r
          author: a
          until: {NEXT_MONTH}
        - {{id: same, where: sku = 'A1', reason: r, author: a, until: {NEXT_MONTH}}}
        - {{id: same, where: sku = 'A2', reason: r, author: a, until: {NEXT_MONTH}}}
    """
    found = [(where, what) for where, what, _ in told({"config/waivers.yaml": text})]
    expected = [
        (1, "until"), (2, "either 'where' or 'finding'"), (3, "more than a year ahead"), (4, "ends before it begins"),
        (6, "names 'shop'"), (11, "two waivers 'same'"),
    ]  # fmt: skip
    assert [where for where, _ in found] == [f"config/waivers.yaml:{line}" for line, _ in expected]
    for (_, what), (_, said) in zip(found, expected, strict=True):
        assert said in what


def test_expired_and_shadowed_waivers_are_warned_of(write: Callable) -> None:
    text = f"""
        - {{id: wide, where: location = '0417', reason: r, author: a, until: {NEXT_MONTH}}}
        - {{id: narrow, where: location = '0417' AND sku = 'A1', reason: r, author: a, until: {NEXT_MONTH}}}
        - {{id: longer, where: location = '0417' AND sku = 'A1', reason: r, author: a, until: {NEXT_MONTH + timedelta(1)}}}
        - {{id: past, where: location = '0417', reason: r, author: a, until: {TODAY - timedelta(1)}}}
    """
    warned = waiver_warnings(Workspace.load(write({"config/waivers.yaml": text})).waivers, TODAY)
    assert [(problem.where, problem.what.split(":")[0].split(" on ")[0]) for problem in warned] == [
        ("config/waivers.yaml:2", "waiver 'narrow' is shadowed"),
        ("config/waivers.yaml:4", "waiver 'past' expired"),
    ]
