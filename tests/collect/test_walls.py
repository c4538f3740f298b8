"""Pages that came and are no product page are told from offers; good pages with captchas and login forms on them are not."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request

from pricewatch.collect.markup.walls import of_error, wall

FORM = '<form action="/login"><input type="password" name="p"></form>'
LONG = "<p>" + "All about this fine tea and where it grows. " * 40 + "</p>"


def page(body: str, title: str = "Shop", url: str = "https://shop.example/p/1", came_from: str | None = None, **answer: Any):
    request = Request(came_from or url, meta={"redirect_urls": [came_from]} if came_from else {})
    text = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return HtmlResponse(url, body=text.encode(), encoding="utf-8", request=request, **answer)


@pytest.mark.parametrize(
    ("came", "kind"),
    [
        (page("<script>window._cf_chl_opt={}</script>", "Just a moment..."), "captcha"),
        (page("<h1>Are you a robot?</h1>"), "captcha"),
        (page('<div class="g-recaptcha"></div>Please go on'), "captcha"),
        (page("<h1>Êtes-vous un robot ?</h1>"), "captcha"),
        (page(FORM, "Sign in - Shop"), "login wall"),
        (page("<h1>Connexion</h1>"), "login wall"),
        (page(FORM + "Welcome"), "login wall"),
        (page("<h1>Page not found</h1>"), "soft 404"),
        (page("", "Erreur 404"), "soft 404"),
        (page("<h1>Produit introuvable</h1>"), "soft 404"),
        (page("<h1>This product is no longer available</h1>"), "soft 404"),
        (page("<h1>Seite wurde nicht gefunden</h1>"), "soft 404"),
        (page("<h1>Tea</h1>"), None),
        (page("<h1>Tea</h1>" + FORM + '<div class="g-recaptcha"></div>' + LONG), None),
        (page("<h1>404 wood screws</h1>" + LONG), None),
        (page("<h1>Sign in enamel, blue</h1>" + LONG, "Enamel"), "login wall"),
    ],
)
def test_a_page_without_a_price_is_told_by_what_it_says_of_itself(came: HtmlResponse, kind: str | None):
    assert wall(came, stated=None) == kind


def test_a_page_that_shows_a_price_is_no_wall_unless_it_says_that_it_is_gone():
    assert wall(page("<h1>Sign in enamel, blue</h1>" + FORM), stated="visible") is None
    assert wall(page('<div class="g-recaptcha"></div>'), stated="visible") is None
    assert wall(page("<h1>Page not found</h1> you may like: tea, $2.49"), stated="visible") == "soft 404"
    assert wall(page("<h1>Page not found: the board game</h1>"), stated="markup") is None


def test_a_redirect_to_the_login_or_the_home_page_is_a_wall_whatever_stands_there():
    asked = "https://shop.example/p/1"
    assert wall(page("", url="https://shop.example/login?next=/p/1", came_from=asked), stated="markup") == "login wall"
    assert wall(page("", url="https://shop.example/", came_from=asked), stated="markup") == "soft 404"
    assert wall(page("", url="https://shop.example/p/1-tea", came_from=asked), stated="markup") is None
    assert wall(page("", url="https://shop.example/p/logins", came_from=asked), stated="markup") is None


def test_errors_that_are_walls_are_told_from_errors():
    assert of_error(page("", status=401)) == "login wall"
    assert of_error(page("", status=403, headers={"cf-mitigated": "challenge"})) == "captcha"
    assert of_error(page('<div id="px-captcha"></div>', status=403)) == "captcha"
    assert of_error(page("", status=403)) is None
    assert of_error(page('<div class="g-recaptcha"></div>', status=404)) is None
