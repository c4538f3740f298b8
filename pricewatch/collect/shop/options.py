"""The options of a webshop's source. Where to start, which links to follow, what to read, and for which stores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from pricewatch.collect.markup.visible import SELECTORS
from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace.config import Model
from pricewatch.workspace.mistakes import Loc, did_you_mean, in_words
from pricewatch.workspace.yamlfile import Document

SECRET = ("headers", "cookies")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text}' is no regular expression: {error}; write for example /p/\\d+") from None
    return text


def _selector(text: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(text or "p")
    except (SyntaxError, RuntimeError) as error:
        raise ValueError(f"'{text}' is no CSS selector: {error}; write for example .price") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Css = Annotated[str, AfterValidator(_selector)]


class Store(Model):
    """One store or region, and how the shop is told that it is meant."""

    location: str | None = Field(None, description="our id of the store, written into its rows; null = the channel is one place")
    cookies: dict[str, str] = Field(default_factory=dict, description="for example {store: 0417}")
    headers: dict[str, str] = Field(default_factory=dict, description="for example {X-Store: 0417}")
    parameters: dict[str, str] = Field(default_factory=dict, description="of every product's URL, for example {store: 0417}")


class UrlFile(Model):
    """A file that lists the product pages: one URL a line, or a column of a table such as the catalogue's file."""

    file: str = Field(description="below the workspace's root, for example inbox/central/catalogue.csv; gzip is unpacked")
    column: str | None = Field(None, description="of a table with a header; null = one URL a line")
    separator: str = Field(",", min_length=1, max_length=1)
    encoding: str = Field("utf-8", description="for example cp1252")
    template: str | None = Field(None, description="makes a URL of the column's value, for example /p/{}")


class Shop(Model):
    """How a webshop is crawled and read."""

    sitemap: tuple[str, ...] | str = Field(
        (), description="path or URL, or several; /sitemap.xml where nothing says how to start"
    )
    categories: tuple[str, ...] = Field((), description="paths or URLs of category pages")
    product_links: Css | None = Field(
        None, description="CSS selector of the links to products in a category; null = every link that product_url fits"
    )
    next_page: Css | None = Field(None, description="CSS selector of the link to a category's next page; null = one page each")
    urls: tuple[str, ...] = Field((), description="paths or URLs of product pages")
    url_file: UrlFile | None = Field(None, description="a file with product pages, for example the catalogue's")
    product_url: Pattern = Field(
        "/p/", description="regular expression that a product's URL contains, in sitemaps and categories"
    )
    id_in_url: Pattern | None = Field(
        None, description="regular expression whose first group is the product's id in its URL, for example /p/(\\d+)"
    )
    surfaces: tuple[Literal["html", "jsonld", "microdata", "meta"], ...] = Field(
        ("html", "jsonld", "microdata", "meta"), min_length=1, description="what is read of a page, each as a row of its own"
    )
    stores: tuple[Store, ...] = Field((), description="every product page is read once for each; empty = once, as it comes")
    selectors: dict[str, Css] = Field(default_factory=dict, description="set from the options named as in markup.visible")

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The declared sitemaps; the usual place where nothing else says where to start."""
        declared = (self.sitemap,) if isinstance(self.sitemap, str) else self.sitemap
        elsewhere = self.categories or self.urls or self.url_file
        return declared or (() if elsewhere else ("/sitemap.xml",))


def declared(options: Mapping[str, Any], where: str = "options") -> Shop:
    """A source's `options`. Raises UserError (several: Problems) naming key, mistake and mend; secrets are never told."""
    own = {key: value for key, value in options.items() if key not in SELECTORS}
    if "selectors" in own:
        raise UserError(
            "'selectors' is no option", where, "write the selectors beside the other options, for example price: .price"
        )
    known = [*(name for name in Shop.model_fields if name != "selectors"), *SELECTORS]
    unknown = [key for key in own if key not in Shop.model_fields]
    problems = [UserError(f"no option '{key}'", where, did_you_mean(key, known, "options")) for key in unknown]
    merged = {key: value for key, value in own.items() if key not in unknown}
    merged["selectors"] = {key: value for key, value in options.items() if key in SELECTORS}
    try:
        shop = TypeAdapter(Shop).validate_python(merged)
    except ValidationError as error:
        told = in_words(error, _Written(where, "", None, merged), Shop, (), given=merged)
        problems += [UserError(problem.what, where, problem.fix) for problem in told]
        shop = Shop()
    Problems.raise_if_any(problems)
    return shop


class _Written(Document):
    """Options as messages show them: values as given, but never what cookies and headers hold."""

    def written(self, loc: Loc) -> str | None:
        """A plain value as text."""
        value: Any = self.value
        for part in loc:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return str(value) if isinstance(value, str | int | float) and not set(SECRET) & set(loc) else None
