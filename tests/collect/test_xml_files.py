"""XML record by record: namespaces, lines, memory, encodings, and what is never read."""

from __future__ import annotations

import pytest

from pricewatch.collect.xml_files import attribute, child_of, encoding_to_read, name_of, records, text_of, texts_of, within
from pricewatch.domain.errors import SourceError

LIST = b"""<list xmlns="urn:a" xmlns:v="urn:b">
  <head><store>7</store></head>
  <item v:kind="x"><name> Tea </name><price>1.00</price></item>
  <v:item><name/><price>2.00</price><more><deep>3</deep></more></v:item>
</list>"""


def names(data: bytes, *tags: str, encoding: str | None = None) -> list[tuple[int, str | None]]:
    return [(line, within(item, "name")) for line, item in records(data, "x.xml", set(tags or ("item",)), encoding=encoding)]


def test_records_come_with_their_line_whatever_their_namespace():
    found = []
    for line, item in records(LIST, "x.xml", {"item"}):
        found.append((line, name_of(item), attribute(item, "kind"), texts_of(item), within(item, "deep")))
    assert found == [
        (3, "item", "x", {"name": "Tea", "price": "1.00"}, None),
        (4, "item", None, {"price": "2.00"}, "3"),
    ]


def test_what_stands_before_the_first_record_can_be_read_with_it():
    _, item = next(records(LIST, "x.xml", {"item"}))
    head = child_of(item.getparent(), "head")
    assert head is not None
    assert texts_of(head) == {"store": "7"}
    assert child_of(item, "nothing") is None
    assert text_of(head) is None


def test_lines_are_right_beyond_the_sixteen_bits_of_old_parsers():
    data = b"<list>" + b"\n" * 70_000 + b"<item><name>A</name></item></list>"
    assert names(data) == [(70_001, "A")]


def test_a_record_is_given_back_when_the_next_is_asked_for():
    data = b"<list><head/><part>" + b"<item><name>A</name></item>" * 500 + b"</part><part>" + b"<item/>" * 500 + b"</part></list>"
    before = []
    for _, item in records(data, "x.xml", {"item"}):
        part = item.getparent()
        before.append((part.getparent().index(part), part.index(item)))
    # At most the emptied one before it, in its own part and in the list: nothing grows with the file.
    assert len(before) == 1000
    assert max(before[1:]) <= (1, 1)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<!DOCTYPE l><l/>", "x.xml:1: declares a document type"),
        (b"<!DOCTYPE l [<!ENTITY a 'PERSON'>]><l><item>&a;</item></l>", "x.xml:1: declares a document type"),
        (b'<!DOCTYPE l SYSTEM "file:///etc/hostname"><l><item/></l>', "x.xml:1: declares a document type"),
        (b"<l>\n<item>PERSON</item>", "x.xml:2: is cut off"),
        (b"<l>\n<item>PERSON</other></l>", "x.xml:2: is no well-formed XML: a tag is closed"),
        (b"<l/><l/>", "x.xml:1: is no well-formed XML: something stands behind its last tag"),
        (b"PERSON", "x.xml:1: is no well-formed XML: it does not begin with a tag"),
        (b"<l>PERSON & PERSON</l>", "x.xml:1: is no well-formed XML: a '<' or '&' stands in the text"),
        (b"<l>&person;</l>", "x.xml:1: is no well-formed XML"),
        (b"<l>PERSON\xff</l>", "x.xml:1: has bytes that its encoding does not have"),
        (b"<l>" * 300 + b"</l>" * 300, "x.xml:1: is no well-formed XML"),
    ],
)
def test_what_is_broken_or_dangerous_is_refused_without_a_word_of_its_content(data, told):
    with pytest.raises(SourceError) as raised:
        names(data)
    assert str(raised.value).startswith(told)
    assert "PERSON" not in str(raised.value)


def test_a_bomb_of_entities_is_refused_before_it_grows():
    laughs = b"".join(b"<!ENTITY a%d '%s'>" % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12))
    with pytest.raises(SourceError):
        names(b"<!DOCTYPE l [<!ENTITY a0 'ha'>" + laughs + b"]><l><item><name>&a11;</name></item></l>")


HEBREW = '<?xml version="1.0" encoding="{}"?><l><item><name>חלב</name></item></l>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1255", "ISO-8859-8"])
def test_a_declared_encoding_is_honoured(encoding):
    data = HEBREW.format(encoding).encode(encoding)
    assert encoding_to_read(data, "windows-1255") is None
    assert names(data) == [(1, "חלב")]


@pytest.mark.parametrize(
    ("declared", "written", "fallback", "read_as"),
    [
        ("utf-8", "windows-1255", "windows-1255", "windows-1255"),
        ("utf-8", "windows-1255", None, None),
        ("utf-16", "utf-8", None, "utf-8"),
        ("utf-16", "windows-1255", "windows-1255", "windows-1255"),
        ("no-such-set", "utf-8", None, None),
    ],
)
def test_a_declaration_that_the_bytes_contradict_gives_way_to_the_source(declared, written, fallback, read_as):
    data = HEBREW.format(declared).encode(written)
    assert encoding_to_read(data, fallback) == read_as
    if read_as is not None:
        assert names(data, encoding=read_as) == [(1, "חלב")]


def test_an_unknown_encoding_is_told():
    with pytest.raises(SourceError, match="'hebrew-ish' is unknown"):
        names(LIST, encoding="hebrew-ish")
