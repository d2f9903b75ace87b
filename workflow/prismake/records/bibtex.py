"""BibTeX as Scopus, Web of Science, EBSCOhost, Zotero, Mendeley, Rayyan and DistillerSR write it.

Each entry is read by itself, from its `@` to the next one that begins a line, so that a missing brace, a key that is
there twice, a key with blanks or digits in front or a field that is there twice costs nothing beyond the entry it is
in. (bibtexparser 1.4 drops 53 of 2,546 real Scopus entries silently, 2.1 reads 2,498.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.records.cleaning import cleaned, unescaped
from prismake.records.drafts import Draft, Parsed
from prismake.records.latex import plain
from prismake.records.names import family_first, given_first
from prismake.records.ris_fields import bibliographic_number, database_of_links, pmid_in

_TYPES = (
    "article|book|booklet|conference|inbook|incollection|inproceedings|manual|mastersthesis|misc|phdthesis|proceedings"
    "|techreport|unpublished|online|thesis|report|dataset|collection|periodical|www|comment|string|preamble"
)
_ENTRY = re.compile(r"@[ \t]*([^\W\d]\w*)[ \t]*[{(]")
_USUAL_TYPE = re.compile(rf"@(?:{_TYPES})", re.IGNORECASE)
_SECOND = re.compile(rf"\}}[ \t]*@(?:{_TYPES})[ \t]*[{{(]", re.IGNORECASE)
_NO_RECORD = frozenset({"comment", "string", "preamble"})
_KEY = re.compile(r"\s*([^,={}\n]*?)\s*(?:,|(?=\n)|(?=\}))")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:.+/-]*)\s*=\s*")
_NEXT_FIELD = re.compile(r",?[ \t]*\n[ \t]*([A-Za-z][\w:.+/-]*)\s*=\s*(?=[{\"\d])")
_BRACED = re.compile(  # a whole field, where its braces nest at most once and nothing is joined to it: nearly all are
    r"[\s,]*+([A-Za-z][\w:.+/-]*+)\s*+=\s*+\{([^{}\\]*+(?:(?:\\.|\{[^{}\\]*+(?:\\.[^{}\\]*+)*+\})[^{}\\]*+)*+)\}(?!\s*+#)",
    re.DOTALL,
)
_JOIN = re.compile(r"\s*#\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_BARE = re.compile(r"[^\s,}#]+")
_EBSCO_KEY = re.compile(r"(\d{4}-\d{5}-\d{3})(?:\d{8})?|(\d{6,})\d{8}")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is BibTeX."""
    return bool(re.search(r"^[ \t]*@[A-Za-z]+[ \t]*[{(][^\n]*,?[ \t]*$", head, re.MULTILINE)) and "=" in head


def parse(text: str) -> Parsed:
    """All entries of a BibTeX text (LF line ends)."""
    parsed = Parsed([], counted(text))
    line, last = 1, 0
    for line, last, kind, key, fields in raw_entries(text):  # the last entry's are used below
        if not fields:
            parsed.set_aside.append((line, "has no fields", " ".join(text[last : last + 200].split())))
            continue
        parsed.drafts.append({"line": line, **draft_of(kind, key, fields)})
    if parsed.drafts and not re.search(r"[})]\s*\S?\s*\Z", text[last:]):
        parsed.faults.warning(
            "truncated",
            "The last entry has no closing brace: the file may have been cut off.",
            line=line,
            expected="} at the end of each entry",
            mend="export this search again and compare the number of records",
        )
    return parsed


def raw_entries(text: str) -> Iterator[tuple[int, int, str, str, dict[str, list[str]]]]:
    """Line, position, type, key and fields of each entry, as they stand in the text."""
    entries = _entries(text)
    macros = _macros(text, entries)
    line, seen = 1, 0
    for number, match in enumerate(entries):
        kind = match.group(1).lower()
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if kind not in _NO_RECORD:
            end = entries[number + 1].start() if number + 1 < len(entries) else len(text)
            key, fields = _fields(text[match.end() : end], macros)
            yield line, seen, kind, key, fields


def _entries(text: str) -> list[re.Match[str]]:
    """Where entries begin: at the beginning of a line, or, of a usual type, behind the brace that ends one."""
    entries = []
    for match in _ENTRY.finditer(text):
        before = match.start()
        while before and text[before - 1] != "\n" and text[before - 1].isspace():
            before -= 1
        sign = text[before - 1 : before]
        if sign in ("", "\n") or (
            sign == "}" and _USUAL_TYPE.fullmatch(f"@{match.group(1)}") and text[match.start() + 1].isalpha()
        ):
            entries.append(match)
    return entries


def counted(text: str) -> int:
    """Entries by the @ signs with a type and a brace that begin a line or follow the brace that ends an entry."""
    number = 0
    for raw in text.split("\n"):
        line = raw.strip()
        if line.startswith("@"):
            kind = re.split(r"[{(]", line[1:], maxsplit=1)
            number += len(kind) == 2 and _is_type(kind[0].strip(" \t")) and kind[0].strip().lower() not in _NO_RECORD
        if "@" in line[1:] and "}" in line:
            number += sum(
                not re.search(r"@(?:comment|string|preamble)\b", m, re.IGNORECASE) for m in _SECOND.findall(line)
            )
    return number


def _is_type(word: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d]\w*", word))


def _macros(text: str, entries: list[re.Match[str]]) -> dict[str, str]:
    """The abbreviations that @string entries define."""
    macros: dict[str, str] = {}
    for match in entries:
        if match.group(1).lower() == "string":
            field = _FIELD.match(text, match.end())
            if field:
                value, _ = _value(text, field.end(), len(text), macros)
                macros[field.group(1).lower()] = value
    return macros


def _fields(body: str, macros: dict[str, str]) -> tuple[str, dict[str, list[str]]]:
    """Key and fields of an entry's text after its opening brace."""
    match = _KEY.match(body)
    key, position = ("", 0)
    if match and "=" not in match.group(1):
        key, position = match.group(1), match.end()
    fields: dict[str, list[str]] = {}
    while True:
        field = _BRACED.match(body, position)
        if field:
            name, value = field.groups()
            position = field.end()
        else:
            field = _FIELD.match(body, position) or _NEXT_FIELD.search(body, position)
            if not field:
                return key, fields
            name = field.group(1)
            value, position = _value(body, field.end(), len(body), macros)
        value = value.strip()
        if value:
            if name in fields:
                fields[name].append(value)
            else:
                fields[name] = [value]


def _value(text: str, start: int, end: int, macros: dict[str, str]) -> tuple[str, int]:
    """A field's value and where it ends: braced, quoted, bare, or several joined by #."""
    parts: list[str] = []
    position = start
    while position < end:
        char = text[position]
        if char == "{":
            part, position = _delimited(text, position, end, _BRACE, "}")
        elif char == '"':
            part, position = _delimited(text, position, end, _QUOTE, '"')
        else:
            match = _BARE.match(text, position)
            if not match:
                break
            part, position = macros.get(match.group().lower(), match.group()), match.end()
        parts.append(part)
        joined = _JOIN.match(text, position)
        if not joined:
            break
        position = joined.end()
    return "".join(parts), max(position, start + 1)


def _delimited(text: str, start: int, end: int, marks: re.Pattern[str], closing: str) -> tuple[str, int]:
    """What stands between the mark at `start` and its partner; where there is none, until the next field begins."""
    depth = 0
    for match in marks.finditer(text, start + 1, end):
        mark = match.group()
        if mark == closing and depth == 0:
            return text[start + 1 : match.start()], match.end()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
    following = _NEXT_FIELD.search(text, start, end)
    stop = following.start() if following else end
    return re.sub(r"[}\"\s,]*$", "", text[start + 1 : stop]), stop


def draft_of(kind: str, key: str, fields: dict[str, list[str]]) -> Draft:
    """The draft of an entry: its type, key and fields {name as written: values}."""
    lower: dict[str, list[str]] = {}
    for name, values in fields.items():
        lower.setdefault(name.lower(), []).extend(values)

    def one(*names: str) -> str:
        return next((plain(lower[name][0]) for name in names if name in lower), "")

    links = " ".join([*lower.get("url", ()), *lower.get("howpublished", ())]).replace("\\", "")
    source = one("source")
    database, platform = database_of_links(links, source, one("unique-id"), one("database"))
    number = one("unique-id", "ut", "eid", "accession", "accession-number") or bibliographic_number(links)
    ebsco = _EBSCO_KEY.fullmatch(key)
    if not number and platform == "EBSCOhost" and ebsco:
        number = ebsco.group(1) or ebsco.group(2)
    if not number and re.fullmatch(r"(?:WOS|ISI|MEDLINE|BIOSIS|ZOOREC|CABI|KJD):\w+|rayyan-\d+", key):
        number = key
    if not platform and re.match(r"(?:WOS|ISI):", number):
        database, platform = "Web of Science", "Web of Science"
    keywords = [
        plain(value)
        for name in ("keywords", "author_keywords", "keywords-plus", "keyword")
        for value in lower.get(name, ())
    ]
    note = " ".join(plain(value) for name in ("note", "annote", "notes") for value in lower.get(name, ()))
    return {
        "database": database,
        "platform": platform,
        "accession": number.replace("ISI:", "WOS:"),
        "alias": [key] if key and key != number else [],
        "pmid": one("pmid", "pubmed_id") or pmid_in(note),
        "doi": [plain(v) for name in ("doi", "book-doi") for v in lower.get(name, ())]
        + ([links] if "doi" in links else []),
        "type_code": kind,
        "type_words": [one("document_type", "type", "entry_type", "genre")],
        "title": one("title", "booktitle") if kind != "incollection" else one("title"),
        "title_alternative": one("shorttitle") if not one("title") else "",
        "authors": _authors(lower),
        "years": [one("year"), one("date"), one("year_pub")],
        "dates": [one("date")],
        "journal": one("journal", "journaltitle", "booktitle", "series"),
        "journal_abbreviation": one("abbrev_source_title", "journal-iso", "shortjournal"),
        "volume": one("volume"),
        "issue": one("number", "issue"),
        "pages": one("pages"),
        "article_number": one("art_number", "article-number", "eid")
        if one("eid") != number
        else one("art_number", "article-number"),
        "issn": f"{one('issn')} {one('eissn')}",
        "isbn": one("isbn"),
        "publisher": one("publisher", "school", "institution"),
        "language": one("language", "langid"),
        "abstract": one("abstract"),
        "keywords": _keywords(keywords),
        "url": one("url"),
        "raw": {"@": [f"{kind}{{{key}"], **fields},
    }


def _keywords(values: list[str]) -> list[str]:
    words: list[str] = []
    for value in values:
        value = unescaped(" ".join(value.split()))
        words += re.split(r"\s*;\s*", value) if ";" in value else re.split(r"\s*,\s+", value)
    return words


def _authors(lower: dict[str, list[str]]) -> list[str]:
    cell = next((lower[name][0] for name in ("author", "authors", "editor", "editors") if name in lower), "")
    names = []
    for raw in _split_names(cell):
        name = " ".join(raw.split())
        if not name or name.lower() == "others":
            continue
        if name.startswith("{") and name.endswith("}") and "," not in name and name.count("{") == 1:
            names.append(cleaned(plain(name)))
        else:
            name = plain(name)
            names.append(family_first(name) if "," in name else given_first(name))
    return names


def _split_names(cell: str) -> list[str]:
    """Names at the `and`s that stand outside braces."""
    if "{" not in cell:
        return _AND.split(cell)
    names, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]|\s+and\s+", cell):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif depth <= 0:
            names.append(cell[start : match.start()])
            start = match.end()
    return [*names, cell[start:]]
