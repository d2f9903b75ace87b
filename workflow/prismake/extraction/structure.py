"""Validators of form: required cells, types, allowed values, unique keys, references between the sheets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from prismake.extraction.codebook import Codebook, Field
from prismake.extraction.tables import Extraction
from prismake.extraction.values import any_number, number, reported
from prismake.messages.faults import Faults
from prismake.records.sheets import MissingCode

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_CONTRAST = re.compile(r"\s+(?:vs\.?|versus)\s+", re.IGNORECASE)


def arms_of_contrast(text: str) -> tuple[str, str] | None:
    """The two arm ids of "arm_a vs arm_b", None if it is not of that form."""
    parts = _CONTRAST.split(text.strip())
    return (parts[0].strip(), parts[1].strip()) if len(parts) == 2 and all(p.strip() for p in parts) else None


def check_structure(tables: Extraction, book: Codebook) -> Faults:
    """All faults of form of all sheets."""
    faults = Faults()
    for name in book.sheets:
        _check_cells(tables, name, book, faults)
        _check_keys(tables, name, book, faults)
    _check_references(tables, faults)
    _check_bounds(tables, faults)
    return faults


def _check_cells(tables: Extraction, sheet: str, book: Codebook, faults: Faults) -> None:
    frame = tables[sheet]
    for entry in book.sheets[sheet].fields:
        for position, text in enumerate(frame[entry.name].tolist()):
            problem = _problem(entry, text, book)
            if problem is not None:
                code, what, expected = problem
                mend = _MEND_ID if code == "required" and entry.name in book.sheets[sheet].key else _MEND[code]
                faults.error(code, what, **tables.where(sheet, position, entry.name), expected=expected, mend=mend)
            elif entry.unit == "percent" and entry.min == 0 and 0 < number(text) < 1:
                _say_share(tables, sheet, position, entry.name, faults)
        if entry.required_when:
            _check_condition(tables, sheet, entry, faults)


def _say_share(tables: Extraction, sheet: str, position: int, column: str, faults: Faults) -> None:
    """0.625 for 62.5 percent is what a spreadsheet holds of a cell that shows 62.5%."""
    where = tables.where(sheet, position, column)
    faults.warning(
        "looks-like-a-share",
        "This percentage is below 1, as a share would be.",
        **where,
        expected=f"{100 * number(str(where['value'])):g} if it is a share",
        mend="write the percentage as a plain number, in a cell that is not formatted as percent",
    )


def _check_bounds(tables: Extraction, faults: Faults) -> None:
    """A number that is only bounded ("<.001") is used as a p alone; anywhere else it would be left out without a word."""
    for sheet, kind in (("results", "stat"), ("effects_reported", "measure")):
        frame = tables[sheet]
        for position, (text, name) in enumerate(zip(frame["value"], frame[kind], strict=True)):
            value = any_number(text)
            if value is not None and not value.exact and name != "p":
                faults.warning(
                    "bound-not-used",
                    f"A {name or 'number'} that is only bounded is not used.",
                    **tables.where(sheet, position, "value"),
                    expected="an exact number; only a p may be bounded",
                    mend="write the number that the report gives, or NR; keep the bound in note",
                )
            elif sheet == "results" and name == "percent" and 0 < number(text) < 1:
                _say_share(tables, sheet, position, "value", faults)


_MEND_ID = "fill it in, in every row: of merged cells only the first holds what is shown"
_MEND = {
    "required": "fill it in; write NR where the report does not say",
    "not-a-number": "write the number alone, units into the column unit and remarks into note",
    "out-of-range": "check it against the report",
    "not-allowed": "use one of the allowed words",
    "not-a-date": "write it as YYYY-MM-DD",
}


def _problem(entry: Field, text: str, book: Codebook) -> tuple[str, str, str] | None:
    if not text:
        return ("required", "This cell must be filled.", _wanted(entry)) if entry.required else None
    if book.missing(text) is not None:
        return None
    if entry.allowed and text not in entry.allowed:
        near = difflib.get_close_matches(text.lower(), entry.allowed, n=1, cutoff=0.6)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        return "not-allowed", "This value is not in the codebook.", ", ".join(entry.allowed) + hint
    if entry.type == "yes_no" and text.lower() not in ("yes", "no"):
        return "not-allowed", "This is neither yes nor no.", "yes, no"
    if entry.type == "date" and not _DATE.fullmatch(text):
        return "not-a-date", "This is no date.", "YYYY-MM-DD"
    return _number_problem(entry, text) if entry.numeric else None


def _wanted(entry: Field) -> str:
    """What belongs into a cell: one of the codebook's words, else its definition."""
    return " or ".join(entry.allowed) if 0 < len(entry.allowed) < 6 else entry.definition.rstrip(".")


def _number_problem(entry: Field, text: str) -> tuple[str, str, str] | None:
    try:
        value = reported(text)
    except ValueError as error:
        if re.match(r"\d{4}-\d\d-\d\d", text):
            return "not-a-number", "This is a date: spreadsheets make one of 3.4, 3-4 or 3/4.", _number_words(entry)
        return "not-a-number", f"This is no number: {error}.", _number_words(entry)
    if value is None or isinstance(value, MissingCode):
        return None
    if not value.exact and entry.type != "reported":
        return "not-a-number", "A bound is not allowed here.", _number_words(entry)
    if entry.type == "integer" and value.value != int(value.value):
        return "not-a-number", "This is no whole number.", _number_words(entry)
    below = entry.min is not None and value.value < entry.min
    above = entry.max is not None and value.value > entry.max
    return ("out-of-range", "This number is out of range.", _number_words(entry)) if below or above else None


def _number_words(entry: Field) -> str:
    limits = [
        words
        for bound, words in ((entry.min, f"at least {entry.min}"), (entry.max, f"at most {entry.max}"))
        if bound is not None
    ]
    unit = f" ({entry.unit})" if entry.unit else ""
    return ("a whole number" if entry.type == "integer" else "a number") + unit + "".join(f", {w}" for w in limits)


def _check_condition(tables: Extraction, sheet: str, entry: Field, faults: Faults) -> None:
    frame = tables[sheet]
    for position in range(len(frame)):
        row = frame.iloc[position]
        if all(str(row[k]).lower() == v.lower() for k, v in entry.required_when) and not row[entry.name]:
            when = " and ".join(f"{k} is {v}" for k, v in entry.required_when)
            faults.error(
                "required",
                f"This cell must be filled where {when}.",
                **tables.where(sheet, position, entry.name),
                expected=_wanted(entry),
                mend=_MEND["required"],
            )


def _check_keys(tables: Extraction, sheet: str, book: Codebook, faults: Faults) -> None:
    key = list(book.sheets[sheet].key)
    frame = tables[sheet]
    if not key or frame.empty or sheet == "sources":
        return
    first: dict[tuple[str, ...], int] = {}
    for position, values in enumerate(frame[key].itertuples(index=False, name=None)):
        if values not in first:
            first[values] = position
            continue
        earlier = tables.where(sheet, first[values])["line"]
        where = tables.where(sheet, position, key[-1])
        same = frame.iloc[position].tolist() == frame.iloc[first[values]].tolist()
        words = "repeats" if same else "contradicts"
        add = faults.warning if same else faults.error
        add(
            "key-twice",
            f"This row {words} line {earlier}: "
            + ", ".join(f"{k} {v!r}" for k, v in zip(key, values, strict=True) if v),
            **where,
            expected="one row for each " + ", ".join(key),
            mend="remove one of the two" if same else "decide which holds, and remove the other",
        )


def _check_alike(tables: Extraction, faults: Faults) -> None:
    """Ids that differ in nothing but case and spaces are likely one, typed twice."""
    for sheet, column in (("studies", "study_id"), ("arms", "arm_id"), ("outcomes", "outcome_id")):
        first: dict[tuple[str, str], str] = {}
        for position, (study, typed) in enumerate(_pairs(tables, sheet, column)):
            folded = ("" if sheet == "studies" else study, re.sub(r"\s+", " ", typed).casefold())
            earlier = first.setdefault(folded, typed)
            if typed != earlier:
                faults.warning(
                    "ids-alike",
                    f"This {column} differs from {earlier!r} in case or spaces only.",
                    **tables.where(sheet, position, column),
                    expected=f"{earlier!r}, or another id",
                    mend="write both alike if they are one, and remove the second row",
                )


def _check_references(tables: Extraction, faults: Faults) -> None:
    _check_alike(tables, faults)
    studies = set(tables["studies"]["study_id"])
    arms = set(_pairs(tables, "arms", "arm_id"))
    outcomes = set(_pairs(tables, "outcomes", "outcome_id"))
    for sheet in ("arms", "outcomes", "results", "effects_reported"):
        _refer(
            tables,
            sheet,
            "study_id",
            [(s,) for s in tables[sheet]["study_id"]],
            {(s,) for s in studies},
            "studies",
            faults,
        )
    for sheet in ("results", "effects_reported"):
        _refer(
            tables, sheet, "outcome_id", _pairs_of(tables, sheet, "outcome_id", studies), outcomes, "outcomes", faults
        )
        _check_contrasts(tables, sheet, arms, studies, faults)
    _refer(tables, "results", "arm_id", _pairs_of(tables, "results", "arm_id", studies), arms, "arms", faults)


def _pairs_of(tables: Extraction, sheet: str, column: str, studies: set[str]) -> list[tuple[str, str] | None]:
    """Study and id, None where the study itself is unknown: one fault is enough for that row."""
    return [pair if pair[0] in studies else None for pair in _pairs(tables, sheet, column)]


def _pairs(tables: Extraction, sheet: str, column: str) -> list[tuple[str, str]]:
    frame = tables[sheet]
    return list(zip(frame["study_id"], frame[column], strict=True))


def _refer(tables: Extraction, sheet: str, column: str, keys: list, known: set, target: str, faults: Faults) -> None:
    for position, key in enumerate(keys):
        if key is None or key in known or not key[-1]:
            continue
        rivals = [k[-1] for k in known if k[:-1] == key[:-1]]
        near = difflib.get_close_matches(key[-1], rivals, n=1, cutoff=0.6)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        faults.error(
            "unknown-" + column.removesuffix("_id"),
            f"This {column} is not in the sheet {target}.",
            **tables.where(sheet, position, column),
            expected=f"an id of {target}{hint}",
            mend=f"correct it, or add the row to {target}",
        )


def _check_contrasts(
    tables: Extraction, sheet: str, arms: set[tuple[str, str]], studies: set[str], faults: Faults
) -> None:
    frame = tables[sheet]
    for position, (study, text) in enumerate(zip(frame["study_id"], frame["contrast"], strict=True)):
        if not text:
            continue
        pair = arms_of_contrast(text)
        unknown = [a for a in pair or () if (study, a) not in arms] if study in studies else []
        if pair is None or unknown:
            known = sorted(a for s, a in arms if s == study)
            faults.error(
                "unknown-contrast",
                "This contrast does not name two arms of the study.",
                **tables.where(sheet, position, "contrast"),
                expected="arm_a vs arm_b, of " + (", ".join(known) or "arms that are listed first"),
                mend="write the two arm ids as in the sheet arms",
            )
        if sheet == "results" and frame["arm_id"].iloc[position]:
            faults.error(
                "arm-and-contrast",
                "A row belongs to an arm or to a contrast, not to both.",
                **tables.where(sheet, position, "contrast"),
                expected="one of the two blank",
                mend="blank one of arm_id and contrast",
            )


def check_words(
    tables: Extraction, intervention: Collection[str], comparators: Collection[str], constructs: Collection[str]
) -> Faults:
    """Roles and constructs that the protocol does not know, and studies without an intervention arm: no effect comes of them."""
    faults = Faults()
    for sheet, column, known in (
        ("arms", "role", {*intervention, *comparators} if comparators else set()),
        ("outcomes", "construct", set(constructs)),
    ):
        for position, word in enumerate(tables[sheet][column].tolist()):
            if known and word and word not in known:
                near = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                faults.warning(
                    f"{column}-not-in-protocol",
                    f"The protocol names no such {column}; no planned analysis will use it.",
                    **tables.where(sheet, position, column),
                    expected=", ".join(sorted(known)) + hint,
                    mend="correct its spelling, or leave it if it is not to be analysed",
                )
    roles: dict[str, set[str]] = {}
    for study, role in zip(tables["arms"]["study_id"], tables["arms"]["role"], strict=True):
        roles.setdefault(study, set()).add(role)
    for position, study in enumerate(tables["studies"]["study_id"].tolist()):
        if len(roles.get(study, ())) > 1 and not roles[study] & set(intervention):
            faults.warning(
                "no-intervention-arm",
                "None of this study's arms is the intervention, so it has no effect.",
                **tables.where("studies", position, "study_id"),
                expected="an arm whose role is " + " or ".join(sorted(intervention)),
                mend="correct the roles in the sheet arms",
            )
    return faults
