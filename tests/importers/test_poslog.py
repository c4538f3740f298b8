"""What the cases in poslog/ do not show: any bytes, personal data, and the arithmetic against slow sums."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import altered, good_files, mutated

from pricewatch.collect.importers import Reading, read_file
from pricewatch.collect.importers.poslog import poslog
from pricewatch.collect.till_lines import DoesNotAddUp, Modifier, TillLine, rebuilt, usual
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

CASES = Path(__file__).parent / "poslog"
GOOD = good_files(CASES)


def source(**declared: object) -> Source:
    values = {"id": "tills", "importer": "poslog", "market": "us", "channel": "store", "files": "*"}
    return Source.model_validate(values | declared)


def read(folder: Path, data: bytes, **declared: object) -> Reading:
    path = folder / "tlog.xml"
    path.write_bytes(data)
    return read_file(path, path.name, source(**declared))


def test_it_knows_a_log_by_its_root_or_its_name():
    known = poslog.__dict__["importer"].recognises
    assert known("0417.xml", b'<?xml version="1.0"?><POSLog xmlns=')
    assert known("TLOG_0417.xml.gz", b"\x1f\x8b")
    assert not known("0417.xml", b"<rss>")
    assert not known("tlog.csv", b"POSLog")


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80) | mutated(GOOD) | altered(GOOD))
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data):
    said = "tlog.xml"
    try:
        read(tmp_path_factory.mktemp("tlog"), data)
    except SourceError as error:
        said = str(error)
    assert said.startswith("tlog.xml")


PEOPLE = (
    '<Customer Gender="PERSON"><CustomerID>PERSON</CustomerID><Name>PERSON</Name><BirthYear>PERSON</BirthYear></Customer>',
    "<LoyaltyAccount><LoyaltyCard><PrimaryAccountNumber>PERSON</PrimaryAccountNumber></LoyaltyCard></LoyaltyAccount>",
    '<OperatorID OperatorName="PERSON">PERSON</OperatorID>',
    '<Tender TypeCode="PERSON"><Amount>PERSON</Amount><Authorization>PERSON</Authorization></Tender>',
    "<Associate><AssociateID>PERSON</AssociateID></Associate>",
    "<LoyaltyID>PERSON</LoyaltyID>",
    "PERSON",
)


@settings(max_examples=200, deadline=None)
@given(
    whole=st.sampled_from([data.decode() for data in GOOD if data.count(b"</LineItem>") > 1 and b"ISO-" not in data]),
    people=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PEOPLE)), min_size=1, max_size=6),
)
def test_nothing_about_people_comes_out_wherever_a_vendor_writes_it(tmp_path_factory, whole, people):
    """Between any two elements of any log, good lines and refused ones."""
    pieces = whole.split("</")
    for where, person in people:
        # Behind a closed element: `</name>` is followed by what a vendor adds.
        at = 1 + int(where * (len(pieces) - 2))
        name, closed, rest = pieces[at].partition(">")
        pieces[at] = name + closed + (person if at < len(pieces) - 1 else "") + rest
    data = "</".join(pieces).encode()
    assert b"PERSON" in data
    try:
        reading = read(tmp_path_factory.mktemp("tlog"), data)
        told = reading.rows.write_csv() + reading.refused.write_csv()
    except SourceError as error:
        told = f"{error}{error.fix}"
    assert "PERSON" not in told


@pytest.mark.parametrize("path", sorted(CASES.glob("*.expected.csv")), ids=lambda path: path.name)
def test_nothing_about_people_is_in_rows_refusals_or_messages(path):
    assert "PERSON" not in path.read_text(encoding="utf-8")


def test_a_file_of_sign_ons_alone_is_a_quiet_day_and_no_mistake(tmp_path):
    data = b"<POSLog><Transaction><ControlTransaction/></Transaction></POSLog>"
    assert read(tmp_path, data).seen == 0


def test_a_transaction_that_was_sent_twice_counts_once_in_a_file_of_one_line_too(tmp_path):
    sale = b"<Sale><ItemID>A</ItemID><RegularSalesUnitPrice>1</RegularSalesUnitPrice><ExtendedAmount>1</ExtendedAmount></Sale>"
    sold = b"<SequenceNumber>7</SequenceNumber><RetailTransaction><LineItem>" + sale + b"</LineItem></RetailTransaction>"
    reading = read(tmp_path, b"<POSLog>" + (b"<Transaction>" + sold + b"</Transaction>") * 2 + b"</POSLog>")
    assert (reading.rows.height, reading.refused.height) == (1, 1)


def line_of(**said: str) -> TillLine:
    """A line of the given numbers in euro cents."""
    numbers = {name: Decimal(said[name]) if name in said else None for name in ("regular", "actual", "discount")}
    quantity, amount = Decimal(said.get("quantity", "1")), Decimal(said["amount"])
    return TillLine(**numbers, quantity=quantity, amount=amount, modifiers=(), places=2)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


MONEY = st.integers(1, 999_99).map(lambda minor: Decimal(minor) / 100)


@given(regular=MONEY, units=st.integers(1, 60), off=st.integers(0, 99_99), before=st.booleans())
def test_what_is_charged_is_the_sum_less_its_discount_however_the_line_amount_is_meant(regular, units, off, before):
    total = regular * units
    taken = min(Decimal(off) / 100, total)
    line = line_of(regular=str(regular), quantity=str(units), discount=str(taken), amount=str(total if before else total - taken))
    charged = rebuilt(line)
    assert charged.line == total - taken
    assert ("before_discounts" if before else "after_discounts") in charged.holds
    assert charged.one == ((total - taken) / units if (total - taken) * 100 % units == 0 else regular)


@given(regular=MONEY, weight=st.integers(1, 20_000).map(lambda grams: Decimal(grams) / 1000))
def test_weighed_goods_cost_their_price_per_kilogram_whatever_they_weigh(regular, weight):
    charged = rebuilt(line_of(regular=str(regular), quantity=str(weight), amount=str(cents(regular * weight))))
    assert (charged.one, charged.members) == (regular, None)
    assert charged.line is None or weight == weight.to_integral_value()


@given(regular=MONEY, units=st.integers(1, 60), wrong=st.integers(1, 500))
def test_a_line_amount_that_is_off_by_a_cent_or_more_adds_up_no_way(regular, units, wrong):
    amount = regular * units + Decimal(wrong) / 100
    assert rebuilt(line_of(regular=str(regular), quantity=str(units), amount=str(amount))).holds == frozenset()


@given(regular=MONEY, new=MONEY, units=st.integers(1, 60))
def test_a_replaced_price_for_members_leaves_everybody_elses_price_alone(regular, new, units):
    member = Modifier("replace", amount=new, members=True)
    stated = TillLine(regular, None, Decimal(units), new * units, None, (member,), 2)
    charged = rebuilt(stated)
    assert (charged.one, charged.members, charged.line) == (regular, new, None)


@given(regular=MONEY, units=st.integers(1, 60), percent=st.integers(1, 99), on_each=st.booleans())
def test_a_percentage_may_be_rounded_on_the_line_or_on_each_unit(regular, units, percent, on_each):
    one = cents(regular * (100 - percent) / 100)
    whole = regular * units - cents(regular * units * percent / 100)
    amount = one * units if on_each else whole
    line = TillLine(regular, None, Decimal(units), amount, None, (Modifier("subtract", percent=Decimal(percent)),), 2)
    charged = rebuilt(line)
    assert charged.line == amount
    assert "after_discounts" in charged.holds
    assert abs(charged.one - one) <= Decimal("0.01")
    assert not on_each or charged.one == one


def test_more_off_than_the_line_costs_is_no_price():
    with pytest.raises(DoesNotAddUp, match=r"more is taken off than the 2\.00 it costs"):
        rebuilt(line_of(regular="1.00", quantity="2", discount="3.00", amount="2.00"))


def test_the_meaning_that_holds_on_more_lines_is_the_logs_and_undiscounted_lines_do_not_count():
    either = rebuilt(line_of(regular="1.00", amount="1.00")).holds
    after = rebuilt(line_of(regular="3.00", discount="1.00", amount="2.00")).holds
    before = rebuilt(line_of(regular="3.00", discount="1.00", amount="3.00")).holds
    assert usual([either, after, after, before]) == "after_discounts"
    assert usual([either, before]) == "before_discounts"
    assert usual([either, after, before]) is None
