"""The proof in small: a world of a few thousand offers holds every kind and cause, and the audit finds and names them all."""

from __future__ import annotations

from functools import cache

import pytest

from pricewatch.engine.causes import BAD_IMPORT, CAUSES
from pricewatch.engine.checks import registry
from tests.proof.score import Verdict, audited, judged, printed
from tests.proof.world import Proof, proof

SEEDS = (7,)
"""Two worlds would be too long beside the other tests; `make proof SEED=...` makes any other."""

pytestmark = pytest.mark.xdist_group("proof")  # one process makes the world for all of them


@cache
def proven(seed: int) -> tuple[Proof, Verdict]:
    made = proof(seed, 5_000)
    return made, judged(made, audited(made))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_fault_is_found_and_named_and_nothing_else_is(seed: int) -> None:
    made, verdict = proven(seed)
    assert verdict.proven, printed(made, verdict, examples=5)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_kind_of_check_is_planted(seed: int) -> None:
    made, _ = proven(seed)
    assert {fault.check for fault in made.faults} == set(registry())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cause_is_planted(seed: int) -> None:
    made, _ = proven(seed)
    assert {cause.name for cause in CAUSES} | {BAD_IMPORT} <= {fault.cause for fault in made.faults}


def test_the_same_seed_makes_the_same_world() -> None:
    once, again = proof(3, 2_000), proof(3, 2_000)
    assert once.rows.equals(again.rows)
    assert once.faults == again.faults
