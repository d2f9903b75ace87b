"""What a person is told of a slip: where it is in words, what was expected without patterns, and how to write it instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of keys",
    "null": "null (left open)",
}

_DATE = r"^\d{4}-\d{2}-\d{2}$"
# Pattern of the schemas -> its meaning.
_FORMS = {
    _DATE: "a date as 2026-01-31: year-month-day",
    r"^\d{4}(-\d{2}(-\d{2})?)?$": "a date as 2026-01-31, or only its year, or year and month",
    r"^[a-z0-9_]+$": "small letters, digits and _, no spaces",
    r"^[a-z0-9][a-z0-9_]*$": "small letters, digits and _, no spaces",
    r"^[a-z0-9][a-z0-9-]*$": "small letters, digits and -, no spaces",
    r"^[A-Za-z0-9][A-Za-z0-9_]*$": "letters, digits and _, no spaces",
    r"^[A-Za-z0-9_-]+$": "letters, digits, _ and -, no spaces",
    r"^\d{4}-\d{4}-\d{4}-\d{3}[0-9X]$": "an ORCID iD as 0000-0002-1825-0097",
    r"\{row\}": "a text with {row} in it",
}

# What people call a setting -> its name here.
_OTHER_NAMES = {
    "knapphartung": "knha", "hartungknapp": "knha", "hksj": "knha", "hartungknappsidikjonkman": "knha", "wald": "z",
    "normal": "z", "randomeffects": "random", "randomeffect": "random", "fixedeffect": "fixed", "fixedeffects": "fixed",
    "commoneffect": "equal", "common": "equal", "equaleffects": "equal", "threelevel": "multilevel", "3level": "multilevel",
    "mixed": "random", "mantelhaenszel": "mantel_haenszel", "mh": "mantel_haenszel", "excel": "long", "csv": "long",
    "spreadsheet": "long", "included": "include", "excluded": "exclude", "yes": "include", "no": "exclude", "primary": "confirmatory",
    "titleabstract": "title_abstract", "abstract": "title_abstract", "fulltext": "full_text", "rob20": "rob2",
    "robinsi": "robins_i", "cochrane": "cochrane1",
}  # fmt: skip


def place(at: Sequence[str]) -> str:
    """A key path as people say it: ("searches", "0", "hits") is `hits` of searches no. 1."""
    said: list[str] = []
    for part in at:
        if part.isdigit() and said:
            said[-1] += f" no. {int(part) + 1}"
        else:
            said.append(part)
    return " in ".join([f"`{said[-1]}`", *reversed(said[:-1])]) if said else "the file"


def type_words(types: Any) -> str:
    """The kinds of value that are allowed."""
    return " or ".join(TYPES[name] for name in (types if isinstance(types, list) else [types]))


def choices(allowed: Sequence[Any]) -> str:
    """The allowed values."""
    return "one of " + ", ".join("null (left open)" if value is None else str(value) for value in allowed)


def form(pattern: str) -> str:
    """What a pattern asks for, in words."""
    return _FORMS.get(pattern, f"the form {pattern}")


def nearest(value: str, known: Sequence[str]) -> str:
    """The known word that was most likely meant, "" where none is near."""
    plain = {_letters(word): word for word in known}
    typed = _letters(value)
    if typed in plain:
        return plain[typed]
    other = _OTHER_NAMES.get(typed, "")
    if other and other in known:
        return other
    begun = [
        word for letters, word in plain.items() if typed and (letters.startswith(typed) or typed.startswith(letters))
    ]
    if len(begun) == 1 and len(typed) > 2:
        return begun[0]
    near = get_close_matches(typed, list(plain), n=1)
    return plain[near[0]] if near else ""


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def instead_of_type(value: Any, types: Any) -> str:
    """How to write a value of another kind, "" where that cannot be guessed."""
    names = types if isinstance(types, list) else [types]
    if isinstance(value, str):
        text = value.strip()
        if "boolean" in names:
            said = {"true": "true", "yes": "true", "ja": "true", "wahr": "true", "1": "true", "on": "true"}.get(
                text.lower()
            )
            return (
                f"write {said or 'false'} without quotes" if said or text.lower() in _FALSE else "write true or false"
            )
        if "integer" in names or "number" in names:
            return _as_number(text, whole="number" not in names)
        if "array" in names:
            bounds = re.fullmatch(r"(-?[\d.]+)\s*(?:to|-|–|;|,|bis)\s*(-?[\d.]+)", text)
            return f"write it in square brackets: [{', '.join(bounds.groups()) if bounds else text}]"
        if "object" in names:
            return "write its keys below it, each on its own line and indented"
    if "string" in names and isinstance(value, int | float) and not isinstance(value, bool):
        return f'put it into quotes: "{value}"'
    if "string" in names and isinstance(value, bool):
        return 'put it into quotes: "yes" or "no"'
    if "array" in names and isinstance(value, dict):
        return "begin each entry with - and a space"
    if "null" not in names and value is None:
        return "write a value after the colon, or take the key out"
    return ""


_FALSE = {"false", "no", "nein", "falsch", "0", "off"}


def _as_number(text: str, *, whole: bool) -> str:
    if re.fullmatch(r"-?\d{1,3}([.,' ]\d{3})+", text) and whole:
        return f"write {re.sub(r'[^0-9-]', '', text)} without separators"
    if re.fullmatch(r"-?\d+,\d+", text):
        return f"write {text.replace(',', '.')} with a point"
    if re.fullmatch(r"-?\d+([.,]\d+)?\s*%", text):
        return f"write {text.rstrip('% ').replace(',', '.')} without the per cent sign"
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return f"write {text} without quotes"
    return "write it in digits"


def instead_of_form(value: str, pattern: str) -> str:
    """How to write a text that has another form than its pattern, "" where that cannot be guessed."""
    text = value.strip().strip("“”„‟\"'‘’")
    if "ORCID" in form(pattern):
        found = re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[0-9X]", text)
        return f"write {found[0]}" if found else ""
    if form(pattern).startswith("a date"):
        return "use straight quotes, or none" if text != value.strip() else _as_date(text)
    joined = "-" if "[a-z0-9-]" in pattern else "_"
    plain = re.sub(r"[^A-Za-z0-9]+", joined, text).strip(joined)
    plain = plain if "A-Z" in pattern else plain.lower()
    return f"write {plain}" if plain and re.search(pattern, plain) else ""


def _as_date(text: str) -> str:
    dotted = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text)
    if dotted:
        day, month, year = (int(part) for part in dotted.groups())
        return f"write {year:04d}-{month:02d}-{day:02d}"
    backwards = re.fullmatch(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", text)
    if backwards:
        year, month, day = (int(part) for part in backwards.groups())
        return f"write {year:04d}-{month:02d}-{day:02d}"
    return "write the year first, then month and day in two digits each"


def _open_quote(line: str) -> bool:
    value = line.split(":", 1)[-1].strip().lstrip("- ")
    return value[:1] in ("'", '"') and value.count(value[0]) % 2 == 1


def open_quote_above(lines: Sequence[str]) -> int | None:
    """The position of the last of some lines that opens a quotation and does not close it, None where none does."""
    return next((number for number in range(len(lines) - 1, -1, -1) if _open_quote(lines[number])), None)


def yaml_words(problem: str, line: str, before: str) -> tuple[str, str]:
    """(what is wrong, how to mend it) of a YAML parser's complaint about a line.

    Args:
        problem: the parser's words.
        line: the line that it is about.
        before: the line above it that is not blank.
    """
    indent = line[: len(line) - len(line.lstrip())]
    text = line.strip()
    value = text.split(":", 1)[1].strip() if ":" in text else text.lstrip("- ")
    if "\t" in indent:
        return "this line is indented with a tab", "use spaces in place of the tab"
    if "given twice" in problem:
        return problem, "keep one of the two"
    if value[:1] in "%@`*&!|>" and value[:1]:
        return f"a text cannot begin with {value[0]} as it stands", f'put it into quotes: "{value}"'
    if re.match(r"^(- )?[\w.]+:\S", text):
        return "there is no space after the colon", f"write {re.sub(r':', ': ', text, count=1)}"
    if "mapping values" in problem:
        if ": " in value and value[:1] not in "'\"":
            return "there is a second colon in this line", "put the text after the first colon into quotes"
        here, above = len(indent), len(before) - len(before.lstrip())
        return (
            f"this line is indented by {here} spaces, the one above it by {above}",
            "indent lines that belong together equally",
        )
    if "could not find expected ':'" in problem:
        return "this line is no `key: value`", "write a colon and a space between key and value"
    if _open_quote(line):
        return "a quotation mark is not closed", "close it, or take it away"
    if text.startswith("- ") != before.strip().startswith("- ") and "expected" in problem:
        dash = "begins with a dash" if text.startswith("- ") else "begins without a dash"
        return (
            f"this line {dash}, unlike those that it belongs to",
            "begin every entry of a list with - and a space, or none",
        )
    return (
        "this line does not go with those around it",
        "compare its indentation, its dashes and its quotes with the lines above it",
    )
