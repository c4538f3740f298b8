"""Scrapy's settings for a job: polite, honest, bounded, and safe where Scrapy's own defaults are not."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from pricewatch.collect.job import Job

_POLITE = "pricewatch.collect.polite"


def settings(job: Job) -> dict[str, Any]:
    """What a crawl is made with."""
    size = int(job.page_megabytes * 2**20)
    return {
        "USER_AGENT": f"pricewatch/{version('pricewatch-omni')} (price audit on behalf of the retailer; obeys robots.txt)",
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "pricewatch",
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # lets requests that repeat a page go anywhere
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            f"{_POLITE}.AllowedHosts": 50,
            f"{_POLITE}.RobotsTxt": 100,
            "pricewatch.collect.patience.RetryAfter": 560,  # before the retries, which know no waiting
            f"{_POLITE}.Budgets": 860,  # after the retries: a repeated request is a request, too
        },
        "DOWNLOAD_HANDLERS": dict.fromkeys(("file", "ftp", "s3", "data")),
        "TWISTED_DNS_RESOLVER": "pricewatch.collect.addresses.GuardedResolver",
        "SOURCE_URL": job.url,
        "FURTHER_HOSTS": job.hosts,
        "PRIVATE_ADDRESSES": job.private_addresses,
        "REQUEST_BUDGET": job.requests,
        "MEGABYTE_BUDGET": job.megabytes,
        "LONGEST_WAIT": job.longest_wait,
        "CLOSESPIDER_TIMEOUT": job.minutes * 60,
        "CONCURRENT_REQUESTS": job.concurrent,
        "CONCURRENT_REQUESTS_PER_DOMAIN": job.concurrent,
        "DOWNLOAD_DELAY": job.delay,
        "AUTOTHROTTLE_ENABLED": job.delay > 0,
        "AUTOTHROTTLE_START_DELAY": job.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(job.concurrent),
        "DOWNLOAD_TIMEOUT": job.timeout,
        "DOWNLOAD_MAXSIZE": size,  # of what is received, and of what that unpacks to
        "DOWNLOAD_WARNSIZE": size // 2,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": 10,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,  # on by default: a local server that runs any code sent to it
        "RETRY_GIVE_UP_LOG_LEVEL": "WARNING",  # counted by the spider; an ERROR in the log is a mistake of ours or the spider's
        "LOG_LEVEL": "INFO",
    } | _signed_in(job.url)


def _signed_in(url: str) -> dict[str, Any]:
    """HTTP basic authentication for `https://user:password@host/`, sent to that host alone."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    user, password = unquote(parts.username), unquote(parts.password or "")
    return {"HTTPAUTH_USER": user, "HTTPAUTH_PASS": password, "HTTPAUTH_DOMAIN": parts.netloc.rpartition("@")[2]}


def without_password(url: str) -> str:
    """A URL without user and password: what is asked for, and what messages and rows may show."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
