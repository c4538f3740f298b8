"""The ready-made profiles: samples of what each shop engine answers and the rows they must give, and a crawl of each.

`profiles/<profile>/<case>.json`, beside it `<case>.expected.csv`, and `<case>.options.json` where the source says more.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from api_on_loopback import Answered, Asked, answering
from test_app_api import crawled, rows_of

from pricewatch.collect.api.options import Api, declared, profiles
from pricewatch.collect.api.records import Lacking, NotAsDeclared, offers, parsed

HERE = Path(__file__).parent / "profiles"
CASES = sorted(path for path in HERE.glob("*/*.json") if not path.name.endswith(".options.json"))
TODAY = date(2026, 3, 13)
CRAWLED = sorted(name for name in profiles() if not name.startswith("amazon"))


def rows_as_csv(case: Path) -> str:
    """What a sample gives: its rows, with refusals in a column of their own; only columns that say something."""
    beside = case.with_suffix(".options.json")
    own = json.loads(beside.read_text()) if beside.exists() else {}
    api = declared({"profile": case.parent.name} | own, Api)
    if api.graphql is not None:
        api = api.model_copy(update={"errors": "errors"})
    rows: list[dict[str, str | None]] = []
    try:
        found = offers(parsed(case.read_bytes()), api, asked={}, today=TODAY)
        rows += [{"refused": one.reason} if isinstance(one, Lacking) else one.fields for one in found]
    except NotAsDeclared as error:
        rows = [{"refused": str(error)}]
    columns = list(dict.fromkeys(name for row in rows for name, value in row.items() if value is not None))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_gives_the_rows_written_beside_it(case: Path):
    assert rows_as_csv(case) == case.with_suffix(".expected.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("profile", CRAWLED)
def test_every_profile_has_samples(profile: str):
    assert len([case for case in CASES if case.parent.name == profile]) >= 6


def sample(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def shopify(asked: Asked) -> Any:
    assert (asked.path, asked.parameters["limit"]) == ("/products.json", "250")
    return sample("shopify/variants.json") if asked.parameters["page"] == "1" else {"products": []}


def woocommerce(asked: Asked) -> Any:
    assert asked.path == "/wp-json/wc/store/v1/products"
    kind = "variations" if asked.parameters.get("type") == "variation" else "products"
    return Answered(sample(f"woocommerce/{kind}.json"), headers={"X-WP-TotalPages": "1"})


def magento(asked: Asked) -> Any:
    assert asked.path == "/rest/V1/products"
    assert asked.headers["Authorization"] == "Bearer magento-integration-token"
    answer = sample("magento/simple_products.json") | {"total_count": 2}
    page = int(asked.parameters["searchCriteria[currentPage]"])
    return answer | {"items": answer["items"][page - 1 : page]}  # the server allows one product a page


def vendure(asked: Asked) -> Any:
    answer = sample("vendure/variants.json")
    products, variables = answer["data"]["products"], asked.body["variables"]
    assert (asked.path, variables["take"], products["totalItems"]) == ("/shop-api", 100, 2)
    products["items"] = products["items"][variables["skip"] :][:1]
    return answer


def saleor(asked: Asked) -> Any:
    assert (asked.path, asked.body["variables"]["channel"], asked.body["variables"]["first"]) == ("/graphql/", "uk", 100)
    answer = sample("saleor/variants.json")
    first = "after" not in asked.body["variables"]
    products = answer["data"]["products"]
    products["edges"] = products["edges"][:1] if first else products["edges"][1:]
    products["pageInfo"] = {"hasNextPage": first, "endCursor": "WyJwIl0="}
    return answer


@pytest.mark.parametrize(
    ("answer", "url", "own", "requests", "expected"),
    [
        (shopify, "", {}, 2, ["variants"]),
        (woocommerce, "", {}, 2, ["products", "variations"]),
        (magento, "", {"headers": {"Authorization": "Bearer magento-integration-token"}}, 2, ["simple_products"]),
        (vendure, "", {}, 2, ["variants"]),
        (saleor, "/graphql/", {"graphql": {"variables": {"channel": "uk"}}}, 2, ["variants"]),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_shop_of_each_engine_is_crawled_with_its_profile_alone(
    answer: Callable[[Asked], Any], url: str, own: dict[str, Any], requests: int, expected: list[str], tmp_path: Path
):
    profile = answer.__name__
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, {"profile": profile} | own, path=url)
    assert (delivery.status, delivery.problem, len(api.asked)) == ("complete", None, requests)
    golden = [row for case in expected for row in csv.DictReader((HERE / profile / f"{case}.expected.csv").open())]
    told = {(row["external_id"], row["price_text"]) for row in golden if not row.get("refused")}
    assert told
    assert set(rows_of(tmp_path).select("external_id", "price_text").iter_rows()) == told


def test_the_sources_own_keys_override_the_profiles():
    api = declared({"profile": "shopify", "fields": {"gtin": None, "name": "title"}, "paging": {"by": "link"}}, Api)
    assert (api.fields["name"], api.fields["price_text"], "gtin" in api.fields) == ("title", "price", False)
    assert (api.paging.by, api.path) == ("link", "/products.json")


@pytest.mark.parametrize("profile", profiles())
def test_every_profile_is_right_by_itself_and_in_the_manual(profile: str):
    assert declared({"profile": profile}, Api).fields["price_text"]
    assert f"`{profile}`" in (Path(__file__).parents[2] / "docs" / "apis.md").read_text()
