"""Whether what a source declares under `options:` can be understood, without asking a site or running anybody's spider.

Which options a spider has is told by what it builds on: a spider of one's own that derives from `ApiSpider` has those of
`app_api`. Of other spiders and importers nothing is known, and nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace.config import Source

_BASES = re.compile(r"\(\s*(ApiSpider|ShopSpider|MarketplaceSpider)\s*\)\s*:")


def mistakes(source: Source, spider: str = "") -> list[UserError]:
    """Every mistake in a source's options, with its mend. `spider`: the text of its spider; empty for files."""
    base = _BASES.search(spider)
    check = _CHECKS.get(base[1] if base else source.importer or "")
    options = {key: value for key, value in source.options.items() if key != "timeout" or source.spider is None}
    try:
        if check is not None:
            check(options)
    except UserError as error:
        return list(error.problems) if isinstance(error, Problems) else [error]
    return []


# The models are imported where they are asked for: they bring Scrapy's selectors with them.
def _api(options: Mapping[str, Any]) -> None:
    from pricewatch.collect.api.options import Api, declared

    declared(options, Api)


def _file(options: Mapping[str, Any]) -> None:
    from pricewatch.collect.api.options import JsonFile, declared

    declared(options, JsonFile)


def _shop(options: Mapping[str, Any]) -> None:
    from pricewatch.collect.shop.options import declared

    declared(options)


def _marketplace(options: Mapping[str, Any]) -> None:
    from pricewatch.collect.marketplace.options import KEYS, declared

    declared(options)
    _shop({key: value for key, value in options.items() if key not in KEYS})


_CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "ApiSpider": _api,
    "ShopSpider": _shop,
    "MarketplaceSpider": _marketplace,
    "json_file": _file,
}
