"""Validation of what people write against workflow/schemas, with messages that a psychologist understands."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults
from prismake.protocol.yaml_files import fault_at, read_plain

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of keys",
    "null": "nothing (null)",
}


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


def check_part(
    content: Any, part: dict[str, Any], path: Path, shown: str, at: tuple[str, ...], faults: Faults
) -> None:
    """Hold what stands at the key path `at` of a file against a part of the protocol's schema."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator({**part, "$defs": schema("protocol")["$defs"]})
    for error in sorted(validator.iter_errors(content), key=lambda e: [str(p) for p in e.absolute_path]):
        _say(error, path, shown, faults, at)


def _say(error: Any, path: Path, shown: str, faults: Faults, above: tuple[str, ...] = ()) -> None:
    """One schema error in plain words, at the line where it is; `above` is the key path of what was checked."""
    at = (*above, *(str(part) for part in error.absolute_path))
    where = ".".join(at) or "the file"
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        for key in sorted(set(map(str, error.instance)) - set(known)):
            near = get_close_matches(key, known, n=1)
            fault_at(
                faults,
                path,
                shown,
                (*at, key),
                "unknown-key",
                f"the key {key!r} is not known here",
                expected=f"one of {', '.join(known)}",
                mend=f"did you mean {near[0]!r}" if near else "remove it, or see the reference of this file",
            )
        return
    if error.validator == "required":
        # jsonschema raises one error a missing key and names it only in its message.
        key = error.message.split("'")[1]
        hint = error.schema.get("properties", {}).get(key, {}).get("description", "")
        fault_at(
            faults,
            path,
            shown,
            at,
            "missing-key",
            f"the key {key!r} is missing in {where}",
            expected=hint.rstrip("."),
            mend=f"add {key!r}",
        )
        return
    hint = error.schema.get("description", "").rstrip(".")
    value = str(error.instance) if not isinstance(error.instance, dict | list) else ""
    if error.validator == "type":
        words = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        what, expected = f"{where} has the wrong kind of value", " or ".join(_TYPE_WORDS[w] for w in words)
    elif error.validator == "enum":
        what, expected = (
            f"{where} has a value that is not among the allowed ones",
            "one of " + ", ".join(map(str, error.validator_value)),
        )
    elif error.validator == "pattern":
        what, expected = f"{where} is not written as it must be", f"the form {error.validator_value}"
    else:
        what, expected = f"{where}: {error.message}", hint
    fault_at(faults, path, shown, at, "wrong-value", what, value=value, expected=expected, mend=hint)


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
