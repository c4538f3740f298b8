"""Contents as labels and catalogues write them, and unit prices against slow lines of Decimal."""

from collections.abc import Callable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain import contents
from pricewatch.domain.measures import DIMENSIONS, FINE, MEASURES, SIZES

SPELLED = {
    word.replace("_", " "): (of, Decimal(size))
    for of, units in MEASURES.items()
    for words, size in units.items()
    for word in words.split()
}
"""Every unit as somebody may write it, with its dimension and its size in canonical units."""

Told = tuple[int | None, str | None]
NOTHING: Told = (None, None)


def told(read: Callable[[pl.Expr], pl.Expr], *texts: str | None) -> list[Told]:
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    return frame.select(read(pl.col("text")).alias("told")).unnest("told").rows()


def base(text: str | None) -> Told:
    return told(contents.base, text)[0]


def written(text: str | None) -> Told:
    return told(contents.written, text)[0]


def amount(content: float | Decimal | None, unit: str | None) -> int | None:
    frame = pl.DataFrame({"content": [content], "unit": pl.Series([unit], dtype=pl.String)})
    return frame.select(contents.amount(pl.col("content"), pl.col("unit"))).item()


def whole(exact: Decimal, rounding: str = ROUND_HALF_UP) -> int:
    return int(exact.quantize(Decimal(1), rounding))


def unit_price(price: int | None, content: int | None, base_amount: int | None) -> int | None:
    return pl.select(contents.unit_price(*(pl.lit(number, pl.Int64) for number in (price, content, base_amount)))).item()


def tolerance(content: int | None, base_amount: int | None) -> int | None:
    return pl.select(contents.tolerance(pl.lit(content, pl.Int64), pl.lit(base_amount, pl.Int64))).item()


@pytest.mark.parametrize(
    ("price", "content", "unit", "per", "shown"),
    [
        (990, 750, "ml", "l", 1320),  # 13.20 a litre
        (456, 198, "cl", "l", 230),  # 6 x 33 cl: 2.303
        (456, 198, "cl", "100 ml", 23),  # another base, a tenth
        (250, 500, "g", "kg", 500),
        (399, 1, "lb", "kg", 880),  # 8.7964
        (199, 12, "fl oz", "fl oz", 17),  # 16.58 cents
        (1299, 30, "lavages", "wash", 43),
        (1, 3, "kg", "kg", 0),
        (50, 100, "unit", "unit", 1),  # 0.5 is rounded up
    ],
)
def test_the_unit_price_is_the_price_over_the_content_times_the_base(
    price: int, content: float, unit: str, per: str, shown: int
) -> None:
    assert unit_price(price, amount(content, unit), base(per)[0]) == shown


def test_the_worked_example_of_six_cans_is_read_from_its_label() -> None:
    assert unit_price(456, written("Cola 6 x 33 cl")[0], base("le litre")[0]) == 230


amounts = st.integers(1, 10**10)


@given(st.integers(0, 10**7), amounts, amounts)
def test_a_unit_price_is_decimal_arithmetic_rounded_half_up(price: int, content: int, base_amount: int) -> None:
    assert unit_price(price, content, base_amount) == whole(Decimal(price) * base_amount / content)


@given(st.integers(2**31, 2**62), st.integers(1, 2**31), st.integers(1, 2**62))
def test_a_unit_price_too_large_to_hold_is_null_and_never_another_number(price: int, content: int, base_amount: int) -> None:
    exact = (2 * price * base_amount + content) // (2 * content)
    assert unit_price(price, content, base_amount) == (exact if exact < 2**63 else None)


@pytest.mark.parametrize(
    "numbers", [(None, 1, 1), (1, None, 1), (1, 1, None), (1, 0, 1), (1, 1, 0), (-1, 1, 1)], ids=lambda numbers: str(numbers)
)
def test_there_is_no_unit_price_of_what_is_not_stated(numbers: tuple[int | None, int | None, int | None]) -> None:
    assert unit_price(*numbers) is None


@given(amounts, amounts)
def test_the_tolerance_is_half_a_minor_unit_times_the_ratio_plus_one_displayed_unit(content: int, base_amount: int) -> None:
    exact = Decimal("0.5") * base_amount / content + 1
    assert tolerance(content, base_amount) == whole(exact, ROUND_FLOOR)


@given(st.integers(1, 10**6), st.integers(-500, 500), amounts, amounts)
def test_a_price_that_was_rounded_to_its_minor_unit_keeps_its_unit_price_within_the_tolerance(
    price: int, thousandths: int, content: int, base_amount: int
) -> None:
    exact_price = price + Decimal(thousandths) / 1001  # what it was before it was rounded: less than half a minor unit away
    shown = whole(exact_price * base_amount / content)
    ours, allowed = unit_price(price, content, base_amount), tolerance(content, base_amount)
    assert ours is not None
    assert allowed is not None
    assert abs(shown - ours) <= allowed


@pytest.mark.parametrize("numbers", [(None, 1), (1, None), (0, 1), (1, 0)])
def test_without_a_content_or_a_base_nothing_is_tolerable(numbers: tuple[int | None, int | None]) -> None:
    assert tolerance(*numbers) is None


@given(st.decimals("0.001", "99999", places=3), st.sampled_from(sorted(SPELLED)))
def test_an_amount_is_the_number_times_the_unit_in_thousandths_rounded_half_up(content: Decimal, unit: str) -> None:
    exact = whole(content * SPELLED[unit][1] * 1000)
    assert amount(content, unit) == (exact or None)
    assert amount(float(content), unit) == (exact or None)


@pytest.mark.parametrize(
    ("content", "unit", "thousandths"),
    [
        (0.75, "l", 750_000),
        (75, "CL", 750_000),
        (0.33, "L", 330_000),
        (1, "kg", 1_000_000),
        (500, "mg", 500),
        (1, "lb", 453_592),  # 453 592.37 mg
        (1, "oz", 28_350),  # 28 349.523125
        (1, "fl oz", 29_574),  # 29 573.5295625
        (12, "FL. OZ.", 354_882),
        (2, "m", 200_000),
        (1, "m²", 10_000_000),
        (1, "m3", 1_000_000_000),
        (1, "douzaine", 12_000),
        (6, "pièces", 6_000),
    ],
)
def test_contents_are_counted_in_thousandths_of_the_canonical_unit(content: float, unit: str, thousandths: int) -> None:
    assert amount(content, unit) == thousandths


@pytest.mark.parametrize(
    ("content", "unit"),
    [
        *((None, "kg"), (0.0, "kg"), (-1.0, "kg"), (float("nan"), "kg"), (float("inf"), "kg"), (1e300, "kg"), (0.0000001, "mg")),
        *((1.0, None), (1.0, "furlong"), (1.0, ""), (1.0, "pint"), (1.0, "livre")),
    ],
)
def test_what_is_no_content_has_no_amount(content: float | None, unit: str | None) -> None:
    assert amount(content, unit) is None


@pytest.mark.parametrize("word", sorted(SPELLED))
def test_a_unit_is_known_however_it_is_spelled(word: str) -> None:
    units = [
        word,
        word.upper(),
        f" {word} ",
        f"{word}.",
        word.replace(" ", ""),
        word.replace(" ", "\u00a0"),
        word.replace(" ", ". "),
    ]
    frame = pl.DataFrame({"unit": units}).select(contents.dimension(pl.col("unit")))
    assert set(frame.to_series()) == {SPELLED[word][0]}


def test_every_unit_is_a_whole_number_of_fine_parts() -> None:
    assert all(Decimal(SIZES[word.replace(" ", "")]) / FINE / 1000 == size for word, (_, size) in SPELLED.items())


def test_what_is_counted_is_compared_with_its_like_only() -> None:
    counted = {base(f"1 {unit}")[1] for unit in ("pièce", "lavage", "dose", "comprimé", "feuille", "rouleau")}
    assert counted == {"piece", "wash", "dose", "tablet", "sheet", "roll"}
    assert counted <= set(DIMENSIONS)


@pytest.mark.parametrize(
    ("text", "amount_of_base", "of"),
    [
        *[
            (text, 1_000_000, "g")
            for text in ("kg", "1 kg", "/ kg", "/kg", "le kilo", "prix au kg", "€/kg", "EUR / KG", "per kg")
        ],
        *[(text, 100_000, "g") for text in ("per 100 g", "100g", "les 100 g", "/100\u00a0g", "100\u202fG", "0,1 kg", "0.100 kg")],
        *[(text, 1_000_000, "ml") for text in ("l", "L", "le litre", "au litre", "1 l", "/ L", "Liter", "1,0 l")],
        ("100 ml", 100_000, "ml"),
        *[
            (text, 1_000, "piece")
            for text in ("pce", "unit", "each", "l'unité", "l’unité", "à la pièce", "la pi&egrave;ce", "ea")
        ],
        ("m", 100_000, "cm"),
        *[(text, 10_000_000, "cm2") for text in ("m2", "m²", "le m²", "mètre carré")],
        ("per lb", 453_592, "g"),
        ("oz", 28_350, "g"),
        ("fl oz", 29_574, "ml"),
        ("par lavage", 1_000, "wash"),
    ],
)
def test_the_base_of_a_unit_price_is_read_as_shops_write_it(text: str, amount_of_base: int, of: str) -> None:
    assert base(text) == (amount_of_base, of)


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "100", "furlong", "1.250 kg", "1/2 l", "½ l", "1 000 g", "pint", "kg net égoutté", "1-2 kg", "0 kg", "-1 kg"],
)
def test_what_is_no_base_or_has_two_readings_is_null(text: str | None) -> None:
    assert base(text) == NOTHING


@pytest.mark.parametrize(
    ("text", "content", "of"),
    [
        *[
            (text, 1_980_000, "ml")
            for text in ("6 x 33 cl", "6x33cl", "6 × 33 cl", "6 X 33 CL", "6*33cl", "33 cl x 6", "Cola 6x33 cl.")
        ],
        ("4 × 125 g", 500_000, "g"),
        ("Yaourt nature 4x125g", 500_000, "g"),
        ("750 ml", 750_000, "ml"),
        ("1,5 l", 1_500_000, "ml"),
        ("Eau 1.5 L", 1_500_000, "ml"),
        ("Huile 0,750 L", 750_000, "ml"),
        ("2 x 6 x 33 cl", 3_960_000, "ml"),
        ("500 g (2 x 250 g)", 500_000, "g"),
        ("NET WT 12 OZ (340 g)", 340_194, "g"),
        ("12 fl. oz. (355 mL)", 354_882, "ml"),
        ("Lessive 30 lavages", 30_000, "wash"),
        ("Chocolat noir 70 % 100 g", 100_000, "g"),
        ("Rosette 200 g, 12,50 €/kg", 200_000, "g"),
        ("Corde de 5 m", 500_000, "cm"),
    ],
)
def test_the_content_of_a_label_is_read(text: str, content: int, of: str) -> None:
    assert written(text) == (content, of)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "Leaflet week 25", "4711", "6 x", "33", "kg", "3,33 € l'unité", "2 € les 100 g", "1,99 €/100 g"),
        *("250 g + 50 g", "500 g +25 % offert", "30 lavages 1,5 l", "75 cl ou 1 l"),  # which of them?
        *("lot de 3, 200 g", "Pack de 6 bouteilles 1,5 L", "6 cans 330 ml", "Pack of 6 330 ml", "x2 500 g"),
        *("1 000 g", "1,250 kg", "1.000 g"),  # thousands or decimals?
        *("10 x 15 cm", "film 30 cm x 20 m"),
        *("Thon 160 g, poids net égoutté 112 g", "Olives 200 g drained"),
        *("999 x 999 x 999999999 m3 x 999 x 999", "9" * 60 + " kg"),
    ],
)
def test_a_label_without_one_clear_content_has_none(text: str | None) -> None:
    assert written(text) == NOTHING


@given(
    st.integers(1, 99), st.integers(1, 999), st.sampled_from(["g", "ml", "cl", "kg", "l"]), st.sampled_from(["x", " x ", " × "])
)
def test_a_multipack_is_its_packs_times_the_content_of_one(packs: int, content: int, unit: str, times: str) -> None:
    of, size = SPELLED[unit]
    assert written(f"Brand{times.join([' ' + str(packs), str(content)])} {unit}") == (whole(packs * content * size * 1000), of)


@given(st.text("0123456789.,x/+ kgmlcoz²", max_size=16))
def test_any_text_at_all_gives_an_amount_with_its_dimension_or_neither(text: str) -> None:
    for found, of in (base(text), written(text)):
        assert (found is None) == (of is None)
        assert found is None or found > 0
