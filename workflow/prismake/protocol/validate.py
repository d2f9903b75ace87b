"""Validation of what people write against workflow/schemas, with messages that a psychologist understands."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults
from prismake.protocol import plain_words as words
from prismake.protocol.yaml_files import fault_at, read_plain

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema `name`.schema.yaml as a dict."""
    return read_plain((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


def validate(content: Any, name: str, path: Path, shown: str, faults: Faults) -> None:
    """Hold `content` of `path` against the schema `name`; every difference is an error in `faults`."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    resources = [(f"{other}.schema.yaml", Resource.from_contents(schema(other))) for other in ("protocol",)]
    validator = Draft202012Validator(schema(name), registry=Registry().with_resources(resources))
    for error in sorted(validator.iter_errors(content), key=lambda e: [str(p) for p in e.absolute_path]):
        _say(error, path, shown, faults)


def check_part(content: Any, part: dict[str, Any], path: Path, shown: str, at: tuple[str, ...], faults: Faults) -> None:
    """Hold what stands at the key path `at` of a file against a part of the protocol's schema."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator({**part, "$defs": schema("protocol")["$defs"]})
    for error in sorted(validator.iter_errors(content), key=lambda e: [str(p) for p in e.absolute_path]):
        _say(error, path, shown, faults, at)


def _say(error: Any, path: Path, shown: str, faults: Faults, above: tuple[str, ...] = ()) -> None:
    """One schema error in plain words, at the line where it is; `above` is the key path of what was checked."""
    at = (*above, *(str(part) for part in error.absolute_path))
    where, allowed, given = words.place(at), error.validator_value, error.instance
    hint = error.schema.get("description", "").rstrip(".")
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        for key in sorted(set(map(str, given)) - set(known)):
            near = words.nearest(key, [name for name in known if name not in given])
            what, mend = f"the key {key!r} is not known here", f"did you mean {near!r}" if near else "take it out"
            expected = f"one of {', '.join(known)}"
            fault_at(faults, path, shown, (*at, key), "unknown-key", what, expected=expected, mend=mend)
        return
    if error.validator == "required":
        # jsonschema raises one error a missing key and names it only in its message.
        key = error.message.split("'")[1]
        about = error.schema.get("properties", {}).get(key, {}).get("description", "").rstrip(".")
        what = f"the key {key!r} is missing in {where}"
        fault_at(faults, path, shown, at, "missing-key", what, expected=about, mend=f"add `{key}:` there")
        return
    value = "" if isinstance(given, dict | list) else "null" if given is None else str(given)
    if error.validator == "type":
        what, expected = f"{where} has the wrong kind of value", words.type_words(allowed)
        mend = words.instead_of_type(given, allowed)
    elif error.validator == "enum":
        near = words.nearest(value, [str(choice) for choice in allowed if choice is not None])
        what, expected = f"{where} has a value that is not among the allowed ones", words.choices(allowed)
        mend = f"did you mean {near}" if near else ""
    elif error.validator == "pattern":
        named = "propertyNames" in error.absolute_schema_path
        what, at = (f"the name {value} in {where}", (*at, value)) if named else (where, at)
        what, expected = f"{what} is not written as it must be", words.form(allowed)
        mend = words.instead_of_form(value, allowed)
    elif error.validator in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        what = f"{where} is {'too small' if 'inimum' in error.validator else 'too large'}"
        expected, mend = f"{'at least' if 'inimum' in error.validator else 'at most'} {allowed}", ""
    elif error.validator in ("minItems", "maxItems"):
        what, expected, mend = (
            f"{where} has {len(given)} entries",
            f"{'at least' if 'min' in error.validator else 'at most'} {allowed}",
            "",
        )
    else:
        what, expected, mend = f"{where}: {error.message}", "", ""
    expected = f"{expected} ({hint})" if hint and expected else expected or hint
    fault_at(faults, path, shown, at, "wrong-value", what, value=value, expected=expected, mend=mend)


def with_defaults(content: Any, node: dict[str, Any]) -> Any:
    """`content` with every default of the schema node that it does not give, in groups and in the items of lists.

    A group without any given or default value stays away.
    """
    if "properties" in node and isinstance(content, dict | None):
        whole = dict(content or {})
        for key, child in node["properties"].items():
            filled = with_defaults(whole.get(key), child)
            if key in whole or filled not in (None, {}):
                whole[key] = filled
        return whole
    if isinstance(content, list) and "items" in node:
        return [with_defaults(item, node["items"]) for item in content]
    return node.get("default") if content is None else content
