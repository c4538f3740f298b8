"""The units that contents and unit prices are written in, and how large each one is.

Each dimension has a canonical unit (g, ml, cm, cm2; one, for things that are counted), and amounts are whole thousandths of it.
Each thing that is counted is a dimension of its own (`piece`, `wash`, `tablet` ...): pieces are never held against washes.

US units are exact by definition: 1 lb = 453.59237 g, 1 oz = 28.349523125 g, 1 fl oz = 29.5735295625 ml (NIST Handbook 44,
appendix C). A pint is a British one or an American one, and a French livre half a kilogram or a Canadian pound: two readings, so
they are no units here.
"""

from __future__ import annotations

import re
from decimal import Decimal

MEASURES: dict[str, dict[str, str]] = {
    "g": {
        "mg milligram milligrams milligramme milligrammes": "0.001",
        "g gr gram grams gramme grammes": "1",
        "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes": "1000",
        "oz ounce ounces": "28.349523125",
        "lb lbs pound pounds": "453.59237",
    },
    "ml": {
        "ml millilitre millilitres milliliter milliliters": "1",
        "cl centilitre centilitres centiliter centiliters": "10",
        "dl decilitre decilitres deciliter deciliters": "100",
        "l lt ltr litre litres liter liters": "1000",
        "hl hectolitre hectolitres": "100000",
        "fl_oz fluid_ounce fluid_ounces": "29.5735295625",
        "qt quart quarts": "946.352946",
        "gal gallon gallons": "3785.411784",
        "m3 metre_cube metres_cubes cubic_metre cubic_metres cubic_meter cubic_meters": "1000000",
    },
    "cm": {
        "mm millimetre millimetres millimeter millimeters": "0.1",
        "cm centimetre centimetres centimeter centimeters": "1",
        "m metre metres meter meters": "100",
        "ft foot feet": "30.48",
        "yd yds yard yards": "91.44",
    },
    "cm2": {
        "cm2": "1",
        "m2 sq_m metre_carre metres_carres square_metre square_metres square_meter square_meters": "10000",
        "sq_ft square_foot square_feet": "929.0304",
    },
    "piece": {
        "piece pieces pce pces pc pcs unit units unite unites each ea ct count item items u": "1",
        "dozen dozens doz douzaine douzaines": "12",
    },
    "wash": {"wash washes lavage lavages": "1"},
    "dose": {"dose doses": "1"},
    "tablet": {"tablet tablets comprime comprimes": "1"},
    "capsule": {"capsule capsules": "1"},
    "sheet": {"sheet sheets feuille feuilles": "1"},
    "roll": {"roll rolls rouleau rouleaux": "1"},
    "sachet": {"sachet sachets": "1"},
    "portion": {"portion portions serving servings": "1"},
    "pair": {"pair pairs paire paires": "1"},
}
"""By dimension: how a unit is written in plain text (`_` is a space, a point, or nothing), and its size in canonical units."""

DIMENSIONS = tuple(MEASURES)
"""Every dimension; amounts of two of them are never compared."""

FINE = 10**7
"""`SIZES` counts in this part of a thousandth of the canonical unit: with it every unit's size is a whole number."""

_VAGUE = {"u", "ea", "each", "ct", "count", "item", "items", "unit", "units", "unite", "unites"}
"""Too common to be a content in the middle of a name: `lot de 3 unites` says how many packs there are."""

DIMENSION_OF = {word.replace("_", ""): of for of, units in MEASURES.items() for words in units for word in words.split()}
"""The dimension of a unit as written, without spaces and points."""

SIZES = {
    word.replace("_", ""): int(Decimal(size) * 1000 * FINE)
    for units in MEASURES.values()
    for words, size in units.items()
    for word in words.split()
}
"""The size of a unit as written, without spaces and points."""


def _pattern() -> str:
    words = [word for units in MEASURES.values() for words in units for word in words.split()]
    longest_first = sorted((word for word in words if word not in _VAGUE), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace("_", "[ .]{0,2}") for word in longest_first) + ")"


UNIT = _pattern()
"""Regular expression: a unit as written inside a longer plain text; needs a word boundary behind it."""
