"""What was found against what was planted: found is what its kind tells of its offer, with amounts and cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pricewatch.engine.world import Audit
from pricewatch.runs.judge import audit
from pricewatch.workspace.rules import load_rules
from tests.proof.model import ANY, Fault, Key
from tests.proof.world import Proof

RULES = Path(__file__).parent / "rules"

BY_CHANCE = 3
"""Percent: a price thrown by dice has some thirty others that it may equal, and some two thousand that it may be."""

Finding = dict[str, Any]


def audited(made: Proof) -> Audit:
    """The night, by the proof's own rules, through the whole engine."""
    return audit(made.world, load_rules(RULES), offers=made.rows.lazy(), central=made.central)


@dataclass
class Verdict:
    """Faults and findings, sorted."""

    found: list[tuple[Fault, Finding]] = field(default_factory=list)
    missed: list[Fault] = field(default_factory=list)
    false: list[Finding] = field(default_factory=list)
    misnamed: list[tuple[Fault, Finding]] = field(default_factory=list)
    """Found, but with another cause or other amounts."""
    claimed: int = 0
    """Noise for which a cause was claimed."""
    noise: int = 0

    @property
    def proven(self) -> bool:
        """Everything found and named, nothing else found, and next to no cause claimed of noise."""
        return not (self.missed or self.false or self.misnamed) and self.claimed <= 3 + self.noise * BY_CHANCE // 100


def judged(made: Proof, night: Audit) -> Verdict:
    """Each fault with its finding; what is left of either is missed, or false."""
    verdict = Verdict(noise=len(made.noise))
    waiting: dict[tuple[Key, str], list[Fault]] = defaultdict(list)
    for fault in made.faults:
        waiting[fault.key, fault.check].append(fault)
    for finding in night.findings.iter_rows(named=True):
        key = _key(finding)
        if key in made.noise:
            verdict.claimed += finding["cause"] != "unknown"
            continue
        faults = waiting.get((key, finding["check"]))
        if not faults:
            verdict.false.append(finding)
            continue
        fault = faults.pop()
        verdict.found.append((fault, finding))
        if not _told(fault, finding):
            verdict.misnamed.append((fault, finding))
    verdict.missed = [fault for faults in waiting.values() for fault in faults]
    return verdict


def _key(finding: Finding) -> Key:
    of_source = finding["source"] if finding["sku"] is None else None
    return (finding["market"], finding["channel"], finding["location"], finding["sku"], finding["seller"], of_source)


def _told(fault: Fault, finding: Finding) -> bool:
    amounts = fault.observed in (None, finding["observed"]) and fault.expected in (None, finding["expected"])
    return finding["subject"] == fault.subject and amounts and fault.cause in (ANY, finding["cause"])


def printed(made: Proof, verdict: Verdict, examples: int) -> str:
    """The table by kind and by cause, what went wrong, and the last line."""
    planted = Counter(fault.check for fault in made.faults)
    missed = Counter(fault.check for fault in verdict.missed)
    false = Counter(finding["check"] for finding in verdict.false)
    right = Counter(fault.check for fault, _ in verdict.found)
    right.subtract(Counter(fault.check for fault, _ in verdict.misnamed))
    lines = [f"{made.offers} offers", "", f"{'kind':24}{'planted':>9}{'found':>9}{'missed':>9}{'false':>9}{'cause right':>13}"]
    for kind in sorted({*planted, *false}):
        counts = (planted[kind], planted[kind] - missed[kind], missed[kind], false[kind])
        lines.append(f"{kind:24}" + "".join(f"{count:9}" for count in counts) + f"{right[kind]:13}")
    by_cause = Counter(fault.cause for fault in made.faults)
    named = Counter(fault.cause for fault, finding in verdict.found if finding["cause"] == fault.cause)
    lines += ["", f"{'cause':32}{'planted':>9}{'named':>9}"]
    lines += [f"{cause:32}{count:9}{named[cause]:9}" for cause, count in sorted(by_cause.items()) if cause != ANY]
    lines += ["", f"causes claimed on noise: {verdict.claimed} of {verdict.noise}"]
    lines += _examples(verdict, examples)
    found = len(made.faults) - len(verdict.missed)
    last = f"{len(made.faults)} planted, {found} found, {len(verdict.missed)} missed, {len(verdict.false)} false"
    wrong = f", {len(verdict.misnamed)} with another cause or amount" if verdict.misnamed else ""
    return "\n".join([*lines, "", last + wrong])


def _examples(verdict: Verdict, examples: int) -> list[str]:
    """Some of each kind that went wrong."""
    lines: list[str] = []
    shown: Counter[tuple[str, str, str]] = Counter()
    told = [
        *(("missed", fault.check, fault.cause, str(fault)) for fault in verdict.missed),
        *(("false", f["check"], f["cause"], _short(f)) for f in verdict.false),
        *(("misnamed", fault.check, fault.cause, f"{fault} but {_short(f)}") for fault, f in verdict.misnamed),
    ]
    for what, check, cause, text in told:
        shown[what, check, cause] += 1
        if shown[what, check, cause] <= examples:
            lines.append(f"{what}: {text}")
    return lines


def _short(finding: Finding) -> str:
    names = ("check", "market", "channel", "location", "sku", "seller", "source", "subject", "observed", "expected", "cause")
    return " ".join(f"{name}={finding[name]}" for name in (*names, "cause_alternatives", "detail") if finding[name] is not None)
