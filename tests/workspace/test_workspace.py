"""A workspace: found, loaded whole, every problem of every file at once, and its frames for the engine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.domain.errors import Problems, UserError, WorkspaceError
from pricewatch.engine.world import CHANNELS, MARKETS
from pricewatch.workspace import Workspace

CHECKOUT = Path(__file__).resolve().parents[2]

MARKET = """\
    - id: {id}
      name: A market
      currency: {currency}
      time_zone: {zone}
      tax_included: true
"""

CHANNEL = """\
    - id: {id}
      name: A channel
      kind: web
      market: {market}
      zone: Z1
      role: {role}
"""


def _markets(*markets: tuple[str, str, str]) -> str:
    return "".join(MARKET.format(id=i, currency=c, zone=z) for i, c, z in markets)


def _channels(*channels: tuple[str, str, str]) -> str:
    return "".join(CHANNEL.format(id=i, market=m, role=r) for i, m, r in channels)


def _source(**keys: str) -> str:
    written = {"id": "feed", "importer": "table_file", "market": "fr", "channel": "web", "files": "inbox/{night}/a.csv", **keys}
    return (
        "\n".join(f"{'- ' if n == 0 else '  '}{key}: {value}" for n, (key, value) in enumerate(written.items()) if value) + "\n"
    )


def test_the_small_workspace_is_right(told):
    assert told({}) == []


def test_the_demo_retailer_is_right(monkeypatch):
    monkeypatch.delenv("PRICEWATCH_DEMO_SHOP", raising=False)
    workspace = Workspace.load(CHECKOUT)
    assert len(workspace.rules) >= 5
    shop = next(source for source in workspace.sources if source.spider == "webshop")
    assert shop.url is not None
    assert shop.url.startswith("http://127.0.0.1")


def test_a_workspace_is_found_upwards(write):
    root = write()
    (root / "inbox" / "2026-03-14").mkdir(parents=True)
    assert Workspace.find(root / "inbox" / "2026-03-14") == root.resolve()


def test_the_environment_names_the_workspace_where_nobody_says(write, monkeypatch):
    root = write()
    monkeypatch.chdir("/")
    monkeypatch.setenv("PRICEWATCH_WORKSPACE", str(root))
    assert Workspace.find() == root.resolve()


def test_an_environment_that_names_no_workspace_is_told_and_not_passed_over(write, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(write())
    monkeypatch.setenv("PRICEWATCH_WORKSPACE", str(tmp_path_factory.mktemp("empty")))
    with pytest.raises(WorkspaceError, match="PRICEWATCH_WORKSPACE names a folder without"):
        Workspace.find()


def test_where_there_is_no_workspace_init_is_named(tmp_path):
    with pytest.raises(WorkspaceError, match=r"(?s)there is no workspace.*pricewatch init"):
        Workspace.find(tmp_path)
    with pytest.raises(WorkspaceError, match=r"(?s)has no config/workspace.yaml.*pricewatch init"):
        Workspace.load(tmp_path)


def test_folders_and_database_lie_where_the_file_and_the_environment_say(write, monkeypatch):
    root = write({"config/workspace.yaml": "name: Shop\ndata: state\noutbox: out/files\n"})
    workspace = Workspace.load(root)
    assert workspace.database_url == f"sqlite:///{root.resolve() / 'state' / 'pricewatch.db'}"
    assert (workspace.landing, workspace.lake) == (workspace.data / "landing", workspace.data / "lake")
    assert workspace.outbox == root.resolve() / "out" / "files"
    assert workspace.inbox == root.resolve() / "inbox"
    monkeypatch.setenv("PRICEWATCH_DATABASE", "postgresql://db.example/prices")
    assert Workspace.load(root).database_url == "postgresql://db.example/prices"


def test_problems_of_all_files_are_told_at_once_in_the_order_of_files_and_lines(told):
    found = told(
        {
            "config/workspace.yaml": "naem: Shop\n",
            "config/markets.yaml": _markets(("fr", "EUR", "Europe/Pari")),
            "config/channels.yaml": _channels(("web", "rf", "leader"), ("app", "fr", "{same_as: wbe}")),
            "config/sources.yaml": _source(channel="wbe", decimal="';'"),
            "rules/prices.yaml": "- id: a\n  check: expcted_price\n",
        }
    )
    assert [where for where, _, _ in found] == [
        "config/workspace.yaml:1",
        "config/workspace.yaml:1",
        "config/markets.yaml:4",
        "config/channels.yaml:4",
        "config/channels.yaml:12",
        "config/sources.yaml:4",
        "config/sources.yaml:6",
        "rules/prices.yaml:2",
    ]


@pytest.mark.parametrize("name", ["workspace.yaml", "markets.yaml", "channels.yaml", "sources.yaml"])
def test_a_file_that_is_missing_is_the_one_problem_told(write, name):
    root = write()
    (root / "config" / name).unlink()
    with pytest.raises(UserError) as caught:
        Workspace.load(root)
    assert not isinstance(caught.value, Problems)


def test_a_file_that_is_no_list_or_is_empty_says_how_to_begin(told):
    assert told({"config/sources.yaml": "id: a\n"}) == [
        ("config/sources.yaml:1", "this file is a list of sources", "begin each source with - id: ...")
    ]
    assert told({"config/channels.yaml": "# later\n"}) == [
        ("config/channels.yaml:1", "this file is a list of channels", "begin each channel with - id: ...")
    ]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("config/sources.yml", "rename it to sources.yaml"),
        ("config/source.yaml", "did you mean 'sources.yaml'?"),
        ("rules/more.yml", "rename it to more.yaml"),
    ],
)
def test_a_file_that_would_be_passed_over_is_told(told, name, fix):
    ((where, what, said),) = told({name: "- id: a\n"})
    assert (where, what) == (name, "pricewatch does not read a file of this name")
    assert said.startswith(fix)


def test_a_local_file_is_the_users_own(told):
    assert told({"config/secrets.local.yaml": "token: abc\n"}) == []


def test_equal_ids_are_told_with_both_lines(told):
    found = told({"config/markets.yaml": _markets(("fr", "EUR", "Europe/Paris"), ("fr", "EUR", "Europe/Paris"))})
    assert found == [
        ("config/markets.yaml:6", "there are two markets 'fr'; the other is config/markets.yaml:1", "give one of them another id")
    ]


def test_an_unknown_currency_and_an_unknown_time_zone_are_told(told):
    found = told({"config/markets.yaml": _markets(("fr", "EUX", "europe/paris"))})
    assert found == [
        ("config/markets.yaml:3", "market 'fr': there is no currency 'EUX'", "write its ISO 4217 code, for example EUR"),
        ("config/markets.yaml:4", "market 'fr': there is no time zone 'europe/paris'", "did you mean 'Europe/Paris'?"),
    ]


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/passwd", "Europe", "posixrules/x", "'a b'"])
def test_a_time_zone_is_never_a_path(told, zone):
    ((where, what, _),) = told({"config/markets.yaml": _markets(("fr", "EUR", zone))})
    assert where == "config/markets.yaml:4"
    assert "there is no time zone" in what


def test_channels_that_follow_each_other_in_a_circle_are_told_once(told):
    found = told(
        {
            "config/channels.yaml": _channels(
                ("web", "fr", "{same_as: app}"), ("app", "fr", "{within: kiosk}"), ("kiosk", "fr", "{same_as: web}")
            )
        }
    )
    assert found == [
        (
            "config/channels.yaml:6",
            "channels follow each other in a circle: web -> app -> kiosk -> web",
            "make one of them the leader",
        )
    ]


def test_a_channel_that_follows_itself_is_a_circle_too(told):
    ((_, what, _),) = told({"config/channels.yaml": _channels(("web", "fr", "leader"), ("app", "fr", "{same_as: app}"))})
    assert what == "channels follow each other in a circle: app -> app"


def test_a_leader_is_of_the_same_market(told):
    found = told(
        {
            "config/markets.yaml": _markets(("fr", "EUR", "Europe/Paris"), ("de", "EUR", "Europe/Berlin")),
            "config/channels.yaml": _channels(
                ("web", "fr", "leader"), ("app", "fr", "leader"), ("web-de", "de", "{same_as: web}")
            ),
        }
    )
    assert found == [
        (
            "config/channels.yaml:18",
            "channel 'web-de' of market 'de' follows 'web' of market 'fr'",
            "follow a channel of the same market: there is none yet",
        )
    ]


@pytest.mark.parametrize(
    ("role", "what", "fix"),
    [
        ("leadr", "channel 'web': 'role' is 'leadr'", "did you mean 'leader'? it is one of: leader, own_zone"),
        ("{sameas: web}", "channel 'web': 'role' is {sameas: ...}", "write leader: others follow it;"),
        ("3", "channel 'web': 'role' is '3'", "write leader: others follow it;"),
        ("{same_as: app, landed: true}", "channel 'web': no key 'landed' in 'role'", "a role {same_as: ...} has: same_as"),
        ("{within: app, from_percent: 5}", "channel 'web': 'role': from_percent is above to_percent", "exchange the two"),
        (
            "{within: app, to_percent: 0.125}",
            "channel 'web': 'role': percents of a role have at most two decimals",
            "write for example",
        ),
    ],
)
def test_a_role_is_complained_about_once_and_in_its_own_form(told, role, what, fix):
    ((where, said, how),) = told({"config/channels.yaml": _channels(("web", "fr", role), ("app", "fr", "leader"))})
    assert where == "config/channels.yaml:6"
    assert said == what
    assert how.startswith(fix)


@pytest.mark.parametrize(
    ("keys", "where", "what"),
    [
        ({"market": "rf"}, 3, "source 'feed': there is no market 'rf'"),
        ({"channel": "wbe"}, 4, "source 'feed': there is no channel 'wbe'"),
        ({"channel": ""}, 1, "source 'feed': 'channel' is missing"),
        ({"importer": "tabel_file"}, 2, "source 'feed': there is no importer 'tabel_file'"),
        ({"files": ""}, 1, "source 'feed': 'files' is missing"),
        ({"files": "inbox/a.csv"}, 5, "source 'feed': every night would read the same files 'inbox/a.csv' again"),
        ({"files": "inbox/{nigth}/a.csv"}, 5, "source 'feed': there is no placeholder '{nigth}'"),
        ({"files": "../{night}/a.csv"}, 5, "source 'feed': '../{night}/a.csv' leads out of the workspace"),
        ({"files": "/srv/{night}/a.csv"}, 5, "source 'feed': '/srv/{night}/a.csv' leads out of the workspace"),
        ({"currency": "EUX"}, 6, "source 'feed': there is no currency 'EUX'"),
        ({"time_zone": "Paris"}, 6, "source 'feed': there is no time zone 'Paris'"),
        ({"spider": "webshop"}, 1, "source 'feed': a source has either a spider or an importer"),
        ({"pace": "{delay: 0}"}, 1, "source 'feed': an importer does not use pace"),
        ({"importer": "", "spider": "wbshop", "files": "", "url": "x"}, 4, "source 'feed': there is no file spiders/wbshop.py"),
        ({"importer": "", "spider": "webshop", "files": ""}, 1, "source 'feed': 'url' is missing"),
    ],
)
def test_what_a_source_says_of_other_things_is_checked(told, keys, where, what):
    ((place, said, fix),) = told({"config/sources.yaml": _source(**keys)}, importers={"table_file"})
    assert (place, said) == (f"config/sources.yaml:{where}", what)
    assert fix


def test_an_entry_with_one_mistake_is_told_its_other_ones_too(told):
    found = told({"config/sources.yaml": _source(decimal="x", channel="wbe")})
    assert [where for where, _, _ in found] == ["config/sources.yaml:4", "config/sources.yaml:6"]


def test_a_thing_with_a_mistake_still_counts_as_there_for_those_that_name_it(told):
    found = told({"config/markets.yaml": _markets(("fr", "EUR", "Europe/Pari"))})
    assert [where for where, _, _ in found] == ["config/markets.yaml:4"]


def test_a_central_file_may_be_the_same_every_night(told):
    assert told({"config/sources.yaml": _source(feeds="products", channel="", files="inbox/central/catalogue.csv")}) == []


def test_a_missing_secret_is_told_with_its_line(told, monkeypatch):
    monkeypatch.delenv("SHOP_TOKEN", raising=False)
    found = told({"config/sources.yaml": _source(options="{token: '${env:SHOP_TOKEN}'}")})
    assert found == [
        (
            "config/sources.yaml:6",
            "the environment variable SHOP_TOKEN is not set",
            "export SHOP_TOKEN=..., or write ${env:SHOP_TOKEN:-default}",
        )
    ]


def test_a_secret_reaches_the_sources_options(write, monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", "abc")
    workspace = Workspace.load(write({"config/sources.yaml": _source(options="{token: '${env:SHOP_TOKEN}'}")}))
    assert workspace.sources[0].options == {"token": "abc"}


def test_markets_and_channels_become_the_engines_frames(write):
    roles = ("leader", "own_zone", "{same_as: a}", "{within: a, landed: true, from_percent: -0.5, to_percent: 7.25}")
    channels = [(name, "fr", role) for name, role in zip("abcd", roles, strict=True)]
    sources = _source(channel="a")
    workspace = Workspace.load(
        write({"config/channels.yaml": _channels(*channels) + "      grace: 12h\n", "config/sources.yaml": sources})
    )
    quiet = ("exclusive", None, "half_up", "price", 1, [], "nearest")
    assert workspace.market_frame().rows() == [("fr", "EUR", "Europe/Paris", True, *quiet)]
    assert workspace.market_frame().schema == pl.Schema(MARKETS)
    frame = workspace.channel_frame()
    assert frame.schema == pl.Schema(CHANNELS)
    assert frame.select("channel", "role", "leader", "landed", "low", "high").rows() == [
        ("a", "leader", None, False, None, None),
        ("b", "own_zone", None, False, None, None),
        ("c", "same_as", "a", False, 0, 0),
        ("d", "within", "a", True, -50, 725),
    ]
    assert frame["grace"].to_list() == [timedelta(0)] * 3 + [timedelta(hours=12)]


def test_sources_take_currency_and_time_zone_from_their_market_unless_they_say(write):
    text = _source() + _source(
        id="other", currency="USD", time_zone="UTC", decimal="','", minor_units="true", tax_included="false"
    )
    frame = Workspace.load(write({"config/sources.yaml": text})).source_frame()
    assert frame.schema == tables.schema("sources")
    assert frame.select("source", "currency", "time_zone", "decimal", "minor_units", "tax_included").rows() == [
        ("feed", "EUR", "Europe/Paris", ".", False, None),
        ("other", "USD", "UTC", ",", True, False),
    ]
