"""Files as they arrive when something went wrong on the way: any bytes, and good files with bytes changed, lost or doubled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

_NASTY = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"<",
    b">",
    b"&",
    b'"',
    b"'",
    b"+",
    b":",
    b"?",
    b";",
    b"-",
    b".",
    b",",
    b"NaN",
    b"1e999",
    b"9" * 40,
)
_VALUE = re.compile(rb"(?<=[>+:;'\"])[^<>+:;'\"=]*(?=[<+:;'\"])")
"""What stands between two tags or separators: a value that can be another one, and the file is still well-formed."""
_ODD = (
    b"", b"0", b"-1", b"-0", b"0.00", b"00", b".5", b"1,5", b"1e3", b"NaN", b"Infinity", b"999999999", b"999999999.999999",
    b"0.000001", b"1234567890123456789", b"true", b"x", b"1", b"2", b"3", b"7", b"9", b"100", b"XXX", b"JPY", b"Total",
    b"MixMatch", b"Replace", b"Add", b"99991231", b"20260230", b"718", b"2026-02-30", b"\xc3\xa9",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, good: Sequence[bytes]) -> bytes:
    """One of the good files after one to six accidents: a piece cut out, doubled, replaced, or the end missing."""
    data = draw(st.sampled_from(list(good)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 40)))
        kind = draw(st.sampled_from(["cut", "double", "replace", "end"]))
        if kind == "cut":
            data = data[:at] + data[to:]
        elif kind == "double":
            data = data[:to] + data[at:to] + data[to:]
        elif kind == "replace":
            data = data[:at] + draw(st.sampled_from(_NASTY) | st.binary(max_size=8)) + data[to:]
        elif draw(st.booleans()):
            data = data[:at]
    return data


@st.composite
def altered(draw: st.DrawFn, good: Sequence[bytes]) -> bytes:
    """One of the good files with one to eight values replaced by odd ones, lines lost or doubled: mostly still well-formed."""
    data = draw(st.sampled_from(list(good)))
    for _ in range(draw(st.integers(1, 8))):
        places = list(_VALUE.finditer(data))
        lines = data.split(b"\n")
        if places and draw(st.integers(0, 9)):
            place = draw(st.sampled_from(places))
            data = data[: place.start()] + draw(st.sampled_from(_ODD)) + data[place.end() :]
        else:
            at = draw(st.integers(0, len(lines) - 1))
            data = b"\n".join(lines[:at] + lines[at : at + 1] * draw(st.sampled_from([0, 2])) + lines[at + 1 :])
    return data


def good_files(folder: Path) -> list[bytes]:
    """The bytes of an importer's cases."""
    return [path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.endswith((".source.yaml", ".expected.csv"))]
