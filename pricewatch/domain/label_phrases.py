"""The phrases a promotion's label is made of, French and English, as patterns over `label_text.formed`.

A label is read by taking phrases out, the most particular first: in `le 2e a -50 %` the percentage belongs to the second item and
must not be read as a reduction of every one. The order of `PHRASES` is that order.

Groups: `n` units that are bought or counted, `m` units that are free or paid, `percent` and `money` as written.
"""

from __future__ import annotations

import re

import polars as pl

from pricewatch.domain.label_text import MONEY, NUMBER, PERCENT

_MANY = "(?:[2-9]|[1-9][0-9])"
_COUNT = "[1-9][0-9]?"
_NOUNS = r"(?: [a-z']+)"
_FREE = r"(?:offert|gratuit|free|gratis)[a-z]*"
_PLAIN_PRICE = r"[0-9]+[.,][0-9]{2}\b"
_END = r"(?: *$| *[!;:)|*(]| *[.,]+(?:[^0-9]|$))"
"""What ends a bare figure: the label's end or a mark; never a decimal sign, a currency or a percent sign."""

OFF = (
    r"(?:off|de (?:remise|reduction|rabais|discount|moins)|remise|economies?|economises?|discount|savings?|rebate|moins cher"
    r"|cheaper|less|deduits?)\b(?: immediat[a-z]*)?"
)
SAVE = (
    r"\b(?:save|economisez|(?:remise|reduction|rabais|bon de reduction|discount|economie)s?(?: immediate?s?)?)"
    r"(?: de| of)?(?: :|:)?"
)
UP_TO = r"(?:jusqu ?'? ?a|up ?to|max(?:imum)?\.?)"
_CREDITED = (
    r"(?:de )?(?:remise |avantage )?(?:immediatement )?(?:offerts? |verses? )?"
    r"(?:credit[a-z]*|cagnott[a-z]*|rembourse[a-z]*|en bons? (?:de )?achats?|en cagnotte|en fidelite"
    r"|en avantages? (?:carte|fidelite)"
    r"|(?:sur|dans) (?:la|votre|ta|ma|le|son) (?:carte|cagnotte|compte fidelite)|(?:cash ?)?back\b"
    r"|(?:on|onto|to|in) (?:your|the|my) (?:loyalty |club ?)?(?:card|account)|in (?:points|rewards|vouchers?))"
)
_CREDIT = r"\b(?:cagnott[a-z]*|creditez|credited?|earn|cash ?back)(?: :|:)?(?: de| of)?"
_BOUGHT = r"(?:achet[a-z]*|bought)"
_SECOND = rf"\b(?P<n>{_MANY})e\b"

PHRASES: tuple[tuple[str, str], ...] = (
    ("code", r"\bcode(?: promo\b| avantage\b| de reduction\b)?(?: :|:| is)? ?'?(?P<code>[a-z]*[0-9][a-z0-9]*)\b"),
    (
        "shipping",
        rf"\b(?:livraison|frais de (?:port|livraison)){_NOUNS}{{0,2}}? {_FREE}"
        r"|\bfree (?:[a-z]+ )?(?:shipping|delivery|postage|returns)\b",
    ),
    (
        "threshold",
        rf"\b(?:des|a partir de|pour|par tranche de|over|when you spend) (?P<money>{MONEY}) "
        r"(?:(?:de |en )?achats?|de courses|or more|minimum)",
    ),
    ("threshold", rf"\b(?:spend|depensez|orders? (?:over|above|of)) (?P<money>{MONEY})(?: or more)?"),
    (
        "extra_quantity",
        rf"\+ ?(?P<percent>{PERCENT}) ?(?:de |of )?(?:(?:produits?|contenu|quantite|volume|product) )?"
        rf"(?:{_FREE}|extra(?: free)?|more(?: free)?|en plus|bonus)",
    ),
    (
        "extra_quantity",
        rf"(?P<percent>{PERCENT}) ?(?:(?:extra|more) free|extra|more|(?:de )?(?:produit|contenu) (?:en plus|{_FREE})|en plus"
        r"|gratuite?s?|free)\b",
    ),
    ("credit", rf"[+-]? ?(?P<percent>{PERCENT}) ?{_CREDITED}"),
    ("credit", rf"{_CREDIT} (?P<percent>{PERCENT})(?: back)?"),
    ("credit_money", rf"[+-]? ?(?P<money>{MONEY}) ?{_CREDITED}"),
    ("credit_money", rf"{_CREDIT} (?P<money>{MONEY})(?: back)?"),
    ("from_unit", rf"\b(?:des|a partir du?|from) (?:le |la |the )?(?P<n>{_MANY})e\b{_NOUNS}?"),
    (
        "nth_unit",
        rf"-? ?(?P<percent>{PERCENT}) (?:{OFF} (?:sur |on )?|sur |on |off )"
        rf"(?:(?:le|la|the|your|every|chaque) )+{_SECOND}{_NOUNS}?",
    ),
    ("nth_unit", rf"{_SECOND}{_NOUNS}{{0,4}}?[ ,:=]*(?:(?:a|at|for) )?-? ?(?P<percent>{PERCENT}) ?{OFF}"),
    ("nth_unit", rf"{_SECOND}{_NOUNS}{{0,4}}?[ ,:=]*(?:(?:a|at|for) )?- ?(?P<percent>{PERCENT})"),
    ("nth_free", rf"{_SECOND}{_NOUNS}{{0,4}}?[ ,:=]*(?:(?:est|is|en) )?{_FREE}"),
    (
        "buy_get",
        rf"\bbuy (?P<n>{_COUNT}){_NOUNS}{{0,3}}?[ ,:=]*(?:and )?get (?P<m>{_COUNT}){_NOUNS}{{0,2}}?[ ,]*"
        rf"(?:at )?-? ?(?P<percent>{PERCENT})(?: ?{OFF})?",
    ),
    (
        "n_for_price",
        rf"\b(?P<n>{_MANY}){_NOUNS}{{0,3}}? (?:for|pour) (?:(?:only|seulement|just) )?(?P<money>{MONEY}|{_PLAIN_PRICE})"
        r"(?P<each> ?(?:la |le )?(?:each|ea\b|chacune?|unite|piece|/ ?u\b))?",
    ),
    (
        "n_for_price",
        rf"\b(?:lots? de|les|packs? (?:of|de)) (?P<n>{_MANY}){_NOUNS}{{0,2}}?(?: ?[:=]| a| at|,)? ?"
        rf"(?P<money>{MONEY}|{_PLAIN_PRICE})"
        r"(?P<each> ?(?:la |le )?(?:each|ea\b|chacune?|unite|piece|/ ?u\b))?",
    ),
    ("n_for_price", rf"\b(?P<n>{_MANY}) ?/ ?(?P<money>[$£€] ?{NUMBER})"),
    ("n_for_m", rf"\b(?P<n>[1-9]) ?\+ ?(?P<m>{_COUNT})(?:{_NOUNS}{{0,2}}? ?{_FREE}|{_END}| (?:sur|on|au choix|identiques?)\b)"),
    (
        "n_for_m",
        rf"\b(?P<n>{_COUNT}){_NOUNS}{{0,2}}? ?{_BOUGHT}[ ,:=+]*(?:et )?(?:(?:le|la|les) )?"
        rf"(?P<m>{_COUNT}){_NOUNS}{{0,2}}? {_FREE}",
    ),
    (
        "n_for_m",
        rf"\b(?:{_BOUGHT}|buy) (?P<n>{_COUNT}){_NOUNS}{{0,3}}?[ ,:=+]*(?:(?:et|and) )?(?:(?:recevez|get) )?"
        rf"(?P<m>{_COUNT}){_NOUNS}{{0,2}}? {_FREE}",
    ),
    ("n_for_m", rf"\bbuy (?P<n>{_COUNT}){_NOUNS}{{0,3}}?[ ,:=+]*(?:and )?get (?P<m>{_COUNT}){_END}"),
    ("cheapest_free", rf"\b(?:le|la) (?:moins cher|moins chere)(?: des (?P<n>{_MANY}))?{_NOUNS}{{0,2}}? {_FREE}"),
    ("cheapest_free", rf"\bcheapest{_NOUNS}{{0,2}}? {_FREE}"),
    (
        "n_paid",
        rf"\b(?P<n>{_MANY}){_NOUNS}{{0,2}}? (?:(?:au|pour le|for the) (?:meme )?(?:prix|price)(?: de| of)?) (?P<m>{_COUNT})\b",
    ),
    ("n_paid", rf"\b(?P<n>{_MANY}){_NOUNS}{{0,2}}? (?:for|pour|=) (?P<m>{_COUNT})(?:{_END}| (?P<word>[a-z]))"),
    ("unclear_amount", rf"(?:{MONEY}|\b{NUMBER}) ?(?:a|to|ou|or|-) ?-? ?{MONEY}"),
    ("amount", rf"(?P<up>{UP_TO}(?: de)? )?(?P<money>{MONEY}) ?{OFF}"),
    ("amount", rf"{SAVE} (?P<up>{UP_TO}(?: de)? )?-? ?(?P<money>{MONEY})"),
    ("unclear_amount", rf"[a-z0-9)] - {MONEY}"),  # a price behind a dash, or money off?
    ("amount", rf"(?P<up>{UP_TO}(?: de)? )?- ?(?P<money>{MONEY})"),
    ("price_for_n", rf"(?P<money>{MONEY}) ?(?:les|le lot de|pour|for) (?P<n>{_MANY})(?:{_END}| [a-z])"),
    (
        "minimum",
        r"\b(?:des|a partir de|minimum(?: de)?|min\.?|wyb|when (?:you )?buy(?:ing)?|must buy|buy|pour(?: achat de)?"
        rf"|par(?: lots? de)?|lots? de|sur les|achetez(?:-en)?|on) (?P<n>{_COUNT})(?:{_NOUNS}? ?{_BOUGHT}"
        r"| (?:produits?|articles?|unites?|bouteilles?|identiques?|pieces?|paquets?|boites?|exemplaires?|lots?|items?"
        rf"|ou plus|et plus|or more)\b|{_END})",
    ),
    ("minimum", rf"\b(?P<n>{_COUNT}){_NOUNS}? (?:{_BOUGHT}|or more|ou plus|et plus)\b"),
    ("minimum", rf"\b(?:buy|when you buy|wyb) (?P<n>{_COUNT})\b"),
    ("unclear_percent", rf"\b[0-9]{{1,3}} ?%? ?(?:-|a|to|ou|or|et|and|/) ?-? ?{PERCENT}"),
    ("percent", rf"(?P<up>{UP_TO}(?: de)? )?-? ?(?P<percent>{PERCENT}) ?{OFF}"),
    ("percent", rf"{SAVE} (?P<up>{UP_TO}(?: de)? )?-? ?(?P<percent>{PERCENT})"),
    ("percent", rf"(?P<up>{UP_TO}(?: de)? )?- ?(?P<percent>{PERCENT})"),
)
"""Name and pattern. Several patterns of one name are ways to say one thing; saying two things is ambiguous."""

_WAYS: dict[str, dict[int, frozenset[str]]] = {}
"""By phrase: the positions of its ways in `PHRASES`, with the groups of each."""
for _position, (_name, _pattern) in enumerate(PHRASES):
    _WAYS.setdefault(_name, {})[_position] = frozenset(re.findall(r"\?P<(\w+)>", _pattern))

MONEY_ALONE = rf"^[^€$£¥0-9]*({MONEY})[^€$£¥0-9]*$"
"""A label, or what is left of one, with one price in it and no other figure."""


def taken(label: pl.Expr) -> pl.Expr:
    """Struct of a formed label and its phrases.

    `whole`, the label; `undelivered`, without its free delivery; `rest`, what no phrase has taken. For each phrase:
    `<phrase>_things`, the number of different things it says (0: it is not there; `-20 %` and `20 % off` are one thing), and
    `<phrase>_<group>`, the words of its first mention.
    """
    rest = pl.field("rest")
    phrases = pl.struct(whole=label).struct.with_fields(rest=pl.field("whole"))
    for position, (name, pattern) in enumerate(PHRASES):
        phrases = phrases.struct.with_fields(
            **{f"mentions_{position}": rest.str.extract_all(pattern)}, rest=rest.str.replace_all(pattern, " ; ")
        )
        if name == "shipping":
            phrases = phrases.struct.with_fields(undelivered=rest)
    return phrases.struct.with_fields(**_things(), rest=rest.str.replace_all("[; ]+", " ").str.strip_chars())


def _things() -> dict[str, pl.Expr]:
    read = {}
    for name, ways in _WAYS.items():
        mentions = pl.concat_list([pl.field(f"mentions_{position}") for position in ways])
        figures = mentions.list.eval(pl.element().str.replace_all("[^0-9]+", " ").str.strip_chars())
        read[f"{name}_things"] = figures.list.n_unique()
        for group in sorted(frozenset[str]().union(*ways.values())):
            read[f"{name}_{group}"] = pl.coalesce(
                pl.field(f"mentions_{position}").list.first().str.extract_groups(PHRASES[position][1]).struct.field(group)
                for position, groups in ways.items()
                if group in groups
            )
    return read
