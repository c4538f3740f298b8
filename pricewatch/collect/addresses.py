"""Which network addresses a crawl may talk to: public ones. Asked of the address itself, after its name was resolved.

A page may link or redirect to `http://169.254.169.254/` (the credentials of a cloud machine), to a name that resolves to the
retailer's own network, or to one whose answer changes (DNS rebinding). The resolver here hands out the very address that is then
connected to, so what was looked at is what is used.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

_NAT64 = ip_network("64:ff9b::/96")

refused: dict[str, str] = {}
"""Host names that this process did not connect to, and why: Twisted keeps no reason of its own."""


def problem(address: str) -> str | None:
    """Why an address is not public, in words; None when it is, or when the text is no address."""
    try:
        known: IPv4Address | IPv6Address = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(known, IPv6Address):
        within = known.ipv4_mapped or known.sixtofour or (IPv4Address(int(known) & 0xFFFFFFFF) if known in _NAT64 else None)
        known = within or known
    for kind in ("loopback", "link_local", "multicast", "unspecified", "private", "reserved"):
        if getattr(known, f"is_{kind}"):
            return f"{address} is {'an' if kind[0] == 'u' else 'a'} {kind.replace('_', '-')} address"
    return None if known.is_global else f"{address} is no public address"


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which gives no address away that is not public.

    But for the proxies of the environment, and for an address that the source's own URL is written with.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, *, url: str, private: bool) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.private = private
        own = urlsplit(url).hostname or ""
        proxies = {urlsplit(proxy if "//" in proxy else f"//{proxy}").hostname or "" for proxy in getproxies().values()}
        self.meant = proxies | ({own} if problem(own) else set())

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """With the job's permission for private addresses."""
        settings = crawler.settings
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(
            reactor,
            size,
            settings.getfloat("DNS_TIMEOUT"),
            url=settings["SOURCE_URL"],
            private=settings.getbool("PRIVATE_ADDRESSES"),
        )

    def getHostByName(self, name: str, timeout: object = ()) -> Deferred[str]:  # noqa: ARG002, N802 - Twisted's signature
        """The address of a name. Fails like an unknown name where it is not public."""
        found: Deferred[str] = super().getHostByName(name)
        return found.addCallback(self._judged, name)

    def _judged(self, address: str, name: str) -> str:
        words = None if self.private or name in self.meant else problem(address)
        if words is not None:
            refused[name] = words
            raise DNSLookupError(f"{name}: {words}")
        return address
