"""What a group of different products costs together, and which part of it falls on each line, to the cent.

20.00 + 15.00 together for 29.99: 29.99 x 20/35 = 17.137 and 12.853; rounded down 17.13 + 12.85, one cent short; it goes to the
largest remainder: 17.14 + 12.85. Everything is whole minor units, a few lines at a time: till receipts, not price lists.
"""

from __future__ import annotations

from collections.abc import Sequence


def allocated(amount: int, shares: Sequence[int]) -> list[int]:
    """`amount` split over lines in proportion to their regular amounts, by largest remainder: the parts sum to it exactly.

    Of equal remainders the earlier line gets the cent: 10.00 over three equal lines is 3.34 + 3.33 + 3.33. Lines that have no
    regular amount at all share equally. In: nothing negative, one line or more; otherwise `ValueError`.
    """
    if not shares:
        raise ValueError("an amount cannot be allocated to no lines")
    if amount < 0 or min(shares) < 0:
        raise ValueError("amounts and shares are not negative")
    weights = list(shares) if any(shares) else [1] * len(shares)
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    largest_first = sorted(range(len(weights)), key=lambda line: (-(amount * weights[line] % whole), line))
    for line in largest_first[: amount - sum(parts)]:
        parts[line] += 1
    return parts


def cheapest_free(prices: Sequence[int], group: int) -> int:
    """What units cost together when the cheapest of every `group` is free: 5.00 + 4.00 + 3.00 by threes is 9.00.

    Groups are formed from the dearest unit down, so a group's free unit is its last; the cheap units left over are paid. No
    other grouping gives the customer more: a till that forms groups in scanning order may charge more than this. A group of
    fewer than two gives nothing away.
    """
    dearest_first = sorted(prices, reverse=True)
    free = dearest_first[group - 1 :: group] if group > 1 else []
    return sum(prices) - sum(free)


def bundle(prices: Sequence[int], total: int) -> list[int]:
    """The price of each product of a bundle sold for `total`, by regular share; the regular prices where these are no dearer."""
    return allocated(total, prices) if total < sum(prices) else list(prices)


def basket(total: int, threshold: int, off: int) -> int:
    """What a basket costs with `off` from `threshold` on: 10.00 off from 50.00 makes 40.00 of 50.00, and leaves 49.99.

    Never below zero. Each line's part of it is `allocated` by regular share.
    """
    return max(total - off, 0) if total >= threshold else total
