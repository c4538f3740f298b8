"""GTINs shown against the catalogue's."""

from __future__ import annotations

from pricewatch.testing import assert_table, findings_of


def test_another_gtin_than_the_catalogues_is_wrong_and_says_how():
    found = findings_of(
        "identifier",
        """
        sku  gtin           catalogue_gtin
        A1   4006381333931  4006381333931
        A2   36000291452    4006381333931
        A3   4006381333932  4006381333931
        A4   0              4006381333931
        """,
    )
    assert_table(
        found,
        """
        sku  subject  detail
        A2   gtin     another product's GTIN: 00036000291452, catalogue: 04006381333931
        A3   gtin     wrong check digit: 04006381333932, catalogue: 04006381333931
        A4   gtin     what it shows is no GTIN
        """,
    )


def test_a_gtin_that_is_not_shown_or_not_in_the_catalogue_is_not_judged():
    found = findings_of(
        "identifier",
        """
        sku  gtin           catalogue_gtin
        A1   -              4006381333931
        A2   4006381333931  -
        A3   -              -
        A4   4006381333931  0
        A5   0              0
        """,
    )
    assert found.is_empty()


def test_short_and_padded_spellings_are_one_gtin():
    found = findings_of(
        "identifier",
        """
        sku  gtin            catalogue_gtin
        A1   00036000291452  36000291452
        A2   036000291452    36000291452
        A3   96385074        00000096385074
        """,
    )
    assert found.is_empty()


def test_it_is_about_identity_so_prices_do_not_matter():
    found = findings_of(
        "identifier",
        """
        sku  gtin         catalogue_gtin  comparable  price
        A1   36000291452  4006381333931   false       -
        """,
    )
    assert_table(found, "sku  observed  expected  direction\nA1   -         -         none")


def test_other_sellers_gtins_are_not_ours_to_mend():
    found = findings_of(
        "identifier",
        """
        sku  seller  gtin         catalogue_gtin
        A1   Acme    36000291452  4006381333931
        """,
    )
    assert found.is_empty()


def test_what_is_the_matter_with_a_gtin_is_told_as_specifically_as_it_is_known():
    found = findings_of(
        "identifier",
        """
        sku  gtin            catalogue_gtin
        A1   13017620422000  3017620422003
        A2   3017620422003   13017620422000
        A3   301762042200    3017620422003
        A4   2012345678903   3017620422003
        """,
    )
    assert_table(
        found,
        """
        sku  detail
        A1   a case's GTIN: 13017620422000, catalogue: 03017620422003
        A2   the single unit's GTIN: 03017620422003, catalogue: 13017620422000
        A3   without its check digit: 00301762042200, catalogue: 03017620422003
        A4   an in-store number: 02012345678903, catalogue: 03017620422003
        """,
    )


def test_a_upc_e_is_the_upc_a_it_stands_for_and_in_store_numbers_are_compared_by_nobody():
    found = findings_of(
        "identifier",
        """
        sku  gtin           catalogue_gtin
        A1   01234565       012345000065
        A2   01234565       012345000072
        A3   2012345001999  2012345000008
        """,
    )
    assert found["sku"].to_list() == ["A2"]
