"""What a source of an API declares under `options:`, alone or over a ready-made profile; its mistakes in words.

A profile (`profiles/<name>.yaml`) has the same keys: the source's own override it, `fields`, `headers`, `parameters` and
`graphql` key by key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, TypeAdapter, ValidationError, model_validator

from pricewatch.collect.api.paths import lists, path
from pricewatch.domain import tables
from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace.config import Model
from pricewatch.workspace.mistakes import Loc, did_you_mean, in_words
from pricewatch.workspace.yamlfile import Document, read

PROFILES = Path(__file__).with_name("profiles")

COLUMNS = tuple(name for name in tables.schema("raw") if name not in ("source", "source_ref", "collected_at"))
"""What a field may fill: the columns of `tables.Raw` that are not provenance."""

MERGED = ("fields", "headers", "parameters", "graphql")
"""Mappings that a source's own keys are merged into, one by one; of everything else the source's own replaces the profile's."""

SECRET = ("headers", "secret_parameters")


def _checked(reader: Callable[[str], object]) -> Callable[[str], str]:
    def check(text: str) -> str:
        reader(text)
        return text

    return check


def _plain(value: Any) -> Any:
    """YAML's true, 17 and null are meant as the text that JSON has there."""
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value) if isinstance(value, int) else value


Where = Annotated[str, AfterValidator(_checked(path))]
Products = Annotated[str, AfterValidator(_checked(lists))]
Text = Annotated[str, BeforeValidator(_plain)]
Words = Annotated[str | tuple[str, ...], BeforeValidator(_plain)]


class Days(Model):
    """Days between which a value holds."""

    model_config = Model.model_config | {"title": "days {from: ..., to: ...}"}

    start: Where = Field(alias="from", description="path of the first day (the first ten characters count); null = always did")
    end: Where = Field(alias="to", description="path of the last day, inclusive; null = until further notice")


class Picked(Model):
    """A field that is not simply what stands at one place."""

    model_config = Model.model_config | {"title": "field {at: ..., when: ...}"}

    at: Where | tuple[Where, ...] = Field(description="path, or several: the first that says something")
    when: dict[Where, Words] = Field(
        default_factory=dict, description="only where this holds, for example {on_sale: true}; '*' is anything"
    )
    days: Days | None = Field(None, description="only between these days, for example {from: starts, to: ends}")
    words: dict[str, str] = Field(
        default_factory=dict, description="what to write for what it says, for example {'0': out_of_stock, '*': in_stock}"
    )


def _part_form(value: Any) -> str | None:
    return "(path)" if isinstance(value, str) else "(picked)" if isinstance(value, dict | Picked) else None


FieldPart = Annotated[
    Annotated[Where, Tag("(path)")] | Annotated[Picked, Tag("(picked)")],
    Discriminator(_part_form),
]


def _field_form(value: Any) -> str | None:
    return "(list)" if isinstance(value, list | tuple) else _part_form(value)


FieldAt = Annotated[
    Annotated[Where, Tag("(path)")] | Annotated[tuple[FieldPart, ...], Tag("(list)")] | Annotated[Picked, Tag("(picked)")],
    Discriminator(_field_form),
]


class _Sized(Model):
    size: int = Field(100, ge=1, description="products of a page that are asked for")
    size_parameter: str | None = Field("per_page", description="the parameter that asks for it; null = the API has none")


class ByPage(_Sized):
    """Pages by their number. Without `pages`, `total` or `pages_header`, until a page is empty."""

    model_config = Model.model_config | {"title": "paging {by: page}"}

    by: Literal["page"] = "page"
    parameter: str = Field("page", description="the parameter with the number of the page")
    first: int = Field(1, ge=0, description="the number of the first page")
    pages: Where | None = Field(None, description="path of the number of pages")
    total: Where | None = Field(None, description="path of the number of products")
    pages_header: str | None = Field(None, description="HTTP header with the number of pages, for example X-WP-TotalPages")


class ByOffset(_Sized):
    """Pages by how many products come before them. Without `total`, until a page is empty."""

    model_config = Model.model_config | {"title": "paging {by: offset}"}

    by: Literal["offset"]
    parameter: str = Field("offset", description="the parameter with the number of products to leave out")
    total: Where | None = Field(None, description="path of the number of products")
    size_parameter: str | None = Field("limit", description="the parameter that asks for the size; null = the API has none")


class ByCursor(_Sized):
    """Each page says what to ask for the next one."""

    model_config = Model.model_config | {"title": "paging {by: cursor}"}

    by: Literal["cursor"]
    parameter: str = Field("after", description="the parameter (of GraphQL: the variable) with the cursor")
    cursor: Where = Field(description="path of the cursor of the next page; null or empty there = this was the last")
    more: Where | None = Field(None, description="path of a true or false that says whether there is a next page")


class ByLink(_Sized):
    """Each page names the next one's URL: in the HTTP header Link with rel=next (RFC 8288), or in the answer."""

    model_config = Model.model_config | {"title": "paging {by: link}"}

    by: Literal["link"]
    at: Where | None = Field(None, description="path of the next page's URL; null = in the header Link")


class OnePage(Model):
    """The API gives everything at once."""

    model_config = Model.model_config | {"title": "paging {by: none}"}

    by: Literal["none"]


def _paging_form(value: Any) -> str | None:
    by = value.get("by", "page") if isinstance(value, dict) else getattr(value, "by", None)
    return f"({by})" if by in ("page", "offset", "cursor", "link", "none") else None


Paging = Annotated[
    Annotated[ByPage, Tag("(page)")]
    | Annotated[ByOffset, Tag("(offset)")]
    | Annotated[ByCursor, Tag("(cursor)")]
    | Annotated[ByLink, Tag("(link)")]
    | Annotated[OnePage, Tag("(none)")],
    Discriminator(_paging_form),
]


class GraphQL(Model):
    """A query that is posted; paging writes its parameters into the variables."""

    model_config = Model.model_config | {"title": "graphql"}

    query: str = Field(min_length=1, description="the query, for example query($take: Int, $skip: Int) {...}")
    variables: dict[str, Any] = Field(default_factory=dict, description="its variables besides those of the paging")


class Shape(Model):
    """Where in an answer the offers are: what files and crawls have in common."""

    model_config = Model.model_config | {"title": "an API source"}

    profile: str | None = Field(None, description="a ready-made profile that these keys override, for example shopify")
    products: Products = Field("products", description="where the list is, nested lists with []: products[].variants[]")
    fields: dict[str, FieldAt] = Field(
        default_factory=dict, description="our column: path in a product, for example {price_text: prices.price}"
    )
    implied_decimals: Annotated[int, Field(ge=0, le=6)] | Where | None = Field(
        None,
        description="prices are whole numbers with that many decimals implied, or the path of that number; null = as written, "
        "or as minor_units of the source says",
    )
    only: dict[Where, Words] = Field(default_factory=dict, description="only items where this holds, for example {type: simple}")
    never: dict[Where, Words] = Field(default_factory=dict, description="no items where this holds, {type_id: configurable}")
    own_sellers: tuple[Text, ...] = Field(
        (), description="names or ids of sellers that are us: their offers are our own, for example [A1OURSELLERID]"
    )
    errors: Where | None = Field(None, description="path of errors in an answer of status 200; GraphQL: errors")
    zone: str = Field("UTC", description="time zone of the days of fields, for example Europe/Paris")

    @model_validator(mode="after")
    def _known(self) -> Shape:
        for name in self.fields:
            if name not in COLUMNS:
                raise ValueError(f"no column '{name}' in fields; {did_you_mean(name, COLUMNS, 'there are')}")
        if not {"external_id", "sku", "gtin"} & set(self.fields):
            raise ValueError("no field says which product it is; add external_id: ... (or sku, gtin) to fields")
        return self


class JsonFile(Shape):
    """Answers of an API that were kept in files."""

    model_config = Model.model_config | {"title": "a JSON file's source"}

    lines: bool = Field(False, description="every line of the file is an answer of its own (JSON Lines)")


class Api(Shape):
    """An API that is crawled."""

    path: str | None = Field(None, pattern="^/", description="added to the source's url, for example /products.json")
    parameters: dict[str, Text] = Field(default_factory=dict, description="parameters of every request; they are seen in URLs")
    secret_parameters: dict[str, str] = Field(
        default_factory=dict, description="parameters of every URL that nobody may see, for example {key: '${env:SHOP_KEY}'}"
    )
    each: tuple[dict[str, Text], ...] = Field(
        (), description="ask for all pages once with each of these parameters, for example [{store: '17'}, {store: '42'}]"
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="of every request, for example {Authorization: 'Bearer ${env:SHOP_TOKEN}'}"
    )
    graphql: GraphQL | None = Field(None, description="post this query instead of getting the URL")
    paging: Paging = Field(ByPage(pages="pages"), description="how to go from page to page: {by: page, total: total_count}")


DEFAULT_FIELDS = {
    "external_id": "id",
    "gtin": "gtin",
    "name": "name",
    "price_text": "price_minor",
    "was_price_text": "was_price_minor",
    "member_price_text": "member_price_minor",
    "currency": "currency",
    "availability": "available",
    "promotion_label": "promotion_label",
}
"""Where a product's fields are when neither a profile nor the source says; `fields` overrides them one by one."""

AnyShape = TypeVar("AnyShape", bound=Shape)


def declared(options: Mapping[str, Any], kind: type[AnyShape], where: str = "options") -> AnyShape:
    """A source's `options` over its profile. Raises UserError (several: Problems) naming key, mistake and mend.

    What headers and secret parameters hold is never told.
    """
    name = options.get("profile")
    if name is not None and name not in profiles():
        raise UserError(f"there is no profile '{name}'", where, did_you_mean(str(name), profiles(), "profiles"))
    base = _profile(str(name)) if name is not None else {"fields": DEFAULT_FIELDS}
    known = kind.model_fields
    merged: dict[str, Any] = {key: value for key, value in base.items() if key in known}  # a file has no pages
    for key, value in options.items():
        both = key in MERGED and isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = merged[key] | value if both else value
    merged["fields"] = _without_nulls(merged.get("fields", {}))
    try:
        return TypeAdapter(kind).validate_python(merged)
    except ValidationError as error:
        problems = in_words(error, _Written(where, "", None, merged), kind, (), given=merged)
        Problems.raise_if_any([UserError(problem.what, where, problem.fix) for problem in problems])
        raise  # never: a validation that fails has a problem


def profiles() -> list[str]:
    """The names of the ready-made profiles."""
    return sorted(file.stem for file in PROFILES.glob("*.yaml"))


@cache
def _profile(name: str) -> dict[str, Any]:
    return dict(read(PROFILES / f"{name}.yaml").value)


def _without_nulls(fields: Any) -> Any:
    """`name: null` takes a field of the profile away."""
    return {key: value for key, value in fields.items() if value is not None} if isinstance(fields, dict) else fields


class _Written(Document):
    """Options as messages show them: values as given, but never those of headers and secret parameters."""

    def written(self, loc: Loc) -> str | None:
        """A plain value as text."""
        value: Any = self.value
        for part in loc:
            inside = isinstance(value, dict) or (isinstance(value, list | tuple) and isinstance(part, int) and part < len(value))
            value = (value.get(part) if isinstance(value, dict) else value[int(part)]) if inside else None
        plain = isinstance(value, str | int | float) and not (loc and loc[0] in SECRET)
        return str(value) if plain else None
