"""Observations too old to stand for what customers see now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of

AGES = """
    sku  age  price
    A1   35h  9.99
    A2   36h  9.99
    A3   37h  9.99
    A4   90h  -
"""


def test_older_than_the_limit_is_too_old_and_exactly_the_limit_is_not():
    assert_table(
        findings_of("freshness", AGES, max_age="36h"),
        """
        sku  subject      detail
        A3   observed_at  seen 37 hours before the audit
        A4   observed_at  seen 90 hours before the audit
        """,
    )


@pytest.mark.parametrize(("max_age", "skus"), [("35h", ["A2", "A3", "A4"]), ("2d", ["A4"]), ("1d 13h", ["A4"]), ("5d", [])])
def test_the_rule_says_how_old_is_too_old(max_age, skus):
    assert findings_of("freshness", AGES, max_age=max_age)["sku"].to_list() == skus


def test_a_day_and_a_half_is_the_quiet_default():
    assert findings_of("freshness", AGES)["sku"].to_list() == ["A3", "A4"]
    assert registry()["freshness"].params().model_dump() == {"max_age": timedelta(hours=36)}


@pytest.mark.parametrize("max_age", ["36", 36, "soon", ""])
def test_an_age_without_its_unit_is_refused(max_age):
    with pytest.raises(ValidationError, match="is no duration"):
        findings_of("freshness", AGES, max_age=max_age)


def test_age_is_told_whether_or_not_the_price_can_be_compared():
    found = findings_of(
        "freshness",
        """
        sku  age   comparable  price
        A1   240h  false       9.99
        """,
    )
    assert_table(found, "sku  observed  expected  direction\nA1   -         -         none")


def test_other_sellers_stale_offers_are_not_ours_to_mend():
    found = findings_of(
        "freshness",
        """
        sku  seller  age   price
        A1   Acme    240h  9.99
        """,
    )
    assert found.is_empty()
