"""The options of a marketplace's source, besides those of a webshop (`shop.options`): whose offers there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from pricewatch.collect.api.options import Shape
from pricewatch.collect.api.options import declared as answer_declared
from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace.config import Model
from pricewatch.workspace.mistakes import in_words
from pricewatch.workspace.yamlfile import Document

FREE = ("free", "gratis", "kostenlos", "kostenfrei", "gratuit", "gratuite", "offert", "offerte", "offerts", "gratuita")
NEW = ("new", "neu", "neuf", "neuve", "nuevo", "nuovo", "nieuw", "ny", "nowy")


def _selector(text: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(text)
    except (SyntaxError, RuntimeError) as error:
        raise ValueError(f"'{text}' is no CSS selector: {error}; write for example .price or a::attr(data-seller)") from None
    return text


Css = Annotated[str, AfterValidator(_selector)]


class Rows(Model):
    """Offers that people see one below the other: CSS selectors inside each, `::attr(name)` for an attribute."""

    model_config = Model.model_config | {"title": "rows"}

    row: Css = Field(description="one element an offer, for example .offer-row")
    seller: Css = Field(description="who sells, for example .seller-name")
    price: Css = Field(description="what is paid now for one, without shipping")
    seller_id: Css | None = Field(None, description="their id, for example a.seller::attr(data-seller-id)")
    regular_price: Css | None = Field(None, description="price without any promotion")
    was_price: Css | None = Field(None, description="struck through beside the price")
    member_price: Css | None = Field(None, description="what members pay")
    shipping: Css | None = Field(None, description="shipping for one; words such as 'free' are 0")
    points: Css | None = Field(None, description="points or credit given with one, as money")
    availability: Css | None = Field(None)
    promotion_label: Css | None = Field(None)
    condition: Css | None = Field(None, description="new or used; what is not among `new` is left out")
    buy_box: Css | None = Field(None, description="what only the row that holds the buy box has, for example .is-winner")


class Marketplace(Model):
    """Whose offers a page shows."""

    model_config = Model.model_config | {"title": "a marketplace's source"}

    own_sellers: tuple[str, ...] = Field(
        (), description="names or ids of sellers that are us, besides own_seller of the channel, for example [Our Shop, A1OURS]"
    )
    unnamed: Literal["refused", "ours"] = Field(
        "refused", description="offers that name no seller: refused, or ours (a shop of our own that lets others sell, too)"
    )
    rows: Rows | None = Field(None, description="rows of offers: {row: .offer, seller: .seller, price: .price}")
    answer: dict[str, Any] | None = Field(
        None, description="the pages are JSON: products, fields ... as of app_api, for example {profile: amazon_offers}"
    )
    buy_box_seller: Css | None = Field(
        None, description="where the page names who holds the buy box, for example #merchant-info a; null = not on the page"
    )
    free_shipping: tuple[str, ...] = Field(FREE, description="words that say shipping costs nothing")
    new: tuple[str, ...] = Field(NEW, description="words that say an offer is new")


KEYS = frozenset(Marketplace.model_fields)


def declared(options: Mapping[str, Any], where: str = "options") -> tuple[Marketplace, Shape | None]:
    """A source's own keys of a marketplace, and the shape of its JSON answers. Raises UserError (several: Problems)."""
    own = {key: value for key, value in options.items() if key in KEYS}
    try:
        market = TypeAdapter(Marketplace).validate_python(own)
    except ValidationError as error:
        told = in_words(error, _Written(where, "", None, own), Marketplace, (), given=own)
        Problems.raise_if_any([UserError(problem.what, where, problem.fix) for problem in told])
        raise  # never: a validation that fails has a problem
    if market.answer is None:
        return market, None
    if market.rows is not None:
        raise UserError("declares rows and answer, a page is either HTML or JSON", where, "take one of the two out")
    shape = answer_declared({"own_sellers": market.own_sellers} | market.answer, Shape, f"{where}.answer")
    if "seller" not in shape.fields:
        raise UserError("no field says who sells", f"{where}.answer", "add seller: ... to fields")
    return market, shape


class _Written(Document):
    """Options as messages show them."""

    def written(self, loc: tuple[int | str, ...]) -> str | None:
        """A plain value as text."""
        value: Any = self.value
        for part in loc:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return str(value) if isinstance(value, str | int | float) else None
