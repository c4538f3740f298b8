"""The child process that runs one spider: `python -m pricewatch.collect.crawl job.json`. One reactor, one deadline.

It reads the job, crawls, writes its rows as Parquet pieces into the job's staging folder, and last a small `result.json` with
what it counted. It never touches the landing place: its parent (`sites.py`) judges the result and lands the rows. So whatever
kills it, nothing half-done is seen. It ends when its parent does: the parent holds the other end of its standard input.
Its log goes to standard error, which the parent keeps as `<source>.log`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from time import monotonic
from typing import Any

import polars as pl
from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from pricewatch.collect.api.secrets import Discretion
from pricewatch.collect.discretion import discretion_of
from pricewatch.collect.job import Job, Result
from pricewatch.collect.landing import REFUSED, raw_columns
from pricewatch.collect.look import looking
from pricewatch.collect.manners import settings
from pricewatch.collect.spider import PriceSpider, Refused
from pricewatch.domain.errors import SourceError

_PACKAGE = "pricewatch_spiders"
_PIECE = 50_000
_TOLD_EVERY = 0.5


def load_spider(folder: Path, name: str) -> type[PriceSpider]:
    """The spider class of `folder/name.py`, imported as a submodule of a private package, so that `from ._markup import` works.

    Raises SourceError when there is no such file, when it can't be imported, or when it holds no spider of that name.
    """
    file = folder / f"{name}.py"
    if not file.is_file():
        there = ", ".join(sorted(path.stem for path in folder.glob("[!_]*.py"))) or "none"
        raise SourceError(
            f"there is no spider '{name}'; there are: {there}", str(file), f"write {file.name}, or name another one"
        )
    package = sys.modules.get(_PACKAGE)
    if package is None or list(package.__path__) != [str(folder)]:
        for known in [known for known in sys.modules if known == _PACKAGE or known.startswith(f"{_PACKAGE}.")]:
            del sys.modules[known]
        spec = ModuleSpec(_PACKAGE, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[_PACKAGE] = module_from_spec(spec)
    try:
        module = import_module(f"{_PACKAGE}.{name}")
    except Exception as error:
        raise SourceError(f"can't be imported: {type(error).__name__}: {error}", str(file), "mend the spider") from error
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]
    spiders = [value for value in own if issubclass(value, PriceSpider)]
    named = [spider for spider in spiders if getattr(spider, "name", None) == name] or spiders[:1]
    if not named:
        raise SourceError("holds no class derived from PriceSpider", str(file), "see pricewatch.collect.spider")
    if named[0].start is Spider.start:
        raise SourceError(
            "has no 'async def start(self)' that yields its first pages", str(file), "see pricewatch.collect.spider"
        )
    return named[0]


class _Rows:
    """Collects what a spider yields and writes it in pieces."""

    def __init__(self, job: Job) -> None:
        self.staging = Path(job.staging)
        self.columns = [name for name in raw_columns(job.feeds) or () if name != "source"]
        self.kept: list[dict[str, str | None]] = []
        self.refusals: list[Refused] = []
        self.rows = self.refused = self.pieces = 0
        self.told_at = 0.0

    def add(self, item: Any) -> None:
        """Called for everything a spider yields that is no request."""
        if isinstance(item, Refused):
            self.refusals.append(item)
            self.refused += 1
        else:
            self.kept.append(item)
            self.rows += 1
        if len(self.kept) >= _PIECE:
            self.write()
        if monotonic() - self.told_at >= _TOLD_EVERY:
            self.told_at = monotonic()
            print(self.rows, flush=True)  # noqa: T201 - read by the parent

    def write(self) -> None:
        """One piece of rows and one of refusals; nothing where there are none."""
        self.pieces += 1
        if self.kept:
            columns = self.columns or sorted({name for row in self.kept for name in row} - {"source"})
            frame = pl.DataFrame(self.kept, schema=dict.fromkeys(columns, pl.String))
            frame.write_parquet(self.staging / f"rows-{self.pieces:05d}.parquet")
        if self.refusals:
            frame = pl.DataFrame(
                [asdict(refused) for refused in self.refusals],
                schema={name: pl.String for name in REFUSED if name not in ("source", "feeds")},
            )
            frame.write_parquet(self.staging / f"refused-{self.pieces:05d}.parquet")
        self.kept, self.refusals = [], []


def run(job: Job) -> Result:
    """Crawl; the rows are in the staging folder when this returns. Raises SourceError when the spider can't be loaded."""
    spider_class = load_spider(Path(job.spiders), job.spider)
    spider_class = looking(spider_class, job.look) if job.look else spider_class
    discretion = discretion_of(job)
    hide = discretion.hide
    _quiet_logs(discretion)
    process = AsyncCrawlerProcess(_settings(job))
    crawler: Crawler = process.create_crawler(spider_class)
    rows = _Rows(job)

    def keep(item: Any) -> None:
        if isinstance(item, Refused):
            item = Refused(hide(item.source_ref), hide(item.reason), hide(item.row) if item.row else None)
        elif discretion:
            item = {name: hide(text) if text else text for name, text in item.items()}
        rows.add(item)

    crawler.signals.connect(keep, signal=signals.item_scraped)
    process.crawl(
        crawler,
        url=job.url,
        options=job.options,
        decimal=job.decimal,
        root=job.root,
        observed_at=datetime.fromisoformat(job.observed_at) if job.observed_at else None,
    )
    process.start()
    rows.write()
    spider = crawler.spider
    if not isinstance(spider, PriceSpider) or crawler.stats is None:
        raise SourceError("the crawl did not start", f"spider '{job.spider}'", f"see {job.log}")
    tally = spider.tally
    return Result(
        finish_reason=str(crawler.stats.get_value("finish_reason")),
        errors=int(crawler.stats.get_value("log_count/ERROR", 0)),
        pages=int(crawler.stats.get_value("response_received_count", 0)),
        read=tally.read,
        unreadable=tally.unreadable,
        failed=tally.failed,
        forbidden=tally.forbidden,
        left=tally.left,
        stopped=[hide(words) for words in tally.stopped],
        lost=[hide(words) for words in tally.lost],
        reasons=[(hide(reason), times) for reason, times in tally.reasons.most_common(5)],
        rows=rows.rows,
        refused=rows.refused,
        kinds=dict(tally.kinds),
        looked=_hidden([asdict(page) for page in getattr(spider, "seen", ())], hide),
    )


def _hidden(told: Any, hide: Callable[[str], str]) -> Any:
    """What was looked at, without secrets."""
    if isinstance(told, dict):
        return {name: _hidden(value, hide) for name, value in told.items()}
    if isinstance(told, list):
        return [_hidden(value, hide) for value in told]
    return hide(told) if isinstance(told, str) else told


def _settings(job: Job) -> dict[str, Any]:
    made = settings(job)
    if job.browser is None:
        return made
    from pricewatch.collect import browser

    made["DOWNLOADER_MIDDLEWARES"]["pricewatch.collect.browser.RenderedPages"] = 855
    return made | browser.settings_of(job, made["USER_AGENT"])


def _quiet_logs(discretion: Discretion) -> None:
    """Hide secrets in every log record as it is made: Scrapy logs its settings, and puts up handlers as it goes."""
    made = logging.getLogRecordFactory()

    def discreet(*arguments: Any, **facts: Any) -> logging.LogRecord:
        record = made(*arguments, **facts)
        discretion.filter(record)
        return record

    if discretion:
        logging.setLogRecordFactory(discreet)


def _end_with_parent() -> None:
    """Wait for the end of standard input: the parent is gone, and nobody would judge or land what is crawled from here on."""
    while os.read(0, 1024):  # unbuffered: a buffered reader's lock would stop the interpreter from ending
        pass
    os._exit(1)


def main(arguments: Sequence[str]) -> int:
    """Run the job file named as the only argument. Exit 0 when a result was written, 3 when the spider can't be run."""
    job = Job(**json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    result = Path(job.staging) / "result.json"
    try:
        told: dict[str, Any] = asdict(run(job))
    except SourceError as error:
        told = {"what": error.what, "where": error.where, "fix": error.fix}
    part = result.with_suffix(".part")
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(result)
    return 3 if "what" in told else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
