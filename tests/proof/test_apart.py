"""How a night is cut and what is looked at first changes nothing that is found: the planted night, judged in other ways."""

from __future__ import annotations

from functools import cache, partial

import pytest
from polars.testing import assert_frame_equal

from pricewatch.engine import judging
from pricewatch.engine.situations import alike
from pricewatch.engine.world import Audit
from pricewatch.runs import buckets, judge
from pricewatch.workspace.rules import load_rules
from tests.proof.score import RULES, audited
from tests.proof.world import Proof, proof

pytestmark = pytest.mark.xdist_group("proof")


@cache
def planted() -> tuple[Proof, Audit]:
    made = proof(11, 5_000)
    return made, audited(made)


def same(night: Audit, other: Audit) -> None:
    for name in ("findings", "incidents", "scores"):
        assert_frame_equal(getattr(night, name), getattr(other, name))
    assert dict(night.counts) == dict(other.counts)


def test_situations_judged_once_give_what_offers_judged_one_by_one_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind is in this night, and what a store's own offers may differ in does: times, lines, sources, places."""
    made, night = planted()
    assert any(alike(rule) for rule in load_rules(RULES))
    monkeypatch.setattr(judging, "alike", lambda _: False)
    same(audited(made), night)


def test_a_night_in_buckets_gives_what_it_gives_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    made, night = planted()
    monkeypatch.setattr(judge, "cut", partial(buckets.cut, rows=2_000))
    same(audited(made), night)
