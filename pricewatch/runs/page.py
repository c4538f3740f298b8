"""One page of a site, fetched and explained; nothing lands and nothing is judged."""

from __future__ import annotations

from pricewatch.collect.job import Looked
from pricewatch.collect.looked import look_at
from pricewatch.domain.errors import UserError
from pricewatch.workspace import Workspace


def look_at_page(workspace: Workspace, source: str, url: str) -> list[Looked]:
    """What a source's spider reads from one page, once for each store it declares. `url` may be a path of the site.

    Raises `UserError` where the source is no site, `SourceError` where its spider can't be run.
    """
    (declared,) = (each for each in workspace.sources if each.id == source)
    if declared.spider is None:
        sites = ", ".join(each.id for each in workspace.sources if each.spider) or "none"
        raise UserError(f"source '{source}' reads files, so it has no pages", "--url", f"name a site; there are: {sites}")
    return look_at(declared, url, spiders=workspace.spiders)
