"""Pages that came and are no product page: a captcha, a login wall, a soft 404. Told from offers, so that none of them lands.

Shops put captchas and login forms on good pages, too. So a page that states a price for machines is a wall only for where it was
redirected to; one that shows a price to people, also for a title that says it is gone; any other for its title or heading, for
the signs of a challenge that nothing else has, or for a form on a page that says hardly anything besides.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from scrapy.http import Response, TextResponse

Kind = Literal["captcha", "login wall", "soft 404"]

WORDS: dict[Kind, str] = {
    "captcha": "asks to prove that a person reads it (captcha)",
    "login wall": "asks to sign in",
    "soft 404": "says that there is no such page, with the status of a good one (soft 404)",
}

_CHALLENGES = (
    b"cf-challenge", b"_cf_chl_opt", b"px-captcha", b"captcha-delivery.com", b"awsWafCookieDomainList", b"sec-if-cpt-container"
)  # fmt: skip
_FORMS = (b"g-recaptcha", b"h-captcha", b"cf-turnstile")
_LITTLE = 600
"""Characters of text below which a page says hardly anything."""

_CAPTCHA = re.compile(
    r"just a moment|are you (?:a )?(?:robot|human)|robot check|verify (?:that )?you are human|unusual traffic|captcha"
    r"|êtes-vous un robot|vérification de sécurité|sind sie ein (?:mensch|roboter)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^\s*(?:please )?(?:log ?in|sign ?in|log ?on|connexion|connectez-vous|identifiez-vous|anmelden|iniciar sesión|accedi)\b",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b(?:page|product|article|item)\b.{0,20}\b(?:not found|not exist|no longer|unavailable|cannot be found)"
    r"|\b(?:404\b.{0,20}\b(?:not found|error|page)|error 404|erreur 404|fehler 404|not found\s*$)"
    r"|(?:page|produit|article) (?:est )?(?:introuvable|n'existe)|seite (?:wurde )?nicht gefunden|página no encontrada",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|connexion|anmelden|account/login|customer/account/login|sso)\b", re.IGNORECASE)


def wall(page: TextResponse, *, stated: Literal["markup", "visible"] | None) -> Kind | None:
    """What kind of page it is instead of a product's; None for one that may be a product's. `stated`: where it has a price."""
    came_from = (page.request.meta.get("redirect_urls") if page.request else None) or []
    if came_from:
        path = urlsplit(page.url).path
        if _LOGIN_PATH.search(path):
            return "login wall"
        if path in ("", "/") and urlsplit(str(came_from[0])).path not in ("", "/"):
            return "soft 404"
    if stated == "markup":
        return None
    titles = [" ".join(found.split()) for found in page.xpath("//title/text() | //h1//text()").getall()]
    if stated is None:
        text = " ".join(page.xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall())
        little = len(" ".join(text.split())) < _LITTLE
        challenged = any(sign in page.body for sign in _CHALLENGES) or (little and any(sign in page.body for sign in _FORMS))
        if challenged or any(map(_CAPTCHA.search, titles)):
            return "captcha"
        if any(map(_LOGIN.match, titles)) or (little and page.xpath("//input[@type='password']")):
            return "login wall"
    return "soft 404" if any(map(_GONE.search, titles)) else None


def of_error(page: Response) -> Kind | None:
    """What kind of wall an answer with an error's status is; None for an error like any other."""
    if page.status == 401:
        return "login wall"
    challenged = page.headers.get("cf-mitigated") == b"challenge" or any(sign in page.body for sign in (*_CHALLENGES, *_FORMS))
    return "captcha" if page.status in (403, 405, 429, 503) and challenged else None
