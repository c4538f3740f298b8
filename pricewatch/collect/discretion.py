"""What nobody may read: passwords and tokens of a source, kept out of rows, reasons and logs of its crawl.

Secret are a password in the source's URL, what its options send as headers, cookies and secret parameters, and the values of
environment variables whose name says so (TOKEN, KEY, SECRET, PASSWORD ...), wherever in the source they were written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pricewatch.collect.api.secrets import Discretion
from pricewatch.collect.job import Job

_SAYS_SO = re.compile(r"TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH", re.IGNORECASE)
_SENT = ("headers", "cookies")
_SHORTEST = 4


def discretion_of(job: Job, environment: Mapping[str, str] = os.environ) -> Discretion:
    """What hides the job's secrets in texts and log records."""
    url = urlsplit(job.url)
    passwords = {url.password, unquote(url.password)} if url.password else set()
    written = json.dumps(job.options, ensure_ascii=False) + job.url
    named = {
        value for name, value in environment.items() if _SAYS_SO.search(name) and len(value) >= _SHORTEST and value in written
    }
    parameters = {value for key, value in _sent(job.options) if key == "secret_parameters"}
    return Discretion({value for key, value in _sent(job.options) if key in _SENT}, passwords | named | parameters)


def _sent(options: Any) -> Iterator[tuple[str, str]]:
    """Values of the mappings that are sent, wherever they stand in the options, with the mapping's name."""
    if isinstance(options, Mapping):
        for key, value in options.items():
            if key in (*_SENT, "secret_parameters") and isinstance(value, Mapping):
                yield from ((key, str(each)) for each in value.values())
            else:
                yield from _sent(value)
    elif isinstance(options, list | tuple):
        for part in options:
            yield from _sent(part)
