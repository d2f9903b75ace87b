"""The reference pages of everything that a person writes, made from the schemas that check it.

`python -m prismake.protocol.reference docs/reference` writes them; a test holds the committed pages and the schemas
together.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prismake.protocol.validate import schema
from prismake.protocol.yaml_files import read_plain

Node = Mapping[str, Any]

FILES = ("config", "protocol", "deviations", "claims")
"""exploratory.yaml holds analyses alone, which have the protocol's keys."""
CODEBOOK = Path(__file__).resolve().parents[2] / "schemas/codebook.yaml"

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "null": "empty",
    "object": "keys of its own",
    "array": "list",
}
_LEAST = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}


def pages() -> dict[str, str]:
    """Name of the page's file -> its Markdown, for each schema and for the extraction sheets."""
    made = {f"{name}.md": page(schema(name)) for name in FILES}
    made["extraction.md"] = sheets(read_plain(CODEBOOK.read_text(encoding="utf-8")))
    return made


def page(root: Node) -> str:
    """The page of one file: a section for each of its objects, in which each key is a row."""
    lines = [f"# `{root['title']}`", "", root.get("description", ""), ""]
    lines += ["Made from the schema that checks the file. A key that is not listed here is refused, with its line.", ""]
    for path, node in _objects(root, root, ""):
        if path:
            lines += [f"## `{path}`", "", *([_safe(node["description"]), ""] if node.get("description") else [])]
        required = node.get("required", [])
        lines += ["| key | what it is | may be | if left out |", "|---|---|---|---|"]
        for key, leaf in node["properties"].items():
            leaf = _whole(leaf, root)
            absent = "**must be there**" if key in required else _default(leaf)
            lines.append(_row(f"`{key}`", _meaning(leaf, root, _join(path, key)), _kind(leaf, root), absent))
        lines.append("")
    return "\n".join(lines)


def sheets(codebook: Node) -> str:
    """The page of the extraction sheets: a section a sheet, a row a column."""
    codes = ", ".join(
        f"`{code}` ({meaning[0].lower()}{meaning[1:].rstrip('.')})"
        for code, meaning in codebook["missing_codes"].items()
    )
    lines = [
        "# The extraction sheets",
        "",
        "CSV or XLSX, one sheet each; empty ones with drop-downs and notes are made as `results/extraction/sheets.xlsx`.",
        f"A cell may be blank, or say why there is no value: {codes}.",
        "A review adds columns of its own in `resources/extraction/codebook.yaml`.",
        "",
    ]
    for name, sheet in codebook["sheets"].items():
        key = ", ".join(f"`{column}`" for column in sheet["key"])
        lines += [f"## `{name}`", "", f"{_safe(sheet['description'])} No two rows have the same {key}.", ""]
        lines += ["| column | what it is | may be | example |", "|---|---|---|---|"]
        for field in sheet["fields"]:
            must = " **Must be there.**" if field.get("required") else ""
            when = "; ".join(f"`{key}` is {value}" for key, value in field.get("required_when", {}).items())
            must = f" Must be there where {when}." if when else must
            lines.append(
                _row(
                    f"`{field['name']}`", _safe(field["definition"]) + must, _of_column(field), field.get("example", "")
                )
            )
        lines.append("")
    return "\n".join(lines)


def undescribed() -> list[str]:
    """Keys of the schemas that say nothing of what they are: none, or the pages have holes."""
    found = []
    for name in FILES:
        root = schema(name)
        for path, node in _objects(root, root, ""):
            keys = node["properties"].items()
            found += [f"{name}: {_join(path, key)}" for key, leaf in keys if not _whole(leaf, root).get("description")]
    return found


def _objects(node: Node, root: Node, path: str) -> Iterator[tuple[str, Node]]:
    """Every object with keys of its own below a node, with its dotted path; the node itself first."""
    node = _whole(node, root)
    if "properties" in node:
        yield path, node
        for key, leaf in node["properties"].items():
            yield from _objects(leaf, root, _join(path, key))
    for choice in node.get("oneOf", []):
        yield from _objects(choice, root, path)
    if isinstance(node.get("additionalProperties"), Mapping):
        yield from _objects(node["additionalProperties"], root, _join(path, "NAME"))
    if isinstance(node.get("items"), Mapping):
        yield from _objects(node["items"], root, f"{path}[]")


def _whole(node: Node, root: Node) -> Node:
    """The node with what its reference points to; what stands beside the reference wins."""
    if "$ref" not in node:
        return node
    file, _, pointer = node["$ref"].partition("#/")
    found: Any = schema(file.removesuffix(".schema.yaml")) if file else root
    for step in pointer.split("/"):
        found = found[step]
    return {**found, **{key: value for key, value in node.items() if key != "$ref"}}


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _meaning(leaf: Node, root: Node, path: str) -> str:
    below = [inner for inner, _ in _objects(leaf, root, path)]
    told = _safe(leaf.get("description", ""))
    example = leaf.get("examples")
    told += f" Example: `{_plain(example[0])}`." if example else ""
    return told + (f" See [`{below[0]}`](#{_anchor(below[0])})." if below else "")


def _anchor(heading: str) -> str:
    """The anchor that code hosts give a heading."""
    return "".join(c for c in heading.lower() if c.isalnum() or c in "_-")


def _kind(node: Node, root: Node) -> str:
    node = _whole(node, root)
    if "enum" in node:
        return ", ".join(f"`{_plain(value)}`" for value in node["enum"])
    if "const" in node:
        return f"`{_plain(node['const'])}`"
    if "oneOf" in node:
        return ", or ".join(_kind(choice, root) for choice in node["oneOf"])
    types = node.get("type", [])
    types = [types] if isinstance(types, str) else types
    words = " or ".join(_KINDS[kind] for kind in types) or "anything"
    if types == ["object"] and "properties" not in node:
        words = "names and values"
    if types == ["array"] and "items" in node:
        words = f"list of: {_kind(node['items'], root)}"
    elif types == ["object"] and isinstance(node.get("additionalProperties"), Mapping):
        words = f"names, each with: {_kind(node['additionalProperties'], root)}"
    bounds = [f"{word} {_plain(node[key])}" for key, word in _LEAST.items() if key in node]
    return f"{words}, {' and '.join(bounds)}" if bounds else words


def _of_column(field: Node) -> str:
    """Kind, unit and bounds of a column of a sheet."""
    if "allowed" in field:
        return ", ".join(f"`{value}`" for value in field["allowed"])
    kind = {"id": "id", "yes_no": "`yes` or `no`", "integer": "whole number"}.get(field["type"], field["type"])
    bounds = [f"{word} {field[key]}" for key, word in (("min", "at least"), ("max", "at most")) if key in field]
    unit = f" of {field['unit']}" if field.get("unit") else ""
    return kind + unit + (f", {' and '.join(bounds)}" if bounds else "")


def _default(leaf: Node) -> str:
    return f"`{_plain(leaf['default'])}`" if leaf.get("default") is not None else ""


def _safe(text: str) -> str:
    """Text in which no <word> is taken for HTML."""
    return text.replace("<", "&lt;")


def _plain(value: Any) -> str:
    """A value as YAML has it in one line."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) + "}"
    return str(value)


def _row(*cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ").strip() for cell in cells) + " |"


def write(folder: Path) -> None:
    """Write the pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
