"""The schema that editors check rules with: what is right passes, what `rules check` refuses by its keys and types does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from pricewatch.engine.checks import registry
from pricewatch.workspace.rule_schema import DRAFT, rule_schema
from pricewatch.workspace.rules import TEST, rule_files

SHIPPED = Path(__file__).parents[2] / "rules"

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}

KNOWN = {
    *("$ref", "$schema", "additionalProperties", "allOf", "anyOf", "const", "default", "definitions", "description", "else"),
    *("enum", "examples", "exclusiveMaximum", "exclusiveMinimum", "format", "if", "items", "maximum", "maxItems", "minimum"),
    *("minItems", "minLength", "oneOf", "pattern", "properties", "propertyNames", "required", "then", "title", "type"),
}


def valid(value: Any, schema: Any, root: dict[str, Any]) -> bool:
    """What draft 7 says of a value, for the words that the schema uses: a slow reading of the specification, word by word."""
    if isinstance(schema, bool):
        return schema
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:  # nothing beside it counts
        return valid(value, root["definitions"][schema["$ref"].removeprefix("#/definitions/")], root)
    return all(_verdicts(value, schema, root))


def _verdicts(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Iterator[bool]:
    if kind := schema.get("type"):
        flag = isinstance(value, bool)
        yield isinstance(value, TYPES[kind]) and (kind == "boolean" or not flag)
    if "const" in schema:
        yield value == schema["const"]
    if "enum" in schema:
        yield value in schema["enum"]
    if isinstance(value, str):
        yield len(value) >= schema.get("minLength", 0)
        yield re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield value >= schema.get("minimum", value)
        yield value <= schema.get("maximum", value)
        yield "exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"]
        yield "exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"]
    if isinstance(value, list):
        yield schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        yield all(valid(item, schema.get("items", True), root) for item in value)
    if isinstance(value, dict):
        named = schema.get("properties", {})
        yield set(schema.get("required", [])) <= set(value)
        yield all(valid(name, schema.get("propertyNames", True), root) for name in value)
        yield all(valid(each, named.get(name, schema.get("additionalProperties", True)), root) for name, each in value.items())
    if "allOf" in schema:
        yield all(valid(value, each, root) for each in schema["allOf"])
    if "anyOf" in schema:
        yield any(valid(value, each, root) for each in schema["anyOf"])
    if "oneOf" in schema:
        yield sum(valid(value, each, root) for each in schema["oneOf"]) == 1
    if "if" in schema:
        yield valid(value, schema.get("then" if valid(value, schema["if"], root) else "else", True), root)


def accepts(text: str) -> bool:
    """What an editor says of a file: JSON knows no days, they are text to it."""
    schema = rule_schema()
    value = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))
    return valid(value, schema, schema)


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_the_example_of_every_manual_is_accepted(kind):
    assert accepts(kind.example)


@pytest.mark.parametrize("shown", [shown for path, shown in rule_files(SHIPPED) if not path.name.endswith(TEST)])
def test_every_shipped_rule_file_is_accepted(shown: str):
    assert accepts((SHIPPED.parent / shown).read_text())


PACK = "about: a\nsource: [b]\ndisclaimer: c\nvalid_to: 2026-12-31\nrules:\n- {id: a, check: conflict}\n"


@pytest.mark.parametrize(
    "text",
    [
        PACK,
        "- {id: a, check: expected_price, severity: {minor: {}, major: {amount: 0.50, percent: 5}}}",
        "- {id: a, check: expected_price, tolerance: {amount: 0.05}, valid_from: 2026-03-14}",
        "- {id: a, check: freshness, max_age: 1d 12h}",
    ],
)
def test_what_rules_may_say_is_accepted(text: str):
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "- {id: a, check: expcted_price}",
        "- {id: a, check: expected_price, severty: major}",
        "- {id: a, check: expected_price, max_age: 36h}",
        "- {id: a, check: expected_price, severity: awful}",
        "- {id: a, check: expected_price, severity: {awful: {}}}",
        "- {id: a, check: expected_price, tolerance: {amount: -1}}",
        "- {id: A 1, check: expected_price}",
        "- {id: a, check: freshness, max_age: soon}",
        "- {check: expected_price}",
        "- 12",
        "rules: 12",
        PACK.replace("disclaimer", "disclaimr"),
        PACK.replace("conflict", "conflct"),
    ],
)
def test_what_rules_may_not_say_is_not(text: str):
    assert not accepts(text)


def test_it_is_json_of_a_declared_draft_and_every_reference_leads_somewhere():
    schema = rule_schema()
    text = json.dumps(schema)
    assert schema["$schema"] == DRAFT
    assert set(re.findall(r'"\$ref": "#/definitions/([^"]*)"', text)) <= set(schema["definitions"])
    assert set(re.findall(r'"\$ref": "([^"]*)"', text)) == {f"#/definitions/{name}" for name in schema["definitions"]}


def test_every_key_that_a_person_may_write_is_explained():
    schema = rule_schema()
    for kind in registry():
        keys = schema["definitions"][f"rule {kind}"]["properties"]
        assert {name for name, key in keys.items() if "description" not in key} == {"check"}, kind
