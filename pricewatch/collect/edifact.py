"""UN/EDIFACT interchanges: segments with their lines, and an envelope that keeps what it promises.

    UNB+UNOC:3+5412345000013:14+4098765000013:14+260105:0700+PC001'     who, when, in which character set
    UNH+1+PRICAT:D:01B:UN:EAN009'  ...  UNT+22+1'                        a message and how many segments it has
    UNZ+1+PC001'                                                         how many messages there are

Separators are `:` `+` `?` `'`, or what `UNA` says (ISO 9735). The tokenizer is pydifact's; its parser is not used, because it
looks for `UNA` within texts too, and its segments have no lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from pricewatch.collect.lines import count
from pricewatch.domain.errors import SourceError

_SYNTAX = re.compile(rb"UNB[^A-Z]{1,3}(UNO[A-Z])")
_CHARACTER_SETS = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso-8859-1", "UNOD": "iso-8859-2", "UNOE": "iso-8859-5", "UNOF": "iso-8859-7",
    "UNOG": "iso-8859-3", "UNOH": "iso-8859-4", "UNOI": "iso-8859-6", "UNOJ": "iso-8859-8", "UNOK": "iso-8859-9",
    "UNOW": "utf-8", "UNOY": "utf-8",
}  # fmt: skip
"""Syntax identifier (data element 0001) to character set; UNOA and UNOB are the basic Latin letters."""

_ENDS = "have it sent again"


@dataclass(frozen=True)
class Segment:
    """One segment: `PRI+AAA:12.50::NTP:1:PCE'`."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    """Data elements without the tag, each as its components."""
    line: int

    def __call__(self, element: int, component: int = 0) -> str:
        """A component, both counted from 0; empty where there is none."""
        if element >= len(self.elements) or component >= len(self.elements[element]):
            return ""
        return self.elements[element][component].replace("\r", "").replace("\n", "").strip()


class _Counted:
    """The characters of a text; knows the line of the one that was read last."""

    def __init__(self, text: str, line: int) -> None:
        self._text, self.line = text, line

    def __iter__(self) -> Iterator[str]:
        for char in self._text:
            yield char
            if char == "\n":
                self.line += 1


def interchange(data: bytes, ref: str, kind: str, encoding: str | None) -> Iterator[Segment]:
    """The segments of every message of this kind, UNH to UNT, one after another.

    `encoding` overrides the character set that UNB names. Raises SourceError: cut off, another kind of message, fewer segments
    or messages than promised, characters that the set does not have. What was given before that must not be used.
    """
    messages = inside = 0
    opened = closed = False
    last = 1
    for segment in _segments(data, ref, encoding):
        last = segment.line
        if closed:
            raise SourceError("goes on behind its trailer UNZ; nothing was imported", f"{ref}:{last}", _ENDS)
        if segment.tag == "UNB":
            opened = True
        elif segment.tag == "UNZ":
            _kept(segment, 0, messages, "messages", ref)
            closed = True
        elif segment.tag == "UNH":
            if inside:
                raise SourceError("begins a message within another one; nothing was imported", f"{ref}:{last}", _ENDS)
            if segment(1) != kind:
                raise SourceError(f"holds another message than {kind}; nothing was imported", f"{ref}:{last}")
            messages, inside = messages + 1, 1
            yield segment
        elif inside:
            inside += 1
            if segment.tag == "UNT":
                _kept(segment, 0, inside, "segments", ref)
                inside = 0
            yield segment
    if inside or (opened and not closed):
        missing = "UNT" if inside else "UNZ"
        raise SourceError(f"is cut off: it ends without its trailer {missing}; nothing was imported", f"{ref}:{last}", _ENDS)
    if not messages:
        raise SourceError(f"holds no {kind} message", ref)


def _kept(trailer: Segment, element: int, seen: int, what: str, ref: str) -> None:
    """A trailer that promises more than there is: something was lost. Vendors that count one too few do exist."""
    said = trailer(element)
    if said.isascii() and said.isdigit() and len(said) < 10 and int(said) > seen:
        raise SourceError(
            f"holds {count(seen)} of the {count(int(said))} {what} its trailer {trailer.tag} promises; nothing was imported",
            f"{ref}:{trailer.line}",
            _ENDS,
        )


def _segments(data: bytes, ref: str, encoding: str | None) -> Iterator[Segment]:
    text = _text(data, ref, encoding)
    skipped = len(text) - len(text.lstrip("\ufeff\r\n\t "))
    line = 1 + text.count("\n", 0, skipped)
    text = text[skipped:]
    if not text.startswith(("UNA", "UNB", "UNH")):
        raise SourceError("is no EDIFACT interchange: it begins with none of UNA, UNB, UNH", f"{ref}:{line}")
    characters = Characters.from_str("UNA:+.? '")
    if text.startswith("UNA"):
        if len(text) < 9 or len(set(text[3:5] + text[6] + text[8])) < 4:
            raise SourceError("begins with a UNA that names no four separators; nothing was imported", f"{ref}:{line}")
        characters = Characters.from_str(text[:9])
        rest = text[9:].lstrip("\r\n\t ")
        line += text.count("\n", 0, len(text) - len(rest))
        text = rest
    counted = _Counted(text, line)
    try:
        # What the tokenizer asks of a message is that it can be iterated.
        tokens = Tokenizer().get_tokens(counted, characters)  # type: ignore[arg-type]
        for raw in Parser().convert_tokens_to_raw_segments(tokens):
            at, line = line, counted.line
            elements = tuple((part,) if isinstance(part, str) else tuple(part) for part in raw)
            yield Segment(elements[0][0].strip() if elements[0] else "", elements[1:], at)
    except EDISyntaxError:
        raise SourceError("is cut off in the middle of a segment; nothing was imported", f"{ref}:{line}", _ENDS) from None


def _text(data: bytes, ref: str, encoding: str | None) -> str:
    found = _SYNTAX.search(data[:200])
    name = encoding or (_CHARACTER_SETS.get(found[1].decode("ascii")) if found else None) or "ascii"
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"is not {name}: byte 0x{data[error.start]:02x} has no meaning there; nothing was imported"
        raise SourceError(what, f"{ref}:{line}", "declare the encoding it is written in (options: encoding)") from None
    except LookupError:
        raise SourceError(f"its declared encoding '{name}' is unknown", ref, "write for example iso-8859-1") from None
