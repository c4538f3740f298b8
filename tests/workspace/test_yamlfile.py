"""A YAML file with a line for everything in it: what is read, and how every mistake is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace import yamlfile


class Shelf(BaseModel):
    model_config = ConfigDict(extra="forbid", title="shelf")

    width: int = Field(1, ge=1, le=9, description="metres")


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", title="thing")

    id: str
    kind: Literal["till", "label"] = Field("till", description="what it is")
    count: int = Field(0, description="how many")
    open: bool = Field(True, description="whether it is open")
    shelves: list[Shelf] = Field(default_factory=list, description="its shelves")
    either: int | Shelf | None = Field(None, description="a number or a shelf")
    name: str | None = Field(None, min_length=2, description="as people call it")


def load(folder: Path, text: str | bytes, kind: Any = list[Thing], **options: Any) -> Any:
    path = folder / "things.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return yamlfile.load(path, kind, "config/things.yaml", **options)


def told(folder: Path, text: str | bytes, kind: Any = list[Thing], **options: Any) -> list[str]:
    with pytest.raises(UserError) as caught:
        load(folder, text, kind, **options)
    found = caught.value.problems if isinstance(caught.value, Problems) else [caught.value]
    return [str(problem) for problem in found]


def test_yaml_1_2_keeps_countries_and_times_as_text(tmp_path: Path):
    assert load(tmp_path, "a: NO\nb: 22:30\nc: 'yes'\nd: 1.50\n", dict[str, Any]) == {
        "a": "NO",
        "b": "22:30",
        "c": "yes",
        "d": 1.5,
    }


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path):
    assert load(tmp_path, b"\xef\xbb\xbf- id: a\r\n  count: 3\r\n")[0].count == 3


def test_an_unknown_key_is_answered_with_the_keys_there_are(tmp_path: Path):
    assert told(tmp_path, "- id: a\n- id: b\n  cuont: 3\n") == [
        "config/things.yaml:3: thing 'b': no key 'cuont'\n"
        "  fix: did you mean 'count'? a thing has: id, kind, count, open, shelves, either, name"
    ]


def test_every_problem_of_a_file_is_told_at_once_in_the_order_of_its_lines(tmp_path: Path):
    text = "- id: 7\n  kind: tll\n  count: many\n  open: maybe\n  shelves: [{width: 0}, {width: 10}, 3]\n"
    text += "- kind: till\n- id: c\n  name: x\n"
    assert told(tmp_path, text) == [
        "config/things.yaml:1: 'id' is '7', a number; it must be text\n  fix: put it in quotes: '7'",
        "config/things.yaml:2: 'kind' is 'tll'\n  fix: did you mean 'till'? it is one of: till, label",
        "config/things.yaml:3: 'count' is 'many'; it must be a whole number\n  fix: count: how many",
        "config/things.yaml:4: 'open' is 'maybe'; it must be true or false\n  fix: open: whether it is open",
        "config/things.yaml:5: 'shelves.width' is '0'; it is at least 1\n  fix: width: metres",
        "config/things.yaml:5: 'shelves.width' is '10'; it is at most 9\n  fix: width: metres",
        "config/things.yaml:5: 'shelves' is '3'; it must be keys with values\n  fix: shelves: its shelves",
        "config/things.yaml:6: 'id' is missing\n  fix: add id: ...",
        "config/things.yaml:8: thing 'c': 'name' is 'x'; it has at least 2\n  fix: name: as people call it",
    ]


def test_a_union_is_told_once_and_not_once_a_member(tmp_path: Path):
    assert told(tmp_path, "- id: a\n  either: {widht: 3}\n") == [
        "config/things.yaml:2: thing 'a': 'either' is {widht: ...}, which it can't be\n  fix: a number or a shelf"
    ]


def test_two_equal_keys_are_both_named(tmp_path: Path):
    assert told(tmp_path, "- id: a\n  count: 1\n  count: 2\n") == [
        "config/things.yaml:3: the key 'count' is here twice; the first is in line 2\n  fix: keep one of the two"
    ]


def test_equal_keys_and_other_problems_are_told_together(tmp_path: Path):
    assert len(told(tmp_path, "- id: a\n  count: 1\n  count: 2\n  kind: x\n")) == 2


@pytest.mark.parametrize(
    ("text", "where", "word"),
    [
        ("- id: a\n\tcount: 1\n", "config/things.yaml:2", "tabs"),
        ("- id: a\n  count: [1, 2\n- id: b\n", "config/things.yaml:", "brackets"),
        ("- id: 'a\n", "config/things.yaml:", "quotes"),
        ("- id: a: b\n", "config/things.yaml:1", "': '"),
        ("- id: a\n---\n- id: b\n", "config/things.yaml:2", "---"),
        ("- id: !secret a\n", "config/things.yaml:1", "!"),
        ("- id: *nowhere\n", "config/things.yaml:1", "*"),
        ("- &a [*a]\n", "config/things.yaml:1", "write the value out"),
        ("- id: a\x07\n", "config/things.yaml", "UTF-8"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line_and_a_fix(tmp_path: Path, text: str, where: str, word: str):
    (message,) = told(tmp_path, text)
    assert message.startswith(where)
    assert word in message.partition("fix:")[2]
    assert "Traceback" not in message


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path):
    (message,) = told(tmp_path, b"- id: a\n- id: caf\xe9\n")
    assert message == "config/things.yaml:2: the file is not UTF-8 text\n  fix: save it as UTF-8"


def test_a_missing_file_and_an_empty_file_are_problems_too(tmp_path: Path):
    with pytest.raises(UserError, match="there is no such file"):
        yamlfile.load(tmp_path / "none.yaml", list[Thing])
    assert told(tmp_path, "# nothing\n") == ["config/things.yaml:1: this is empty; it must be a list"]


def test_values_nested_too_deep_do_not_break_the_reader(tmp_path: Path):
    (message,) = told(tmp_path, "[" * 5000 + "]" * 5000)
    assert "nested too deep" in message


def test_many_aliases_of_aliases_are_read_in_no_time(tmp_path: Path):
    text = "a: &a [1, 2]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
    )
    assert told(tmp_path, text, list[Thing])[0].startswith("config/things.yaml:1: this is {a: ..., b: ..., c: ..., d: ...}")


def test_the_environment_stands_in_for_a_placeholder(tmp_path: Path):
    text = "- id: ${env:NAME}-${env:OTHER:-dflt}\n  count: ${env:COUNT}\n"
    (thing,) = load(tmp_path, text, environment={"NAME": "shop", "COUNT": "4"})
    assert (thing.id, thing.count) == ("shop-dflt", 4)


def test_a_missing_variable_names_file_line_and_variable_and_nothing_else_is_said_of_it(tmp_path: Path):
    assert told(tmp_path, "- id: a\n  count: ${env:COUNT}\n", environment={"COUNT": ""}) == [
        "config/things.yaml:2: the environment variable COUNT is not set\n  fix: export COUNT=..., or write ${env:COUNT:-default}"
    ]


def test_a_misspelt_placeholder_is_told(tmp_path: Path):
    (message,) = told(tmp_path, "- id: ${NAME}\n", environment={"NAME": "x"})
    assert message.startswith("config/things.yaml:1: '${NAME}' is no placeholder")


def test_the_value_of_a_variable_is_never_printed(tmp_path: Path):
    (message,) = told(tmp_path, "- id: a\n  count: ${env:TOKEN}\n", environment={"TOKEN": "s3cret"})
    assert "s3cret" not in message
    assert "'${env:TOKEN}'" in message


def test_without_an_environment_placeholders_are_text(tmp_path: Path):
    assert load(tmp_path, "- id: ${env:NAME}\n")[0].id == "${env:NAME}"


_texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]))
_scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), _texts)
_keys = st.text("abcdefgh_", min_size=1, max_size=8)
_trees = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4), max_leaves=12
)


@settings(deadline=None)  # the machine may be busy
@given(st.dictionaries(_keys, _trees, min_size=1, max_size=5))
def test_what_was_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]):
    path = tmp_path_factory.getbasetemp() / "tree.yaml"
    path.write_text(json.dumps(tree, ensure_ascii=False, indent=1), encoding="utf-8")  # JSON is YAML 1.2, written by another hand
    document = yamlfile.read(path)
    assert document.value == tree
    lines = path.read_text(encoding="utf-8").split("\n")
    for key in tree:
        line = int(document.place((key,)).rpartition(":")[2])
        assert lines[line - 1].startswith(f' "{key}": ')


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=60) | st.text(st.sampled_from("-:[]{}&*!|>'\"#%@`,? \n\tab01"), max_size=40).map(str.encode))
def test_any_bytes_are_a_value_or_a_message_never_a_crash(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    message = "any.yaml"
    try:
        yamlfile.load(path, list[Thing], environment={})
    except UserError as problem:
        message = str(problem)
    assert "any.yaml" in message
