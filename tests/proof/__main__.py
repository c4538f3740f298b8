"""`make proof`: makes the planted world, audits it, prints what was found of what was planted; fails unless everything was."""

from __future__ import annotations

import argparse
import sys

from tests.proof.score import audited, judged, printed
from tests.proof.world import proof


def main() -> int:
    """0 when every planted fault was found, named rightly, and nothing else was."""
    parser = argparse.ArgumentParser(prog="make proof", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="another world of the same kind")
    parser.add_argument("--offers", type=int, default=200_000, help="about so many")
    parser.add_argument("--show", type=int, default=3, help="examples of what went wrong, for each kind")
    asked = parser.parse_args()
    made = proof(asked.seed, asked.offers)
    verdict = judged(made, audited(made))
    sys.stdout.write(printed(made, verdict, asked.show) + "\n")
    return 0 if verdict.proven else 1


if __name__ == "__main__":
    sys.exit(main())
