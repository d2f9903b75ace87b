"""The codebook: what each column of the extraction sheets means, and the schemas made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults

TYPES = ("id", "text", "integer", "number", "reported", "category", "yes_no", "date")
_FIELD_KEYS = {
    "name",
    "type",
    "unit",
    "allowed",
    "required",
    "required_when",
    "min",
    "max",
    "definition",
    "example",
}


@dataclass(frozen=True)
class Field:
    """One column. `type` reported is a number that may be bounded ("<.05")."""

    name: str
    type: str = "text"
    definition: str = ""
    unit: str = ""
    example: str = ""
    allowed: tuple[str, ...] = ()
    required: bool = False
    required_when: tuple[tuple[str, str], ...] = ()
    min: float | None = None
    max: float | None = None

    @property
    def numeric(self) -> bool:
        """Does it hold numbers?"""
        return self.type in ("integer", "number", "reported")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its columns in order and those that tell its rows apart."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return [f.name for f in self.fields]

    @property
    def required(self) -> list[str]:
        """Names of the columns that every row must fill."""
        return [f.name for f in self.fields if f.required]


@dataclass(frozen=True)
class Codebook:
    """All sheets, and what each missing code means."""

    sheets: Mapping[str, Sheet]
    missing_codes: Mapping[str, str] = field(default_factory=dict)

    def missing(self, text: str) -> str | None:
        """The missing code that was typed, as the codebook spells it; None if it is none."""
        return {code.lower(): code for code in self.missing_codes}.get(text.strip().lower())


def read_codebook(path: str | Path, own: str | Path | None = None) -> Codebook:
    """The shipped codebook with a review's own columns laid over it.

    Raises InputFaults naming each entry that is wrong.
    """
    faults = Faults()
    book = _codebook(_yaml(path, faults), str(path), faults)
    if own is not None:
        added = _codebook(_yaml(own, faults), str(own), faults)
        for name in sorted(set(added.sheets) - set(book.sheets)):
            faults.error(
                "codebook-sheet",
                "A review's own codebook adds columns to the sheets, not sheets.",
                file=str(own),
                value=name,
                expected=", ".join(book.sheets),
                mend="put its columns into one of these sheets",
            )
        book = _laid_over(book, added)
    faults.raise_errors()
    return book


def _yaml(path: str | Path, faults: Faults) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        faults.error(
            "codebook-unreadable",
            "The codebook is not readable YAML.",
            file=str(path),
            line=mark.line + 1 if mark else None,
            expected="a mapping with the key sheets",
            mend="put texts with : , ? or # between quotation marks",
        )
        return {}
    return content if isinstance(content, dict) else {}


def _codebook(content: Mapping[str, Any], file: str, faults: Faults) -> Codebook:
    sheets = {}
    for name, entry in (content.get("sheets") or {}).items():
        fields = tuple(_field(f, f"{name}", file, faults) for f in entry.get("fields", []))
        sheets[name] = Sheet(
            name, entry.get("title", name), entry.get("description", ""), tuple(entry.get("key", ())), fields
        )
    codes = {str(k): str(v) for k, v in (content.get("missing_codes") or {}).items()}
    return Codebook(sheets, codes)


def _field(entry: Mapping[str, Any], sheet: str, file: str, faults: Faults) -> Field:
    name = str(entry.get("name", ""))
    unknown = sorted(set(entry) - _FIELD_KEYS)
    if not name or unknown:
        faults.error(
            "codebook-field",
            f"An entry of sheet {sheet} has no name or has unknown keys.",
            file=file,
            column=name,
            value=", ".join(unknown),
            expected=", ".join(sorted(_FIELD_KEYS)),
            mend="correct the key's spelling",
        )
    kind = str(entry.get("type", "text"))
    if kind not in TYPES:
        faults.error(
            "codebook-type",
            f"Sheet {sheet} has a column of an unknown type.",
            file=file,
            column=name,
            value=kind,
            expected=", ".join(TYPES),
            mend="use one of these types",
        )
    return Field(
        name,
        kind,
        str(entry.get("definition", "")),
        str(entry.get("unit", "")),
        str(entry.get("example", "")),
        tuple(str(a) for a in entry.get("allowed", ())),
        bool(entry.get("required", False)),
        tuple((str(k), str(v)) for k, v in (entry.get("required_when") or {}).items()),
        entry.get("min"),
        entry.get("max"),
    )


def _laid_over(base: Codebook, own: Codebook) -> Codebook:
    """`own` wins field by field; new columns come last."""
    sheets = dict(base.sheets)
    for name, sheet in own.sheets.items():
        if name not in sheets:
            continue
        given = {f.name: f for f in sheet.fields}
        kept = [given.pop(f.name, f) for f in sheets[name].fields]
        sheets[name] = replace(sheets[name], fields=(*kept, *given.values()), key=sheet.key or sheets[name].key)
    return Codebook(sheets, {**base.missing_codes, **own.missing_codes})


def json_schema(book: Codebook) -> dict[str, Any]:
    """JSON Schema (2020-12) of all sheets: an object of arrays of rows, every value the text that was typed."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Extraction sheets",
        "type": "object",
        "properties": {
            name: {
                "type": "array",
                "title": sheet.title,
                "description": sheet.description,
                "items": _row_schema(sheet, book),
            }
            for name, sheet in book.sheets.items()
        },
    }


def _row_schema(sheet: Sheet, book: Codebook) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "required": sheet.required,
        "properties": {f.name: _field_schema(f, book) for f in sheet.fields},
    }
    conditions = [
        {
            "if": {"properties": {k: {"const": v} for k, v in f.required_when}, "required": [f.required_when[0][0]]},
            "then": {"required": [f.name]},
        }
        for f in sheet.fields
        if f.required_when
    ]
    return {**schema, "allOf": conditions} if conditions else schema


_DECIMAL = r"[+-]?([0-9]+([.,][0-9]+)?|[.,][0-9]+)([eE][+-]?[0-9]+)?"
_PATTERNS = {
    "integer": r"[+-]?[0-9]+",
    "number": _DECIMAL,
    "reported": r"[<>=≤≥]? ?" + _DECIMAL,
    "date": r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
}


def _field_schema(entry: Field, book: Codebook) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "description": entry.definition}
    if entry.example:
        schema["examples"] = [entry.example]
    if entry.unit:
        schema["x-unit"] = entry.unit
    codes = list(book.missing_codes)
    words = list(entry.allowed) or (["yes", "no"] if entry.type == "yes_no" else [])
    if words:
        schema["enum"] = [*words, *codes] + ([] if entry.required else [""])
    elif entry.type in _PATTERNS:
        missing = "|".join(codes)
        blank = "" if entry.required else "?"
        schema["pattern"] = f"^({_PATTERNS[entry.type]}{'|' + missing if missing else ''}){blank}$"
    elif entry.required:
        schema["minLength"] = 1
    for name, bound in (("x-minimum", entry.min), ("x-maximum", entry.max)):
        if bound is not None:
            schema[name] = bound
    return schema


_FRICTIONLESS = {
    "id": "string",
    "text": "string",
    "integer": "integer",
    "number": "number",
    "reported": "string",
    "category": "string",
    "yes_no": "boolean",
    "date": "string",  # a year, or a year and month, will do
}


def frictionless(book: Codebook, columns: Mapping[str, Iterable[str]] | None = None) -> dict[str, Any]:
    """A Frictionless data package descriptor of the canonical CSV files (Table Schema).

    `columns`: sheet -> the columns that its file has (or its frame); those that the codebook does not know are texts.
    """
    return {
        "profile": "tabular-data-package",
        "name": "extraction",
        "resources": [_resource(sheet, book, (columns or {}).get(sheet.name, ())) for sheet in book.sheets.values()],
    }


def _resource(sheet: Sheet, book: Codebook, columns: Iterable[str]) -> dict[str, Any]:
    further = [{"name": c, "type": "string"} for c in columns if c not in sheet.columns]
    return {
        "name": sheet.name.replace("_", "-"),
        "path": f"{sheet.name}.csv",
        "profile": "tabular-data-resource",
        "title": sheet.title,
        "description": sheet.description,
        "schema": {
            "fields": [*(_frictionless_field(f) for f in sheet.fields), *further],
            "primaryKey": list(sheet.key),
            "missingValues": ["", *book.missing_codes],
        },
    }


def _frictionless_field(entry: Field) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": entry.name,
        "type": _FRICTIONLESS[entry.type],
        "description": entry.definition,
    }
    if entry.type == "yes_no":
        result.update(trueValues=["yes", "Yes", "YES"], falseValues=["no", "No", "NO"])
    limits: dict[str, Any] = {}
    if entry.required:
        limits["required"] = True
    if entry.type == "date":
        limits["pattern"] = _PATTERNS["date"]
    if entry.allowed:
        limits["enum"] = list(entry.allowed)
    if entry.type in ("integer", "number"):
        limits.update({k: v for k, v in (("minimum", entry.min), ("maximum", entry.max)) if v is not None})
    if limits:
        result["constraints"] = limits
    if entry.example:
        result["example"] = entry.example
    if entry.unit:
        result["unit"] = entry.unit
    return result


def chapter(book: Codebook) -> dict[str, Any]:
    """The codebook for the report: sheets with their columns in words, and the missing codes."""
    return {
        "missing_codes": dict(book.missing_codes),
        "sheets": [
            {
                "name": s.name,
                "title": s.title,
                "description": s.description,
                "key": list(s.key),
                "fields": [
                    {
                        "name": f.name,
                        "type": f.type,
                        "unit": f.unit,
                        "allowed": list(f.allowed),
                        "required": f.required,
                        "required_when": dict(f.required_when),
                        "min": f.min,
                        "max": f.max,
                        "definition": f.definition,
                        "example": f.example,
                    }
                    for f in s.fields
                ],
            }
            for s in book.sheets.values()
        ],
    }


def schemas(book: Codebook) -> dict[str, Any]:
    """All that is made from a codebook, as codebook.json holds it: chapter, json_schema, frictionless."""
    return {"chapter": chapter(book), "json_schema": json_schema(book), "frictionless": frictionless(book)}
