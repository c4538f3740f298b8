"""Laws of every kind of check, ours and those that come: a new kind is held to them before its author wrote a line.

No offers, no findings. Rows in any order, the same findings. Products judged apart give the same as judged together: that lets an
audit run on many machines. Findings are offers that were given, each at most once a rule. The manual's example runs.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from random import Random

import polars as pl
import pytest
from any_world import any_frames, any_offers
from frames_beside import families_of, unit_prices_of, zone_prices_of
from polars.testing import assert_frame_equal
from shown_before import history_of

from pricewatch.domain import tables
from pricewatch.engine import checks
from pricewatch.engine.checks import CANDIDATE, Check, Params, check, registry
from pricewatch.engine.rules import EVIDENCE, PRODUCT_COLUMNS
from pricewatch.engine.world import Rule
from pricewatch.testing import JUDGED, findings_among, judged, source_run, typed
from pricewatch.workspace.rules import load_rules, where_columns

KINDS = list(registry().values())
OURS = [kind for kind in KINDS if kind.function.__module__.startswith(f"{checks.__name__}.")]
BY_OFFER = [kind for kind in KINDS if kind.scope != "night"]
SEEDS = range(4)

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
every_kind_of_ours = pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.name)
every_kind_by_offer = pytest.mark.parametrize("kind", BY_OFFER, ids=lambda kind: kind.name)
any_seed = pytest.mark.parametrize("seed", SEEDS[:2])

GTIN = pl.lit(4006381333931)
FOUND = ["rule", *EVIDENCE, *CANDIDATE]


def found_by(kind: Check, offers: pl.DataFrame, frames: dict[str, pl.DataFrame], *, audience: str | None = None) -> pl.DataFrame:
    """Candidates of one kind with its quiet parameters; kinds that know audiences are asked for members too."""
    audiences = ["everyone", "members"] if "audience" in kind.params.model_fields else [None]
    asked = [findings_among(kind.name, offers, frames=frames, **({"audience": a} if a else {})) for a in audiences]
    return pl.concat(each.select(FOUND).with_columns(rule=pl.lit(str(a))) for each, a in zip(asked, audiences, strict=True))


def same(left: pl.DataFrame, right: pl.DataFrame) -> None:
    assert_frame_equal(left.sort(FOUND), right.sort(FOUND))


# --- laws over worlds made by chance --------------------------------------------------------------------------------------------


@every_kind
def test_the_worlds_made_by_chance_give_each_kind_something_to_find(kind):
    assert sum(found_by(kind, any_offers(seed), any_frames(seed)).height for seed in SEEDS) > 0


@every_kind
def test_no_offers_no_findings(kind):
    frames = any_frames(1)
    quiet = {"source_runs": source_run("shop", "web", rows=1000, expected_rows=1000), "assortment": frames["assortment"].clear()}
    for history in (frames["history"], tables.empty("history")):
        nothing = found_by(kind, any_offers(1).clear(), {"history": history, **quiet})
        assert nothing.is_empty()
        assert nothing.columns == FOUND


@every_kind
@any_seed
def test_rows_in_any_order_give_the_same_findings(kind, seed):
    offers, frames = any_offers(seed), any_frames(seed)
    mixed = {name: frame.sample(fraction=1, shuffle=True, seed=seed + 1) for name, frame in frames.items()}
    again = found_by(kind, offers.sample(fraction=1, shuffle=True, seed=seed + 2), mixed)
    same(again, found_by(kind, offers, frames))


@every_kind_by_offer
@any_seed
def test_products_judged_apart_give_the_same_as_judged_together(kind, seed):
    offers, frames = any_offers(seed), any_frames(seed)
    products = sorted({*offers["item"], *frames["assortment"]["item"], *frames["history"]["item"]})
    apart = [
        found_by(
            kind,
            offers.filter(item=item),
            {name: frame.filter(item=item) if "item" in frame.columns else frame for name, frame in frames.items()},
        )
        for item in products
    ]
    same(pl.concat(apart), found_by(kind, offers, frames))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.scope == "offer"], ids=lambda kind: kind.name)
def test_a_kind_that_looks_at_one_offer_at_a_time_finds_in_two_halves_what_it_finds_in_all(kind):
    """That lets offers which are alike be judged once (`engine.situations`)."""
    offers, frames = any_offers(1), any_frames(1)
    second = pl.Series([Random(5 * at).random() < 0.5 for at in range(offers.height)])
    halves = [found_by(kind, offers.filter(half), frames) for half in (second, ~second)]
    same(pl.concat(halves), found_by(kind, offers, frames))


@every_kind
@any_seed
def test_a_finding_is_a_row_that_was_given_and_each_row_is_found_at_most_once(kind, seed):
    """Rows are offers; for kinds that ask for what must be listed, products that must be; for kinds about sources, sources."""
    offers, frames = any_offers(seed), any_frames(seed)
    found = found_by(kind, offers, frames)
    if kind.scope == "night":
        rows, key = frames["source_runs"], ["source"]
    elif "assortment" in kind.frames:
        rows, key = frames["assortment"], ["item", "place", "list_price", "price_row"]
    else:
        rows, key = offers, ["item", "place", "seller", "surface", "source", "source_ref", "observed_at", "lines", "list_price"]
    assert found.join(rows, on=key, how="anti", nulls_equal=True).is_empty()
    assert found.select("rule", *key).is_duplicated().sum() == 0


@every_kind
def test_a_kind_reads_no_column_that_it_does_not_name(kind):
    """What it names in `needs`, what every candidate carries of its offer, and whether the offer is comparable."""
    offers, frames = any_offers(2), any_frames(2)
    always = {*EVIDENCE, "comparable", "sku", *PRODUCT_COLUMNS, "market", "channel", "location"}
    named = kind.needs | (kind.reads(kind.params()) if kind.reads is not None else frozenset())
    bare = offers.drop(name for name in offers.columns if name not in always | named)
    same(found_by(kind, bare, frames), found_by(kind, offers, frames))


@every_kind
def test_the_columns_a_kind_names_are_columns_of_judged_offers(kind):
    assert kind.needs <= {*JUDGED, *PRODUCT_COLUMNS, "item", "place", "area"}


@every_kind
def test_a_rule_may_name_in_its_condition_whatever_its_file_is_accepted_with(kind):
    """Else a rule that was found right when it was read fails at night."""
    offers, frames = any_offers(1), any_frames(1)
    always = " OR ".join(f"{name} IS NULL OR {name} IS NOT NULL" for name in where_columns(kind))
    never = " AND ".join(f"{name} IS NULL AND {name} IS NOT NULL" for name in where_columns(kind))
    everything = findings_among(kind.name, offers, frames=frames).select(FOUND)
    same(findings_among(kind.name, offers, frames=frames, where=always).select(FOUND), everything)
    assert findings_among(kind.name, offers, frames=frames, where=never).is_empty()


@every_kind
def test_an_expected_or_observed_amount_comes_with_the_subject_it_is_about(kind):
    found = found_by(kind, any_offers(3), any_frames(3))
    assert found["subject"].null_count() == 0
    silent = found.filter(pl.col("observed").is_null() | pl.col("expected").is_null(), pl.col("detail").is_null())
    assert silent.is_empty(), "neither amounts nor words: a person would read nothing"


# --- the manual -----------------------------------------------------------------------------------------------------------------

BAD = """
    sku  channel      role      leader  landed  price  regular_price  list_price  expected_price  leader_price  shipping
    A1   web          leader    -       -       13.99  13.99          12.99       12.99           12.99         -
    A2   store        own_zone  -       -       13.99  13.99          12.99       12.99           -             -
    A3   marketplace  within    web     true    13.99  -              -           -               12.99         2.00
"""
FAULTS = """
    sku  channel  price  list_price  expected_price  ended_price  ended_row  promotion_row
    B1   web      12.99  12.99       9.99            -            -          1
    B2   web      9.99   12.99       12.99           9.99         2          -
"""
MEMBERS = """
    sku  channel  price  list_price  expected_price  expected_member_price  member_promotion_row  lines
    C1   store    12.99  12.99       12.99           9.99                   3                     5
"""
OTHER = """
    sku  channel  price  price_high  was_price  age  gtin         catalogue_gtin
    D1   web      9.99   9.99        9.99       7h   -            -
    D2   web      9.99   12.99       -          7h   -            -
    D3   web      9.99   9.99        -          90h  -            -
    D4   web      9.99   9.99        -          7h   36000291452  4006381333931
"""
BESIDE = """
    sku  channel      location  zone  seller  surface  price  list_price  family  pack_of  unit_sku  max_price  label_price
    F1   web          -         Z1    -       html     0.99   0.99        plain   -        -         -          -
    F2   web          -         Z1    -       html     0.99   0.99        plain   -        -         -          -
    F3   web          -         Z1    -       html     1.09   -           plain   -        -         0.99       -
    F6   web          -         Z1    -       html     6.49   6.49        -       6        F1        -          -
    T1   store        0418      Z2    -       till     0.10   11.00       -       -        -         -          0.09
"""
SELLERS = """
    sku  channel      seller  price  buy_box
    M1   marketplace  -       9.99   -
    M1   marketplace  Acme    8.99   true
"""
PROMOTED = """
    sku  channel  price  list_price  expected_price  promotion_row  early_price  early_row  food  promotion_label
    P1   web      9.99   12.99       12.99           -              9.99         5          -     -
    P2   web      9.99   12.99       9.09            6              -            -          true  -20 %
    P3   web      7.99   12.99       12.99           -              -            -          true  -
"""
UNLAWFUL = """
    sku  channel  comparable  currency  price  was_price  unit_price  unit_price_base  content  content_unit
    L1   web      true        USD       9.99   12.99      -           -                -        -
    L2   web      true        USD       9.90   -          1.32        l                750      ml
    L3   web      false       EUR       9.99   -          -           -                -        -
"""
BESIDE_ZONES = """
    sku  other_zone  zone_list_price
    T1   Z1          10.00
    T1   Z2          11.00
"""
BESIDE_PAST = """
    sku  since       price
    T1   2026-01-01  10.00
    L1   2026-01-01  10.99
"""
RIGHT = """
    sku  channel      role      leader  landed  low  high  price  list_price  expected_price  leader_price  shipping  was_price
    A1   web          leader    -       -       -    -     9.99   12.99       9.99            9.99          -         12.99
    A1   app          same_as   web     false   0    0     9.99   12.99       9.99            9.99          -         -
    A1   marketplace  within    web     true    0    800   9.99   -           -               9.99          0.79      -
    A1   store        own_zone  -       -       -    -     12.99  12.99       12.99           -             -         -
"""
CHARGED = """
    sku  since       price
    A1   2025-12-01  12.99
"""


def codes(offers: pl.DataFrame) -> pl.DataFrame:
    """Codes over all rows, where tables written apart were put together."""
    place = pl.struct("market", "channel", "location").rank("dense").cast(pl.Int32) - 1
    return offers.with_columns(item=pl.col("sku").rank("dense").cast(pl.Int32) - 1, place=place, area=place)


@pytest.fixture(scope="module")
def bad() -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """A night on which every example of a manual has something to find."""
    offers = codes(
        pl.concat([judged(text) for text in (BAD, FAULTS, MEMBERS, OTHER, BESIDE, SELLERS, PROMOTED, UNLAWFUL)], how="diagonal")
    )
    missing = "item  place  area  list_price  channel  channel_kind  market\n99  0  0  9.99  web  web  us"
    columns = {**EVIDENCE, "channel": pl.String, "channel_kind": pl.String, "market": pl.String}
    failed = source_run("shop", "web", status="failed", problem="no answer", rows=0)
    past = typed(BESIDE_PAST, {"sku": pl.String, **tables.schema("history")}).join(offers, on="sku", how="inner", suffix="_shown")
    beside = {**families_of(offers), **unit_prices_of(offers), **zone_prices_of(offers, BESIDE_ZONES)}
    history = tables.empty("history")
    beside["history"] = pl.concat([history, past.with_columns(until="since").select(history.columns)])
    return offers, {"assortment": typed(missing, columns), "source_runs": failed, **beside}


def example_of(kind: Check, folder: Path) -> Rule:
    """The one rule of the manual's example, read as a user's file is."""
    folder.mkdir(exist_ok=True)
    (folder / "example.yaml").write_text(kind.example, encoding="utf-8")
    (rule,) = load_rules(folder)
    return rule


@every_kind_of_ours
def test_the_example_of_the_manual_is_a_rule_that_finds_something_on_a_bad_night(kind, tmp_path, bad):
    rule = example_of(kind, tmp_path / "rules")
    assert rule.check == kind.name
    assert rule.owner
    assert rule.why.endswith((".", ".)"))
    offers, frames = bad
    found = findings_among(rule.check, offers, where=rule.where, frames=frames, **rule.params.model_dump())
    assert found.height > 0


@every_kind_of_ours
def test_the_example_of_the_manual_is_silent_on_a_right_night(kind, tmp_path):
    rule = example_of(kind, tmp_path / "rules")
    right = judged(RIGHT).with_columns(regular_price="list_price", gtin=GTIN, catalogue_gtin=GTIN, label_price="price")
    right = right.with_columns(surface=pl.when(pl.col("channel") == "store").then(pl.lit("till")).otherwise("surface"))
    healthy = source_run("shop", "web", rows=1000, expected_rows=1000)
    listed = right.select("item", "place", "area", "list_price", "price_row", "currency", "market", "channel", "channel_kind")
    frames = {"source_runs": healthy, "assortment": listed, **history_of(RIGHT, CHARGED)}
    found = findings_among(rule.check, right, where=rule.where, frames=frames, **rule.params.model_dump())
    assert found.is_empty()


SENTENCE = re.compile(r"^[A-Z][^\n]*[.]$")


@every_kind
def test_the_manual_begins_with_a_sentence_and_ends_with_an_example(kind):
    assert SENTENCE.match(kind.summary), kind.summary
    assert kind.manual.endswith(kind.example.rstrip("\n").replace("\n", "\n    "))


@every_kind
def test_the_module_the_kind_is_in_says_what_is_wrong_in_one_sentence(kind):
    said = inspect.cleandoc(sys.modules[kind.function.__module__].__doc__ or "")
    assert SENTENCE.match(said.partition("\n")[0]), said


@every_kind
def test_every_parameter_is_described_has_a_default_and_is_explained_as_a_whole(kind):
    assert kind.params.__doc__
    for name, field in kind.params.model_fields.items():
        assert field.description, f"{kind.name}.{name}"
        assert not field.is_required(), f"{kind.name}.{name}: a rule without it should be the cautious one"
    assert kind.params() == kind.params()


@every_kind
def test_a_parameter_that_does_not_exist_is_refused(kind):
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        kind.params(severty="major")


@every_kind_of_ours
def test_a_kind_has_its_own_file_and_its_own_test(kind):
    assert kind.function.__module__ == f"{checks.__name__}.{kind.name}"
    assert (Path(__file__).parent / f"test_{kind.name}.py").is_file()


# --- which kind keeps a wrong price that several see ----------------------------------------------------------------------------


@every_kind
def test_a_kind_refines_kinds_that_exist_and_never_in_a_circle(kind):
    assert kind.refines <= registry().keys()
    assert kind.name not in kind.refines
    for general in kind.refines:
        assert kind.name not in registry()[general].refines, f"{kind.name} and {general} make each other superfluous"


@every_kind
def test_what_a_refined_kind_refines_is_refined_too(kind):
    """Else a rule that was folded away would be named by one that was folded away itself."""
    for general in kind.refines:
        assert registry()[general].refines <= kind.refines, f"{kind.name} refines {general}"


# --- writing a kind -------------------------------------------------------------------------------------------------------------


def test_a_parameter_without_a_description_is_told_when_the_module_loads():
    with pytest.raises(TypeError, match=r"Silent: no description for limit"):

        class Silent(Params):
            """Parameters."""

            limit: int = 1


class Quiet(Params):
    """No parameters."""


def test_a_kind_without_an_example_is_told_when_the_module_loads():
    def bare(offers: pl.LazyFrame, params: Quiet) -> pl.LazyFrame:
        """Offers."""
        return offers

    with pytest.raises(TypeError, match="check bare has no example in its manual page"):
        check()(bare)


def test_a_kind_that_asks_for_a_frame_that_does_not_exist_is_told_when_the_module_loads():
    def curious(offers: pl.LazyFrame, params: Quiet, *, weather: pl.LazyFrame) -> pl.LazyFrame:
        """Offers.

        Example::

            - id: curious
        """
        return offers

    with pytest.raises(TypeError, match=r"check curious asks for \['weather'\]; there are history, assortment, source_runs"):
        check()(curious)


def test_the_example_ends_where_the_manual_goes_on():
    def told(offers: pl.LazyFrame, params: Quiet) -> pl.LazyFrame:
        """Offers.

        Example::

            - id: told
              check: told

        What follows is words again.
        """
        return offers

    check()(told)
    known = told.__dict__["check"]
    assert known.summary == "Offers."
    assert known.example == "- id: told\n  check: told\n"
