"""Mistakes in what a source declares under `options:` are told before a night meets them."""

from __future__ import annotations

import pytest

from pricewatch.collect.declared import mistakes
from pricewatch.collect.importers import named, registry
from pricewatch.workspace.config import Source


def source(importer: str, **options: object) -> Source:
    return Source(id="feed", market="us", channel="web", importer=importer, files="*", options=options)


@pytest.mark.parametrize(
    ("importer", "good", "bad"),
    [
        ("google_feed", {"made_at": "feed-%Y%m%d.tsv"}, {"made_att": "x"}),
        ("mirakl_offers", {"mirakl_channel": "FR"}, {"mirakl_chanel": "FR"}),
        ("shopify_csv", {"shopify_market": "Germany"}, {"market": "Germany"}),
        ("amazon_report", {"conditions": ["11"]}, {"conditions": 11}),
        ("poslog", {}, {"customer": "kept"}),
        ("price_transparency", {}, {"chian": "1"}),
        ("pricat", {}, {"separator": ";"}),
        ("json_file", {"profile": "amazon_summary"}, {"profile": "amazon_sumary"}),
    ],
)
def test_an_importers_options_are_held_against_its_own_model(
    importer: str, good: dict[str, object], bad: dict[str, object]
) -> None:
    assert mistakes(source(importer, **good)) == []
    (told,) = mistakes(source(importer, **bad))
    assert told.what


def test_of_an_importer_that_is_not_there_nothing_is_said() -> None:
    assert mistakes(source("somebody_elses", anything=1)) == []


def test_every_importer_of_ours_is_found_by_its_name_alone() -> None:
    assert {name: named(name) for name in registry()} == registry()
    assert named("tabel_file") is None
