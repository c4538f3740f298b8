"""JSON Schema of `rules/**/*.yaml`, for editors: completion and a red line while a rule is being written.

Draft 7, which every editor's YAML extension knows. A rule's `check` decides which parameters it may have (`if` its kind, `then`
that kind's keys); what a condition or two rules say together only `pricewatch rules check` knows.
"""

from __future__ import annotations

from typing import Any

from pricewatch.engine.checks import Check, registry
from pricewatch.workspace.rule_models import HEADER, Header, Pack

DRAFT = "http://json-schema.org/draft-07/schema#"

DEFINITION = "#/definitions/{model}"


def rule_schema() -> dict[str, Any]:
    """The schema of one file: a list of rules, or a law pack that holds one."""
    definitions: dict[str, Any] = {}
    header = _model(Header, definitions)
    for kind in registry().values():
        definitions[f"rule {kind.name}"] = _rule(kind, header, definitions)
    definitions["rule"] = _any_rule(header)
    definitions["rules"] = {"type": "array", "items": {"$ref": "#/definitions/rule"}}
    pack = _model(Pack, definitions)
    pack["properties"]["rules"] = {"$ref": "#/definitions/rules"}  # draft 7 reads nothing beside a $ref
    definitions["pack"] = pack
    return {
        "$schema": DRAFT,
        "title": "pricewatch rules",
        "if": {"type": "object"},
        "then": {"$ref": "#/definitions/pack"},
        "else": {"$ref": "#/definitions/rules"},
        "definitions": dict(sorted(definitions.items())),
    }


def _model(model: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """A model's schema; the models inside it go to the definitions that all share."""
    found: dict[str, Any] = model.model_json_schema(ref_template=DEFINITION)
    for name, inner in found.pop("$defs", {}).items():
        if definitions.setdefault(name, inner) != inner:
            raise TypeError(f"two models of parameters are called {name}; give one of them another name")
    return found


def _rule(kind: Check, header: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A rule of one kind: the header's keys and the kind's own, and no others."""
    own = _model(kind.params, definitions)
    return {
        "title": f"rule of kind {kind.name}",
        "description": kind.summary,
        "type": "object",
        "properties": {
            **{key: header["properties"][key] for key in HEADER},
            "check": {"const": kind.name},
            **own.get("properties", {}),
        },
        "required": [*header["required"], *own.get("required", [])],
        "additionalProperties": False,
    }


def _any_rule(header: dict[str, Any]) -> dict[str, Any]:
    kinds = registry().values()
    check = {**header["properties"]["check"], "enum": [kind.name for kind in kinds]}
    return {
        "type": "object",
        "properties": {"check": check},
        "required": header["required"],
        "allOf": [
            {
                "if": {"properties": {"check": {"const": kind.name}}, "required": ["check"]},
                "then": {"$ref": f"#/definitions/rule {kind.name}"},
            }
            for kind in kinds
        ],
    }
