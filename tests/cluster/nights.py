"""A night of several buckets, and what one machine finds in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from unittest.mock import patch

from polars.testing import assert_frame_equal

from pricewatch.engine.judging import Judged
from pricewatch.engine.world import Audit
from pricewatch.runs import buckets, judge
from pricewatch.runs.buckets import Engine, Work, one_by_one
from pricewatch.workspace.rules import load_rules
from tests.proof.score import RULES
from tests.proof.world import Proof, proof

ROWS = 700
"""Offers of a bucket: the night has several."""

CHOSEN = {"price", "parity", "coverage", "prior-price", "family", "pack"}
"""Rules that look at one offer, at leaders, at what is missing, into the past, and at several products."""


@cache
def planted() -> Proof:
    """Every kind of fault, some two thousand offers."""
    return proof(5, 2_000)


def audited(engine: Engine) -> Audit:
    made = planted()
    rules = [rule for rule in load_rules(RULES) if rule.id in CHOSEN]
    with patch.object(judge, "cut", partial(buckets.cut, rows=ROWS)):
        return judge.audit(made.world, rules, offers=made.rows.lazy(), central=made.central, engine=engine)


@cache
def _here() -> tuple[Audit, Work, list[Judged]]:
    """The night, judged on one machine, one bucket after another; what its buckets are and what each gave."""
    taken: list[tuple[Work, list[Judged]]] = []

    def engine(work: Work) -> list[Judged]:
        taken.append((work, list(one_by_one(work))))
        return taken[0][1]

    return audited(engine), *taken[0]


def here() -> Audit:
    return _here()[0]


def work() -> Work:
    return _here()[1]


def same_as_here(night: Audit) -> None:
    """What is written of a night is what one machine writes, to the last bit and in the same order."""
    for name in ("offers", "quarantine", "unmatched", "findings", "incidents", "source_runs", "scores", "items", "places"):
        assert_frame_equal(getattr(night, name), getattr(here(), name))
    assert list(night.counts.items()) == list(here().counts.items())


def judged_as_here(judged: Iterable[Judged]) -> None:
    """Each bucket gave what it gives here. In which order its rows come is decided when all are together."""
    for came, own in zip(judged, _here()[2], strict=True):
        for name in ("candidates", "remembered", "not_provable", "not_verified"):
            assert_frame_equal(getattr(came, name), getattr(own, name), check_row_order=False)
        assert_frame_equal(came.seen.situations, own.seen.situations)
        assert_frame_equal(came.seen.met, own.seen.met)
        assert list(came.judged_by.items()) == list(own.judged_by.items())
