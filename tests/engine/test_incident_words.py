"""What incidents are called."""

from __future__ import annotations

from typing import Any

import pytest

from pricewatch.engine.incident_words import Part, scope_text, title


def part(**scope: str) -> Part:
    return tuple(scope.items())


def called(*parts: Part, **values: Any) -> str:
    quiet: dict[str, Any] = {
        "market": None, "check": "expected_price", "cause": "unknown", "root": None, "mixed": False, "scattered": False,
        "product": None,
    }  # fmt: skip
    return title(parts=parts, **{**quiet, **values})


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ([part()], "everywhere"),
        ([part(channel="store", zone="Z3")], "store, zone Z3"),
        ([part(channel="store", location="0367")], "store 0367"),
        ([part(channel="store", location="0367", category="tea")], "store 0367, category tea"),
        ([part(channel="app"), part(channel="web")], "app and web"),
        ([part(channel=name) for name in ("app", "feed", "web")], "app, feed and web"),
        ([part(channel="store", location=f"{store:04}") for store in range(14)], "14 stores"),
        ([part(channel="web", category=f"c{at}") for at in range(5)], "web, 5 categories"),
        ([part(sku=f"A{at}") for at in range(4)], "4 products"),
        ([part(sku="A1")], "product A1"),
        ([part(channel="web", sku="A1"), part(channel="store", sku="A2")], "2 products"),
        ([part(file="inbox/*/app.csv", category="tea")], "file inbox/*/app.csv, category tea"),
        ([], "sources"),
    ],
)
def test_where_comes_first(parts: list[Part], where: str) -> None:
    assert called(*parts) == f"{where}: wrong price"


def test_a_known_cause_says_what_went_wrong_and_its_root_which() -> None:
    said = called(part(channel="web"), cause="previous_list_price", root="2026-03-09", check="channel_parity")
    assert said == "web: price change has not arrived (2026-03-09)"


def test_the_only_product_is_named_by_its_name_and_once() -> None:
    assert called(part(sku="A1"), product="Espresso 1 kg") == "everywhere: wrong price - Espresso 1 kg"
    assert called(part(channel="web", sku="A1"), product="Espresso 1 kg") == "web: wrong price - Espresso 1 kg"


def test_a_market_is_named_where_there_are_several() -> None:
    assert called(part(), market="fr") == "fr, everywhere: wrong price"


def test_what_is_bad_for_many_reasons_and_what_is_scattered_say_so() -> None:
    assert called(part(file="a.csv"), mixed=True) == "file a.csv: many faults at once, mostly wrong price"
    assert called(part(channel="web"), scattered=True) == "web: wrong price, here and there"
    assert called(part(channel="web"), scattered=True, cause="rounding") == "web: one cent off, here and there"


@pytest.mark.parametrize(
    ("root", "parts", "text"),
    [
        (None, [part()], ""),
        ("promotion=P-1", [part()], "promotion=P-1"),
        ("promotion=P-1", [part(channel="store", zone="Z3")], "promotion=P-1 channel=store zone=Z3"),
        (None, [part(channel="app"), part(channel="web")], "channel=app,web"),
        (None, [part(channel="app", zone="Z1"), part(channel="store", zone="Z3")], "channel=app zone=Z1 | channel=store zone=Z3"),
        (None, [part(channel="s", location="1"), part(channel="s", location="2")], "channel=s location=1,2"),
    ],
)
def test_a_scope_is_data_that_can_be_read(root: str | None, parts: list[Part], text: str) -> None:
    assert scope_text(root, parts) == text
