"""What pydantic found wrong, in the words of the person who wrote the file: where, what, and one fix.

`{"type": "extra_forbidden", "loc": (0, "severty")}` becomes
`rules/stores.yaml:6: rule 'store-shelf-price': no key 'severty'` with the fix
`did you mean 'severity'? a rule of kind expected_price has: id, check, where, severity, owner, why, tolerance, direction`.

A union of forms (the role of a channel) is told once, not once for each form it could have had: models tag their forms
with names in parentheses, which are left out of locations here; what is left of other unions is gathered by its key.

A model's own `ValueError("what; fix")` is split at its first semicolon.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from pricewatch.domain.errors import UserError

if TYPE_CHECKING:
    from pricewatch.workspace.yamlfile import Document

Loc = tuple[int | str, ...]

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a day such as 2026-03-14",
    "date_parsing": "a day such as 2026-03-14",
    "date_from_datetime_parsing": "a day such as 2026-03-14",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def did_you_mean(word: str, words: Sequence[str], what: str) -> str:
    """A fix that lists the words there are, beginning with the closest one: `did you mean 'web'? channels: app, store, web`."""
    listed = f"{what}: {', '.join(words)}" if words else f"{what}: none yet"
    close = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'? {listed}" if close else listed


def subject(noun: str, value: Any) -> str:
    """`rule 'store-shelf-price'` where the thing has an id; otherwise nothing: the line says where it is."""
    identity = value.get("id") if isinstance(value, dict) else None
    return f"{noun} '{identity}'" if noun and isinstance(identity, str) else ""


def in_words(
    error: ValidationError,
    document: Document,
    kind: Any,
    base: Loc,
    *,
    given: Any,
    noun: str = "",
    who: str = "",
    keys: Sequence[str] = (),
) -> list[UserError]:
    """Every problem of a validation as a `UserError`, in the order of the file's lines, each place told once.

    `base` is where the validated value stands in the document, `given` is that value, `noun` what it is called, `who` which one
    it is (where the value does not say), and `keys` the keys it has where `kind` is only a part of it.
    """
    told: dict[Loc, UserError] = {}
    for detail in error.errors(include_url=False):
        raw = detail["loc"]
        loc, beyond = _split(given, raw, detail["type"])
        here: Loc = (*base, *loc)
        if here in document.unresolved or here in told:
            continue
        names = [str(part) for part in loc if isinstance(part, str)]
        name, path = (names[-1], ".".join(names)) if names else ("", "")
        model, meaning = _declared(kind, raw if not beyond else loc)
        if beyond:  # a union without tags: what it may be is in the field's description
            what, fix = f"{_quoted(path)}{_shown(document, here, detail['input'])}, which it can't be", meaning
        else:
            shown = _shown(document, here, detail["input"])
            what, fix = _tell(detail, name, path, shown, model, meaning, noun, keys if len(loc) == 1 else ())
        whose = who or subject(noun or _noun(kind, loc), _owner(given, loc))
        told[here] = UserError(f"{whose}: {what}" if whose else what, document.place(here), fix)
    return sorted(told.values(), key=lambda problem: int(problem.where.rpartition(":")[2]))


def _split(given: Any, raw: Loc, kind: str) -> tuple[Loc, bool]:
    """The location without tags of union forms, and whether it goes on where the value has nothing (an untagged union)."""
    loc: list[int | str] = []
    value = given
    parts = [part for part in raw if not (isinstance(part, str) and (part.startswith("(") or part == "[key]"))]
    for number, part in enumerate(parts):
        inside = (isinstance(value, dict) and part in value) or (
            isinstance(value, list | tuple) and isinstance(part, int) and part < len(value)
        )
        if not inside:
            missing = kind == "missing" and number == len(parts) - 1 and isinstance(value, dict)
            return (*loc, part) if missing else tuple(loc), not missing
        loc.append(part)
        value = value[part]
    return tuple(loc), False


def _tell(
    detail: ErrorDetails,
    name: str,
    path: str,
    shown: str,
    model: type[BaseModel] | None,
    meaning: str,
    noun: str,
    keys: Sequence[str],
) -> tuple[str, str]:
    """What is wrong and the fix, for one of pydantic's error types; `path` is the key with those it is in: `layout.trailer`."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    within = f" in '{path.rpartition('.')[0]}'" if "." in path else ""
    explained = f"{name}: {meaning}" if name and meaning else meaning
    if kind == "extra_forbidden" and model is not None:
        known, title = (keys, noun) if keys else (list(model.model_fields), _title(model))
        return f"no key '{name}'{within}", did_you_mean(name, list(known), f"{_article(title)} has" if title else "there are")
    if kind == "missing":
        return f"'{name}' is missing{within}", f"add {name}: ...{f' ({meaning})' if meaning else ''}"
    if kind == "value_error":
        what, _, fix = str(context["error"]).partition("; ")
        return (f"'{path}': {what}" if path else what), fix or explained
    if kind == "literal_error":
        words = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return f"{_quoted(path)}{shown}", did_you_mean(str(value), words, "it is one of")
    if kind in _BOUNDS:
        key, words_of_bound = _BOUNDS[kind]
        return f"{_quoted(path)}{shown}; it is {words_of_bound} {context[key]}", explained
    if kind in ("string_too_short", "too_short", "string_too_long", "too_long"):
        key = "min_length" if kind.endswith("short") else "max_length"
        what = "empty" if not value else f"{shown}; it has at {'least' if key == 'min_length' else 'most'} {context[key]}"
        return f"{_quoted(path)}{what}", explained
    if kind in ("string_pattern_mismatch", "union_tag_not_found", "union_tag_invalid"):
        return f"{_quoted(path)}{shown}", f"write {meaning}" if meaning else "write it as the manual shows"
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{_quoted(path)}{shown}, a number; it must be text", f"put it in quotes: {shown}"
    if kind in _EXPECTED:
        return f"{_quoted(path)}{shown}; it must be {_EXPECTED[kind]}", explained
    return f"{_quoted(path)}{shown}: {detail['msg'][:1].lower()}{detail['msg'][1:]}", explained


def _quoted(name: str) -> str:
    return f"'{name}' is " if name else "this is "


def _shown(document: Document, loc: Loc, value: Any) -> str:
    """The value as its author wrote it (never what an environment variable held), short enough for one line."""
    written = document.written(loc)
    if isinstance(value, dict):
        # only keys: a value below may have come from the environment
        return f"{{{', '.join(f'{key}: ...' for key in list(value)[:4])}}}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if not written:
        return "empty" if value is None or value == "" else f"'{type(value).__name__}'"
    return f"'{written}'" if len(written) <= 60 else f"'{written[:57]}...'"


def _owner(given: Any, loc: Loc) -> Any:
    """The thing with an id that the location is in: the item of a list, or the value itself."""
    if isinstance(given, list) and loc and isinstance(loc[0], int):
        return given[loc[0]]
    return given


def _noun(kind: Any, loc: Loc) -> str:
    """What the item or value is called: its model's title."""
    model = next((arm for arm in _arms(kind, loc[0] if loc else None) if _is_model(arm)), None)
    if model is None and loc:
        model = next((a for arm in _arms(kind, None) for a in _inside(arm, loc[0]) if _is_model(a)), None)
    return _title(model) if model is not None else ""


def _title(model: type[BaseModel]) -> str:
    return str(model.model_config.get("title") or "")


def _article(noun: str) -> str:
    return noun if noun.startswith(("a ", "an ", "config/")) else f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _declared(kind: Any, raw: Loc) -> tuple[type[BaseModel] | None, str]:
    """The model that a location's last key belongs to, and the description of that key's field."""
    here: list[Any] = [kind]
    model: type[BaseModel] | None = None
    meaning = ""
    for part in raw:
        arms = [arm for annotation in here for arm in _arms(annotation, part)]
        if isinstance(part, str) and part.startswith("("):
            here = arms
            continue
        owner = next((arm for arm in arms if _is_model(arm)), None)
        if owner is not None:
            model = owner
            found = owner.model_fields.get(str(part))
            # a nested field without words of its own is explained by the one around it
            meaning = (found.description or meaning) if found is not None else meaning
        here = [inner for arm in arms for inner in _inside(arm, part)]
    return model, meaning


def _arms(annotation: Any, part: int | str | None) -> Iterator[Any]:
    """The forms of an annotation: of a union all, or the one whose tag the location names."""
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        tags = [note.tag for note in notes if isinstance(note, Tag)]
        if tags and isinstance(part, str) and part.startswith("(") and part not in tags:
            return
        yield from _arms(inner, part)
    elif get_origin(annotation) in (Union, types.UnionType):
        for arm in get_args(annotation):
            yield from _arms(arm, part)
    else:
        yield annotation


def _inside(annotation: Any, part: int | str) -> Iterator[Any]:
    """What stands at a key or index of an annotation."""
    if _is_model(annotation):
        found = annotation.model_fields.get(str(part))
        if found is not None:
            yield found.annotation
    elif get_origin(annotation) is dict:
        yield get_args(annotation)[1]
    elif get_origin(annotation) in (list, tuple):
        yield get_args(annotation)[0]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
