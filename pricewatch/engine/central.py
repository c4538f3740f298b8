"""Head office's files, typed: catalogue, price list, promotion calendar, stores, and a shop's earlier prices.

The same gate as for offers: a row that cannot be read is quarantined with its reason and place, and the good ones go on.
Rows in = rows out + quarantined. Columns of the file carry our names (`tables.Products`, ...); money is decimal text, days are
`YYYY-MM-DD`, rates are percent, lists are separated by `|`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pricewatch.domain import identifiers, money, tables, windows
from pricewatch.domain.mechanics import MECHANICS, in_basis_points
from pricewatch.domain.texts import formatted
from pricewatch.engine import conditions
from pricewatch.engine.world import Central, World

LIST_SEPARATOR = "|"


@dataclass(frozen=True)
class Field:
    """One column of a central table: its typed expression, and whether a row may come without it."""

    typed: pl.Expr
    required: bool = False
    problem: str = "is not readable"


def read_central(delivered: Mapping[str, pl.LazyFrame], world: World) -> tuple[Central, pl.DataFrame]:
    """Typed central tables and what was refused of them (`tables.Quarantine`).

    In: text rows by table name (`products`, `price_list`, `promotions`, `locations`), each with `source` and `source_ref`;
    columns that a file does not have are null. A key that comes twice keeps its first row; the others are refused and say so.
    """
    readers = {"products": _products, "locations": _locations, "price_list": _price_list, "promotions": _promotions}
    good, refused = {}, [tables.empty("quarantine")]
    for name, fields in readers.items():
        if name not in delivered:
            continue
        rows = _with_source(delivered[name], name, world)
        kept, bad = _sort(rows, name, fields(world), KEYS[name], PROBLEMS.get(name, _none)(rows))
        good[name] = kept
        refused.append(bad)
    return replace(Central(), **good), pl.concat(refused)


KEYS = {
    "products": ["sku"],
    "locations": ["location"],
    "price_list": ["sku", "market", "zone", "valid_from"],
    "promotions": [
        "promotion", "mechanic", "sku", "brand", "category", "where", "channels", "zones", "locations", "audience", "starts_at",
        "quantity",
    ],
}  # fmt: skip
"""What may come once only."""


def _with_source(rows: pl.LazyFrame, table: str, world: World) -> pl.LazyFrame:
    """The file's text columns that the table has, missing ones as null, with what its source declares."""
    has = rows.collect_schema().names()
    columns = [name if name in has else pl.lit(None, pl.String).alias(name) for name in tables.schema(table)]
    declared = world.sources.select(
        "source", "decimal", "time_zone", pl.col("market").alias("_market"), pl.col("currency").alias("_currency")
    )
    return (
        rows.select("source", *columns)
        .join(declared.lazy(), on="source", how="left", validate="m:1", maintain_order="left")
        .with_columns(per_unit=money.unit(pl.col("_currency")))
    )


def _text(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def _money(name: str) -> pl.Expr:
    amount = money.parse(_text(name), decimal=pl.col("decimal"), minor_units=pl.lit(False), per_unit=pl.col("per_unit"))
    return pl.when(amount >= 0).then(amount)


def _flag(name: str) -> pl.Expr:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return _text(name).str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)


def _list(name: str) -> pl.Expr:
    return _text(name).str.split(LIST_SEPARATOR).list.eval(pl.element().str.strip_chars())


def _number(name: str) -> pl.Expr:
    point = _text(name).str.replace(",", ".", literal=True)
    return pl.when(pl.col("decimal") == ",").then(point).otherwise(_text(name)).cast(pl.Float64, strict=False)


def _count(name: str) -> pl.Expr:
    whole = _text(name).cast(pl.Int64, strict=False)
    return pl.when(whole > 0).then(whole)


def _basis_points(name: str) -> pl.Expr:
    """`5.5` percent is 550, without floats."""
    sign = pl.when(pl.col("decimal") == ",").then(_text(name).str.replace(",", ".", literal=True)).otherwise(_text(name))
    exact = sign.str.strip_chars(" %").cast(pl.Decimal(38, 6), strict=False) * 100
    whole = (exact.round(0) == exact) & ~sign.str.contains(r"\.\d{6}0*[1-9]")  # the cast rounds what is behind the sixth decimal
    return pl.when(whole & (exact >= 0)).then(exact.cast(pl.Int64, strict=False))


def _window(name: str, world: World, *, end: bool = False) -> pl.Expr:
    zones = sorted(set(world.sources["time_zone"].to_list()))
    read = windows.window_end if end else windows.window_start
    return windows.by_zone(pl.col("time_zone"), zones, lambda zone: read(_text(name), zone))


AMOUNTS = ("cost", "cost_transport", "cost_taxes", "min_price", "max_price", "map_price", "deposit", "eco_fee")
FLAGS = ("kvi", "clearance", "food", "fast_moving", "fresh_produce", "perishable")


def _products(world: World) -> dict[str, Field]:
    return {
        "sku": Field(_text("sku"), required=True),
        "external_id": Field(_text("external_id")),
        "gtin": Field(identifiers.gtin_text(identifiers.gtin_number(pl.col("gtin"))), problem="is no GTIN of 8 to 14 digits"),
        "name": Field(_text("name")),
        "brand": Field(_text("brand")),
        "category": Field(_text("category")),
        "family": Field(_text("family")),
        "tax_rate": Field(_basis_points("tax_rate"), problem="is no percentage"),
        **{name: Field(_money(name), problem="is no amount") for name in AMOUNTS},
        "cost_advantages": Field(_basis_points("cost_advantages"), problem="is no percentage"),
        "pack_of": Field(_count("pack_of"), problem="is no whole number above zero"),
        "unit_sku": Field(_text("unit_sku")),
        "launched_on": Field(_window("launched_on", world), problem="is no day (YYYY-MM-DD) or time"),
        **{name: Field(_flag(name), problem="is neither true nor false") for name in FLAGS},
        "content": Field(_number("content"), problem="is no number"),
        "content_unit": Field(_text("content_unit")),
        "weekly_units": Field(_number("weekly_units"), problem="is no number"),
        "channels": Field(_list("channels")),
    }


def _locations(_world: World) -> dict[str, Field]:
    return {
        "location": Field(_text("location"), required=True),
        "market": Field(pl.coalesce(_text("market"), "_market"), required=True),
        "zone": Field(_text("zone"), required=True),
        "name": Field(_text("name")),
    }


def _price_list(world: World) -> dict[str, Field]:
    return {
        "sku": Field(_text("sku"), required=True),
        "market": Field(pl.coalesce(_text("market"), "_market"), required=True),
        "zone": Field(_text("zone"), required=True),
        "list_price": Field(_money("list_price"), required=True, problem="is no amount with the declared decimal sign"),
        "valid_from": Field(_window("valid_from", world), required=True, problem="is no day (YYYY-MM-DD) or time"),
        "valid_to": Field(_window("valid_to", world, end=True), problem="is no day (YYYY-MM-DD) or time"),
    }


def _promotions(world: World) -> dict[str, Field]:
    mechanic, inner = _mechanic(), _text("inner").str.to_lowercase()
    value = pl.when(in_basis_points(mechanic, inner)).then(_basis_points("value")).otherwise(_money("value"))
    audience = _text("audience").str.to_lowercase()
    usual = (
        pl.when(mechanic == "member_price")
        .then(pl.lit("members"))
        .when(mechanic == "coupon")
        .then(pl.lit("coupon_holders"))
        .otherwise(pl.lit("everyone"))
    )
    return {
        "promotion": Field(_text("promotion"), required=True),
        "name": Field(_text("name")),
        "market": Field(pl.coalesce(_text("market"), "_market"), required=True),
        "mechanic": Field(
            pl.when(mechanic.is_in(list(MECHANICS))).then(mechanic), required=True, problem=f"is none of {', '.join(MECHANICS)}"
        ),
        "value": Field(value, problem="is no amount or percentage with the declared decimal sign"),
        "quantity": Field(_count("quantity"), problem="is no whole number above zero"),
        "pay": Field(_count("pay"), problem="is no whole number above zero"),
        "threshold": Field(_money("threshold"), problem="is no amount"),
        "inner": Field(pl.when(inner.is_in(list(INNER))).then(inner), problem=f"is none of {', '.join(INNER)}"),
        "code": Field(_text("code")),
        "sku": Field(_text("sku")),
        "brand": Field(_text("brand")),
        "category": Field(_text("category")),
        "where": Field(_text("where")),
        "excluding": Field(_text("excluding")),
        "channels": Field(_list("channels")),
        "zones": Field(_list("zones")),
        "locations": Field(_list("locations")),
        "audience": Field(
            pl.when(audience.is_null()).then(usual).when(audience.is_in(list(tables.AUDIENCES))).then(audience),
            required=True,
            problem=f"is none of {', '.join(tables.AUDIENCES)}",
        ),
        "starts_at": Field(_window("starts_at", world), required=True, problem="is no day (YYYY-MM-DD) or time"),
        "ends_at": Field(_window("ends_at", world, end=True), required=True, problem="is no day (YYYY-MM-DD) or time"),
        "label": Field(_text("label")),
        "advertised": Field(_flag("advertised"), problem="is neither true nor false"),
        "combinable": Field(_flag("combinable"), problem="is neither true nor false"),
        "priority": Field(_text("priority").cast(pl.Int64, strict=False), problem="is no whole number"),
    }


def _mechanic() -> pl.Expr:
    return _text("mechanic").str.to_lowercase()


def _none(_rows: pl.LazyFrame) -> list[pl.Expr]:
    """Nothing further can be wrong."""
    return []


def _backwards(start: str, end: str) -> pl.Expr:
    """Words where a window ends before it starts."""
    wrong = pl.col(f"_typed_{end}") <= pl.col(f"_typed_{start}")
    return pl.when(wrong).then(formatted("ends '{}' before it starts '{}'", end, start))


def _price_list_problems(_rows: pl.LazyFrame) -> list[pl.Expr]:
    return [_backwards("valid_from", "valid_to")]


def _promotion_problems(rows: pl.LazyFrame) -> list[pl.Expr]:
    """Words for what makes a calendar row senseless although each of its columns can be read."""
    mechanic, value = _mechanic(), pl.col("_typed_value")
    lacking = [
        pl.when((mechanic == name) & _text(column).is_null()).then(pl.lit(f"a promotion of mechanic {name} needs {column}"))
        for name, known in MECHANICS.items()
        for column in sorted(known.needs)
    ]
    rate = in_basis_points(mechanic, _text("inner").str.to_lowercase()) & (mechanic != "extra_quantity")
    above = rate & (value > money.BASIS_POINTS)
    grouped = mechanic.is_in(["n_for_price", "n_for_m", "nth_unit", "cheapest_free"]) & (pl.col("_typed_quantity") < 2)
    generous = (mechanic == "n_for_m") & (pl.col("_typed_pay") >= pl.col("_typed_quantity"))
    return [
        _backwards("starts_at", "ends_at"),
        *lacking,
        pl.when(above).then(formatted("value '{}' is above 100 percent", _text("value"))),
        pl.when(grouped).then(formatted("quantity '{}' makes no group: a multibuy has two units or more", "quantity")),
        pl.when(generous).then(formatted("pays for {} of {}, which is no reduction", "pay", "quantity")),
        *(_condition_problem(rows, name) for name in ("where", "excluding")),
    ]


def _condition_problem(rows: pl.LazyFrame, column: str) -> pl.Expr:
    """Words where a scope is no SQL condition on the catalogue. A calendar repeats few conditions: each is judged once."""
    written = rows.select(_text(column)).unique().drop_nulls().collect().to_series().sort().to_list()
    found = {text: conditions.problem(text, CATALOGUE, name=column) for text in written}
    wrong = {text: what for text, problem in found.items() if problem is not None for what in [f"{problem[0]}; {problem[1]}"]}
    return _text(column).replace_strict(wrong, default=None, return_dtype=pl.String)


CATALOGUE = {name: dtype for name, dtype in tables.schema("products").items() if name not in ("channels", "source_ref")}
"""What a promotion's scope condition may name. Money in it is minor units, rates are basis points."""

INNER = ("percent", "amount", "fixed_price")
"""What a coupon may do."""

PROBLEMS = {"price_list": _price_list_problems, "promotions": _promotion_problems}
"""What else can be wrong with a row, by table."""


def _sort(
    rows: pl.LazyFrame, table: str, fields: Mapping[str, Field], key: list[str], further: list[pl.Expr]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The typed rows, and those refused: unreadable or missing columns, what `further` says, and keys that came before."""
    typed = {f"_typed_{name}": field.typed for name, field in fields.items()}
    rows = rows.with_columns(**typed)
    problems: list[pl.Expr] = [*(_problem(name, field) for name, field in fields.items()), *further]
    first = pl.struct([f"_typed_{name}" for name in key]).is_first_distinct()
    problems.append(pl.when(~first).then(pl.lit(f"comes twice: the same {', '.join(key)} stands in an earlier row")))
    read = rows.with_columns(reason=pl.concat_str(problems, separator="; ", ignore_nulls=True)).collect()
    good = read.filter(pl.col("reason") == "").select(
        *(pl.col(f"_typed_{name}").cast(dtype).alias(name) for name, dtype in tables.schema(table).items() if name in fields),
        "source_ref",
    )
    written = [name for name in tables.schema(table) if name != "source_ref"]
    bad = read.filter(pl.col("reason") != "").select(
        "source", "source_ref", pl.lit(table).alias("feeds"), "reason", pl.struct(written).struct.json_encode().alias("row")
    )
    return good, bad


def _problem(name: str, field: Field) -> pl.Expr:
    """Words for a column that is written but not readable, or required and not written."""
    written, value = _text(name), pl.col(f"_typed_{name}")
    unreadable = pl.when(written.is_not_null() & value.is_null()).then(
        formatted("{} '{}' {}", pl.lit(name), written, pl.lit(field.problem))
    )
    missing = pl.when(written.is_null() & value.is_null()).then(pl.lit(f"no {name}"))
    return pl.coalesce(unreadable, missing) if field.required else unreadable
