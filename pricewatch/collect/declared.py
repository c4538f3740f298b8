"""Whether what a source declares under `options:` can be understood, without asking a site or running anybody's spider.

Which options a spider has is told by what it builds on: a spider of one's own that derives from `ApiSpider` has those of
`app_api`. An importer's are those of its model. Of other spiders nothing is known, and nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from pricewatch.domain.errors import Problems, SourceError, UserError
from pricewatch.workspace.config import Source

_BASES = re.compile(r"\(\s*(ApiSpider|ShopSpider|MarketplaceSpider)\s*\)\s*:")


def mistakes(source: Source, spider: str = "") -> list[UserError]:
    """Every mistake in a source's options, with its mend. `spider`: the text of its spider; empty for files."""
    base = _BASES.search(spider)
    check = _CHECKS.get(base[1] if base else source.importer or "")
    if check is None and source.importer:
        return _of_importer(source, source.importer)
    options = {key: value for key, value in source.options.items() if key != "timeout" or source.spider is None}
    try:
        if check is not None:
            check(options)
    except UserError as error:
        return list(error.problems) if isinstance(error, Problems) else [error]
    return []


def _of_importer(source: Source, name: str) -> list[UserError]:
    """What the importer itself would say of its options, if it has any (`gathered.Options`)."""
    from pricewatch.collect import gathered
    from pricewatch.collect.importers import named

    known = named(name)
    module = import_module(known.read.__module__) if known else None
    kinds = (
        [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, gathered.Options)]
        if module
        else []
    )
    try:
        # A model it derives from is not its own: the last one derived says everything.
        for kind in kinds:
            if not any(kind in other.__mro__[1:] for other in kinds) and kind is not gathered.Options:
                gathered.declared(kind, source)
    except SourceError as error:
        return [UserError(error.what, error.where, error.fix)]
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
