"""Reading the YAML that people write: safely, with line numbers, refusing keys given twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from prismake.messages.faults import Fault, Faults
from prismake.protocol.plain_words import open_quote_above, yaml_words

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc, valid-type]
    """The safe loader; dates stay text, and a key given twice is refused instead of silently overwritten."""


def _keep_text(loader: Any, node: Any) -> str:
    return str(node.value)


def _strict_mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


# A registered date must come back as it was typed: 2026-01-15 is text here, not a datetime.
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _keep_text)
_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _strict_mapping)


class TypedFloat(float):
    """A number that knows how it was typed: 0.20 has two digits after its point, and is shown with them."""

    typed: str

    def __new__(cls, value: float, typed: str) -> TypedFloat:
        """The number `value` that stands in the file as `typed`."""
        number = super().__new__(cls, value)
        number.typed = typed
        return number

    def __str__(self) -> str:
        return self.typed

    @property
    def decimals(self) -> int:
        """The digits after its point."""
        digits, _, exponent = self.typed.lower().partition("e")
        return len(digits.partition(".")[2]) - int(exponent or 0)


class _TypedLoader(_StrictLoader):
    """The strict loader, whose fractions know how they were typed."""


def _typed_float(loader: Any, node: Any) -> TypedFloat:
    return TypedFloat(loader.construct_yaml_float(node), str(node.value).replace("_", ""))


_TypedLoader.add_constructor("tag:yaml.org,2002:float", _typed_float)


def read_plain(text: str) -> Any:
    """The content of YAML that belongs to the workflow itself, by the fast loader where the system has it."""
    return yaml.load(text, Loader=_Loader)


def read_yaml(path: Path, shown: str, faults: Faults, *, typed: bool = False) -> Any:
    """The content of a YAML file; {} where it is empty. What is wrong goes to `faults`.

    Args:
        path: the file.
        shown: its name as the user knows it.
        faults: collects "unreadable-yaml".
        typed: give fractions as `TypedFloat`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        faults.error(
            "not-utf-8",
            "this file is not UTF-8 text",
            file=shown,
            line=path.read_bytes()[: error.start].count(b"\n") + 1,
            mend="save it as UTF-8",
        )
        return {}
    try:
        content = yaml.load(text, Loader=_TypedLoader if typed else _StrictLoader)
    except yaml.MarkedYAMLError as error:
        _unreadable(error, text, shown, faults)
        return {}
    except yaml.YAMLError as error:
        faults.error("unreadable-yaml", f"this is not valid YAML: {error}", file=shown)
        return {}
    return {} if content is None else content


def _unreadable(error: yaml.MarkedYAMLError, text: str, shown: str, faults: Faults) -> None:
    """The parser's complaint in plain words, at the line where the slip is rather than where the parser gave up."""
    problem = error.problem or error.context or ""
    mark = error.problem_mark or error.context_mark
    if "could not find expected ':'" in problem or "unexpected end of stream" in problem:
        mark = error.context_mark or mark
    lines = text.splitlines()
    number = min(mark.line, max(len(lines) - 1, 0)) if mark else 0
    if "did not find expected" in problem or "end of stream" in problem:
        opened = open_quote_above(lines[: number + 1])
        number = number if opened is None else opened
    before = next((line for line in reversed(lines[:number]) if line.strip() and not line.strip().startswith("#")), "")
    line = lines[number] if lines else ""
    what, mend = yaml_words(problem, line, before)
    faults.error(
        "key-given-twice" if "given twice" in problem else "unreadable-yaml",
        what,
        file=shown,
        line=number + 1 if mark else None,
        value=line.strip()[:120],
        mend=mend,
    )


def key_lines(path: Path) -> dict[tuple[str, ...], int]:
    """Key path -> line (1-based) of a YAML file that `read_yaml` could read; list items count as "0", "1", ..."""
    lines: dict[tuple[str, ...], int] = {}

    def walk(node: Any, at: tuple[str, ...]) -> None:
        lines.setdefault(at, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                lines[(*at, str(key.value))] = key.start_mark.line + 1
                walk(value, (*at, str(key.value)))
        elif isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                walk(item, (*at, str(number)))

    root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    if root is not None:
        walk(root, ())
    return lines


def fault_at(faults: Faults, path: Path, shown: str, at: tuple[str, ...], code: str, what: str, **more: str) -> None:
    """Add an error with the line of the key path `at`, or of its nearest parent."""
    lines = key_lines(path) if path.exists() else {}
    line = None
    for length in range(len(at), -1, -1):
        if at[:length] in lines:
            line = lines[at[:length]]
            break
    faults.add(Fault("error", code, what, file=shown, line=line, column=".".join(at), **more))
