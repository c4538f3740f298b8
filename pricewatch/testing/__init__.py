"""The kit that tests of rules share, ours and other people's: worlds as text tables in, findings as text tables out.

    found = findings_of("expected_price", '''
        sku  channel  location  price  expected_price
        A1   store    0417      12.99  9.99
        A2   store    0417       9.99  9.99
    ''')
    assert_table(found, '''
        sku  observed  expected  delta  direction
        A1   12.99     9.99      3.00   overcharge
    ''')

Money is decimal, times are UTC, `-` is null, columns are separated by two spaces or more, columns not named get a quiet default.
"""

from pricewatch.engine.world import ITEMS
from pricewatch.testing.judging import JUDGED, findings_among, findings_of, judged
from pricewatch.testing.nights import night, remembered, rule
from pricewatch.testing.text_tables import MONEY, assert_table, table, typed
from pricewatch.testing.worlds import (
    AS_OF,
    MARKET,
    NIGHT,
    SEEN,
    central,
    channel,
    market,
    raw,
    source,
    source_run,
    world,
)

__all__ = [
    "AS_OF", "ITEMS", "JUDGED", "MARKET", "MONEY", "NIGHT", "SEEN", "assert_table", "central", "channel", "findings_among",
    "findings_of", "judged", "market", "night", "raw", "remembered", "rule", "source", "source_run", "table", "typed", "world",
]  # fmt: skip
