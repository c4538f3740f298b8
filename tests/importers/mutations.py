"""Files as they arrive when something went wrong on the way: any bytes, and good files with bytes changed, lost or doubled."""

from __future__ import annotations

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


def good_files(folder: Path) -> list[bytes]:
    """The bytes of an importer's cases."""
    return [path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.endswith((".source.yaml", ".expected.csv"))]
