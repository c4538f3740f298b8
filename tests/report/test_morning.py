"""The morning report, in the situations a reader meets. Screens lie in __snapshots__: read them in the diff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from nights import AS_OF, NIGHT, bad_night, findings, incidents, night, sources
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from pricewatch.engine.world import Run
from pricewatch.report.terminal import morning
from pricewatch.report.totals import at_least, totals

Screen = Callable[..., str]


def source_down() -> Run:
    """The webshop could not be reached, the app is thin; what they had found before stays unverified."""
    return night(
        status="source_failed",
        findings=findings({"state": "unverified", "channel": "web"}, {"state": "unverified", "channel": "web", "sku": "A2"}),
        source_runs=sources(
            {"source": "tills"},
            {
                "source": "webshop",
                "channel": "web",
                "status": "failed",
                "rows": 0,
                "expected_rows": 1200,
                "oldest": None,
                "newest": None,
                "problem": "connection refused at http://127.0.0.1:8765",
                "fix": "start the shop, then: pricewatch collect webshop --night 2026-03-13",
            },
            {
                "source": "app",
                "channel": "app",
                "status": "degraded",
                "rows": 212,
                "expected_rows": 600,
                "refused": 7,
                "problem": "212 rows, 600 are normal",
            },
            {"source": "price-list", "feeds": "price_list", "status": "missing", "rows": 0, "oldest": None, "problem": "no file"},
        ),
    )


def first_night() -> Run:
    return night(
        previous_night=None,
        findings=findings({"incident": "incident-1"}, {"location": "0009", "incident": "incident-1"}),
        incidents=incidents({"findings": 2, "new": 2, "places": 2, "impact": 24000, "overcharge": 24000, "explained": 10_000}),
    )


SITUATIONS: dict[str, Callable[[], Run]] = {
    "calm night": night,
    "bad night": bad_night,
    "a source down": source_down,
    "first night": first_night,
}


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_screen(situation: str, width: int, screen: Screen, snapshot: SnapshotAssertion) -> None:
    assert screen(morning(SITUATIONS[situation](), width=width), width) == snapshot


@pytest.mark.parametrize("width", [60, 80, 100, 129, 130, 140, 200])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_line_is_wider_than_the_screen_and_a_pipe_gets_ascii_without_colour(
    situation: str, width: int, screen: Screen
) -> None:
    text = screen(morning(SITUATIONS[situation](), width=width), width)
    assert max(map(len, text.split("\n"))) <= width
    assert text.isascii()
    assert "\x1b" not in text


def test_each_incident_is_one_line_at_140_columns_and_two_at_80(screen: Screen) -> None:
    def lines(width: int) -> int:
        text = screen(morning(bad_night(), width=width), width)
        part = text[text.index("for example") : text.index("SINCE")]
        return len([line for line in part.split("\n")[1:] if line.strip() and "on their own" not in line])

    assert lines(140) == 1 + 3
    assert lines(80) == 2 * 3


def test_a_long_title_is_cut_with_dots_and_keeps_its_line(screen: Screen) -> None:
    run = night(findings=findings({}), incidents=incidents({"title": "Wrong price " * 30, "findings": 1, "new": 1}))
    assert "Wrong p..." in screen(morning(run, width=140), 140) or "..." in screen(morning(run, width=140), 140)


def test_brackets_in_data_are_data_and_control_characters_command_no_terminal() -> None:
    evil = "[red]Espresso[/red] \x1b[2J\x9b1m\u202egpj\r\n"
    run = night(
        workspace=evil,
        findings=findings({"name": evil, "channel": evil}),
        incidents=incidents({"title": evil, "owner": evil, "incident": evil, "scope": evil}),
        source_runs=sources({"source": evil, "status": "failed", "problem": evil, "fix": evil}),
    )
    console = Console(width=140, color_system=None, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(morning(run, width=140))
    text = console.export_text()
    assert "[red]Espresso[/red]" in text
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(text)


def test_a_calm_night_is_never_claimed_about_a_source_that_did_not_come(screen: Screen) -> None:
    text = screen(morning(source_down(), width=100), 100)
    assert "Calm" not in text
    assert "1 source delivered nothing" in text


def test_a_night_on_which_nothing_could_be_judged_is_never_calm(screen: Screen) -> None:
    run = night(counts={"offers": 0, "judged": 0, "quarantined": 10})
    text = screen(morning(run, width=100), 100)
    assert "Calm" not in text
    assert "Nothing was judged: 0 offers seen" in text


def test_what_was_not_seen_comes_before_what_is_wrong_and_failed_sources_first(screen: Screen) -> None:
    text = screen(morning(bad_night(), width=100), 100)
    assert text.index("WHAT WAS NOT SEEN") < text.index("WHAT MATTERS")
    text = screen(morning(source_down(), width=100), 100)
    assert text.index("webshop failed: connection refused") < text.index("tills ")
    assert "  fix: start the shop" in text


def test_money_of_two_currencies_is_never_added_up(screen: Screen) -> None:
    run = night(findings=findings({"impact": 100_000}, {"impact": 5000, "currency": "JPY"}, {"impact": 7, "currency": "KWD"}))
    assert "worth 1,000.00 EUR and 5,000 JPY and 0.007 KWD a week" in screen(morning(run, width=140), 140)


def test_more_than_ten_incidents_end_in_a_count_and_a_command(screen: Screen) -> None:
    run = night(findings=findings({}), incidents=incidents(*({"title": f"Cause {n}"} for n in range(13))))
    text = screen(morning(run, width=100), 100)
    assert "Cause 9" in text
    assert "Cause 10" not in text
    assert "and 3 more incidents with 42 findings: pricewatch incidents" in text


def test_the_next_command_can_be_pasted(screen: Screen) -> None:
    run = night(findings=findings({}), incidents=incidents({"incident": "it's; rm -rf"}))
    assert """pricewatch findings --incident 'it'"'"'s; rm -rf'""" in screen(morning(run, width=140), 140)


def test_a_night_without_any_source_says_so(screen: Screen) -> None:
    assert "No source was asked this night." in screen(morning(night(source_runs=sources()), width=80), 80)


def test_only_what_is_wrong_tonight_counts() -> None:
    sums = totals(bad_night().findings)
    assert (sums.prices, sums.others, sums.critical) == (25, 1, 15)
    assert sums.at_risk == {"EUR": 14 * 12000 + 9 * 5150 + 1_250_075 + 310}
    assert sums.states == {"new": 15, "open": 10, "regressed": 1, "resolved": 1, "unverified": 1, "waived": 1}


@pytest.mark.parametrize(("severity", "number"), [("info", 26), ("major", 26), ("critical", 15)])
def test_a_severity_counts_itself_and_what_is_worse(severity: str, number: int) -> None:
    assert at_least(bad_night().findings, severity) == number


def test_three_hundred_thousand_findings_make_the_same_screen_as_three(screen: Screen) -> None:
    few = findings({"sku": "A"}, {"sku": "B"}, {"sku": "C", "channel": "web", "state": "open"})
    many = pl.concat([few] * 100_000, rechunk=True)
    text = screen(morning(night(findings=many), width=100), 100)
    assert "300,000 prices are wrong" in text
    assert text.count("\n") == screen(morning(night(findings=few), width=100), 100).count("\n")


def _aged(**span: Any) -> Run:
    return night(source_runs=sources({"source": "tills", "oldest": AS_OF - timedelta(**span)}))


@pytest.mark.parametrize(
    ("span", "said"), [({"minutes": 40}, "40 min"), ({"hours": 26}, "26 h"), ({"days": 5}, "5 days"), ({"minutes": -5}, "ahead")]
)
def test_the_age_of_the_oldest_observation_is_told_in_a_fitting_unit(span: dict[str, int], said: str, screen: Screen) -> None:
    assert screen(morning(_aged(**span), width=80), 80).split("oldest\n")[1].split("\n")[0].endswith(said)


def test_the_night_is_named_in_full(screen: Screen) -> None:
    assert f"night of Fri 13 March {NIGHT.year}" in screen(morning(night(), width=80), 80)
