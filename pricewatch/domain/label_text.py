"""A promotion's text brought into one form, French and English, before it is read: `La deuxième à moitié prix` is `la 2e a -50%`.

Ordinals become `2e`, cardinals figures, `half price` is `-50%`, `bogof` says what it stands for, `2€50` is `2,50 €`, `50p` is
`£0.50`. What is no promise is taken out: contents, unit prices, dates, compositions (`70 % cacao`), `sugar free`, `no card
needed`, and the sum that a label does for its reader (`le 2e a -50 %, soit -25 % sur les 2`).
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.measures import UNIT
from pricewatch.domain.plain_text import plain

NUMBER = r"(?:[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]+(?:[.,'][0-9]+)*)"
"""A number as written, under either decimal sign."""

_CODES = "(?:usd|cad|gbp|aud|chf)"
MONEY = rf"(?:(?:us|ca|c)?[€$£¥] ?{NUMBER}|\b{_CODES} ?{NUMBER}|{NUMBER} ?(?:[€$£¥]|{_CODES}\b))"
"""Money as written: a number with a currency mark beside it."""

PERCENT = r"[0-9]{1,3}(?:[.,][0-9]{1,2})? ?%"

_WORDS = (
    *(("un achete", "1 achete"), ("une achetee", "1 achetee"), ("un offert", "1 offert"), ("une offerte", "1 offerte")),
    *(("un gratuit", "1 gratuit"), ("une gratuite", "1 gratuite"), ("prix une?", "prix 1"), ("one", "1"), ("six", "6")),
    *(("deux", "2"), ("two", "2"), ("trois", "3"), ("three", "3"), ("quatre", "4"), ("four", "4"), ("cinq", "5"), ("five", "5")),
)
_ORDINALS = (
    *(("premiere?", 1), ("first", 1), ("deuxieme", 2), ("seconde?", 2), ("troisieme", 3), ("third", 3)),
    *(("quatrieme", 4), ("fourth", 4), ("cinquieme", 5), ("fifth", 5), ("sixieme", 6), ("sixth", 6)),
)
_FREE_OF = "sugar|gluten|fat|lactose|dairy|alcohol|cage|salt|nut|caffeine|gmo|paraben|interest|duty|tax|hands|smoke"
_MADE_OF = (
    "cacao|cocoa|coton|cotton|laine|wool|polyester|arabica|vol|alc|alcool|alcohol|pur|pure|fruits?|naturels?|natural|bio|organic"
    "|recycle[a-z]*|sucres?|sugar|sel|salt|matieres? grasses?|mg|fat"
)
_MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|january|february|march|april|may|june"
    "|july|august|september|october|november|december"
)
_NOT_THE_LOYALTY_CARD = (
    r"\b(?:gift|credit|debit|bank|memory|sd|graphics?|greeting|birthday)[ -]cards?\b"
    r"|\bcartes? (?:cadeaux?|bancaires?|bleues?|sd|memoire|graphiques?|postales?|de credit)\b"
    r"|\b(?:sans|no|without(?: an?)?) (?:la )?(?:carte(?: de)?(?: fidelite)?|(?:loyalty |club ?)?card)\b"
)

_FORMS: tuple[tuple[str, str], ...] = (
    (r"\((?:e|s|es)\)", ""),  # achete(e)s
    (r" ?\b[ld]' ?", " "),  # d'achat, l'unite
    (r"pour ?cent\b|\bper ?cent\b", "%"),
    (r"([0-9 ]|^)eur(?:os?)?\b", "$1€"),
    (r"\beur ?([0-9])", "€ $1"),
    (r"\b([0-9]+)€([0-9]{2})( ?[^0-9 %]|$)", "$1,$2 €$3"),
    (r"\b([0-9]{2})p\b", "£0.$1"),
    (r"\b([0-9])p\b", "£0.0$1"),
    (r"\b([0-9]{2}) ?¢", "$$0.$1"),
    (r"\b([0-9]) ?¢", "$$0.0$1"),
    (r"\b([0-9]{1,2})(?:e|eme|ieme|nd|nde|rd|th|de)\b", "${1}e"),
    (r"\b([0-9]{1,2}) (?:eme|ieme|nd|rd|th)\b", "${1}e"),
    *((rf"\b{word}\b", f"{number}e") for word, number in _ORDINALS),
    (r"\b([0-9]{1,2}e) one\b", "$1"),
    *((rf"\b{word}\b", figure) for word, figure in _WORDS),
    (r"\b(?:better|more|less) than (?:1 )?half price\b", " "),
    (r"\b(?:half[ -]price|half off|1[/⁄]2 (?:price|prix)|(?:a )?(?:la )?moitie (?:de |du )?prix|demi[ -](?:prix|tarif))", "-50%"),
    (r"\bbogof\b|\bbogo free\b|\bb1g1f\b", "buy 1 get 1 free"),
    (r"\bbogo ?(50)?\b%?", "buy 1 get 1 $1"),
    (r"\bbuy 1 get 1 50( |$)", "buy 1 get 1 -50% "),
    (r"\b[a-z]+-free\b", " "),
    (rf"\b(?:{_FREE_OF}) free\b|\bfree[ -](?:range|from|standing|run)\b", " "),
    (_NOT_THE_LOYALTY_CARD, " "),
    (rf"\b[0-3]?[0-9](?:er)? (?:{_MONTHS})\b(?: 20[0-9]{{2}}\b)?", " "),
    (r"\b[0-3]?[0-9]/[01][0-9](?:/(?:20)?[0-9]{2})?\b", " "),
    (rf"-? ?{PERCENT} (?:de |d )?(?:moins de |less )?(?:{_MADE_OF})\b", " "),
    (rf"{MONEY} ?(?:/|le |la |les |par |per |au |a la |du )+ ?(?:{NUMBER} ?)?{UNIT}\b", " "),
    (rf"\b(?:[0-9]{{1,3}} ?x ?)?{NUMBER} ?(?:mg|g|gr|kg|ml|cl|dl|l|litres?|lit(?:er|re)s?|fl\.? ?oz|oz|lbs?|cm|mm|m)\b", " "),
    (r" {2,}", " "),
)
"""What is brought into which form, in this order."""

_SUM_FOR_THE_READER = r"([0-9].*?)\b(?:soit|that's|equivalent to|i\.e\.)(?: [^;|()]*|$)"


def formed(label: pl.Expr) -> pl.Expr:
    """String: the label in one form, plain; null stays null."""
    text = plain(label)
    for pattern, form in _FORMS:
        text = text.str.replace_all(pattern, form)
    return text.str.replace(_SUM_FOR_THE_READER, "$1").str.strip_chars()
