"""Markets, channels and sources as the engine is given them; rules and kinds of check as lists for people."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from pricewatch.domain import money, tables
from pricewatch.engine.checks import registry
from pricewatch.engine.world import CHANNELS, MARKETS, POLICY, RATES, Rule
from pricewatch.workspace.config import Channel, Corridor, Market, RoundingPolicy, SameAs, Source, StackingPolicy


def market_frame(markets: Sequence[Market]) -> pl.DataFrame:
    """One row a market, columns of `MARKETS`."""
    rows = [
        {
            "market": market.id,
            "currency": market.currency,
            "time_zone": market.time_zone,
            "tax_included": market.tax_included,
            **_policy(market.stacking, market.rounding, market.currency),
        }
        for market in markets
    ]
    return pl.DataFrame(rows, schema=MARKETS)


def rate_frame(markets: Sequence[Market]) -> pl.DataFrame:
    """One row a market and other currency, columns of `RATES`."""
    rows = [(market.id, currency, int(rate * 1_000_000)) for market in markets for currency, rate in market.rates.items()]
    return pl.DataFrame(rows, schema=RATES, orient="row")


def _policy(stacking: StackingPolicy | None, rounding: RoundingPolicy | None, currency: str) -> dict[str, object]:
    """Columns of `POLICY`; null where a channel takes its market's. Coins and endings in minor units of the currency."""
    per_unit = 10 ** money.digits(currency)
    own: dict[str, object] = dict.fromkeys(POLICY)
    if stacking is not None:
        own |= {"stacking": stacking.mode, "stack_limit": stacking.limit}
    if rounding is not None:
        own |= {
            "rounding_mode": rounding.mode,
            "rounding_point": rounding.point,
            "rounding_step": 1 if rounding.step is None else max(1, int(rounding.step * per_unit)),
            "rounding_endings": [int(ending * per_unit) for ending in rounding.endings],
            "rounding_to": rounding.to,
        }
    return own


def channel_frame(channels: Sequence[Channel], markets: Sequence[Market]) -> pl.DataFrame:
    """One row a channel, columns of `CHANNELS`.

    `low` and `high` are basis points of the leader's price: 0 and 0 for `same_as`, null for channels that follow nobody.
    """
    currency_of = {market.id: market.currency for market in markets}
    rows = [_channel(channel) | _policy(channel.stacking, channel.rounding, currency_of[channel.market]) for channel in channels]
    return pl.DataFrame(rows, schema=CHANNELS)


def source_frame(sources: Sequence[Source], markets: Sequence[Market]) -> pl.DataFrame:
    """One row a source, columns of `tables.Sources`; currency and time zone fall back on the market's."""
    market_of = {market.id: market for market in markets}
    rows = [
        (
            source.id,
            source.market,
            source.channel,
            source.surface,
            source.decimal,
            source.minor_units,
            source.currency or market_of[source.market].currency,
            source.tax_included,
            source.time_zone or market_of[source.market].time_zone,
            source.time_format,
        )
        for source in sources
    ]
    return pl.DataFrame(rows, schema=tables.schema("sources"), orient="row")


RULES = ("id", "check", "where", "severity", "owner", "why", "place", "valid_from", "valid_to", "pack", "enabled")
KINDS = ("check", "summary", "parameters")


def rule_frame(rules: Sequence[Rule]) -> pl.DataFrame:
    """One row a rule, all text, in the order of files and lines.

    `place` is `file:line`; `severity` is a word, or `minor to critical` where it goes by limits; `where`, `pack` and the days
    `valid_from` and `valid_to` are null when it has none; `enabled` is yes or no.
    """
    rows = [
        {
            **{name: getattr(rule, name) for name in ("id", "check", "where", "owner", "why", "place")},
            "severity": f"{rule.severity} to {rule.severities[-1][0]}" if len(rule.severities) > 1 else rule.severity,
            "valid_from": None if rule.valid_from is None else rule.valid_from.isoformat(),
            "valid_to": None if rule.valid_to is None else rule.valid_to.isoformat(),
            "pack": rule.pack or None,
            "enabled": "yes" if rule.enabled else "no",
        }
        for rule in rules
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(RULES, pl.String))


def kind_frame() -> pl.DataFrame:
    """One row a kind of check, by name: the first line of its manual, and its parameters separated by commas."""
    rows = [(kind.name, kind.summary, ", ".join(kind.params.model_fields)) for kind in registry().values()]
    return pl.DataFrame(rows, schema=dict.fromkeys(KINDS, pl.String), orient="row")


def _channel(channel: Channel) -> dict[str, object]:
    role = channel.role
    named: dict[str, object] = {"role": role, "leader": None, "landed": False, "low": None, "high": None}
    if isinstance(role, SameAs):
        named = {"role": "same_as", "leader": role.same_as, "landed": False, "low": 0, "high": 0}
    if isinstance(role, Corridor):
        low, high = _basis_points(role.from_percent), _basis_points(role.to_percent)
        named = {"role": "within", "leader": role.within, "landed": role.landed, "low": low, "high": high}
    return {
        "channel": channel.id,
        "channel_name": channel.name,
        "channel_kind": channel.kind,
        "market": channel.market,
        "zone": channel.zone,
        **named,
        "grace": channel.grace,
        "own_seller": channel.own_seller,
    }


def _basis_points(percent: float) -> int:
    """7.25 percent is 725 basis points; the model allows no finer ones."""
    return int(Decimal(str(percent)) * 100)
