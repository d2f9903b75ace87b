"""Tables of records: the CSV, tab-delimited and workbook exports of databases, reference managers and teams."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from prismake.records.citations import citation
from prismake.records.cleaning import blank_if_none, unescaped
from prismake.records.databases import database_name, databases_in
from prismake.records.delimited import Rows, rows_of
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import comma_names, family_first, given_first, names_in, scopus_names
from prismake.records.table_formats import FORMATS, USUAL, TableFormat
from prismake.records.tables import fuse

GENERIC = TableFormat("table", "", "", ())

# Database fields that one cell cannot hold: the id is always "accession" in the model.
COLUMN_NAMES = {"id": "accession", "entry_type": "type", "database_name": "database"}

_HEADER_ROWS = 25
_SAMPLE = 100_000
_TELLING = ("title", "authors", "accession", "doi", "pmid", "citation", "abstract", "journal", "year", "url")
_KNOWN_HEADERS = frozenset(
    name
    for names in [*USUAL.values(), *(n for f in FORMATS for n in f.columns.values()), *(f.signature for f in FORMATS)]
    for name in names
)
_FORMULA = re.compile(r'^="(.*)"$', re.DOTALL)
_PYTHON_LIST = re.compile(r"^\[(?:'.*'|\".*\")\]$", re.DOTALL)
_DOI_LINK = re.compile(r"(?:doi[:=]|doi\.org/)(10(?:\.|%2e)\d{4,9}(?:/|%2f)[^&\s]+)", re.IGNORECASE)
_SEVERAL = re.compile(  # two names, not one: "Smith J, Doe A" or "A Mkrtchian, J Aylward"
    r" [A-Z]\.?[A-Z]?\.?,|^(?:[A-Z]\. ?|[A-Z] ){1,3}\w{2,}[^,]*, (?:[A-Z]\. ?|[A-Z] ){1,3}[^\W\d_]{2,}$"
)
_ONE_NAME = re.compile(r"^[^,]+, [^,]+(?:, (?:Jr|Sr|II|III|IV|Eds?|MD|PhD)\.?)?$")
_PMID_NOTE = re.compile(r"PMID: *(\d{4,9})")
_PLACE_DOI = re.compile(r"DOI: *(10\.\S+)")
_BASE_SOURCE = re.compile(
    r"Source: (?P<journal>[^;]+?) ?;(?: volume (?P<volume>[^,;]+))?"
    r"(?:, issue (?P<issue>[^,;]+))?(?:, page (?P<pages>[^;]+))?"
)
_ABSTRACT_NOTE = re.compile(r"Description: (.*)", re.DOTALL)


def parse(
    rows: Rows, columns: Mapping[str, str] | None = None, *, in_file: int | None = None, forced: str = ""
) -> Parsed:
    """All records of a table's rows.

    `columns`: {column of the model, or "id": the table's header} for tables that no format knows; it adds to and wins
    over what is recognised. `in_file`: an independent count of data rows (default: the rows). `forced`: the name of
    the format, where it is given.
    """
    position = header_row(rows.cells, columns)
    if position is None:
        parsed = Parsed([], 0)
        parsed.faults.error(
            "no-header",
            "No row of column names was found in this table.",
            expected="a first row with names such as Title, Authors, Year, or a `columns` mapping in the configuration",
            mend="add a row of column names, or name the columns in config under this search",
        )
        return parsed
    header = [_header(name) for name in rows.cells[position]]
    body, lines = rows.cells[position + 1 :], rows.lines[position + 1 :]
    keys = [key_of(name) for name in header]
    format_ = _format(keys, forced)
    parsed = Parsed([], len(body) if in_file is None else max(in_file - position - 1, 0), format=format_.name)
    where = _positions(keys, format_, columns, header, parsed, rows.lines[position])
    names = _told_apart(header)
    named = [key for key in keys if key]
    width = len(header)
    for row, line in zip(body, lines, strict=True):
        cells = [_unwrapped(cell) for cell in row]
        raw = {names[i] if i < width else f"(column {i + 1})": [cell] for i, cell in enumerate(cells) if cell}
        if _repeats(cells, named):
            parsed.set_aside.append((line, "repeats the row of column names", "; ".join(cells)[:200]))
            continue
        if not any(cells[i] for name in _TELLING for i in where.get(name, ()) if i < len(cells)):
            text = "; ".join(value for values in raw.values() for value in values)
            parsed.set_aside.append((line, "holds no title, author, year, number or link of a record", text[:200]))
            continue
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            parsed.faults.warning(
                "cells-beyond",
                f"This row has {len(row)} cells under {width} column names; the record may be shifted.",
                line=line,
                value=next(cell for cell in row[width:] if cell.strip()),
                expected=f"{width} cells",
            )
        parsed.drafts.append(_draft(cells, raw, where, format_, line))
    _ends(rows, width, parsed)
    return parsed


def _repeats(cells: list[str], keys: list[str]) -> bool:
    """Whether a row holds the names of the columns once more."""
    filled = [cell for cell in cells if cell]
    return len(filled) == len(keys) and all(key_of(cell) == key for cell, key in zip(filled, keys, strict=True))


def read_text(text: str, delimiter: str | None = None) -> tuple[Rows, int]:
    """Rows of a delimited text and an independent count of its rows; Web of Science's tab-delimited text has no
    quoting.
    """
    if _unquoted(text):
        return rows_of(text, "\t", quoting=False), sum(1 for line in text.split("\n") if line.strip())
    rows = rows_of(text, delimiter)
    return rows, _rows_counted(text, rows.delimiter)


def _unquoted(text: str) -> bool:
    head = text.split("\n", 1)[0]
    return "\t" in head and (head.startswith("PT\t") or ("\tTI\t" in head and "\tUT" in head))


def row_end(text: str) -> tuple[re.Pattern[str], str | None]:
    """What finds the quoted cells and line ends of a table with this beginning, and its delimiter where it has quotes."""
    if _unquoted(text):
        return re.compile("\n"), None
    delimiter = rows_of(text[:_SAMPLE]).delimiter
    mark = re.escape(delimiter)
    return re.compile(rf'"(?<![^\n{mark}]")[^"]*+(?:""[^"]*+)*+(?:"|\Z)|\n'), delimiter


def head_of(text: str, delimiter: str | None, columns: Mapping[str, str] | None) -> str:
    """The lines of a table's text up to its column names, "" where it has none or nothing below them."""
    rows, _ = read_text(text, delimiter)
    position = header_row(rows.cells, columns)
    if position is None or position + 1 >= len(rows.lines):
        return ""
    return "".join(line + "\n" for line in text.split("\n", rows.lines[position + 1] - 1)[:-1])


def _rows_counted(text: str, delimiter: str) -> int:
    """Rows of a text by the line ends outside quoted cells, blank rows left out, without cutting it into cells."""
    if text[:5].lower().strip('"').startswith("sep="):
        text = text.split("\n", 1)[1] if "\n" in text else ""
    if '"' in text:
        mark = re.escape(delimiter)
        # Each pattern begins with its quotation mark, which is found fast, and looks back from there.
        text = re.sub(rf'""(?<![^\n{mark}]"")(?=[\n{mark}]|\Z)', "", text)
        text = re.sub(rf'"(?<![^\n{mark}]")\s*\Z', "", text)  # opened, and nothing follows
        text = re.sub(rf'"(?<![^\n{mark}]")[^"]*+(?:""[^"]*+)*+(?:"|\Z)', "x", text)
    blanks = delimiter + " \t"
    return sum(1 for line in text.split("\n") if line and line.strip(blanks))


def header_row(rows: Sequence[Sequence[str]], columns: Mapping[str, str] | None = None) -> int | None:
    """The position of the row of column names: the one, among the first, with most names that are known."""
    wanted = {key_of(name) for name in (columns or {}).values()}
    best, best_score = None, 0
    for position, row in enumerate(rows[:_HEADER_ROWS]):
        keys = {key_of(_header(cell)) for cell in row if cell and len(cell) < 60}
        score = len(keys & _KNOWN_HEADERS) + 3 * len(keys & wanted)
        if score > best_score:
            best, best_score = position, score
    if best is not None and (best_score >= 2 or wanted):
        return best
    return None


@lru_cache(maxsize=8192)
def key_of(name: str) -> str:
    """A header by its letters and digits alone, in lower case; of Latin letters those without accents."""
    return "".join(char for char in name.lower() if char.isalnum() and (char.isascii() or char > "\u024f"))


def knows(header: Sequence[str]) -> bool:
    """Whether some format, and not only the usual names, knows this header."""
    return _format([key_of(_header(name)) for name in header], "") is not GENERIC


def _format(keys: Sequence[str], forced: str) -> TableFormat:
    there = set(keys) | ({"key"} if "ikey" in keys else set())
    candidates = (
        [f for f in FORMATS if f.name == forced]
        if forced and forced not in ("auto", "csv", "table", "xlsx")
        else FORMATS
    )
    found = next((f for f in candidates if there.issuperset(f.signature)), None)
    return found or (candidates[0] if candidates is not FORMATS and candidates else GENERIC)


def _positions(
    keys: list[str],
    format_: TableFormat,
    columns: Mapping[str, str] | None,
    header: list[str],
    parsed: Parsed,
    line: int,
) -> dict[str, list[int]]:
    """Positions of the cells that hold each column of the model, the best first."""
    where: dict[str, list[int]] = {}
    for name in {**USUAL, **format_.columns}:
        wanted = format_.columns.get(name, USUAL.get(name, ()))
        where[name] = [i for want in wanted for i in _matching(want, keys)]
    for name, wanted_header in (columns or {}).items():
        model_name = COLUMN_NAMES.get(name, name)
        if wanted_header in header:
            where[model_name] = [header.index(wanted_header)]
        elif key_of(wanted_header) in keys:
            where[model_name] = [keys.index(key_of(wanted_header))]
        else:
            parsed.faults.error(
                "missing-column",
                "A column that the configuration names is not in this table.",
                line=line,
                column=wanted_header,
                value=", ".join(header)[:400],
                expected=f"a column named {wanted_header!r} for {name}",
                mend="correct the name under `columns` of this search",
            )
    return where


def _matching(wanted: str, keys: list[str]) -> list[int]:
    """Positions of the headers with this name, of which a `*` stands for a number."""
    if "*" not in wanted:
        return [i for i, key in enumerate(keys) if key == wanted]
    pattern = re.compile(r"\d+".join(map(re.escape, wanted.split("*"))))
    return [i for i, key in enumerate(keys) if pattern.fullmatch(key)]


def _draft(
    cells: list[str], raw: dict[str, list[str]], where: dict[str, list[int]], format_: TableFormat, line: int
) -> Draft:
    def all_of(name: str) -> list[str]:
        places = where.get(name)
        if not places:
            return []
        return [v for v in [blank_if_none(cells[i]) for i in places if i < len(cells) and cells[i]] if v]

    def one(name: str) -> str:
        values = all_of(name)
        return values[0] if values else ""

    bibtex = format_.people == "bibtex"
    draft: Draft = {
        "line": line,
        "raw": raw,
        "platform": format_.platform,
        "database": _database(format_, one),
        "accession": one("accession"),
        "alias": all_of("other"),
        "title": one("title"),
        "title_alternative": one("title_alternative"),
        "years": all_of("year"),
        "dates": all_of("date"),
        "journal": one("journal"),
        "journal_abbreviation": one("journal_abbreviation"),
        "volume": one("volume"),
        "issue": one("issue"),
        "pages": one("pages"),
        "first_page": one("first_page"),
        "last_page": one("last_page"),
        "article_number": one("article_number"),
        "issn": " ".join(all_of("issn")),
        "isbn": " ".join(all_of("isbn")),
        "publisher": one("publisher"),
        "language": one("language"),
        "abstract": one("abstract"),
        "keywords": [w for cell in all_of("keywords") for w in re.split(r"\s*;\s*|\n+", unescaped(cell))],
        "url": one("url"),
        "pmid": _number(one("pmid")),
        "type_code": one("type"),
        "type_words": [*all_of("type"), *all_of("type_words")],
        "doi": all_of("doi"),
    }
    if format_.people == "cells":
        draft["authors"] = [given_first(name) for name in all_of("authors")]
        draft["abstract"] = " ".join(a for a in all_of("abstract") if not a.startswith("Copyright of "))
    else:
        draft["authors"] = people(one("authors"), format_.people)
    if bibtex:
        draft.update({k: _unbraced(v) for k, v in draft.items() if isinstance(v, str)})
        draft["keywords"] = [_unbraced(word) for word in draft["keywords"]]
    if format_.name == "covidence-csv":
        draft["accession"] = "covidence-" + draft["accession"].lstrip("#") if draft["accession"] else ""
    if one("citation"):
        _from_citation(draft, one("citation"))
    _from_notes(draft, one("notes"), one("location"), _unbraced(one("notes")) if bibtex else "")
    if not any("10." in doi for doi in draft["doi"]):
        draft["doi"] = [*draft["doi"], *_doi_links([one("link"), *all_of("url")])]
    if format_.name == "ovid-table":
        draft["title"] = re.sub(r"\s*\[(?:References|Review|Article|Miscellaneous)\]\.?$", "", draft["title"])
    if format_.name in ("clinicaltrials-csv", "ictrp-table"):
        draft["entry_type"] = "registration"
    if format_.name == "openalex-csv":
        draft["accession"] = draft["accession"].rsplit("/", 1)[-1]
    if draft["database"] in ("MEDLINE", "PubMed") and not draft["pmid"] and draft["accession"].isdigit():
        draft["pmid"] = draft["accession"]
    return draft


def people(text: str, form: str) -> list[str]:
    """Author names of a cell as "Family, Given". `form`: how the format separates and orders them, "any" to find
    out.
    """
    text = text.strip()
    if not text:
        return []
    if _PYTHON_LIST.match(text):
        names = re.findall(r"'([^']*)'|\"([^\"]*)\"", text)
        return [family_first(a or b) for a, b in names]
    if form == "scopus":
        return [family_first(name) for name in scopus_names(text)]
    if form == "semicolon":
        return [family_first(part) for part in unescaped(text).split(";") if part.strip()]
    if form == "lines":
        parts = [part.strip() for part in re.split(r"[\r\n]+|(?<=\.);\s*", text) if part.strip()]
        return [family_first(re.sub(r",? (?:MD|PhD|MPH|Ph\.D\.).*$| \d+$", "", part)) for part in parts]
    if form == "given":
        parts = [p for p in re.split(r"\s*[;\n]\s*", text)] if ";" in text else comma_names(text)
        return [given_first(p) for p in parts if p]
    if form == "pipe-given":
        return [given_first(p) for p in text.split("|") if p.strip()]
    if form == "bibtex":
        return [given_first(_unbraced(p)) for p in re.split(r"\s+and\s+", text) if p.strip()]
    if form == "comma" and ";" not in text:
        return [family_first(p) for p in comma_names(text)]
    return _people_by_content(text)


def _people_by_content(text: str) -> list[str]:
    if ";" in text or "\n" in text or re.search(r"\s+and\s+", text):
        parts = names_in(text)
    elif _ONE_NAME.match(text) and not _SEVERAL.search(text):
        return [family_first(text)]
    else:
        parts = comma_names(text)
    commas = sum("," in part for part in parts)
    if commas * 2 >= len(parts) and commas:
        return [family_first(part) for part in parts]
    leading = sum(bool(re.match(r"^(?:[A-Z]\.?-?){1,3} [^\W\d_]{2,}", part)) for part in parts)
    return [given_first(part) if leading * 2 > len(parts) else family_first(part) for part in parts]


def _database(format_: TableFormat, one) -> str:  # type: ignore[no-untyped-def]  # a local function of _draft
    if format_.database and format_.name != "proquest-xls":
        return format_.database
    named = one("database")
    if "; " in named or "\n" in named:
        found = databases_in(named)
        return found[0] if found else format_.database
    return database_name(named) or format_.database


def _from_citation(draft: Draft, text: str) -> None:
    """Fill what is blank from a citation line; a journal field wins over it."""
    found = citation(text)
    for name in ("journal", "volume", "issue", "article_number"):
        draft[name] = draft[name] or found.get(name, "")
    if not draft["pages"] and not draft["first_page"]:
        draft["pages"] = found.get("pages", "")
    draft["years"] = [*draft["years"], found.get("year", "")]
    draft["dates"] = [*draft["dates"], found.get("date", "")]
    draft["doi"] = [*draft["doi"], *(m.group(1) for m in re.finditer(r"doi: ?(10\.\S+)", text))]


def _from_notes(draft: Draft, notes: str, location: str, base: str) -> None:
    """What Zotero keeps in Extra and Archive, and BASE in its note."""
    kind = re.search(r"tex\.entrytype: *(\w+)", notes)
    if kind:
        draft["type_words"] = [*draft["type_words"], kind.group(1)]
    pmid = _PMID_NOTE.search(notes)
    if pmid and not draft["pmid"]:
        draft["pmid"] = pmid.group(1)
    doi = _PLACE_DOI.search(notes)
    if doi:
        draft["doi"] = [*draft["doi"], doi.group(1)]
    number = re.search(r"\b(?:WOS:[A-Z0-9]+|2-s2\.0-\d+|\d{4}-\d{5}-\d{3})\b", location) if location else None
    if number:
        draft["alias"] = [*draft["alias"], number.group(0)]
    if base.startswith("Source: "):
        source = _BASE_SOURCE.match(base)
        for name, value in (source.groupdict() if source else {}).items():
            draft[name] = draft.get(name) or value or ""
        abstract = _ABSTRACT_NOTE.search(base)
        if abstract and not draft["abstract"]:
            draft["abstract"] = abstract.group(1)


def _doi_links(texts: Sequence[str]) -> list[str]:
    from urllib.parse import unquote

    return [unquote(match.group(1)) for text in texts if text for match in _DOI_LINK.finditer(text)][:1]


def _ends(rows: Rows, width: int, parsed: Parsed) -> None:
    """Faults at the end of a table: an open quotation, a cut last row."""
    swallowed = sum(line.count(rows.delimiter) >= max(width - 1, 1) for line in _lines_within(rows, width))
    if rows.unclosed and rows.unclosed > 1 and swallowed:
        parsed.faults.error(
            "unclosed-quotation",
            f"A quotation mark is never closed: {swallowed} lines below it look like records, but stand in one cell.",
            line=rows.unclosed,
            expected="quotation marks in pairs, and doubled within a cell",
            mend="take out or close the quotation mark in this line, or export this search again",
        )
    elif rows.unclosed and rows.unclosed > 1:
        parsed.faults.warning(
            "truncated",
            "The last record has a quotation mark that is never closed: the file may have been cut off.",
            line=rows.unclosed,
            expected="quotation marks in pairs",
            mend="export this search again and compare the number of records",
        )
    elif len(rows.cells) > 2 and len(rows.cells[-1]) < width and len(rows.cells[-2]) >= width and parsed.drafts:
        parsed.faults.warning(
            "truncated",
            f"The last row has {len(rows.cells[-1])} of {width} cells: the file may have been cut off.",
            line=rows.lines[-1],
            expected=f"{width} cells",
            mend="export this search again and compare the number of records",
        )


def _lines_within(rows: Rows, width: int) -> list[str]:
    """The lines, but for the first and the last one, of the last cell of a table whose last quotation is open."""
    if not rows.unclosed or len(rows.cells[-1]) > width:
        return []
    return rows.cells[-1][-1].split("\n")[1:]


def _header(name: str) -> str:
    return " ".join(_unwrapped(name).split())


def _unwrapped(cell: str) -> str:
    """A cell without outer blanks and without the ="..." that keeps a spreadsheet from changing it."""
    cell = cell.strip()
    if cell.startswith('="'):
        match = _FORMULA.match(cell)
        return match.group(1) if match else cell
    return fuse(cell) if cell.startswith("'") else cell


def _unbraced(text: str) -> str:
    from prismake.records.latex import plain

    return plain(text)


def _number(text: str) -> str:
    """A PMID out of "PUBMED 21314913" or a link to it."""
    match = re.search(r"(\d{1,9})[/)]*$", text.strip())
    return match.group(1) if match else ""


def _told_apart(header: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for i, name in enumerate(header):
        name = name or f"(column {i + 1})"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def draft_of(fields: dict[str, list[str]], format_name: str, line: int) -> Draft:
    """A draft from a tagged record whose tags are the headers of a known table format ("ovid-table")."""
    format_ = next(f for f in FORMATS if f.name == format_name)
    keys = [key_of(tag) for tag in fields]
    where = {
        name: [i for want in format_.columns.get(name, USUAL.get(name, ())) for i in _matching(want, keys)]
        for name in {**USUAL, **format_.columns}
    }
    return _draft(["\n\n".join(values) for values in fields.values()], fields, where, format_, line)
