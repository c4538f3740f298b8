"""A marketplace crawled end to end, and judged: our own offer told from others', landed prices, who holds the buy box."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from api_on_loopback import Answered, Api, Asked, answering
from test_app_api import NIGHT, SEEN, SPIDERS

from pricewatch.collect import Delivery, collect, read_landing
from pricewatch.collect.marketplace.options import FREE, declared
from pricewatch.collect.marketplace.rows import shipping
from pricewatch.collect.sellers import alike, ours
from pricewatch.domain.errors import Problems, UserError
from pricewatch.runs.night import run_night
from pricewatch.workspace import Workspace
from pricewatch.workspace.config import Budget, Pace, Source

PAGES = SPIDERS / "pages" / "marketplace"
ROWS = {"row": "li", "seller": ".by", "price": ".price", "shipping": ".ship"}


def page(*offers: tuple[str, str, str], holder: str = "") -> Answered:
    rows = "".join(
        f'<li><b class="by">{who}</b><i class="price">{price}</i><u class="ship">{ship}</u></li>' for who, price, ship in offers
    )
    text = f'<p class="sold">{holder}</p><ul>{rows}</ul>'
    return Answered(text, headers={"Content-Type": "text/html; charset=utf-8"})


def crawled(api: Api, tmp_path: Path, options: dict[str, Any], spiders: Path = SPIDERS) -> Delivery:
    source = Source(
        id="market",
        spider="marketplace",
        market="us",
        channel="market",
        url=api.url,
        private_addresses=True,
        options=options,
        pace=Pace(delay=0),
        budget=Budget(requests=50, minutes=1),
    )
    return collect(tmp_path, tmp_path / "landing", [source], NIGHT, observed_at=SEEN, spiders=spiders)[0]


def rows_of(tmp_path: Path) -> list[tuple[Any, ...]]:
    landed = read_landing(tmp_path / "landing", NIGHT, "market").collect()
    return sorted(landed.select("external_id", "seller", "price_text", "shipping_text", "buy_box").rows(), key=str)


def test_each_sellers_offer_lands_with_shipping_and_our_own_has_no_seller(tmp_path):
    def answer(asked: Asked) -> Any:
        return page(("Our Shop", "$18.99", "FREE"), ("Coffee King", "$17.49", "+ $2.99"), holder="Coffee King")

    options = {
        "urls": ["/offers/4711", "/offers/4712"],
        "id_in_url": r"/offers/(\d+)",
        "rows": ROWS,
        "own_sellers": ["Our Shop"],
        "buy_box_seller": ".sold",
    }
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, options)
    assert (delivery.status, delivery.problem, delivery.refused) == ("complete", None, 0)
    assert rows_of(tmp_path) == [
        (product, *offer)
        for product in ("4711", "4712")
        for offer in (("Coffee King", "$17.49", "$2.99", "true"), (None, "$18.99", "0", "false"))
    ]


def test_a_json_answer_for_each_product_of_the_catalogue_is_read_by_the_paths_of_an_api(tmp_path):
    (tmp_path / "catalogue.csv").write_text("sku;asin\nA1;B001\nA2;B002\n")

    def answer(asked: Asked) -> Any:
        asin = asked.path.rpartition("/")[2]
        return {"asin": asin, "offers": [{"by": "A1OURS", "cents": 999}, {"by": "A2", "cents": 949}]}

    fields = {"external_id": "$.asin", "seller": "by", "price_text": "cents", "currency": "=USD", "gtin": None, "name": None}
    options = {
        "url_file": {"file": "catalogue.csv", "column": "asin", "separator": ";", "template": "/api/offers/{}"},
        "answer": {"products": "offers", "fields": fields, "implied_decimals": 2},
        "own_sellers": ["a1ours"],
    }
    shutil.copytree(SPIDERS, tmp_path / "spiders")
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, options, spiders=tmp_path / "spiders")
    assert (delivery.status, delivery.problem) == ("complete", None)
    assert [row[:3] for row in rows_of(tmp_path)] == [
        ("B001", "A2", "9.49"),
        ("B001", None, "9.99"),
        ("B002", "A2", "9.49"),
        ("B002", None, "9.99"),
    ]


FILES = {
    "config/workspace.yaml": "name: Small Shop\n",
    "config/markets.yaml": "- {id: us, name: United States, currency: USD, time_zone: America/New_York, tax_included: false}\n",
    "config/channels.yaml": "- {id: web, name: Webshop, kind: web, market: us, zone: Z1, role: leader}\n"
    "- {id: market, name: Market, kind: marketplace, market: us, zone: Z1,"
    " role: {within: web, landed: true, from_percent: 0, to_percent: 8}}\n",
    "config/sources.yaml": """
- {id: catalogue, feeds: products, importer: table_file, market: us, files: inbox/catalogue.csv}
- {id: price-list, feeds: price_list, importer: table_file, market: us, files: inbox/price_list.csv}
- {id: web, importer: table_file, market: us, channel: web, files: "inbox/{night}/web.csv", tax_included: false}
- id: market
  spider: marketplace
  market: us
  channel: market
  url: SITE
  private_addresses: true
  tax_included: false
  pace: {delay: 0}
  options:
    urls: [/offers/A1, /offers/A2]
    id_in_url: /offers/(\\w+)
    rows: {row: li, seller: .by, price: .price, shipping: .ship}
    own_sellers: [Our Shop]
    buy_box_seller: .sold
""",
    "rules/market.yaml": """
- {id: landed, check: landed_price, from_percent: 0, to_percent: 8, leader_shipping: 0.00, severity: major, owner: us, why: Fees.}
- {id: box, check: buy_box, find: lost, severity: minor, owner: us, why: Ours.}
""",
    "inbox/NIGHT/web.csv": "external_id,price_text\nA1,18.99\nA2,2.50\n",
    "inbox/catalogue.csv": "sku,name\nA1,Espresso\nA2,Pen\n",
    "inbox/price_list.csv": "sku,market,zone,list_price,valid_from\nA1,us,Z1,18.99,2020-01-01\nA2,us,Z1,2.50,2020-01-01\n",
}


def test_landed_price_and_buy_box_of_a_crawl_are_judged_the_same_night(tmp_path):
    def answer(asked: Asked) -> Any:
        if asked.path == "/offers/A1":
            return page(("Our Shop", "$18.99", "FREE"), ("Coffee King", "$16.00", "$2.00"), holder="Coffee King")
        return page(("Our Shop", "$1.90", "$0.50"), ("Pens", "$1.00", ""), holder="Our Shop")

    with answering(answer) as api:
        for name, text in FILES.items():
            path = tmp_path / name.replace("NIGHT", NIGHT.isoformat())
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("SITE", api.url).lstrip("\n"), encoding="utf-8")
        shutil.copytree(SPIDERS, tmp_path / "spiders")
        run = run_night(Workspace.load(tmp_path), NIGHT, observed_at=SEEN, as_of=SEEN)
    found = sorted(run.findings.select("sku", "check", "observed", "expected").rows())
    assert [row[:2] for row in found] == [("A1", "buy_box"), ("A2", "landed_price")]
    assert found[1][2:] == (240, 250)  # 1.90 and 0.50 shipping, where the webshop asks 2.50 shipped free


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("FREE delivery", "0"),
        ("Kostenloser Versand", None),  # another word: declare it
        ("Livraison gratuite", "0"),
        ("+ 2,99 € Versand", "2,99 €"),
        ("Free from $35", None),
        ("Versand gratis ab 35 €", None),
        ("0,00 €", "0,00 €"),
        ("free (was $0.00)", "0"),
        ("see terms", None),
        ("freestyle", None),
        ("12€99", "12,99 €"),
    ],
)
def test_shipping_in_words_is_nothing_only_where_it_says_so(text: str, cost: str | None):
    assert shipping(text, FREE, ",") == cost


def test_sellers_are_told_apart_by_name_or_id_and_nobody_is_nobody():
    assert ours(("Our  Shop ", None), ["our shop"])
    assert ours((None, "a1ours"), ["A1OURS"])
    assert not ours((None, None), ["A1OURS"])
    assert not ours(("Our Shop GmbH",), ["Our Shop"])
    assert alike("Our Shop", "our shop")
    assert not alike(None, None)


@pytest.mark.parametrize(
    ("options", "what", "fix"),
    [
        ({"rows": {"row": "li", "seller": ".by"}}, "'price' is missing in 'rows'", "add price: ..."),
        ({"rows": ROWS | {"shiping": ".x"}}, "no key 'shiping' in 'rows'", "did you mean 'shipping'?"),
        ({"rows": ROWS | {"price": "li["}}, "'rows.price': 'li[' is no CSS selector", "write for example .price"),
        ({"rows": ROWS, "answer": {"profile": "amazon_offers"}}, "declares rows and answer", "take one of the two out"),
        ({"answer": {"profile": "shopify"}}, "no field says who sells", "add seller: ... to fields"),
        ({"answer": {"profile": "amazon"}}, "there is no profile 'amazon'", "did you mean"),
        ({"unnamed": "theirs"}, "'unnamed' is 'theirs'", "it is one of: refused, ours"),
    ],
)
def test_a_mistake_in_the_options_is_told_with_its_mend(options: dict[str, Any], what: str, fix: str):
    with pytest.raises(UserError) as told:
        declared(options)
    problem = told.value.problems[0] if isinstance(told.value, Problems) else told.value
    assert what in problem.what
    assert fix in problem.fix


def test_wrong_options_are_told_and_nothing_is_asked_for(tmp_path):
    with answering(lambda asked: page()) as api:
        delivery = crawled(api, tmp_path, {"rows": {"row": "li"}, "own_sellers": ["x"]})
    assert (delivery.status, api.asked) == ("failed", [])
    assert "'seller' is missing in 'rows'" in delivery.problem
