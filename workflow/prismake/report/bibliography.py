"""The sources that the review cites, as CSL items: the included studies' reports, and what people keep in a file.

An item is a mapping as CSL-JSON has it (`id`, `type`, `author`, `issued`, `title`, `container-title`, …). Every source
stands once: an entry of the file that has the DOI of an included report is that report, under both names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults
from prismake.records.bibtex import draft_of, raw_entries
from prismake.report.facts import Facts

Item = dict[str, Any]

_RECORD_TYPES = {
    "conference": "paper-conference",
    "chapter": "chapter",
    "book": "book",
    "dissertation": "thesis",
    "thesis": "thesis",
    "report": "report",
    "dataset": "dataset",
    "registration": "webpage",
}
_BIBTEX_TYPES = {
    "article": "article-journal",
    "book": "book",
    "collection": "book",
    "proceedings": "book",
    "inbook": "chapter",
    "incollection": "chapter",
    "conference": "paper-conference",
    "inproceedings": "paper-conference",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "report": "report",
    "techreport": "report",
    "dataset": "dataset",
    "software": "software",
    "online": "webpage",
    "electronic": "webpage",
    "misc": "webpage",
}
_GENRES = {
    "phdthesis": "Doctoral dissertation",
    "mastersthesis": "Master’s thesis",
    "dissertation": "Doctoral dissertation",
}

# What some exports write where there are no pages.
_NO_PAGES = re.compile(r"(?:null|none|n/?a|-)+", re.IGNORECASE)


@dataclass(frozen=True)
class Bibliography:
    """All sources by id.

    Args:
        items: id -> CSL item. Ids are safe in every format: letters, digits, `-`, `_` and `.`.
        names: every name by which a source may be cited (its id among them) -> its id.
        included: ids of the reports of included studies.
    """

    items: Mapping[str, Item] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    included: frozenset[str] = frozenset()


def bibliography_of(facts: Facts, entries: Iterable[Item] = ()) -> Bibliography:
    """The reports of the included studies, and the entries of people's own file.

    A report is cited by its report id or record id; its study's id and label stand for the primary report.
    """
    items: dict[str, Item] = {}
    names: dict[str, str] = {}
    by_doi: dict[str, str] = {}
    reports = {r["report_id"]: r for r in facts.results.table("retrieval/reports.csv")}
    for study in facts.studies:
        primary = study.get("primary_report_id", "")
        for report_id in (i.strip() for i in study.get("report_ids", "").split(";")):
            report = reports.get(report_id)
            if report is None:
                continue
            if report_id not in names:
                record = facts.records.get(report.get("record_id", ""), {})
                item = item_of_record({**report, **{k: v for k, v in record.items() if v not in ("", None)}})
                key = _free(report_id, items)
                items[key] = {**item, "id": key}
                by_doi.setdefault(str(item.get("DOI", "")).lower(), key)
                for name in (key, report_id, report.get("record_id", "")):
                    names.setdefault(name, key)
            if report_id == primary or not primary:
                names.setdefault(study["study_id"], names[report_id])
    included = frozenset(items)
    for entry in entries:
        key = by_doi.get(str(entry.get("DOI", "")).lower() or "-", "")
        if not key:
            key = _free(str(entry["id"]), items)
            items[key] = {**entry, "id": key}
        names.setdefault(str(entry["id"]), key)
    names.pop("", None)
    return Bibliography(items, names, included)


def _free(name: str, taken: Mapping[str, Item]) -> str:
    """An id that is safe in each format and not taken yet."""
    safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.") or "source"
    number, key = 2, safe
    while key in taken:
        key, number = f"{safe}-{number}", number + 1
    return key


def item_of_record(record: Mapping[str, Any]) -> Item:
    """The CSL item of a record, from its canonical columns."""

    def text(name: str) -> str:
        value = record.get(name)
        return "" if value is None or str(value) == "<NA>" else str(value).strip()

    kind = _RECORD_TYPES.get(text("entry_type"), "article-journal")
    if kind == "paper-conference" and text("volume"):
        kind = "article-journal"  # an abstract in a journal's supplement
    return _item(
        kind,
        [a.strip() for a in text("authors").split(";")],
        text("year"),
        genre="Preprint" if text("entry_type") == "preprint" else _GENRES.get(text("entry_type"), ""),
        **{
            "title": text("title") or "Untitled",
            "container-title": text("journal"),
            "volume": text("volume"),
            "issue": text("issue"),
            "page": "" if _NO_PAGES.fullmatch(text("pages")) else text("pages"),
            "number": text("article_number"),
            "publisher": text("publisher") if kind != "article-journal" else "",
            "DOI": text("doi"),
            "URL": text("url"),
        },
    )


def _item(kind: str, authors: Iterable[str], year: str, **fields: Any) -> Item:
    item: Item = {"type": kind, "author": [name_of(author) for author in authors if author]}
    if re.fullmatch(r"\d{1,4}", year):
        item["issued"] = {"date-parts": [[int(year)]]}
    elif year:
        item["status"] = year  # in press
    item |= {name: value for name, value in fields.items() if value}
    return {name: value for name, value in item.items() if value}


def name_of(author: str) -> dict[str, str]:
    """`Family, Given` as CSL has names; a collective author is literal."""
    family, comma, given = author.partition(",")
    return (
        {"family": family.strip(), "given": given.strip()} if comma and given.strip() else {"literal": author.strip()}
    )


def read_entries(path: Path) -> list[Item]:
    """The entries of a bibliography file: BibTeX or BibLaTeX (.bib), or CSL-JSON (.json).

    Raises InputFaults for a file that is neither, for keys that are there twice, and for entries without a title.
    """
    faults = Faults()
    items: list[Item] = []
    lines: list[int | None] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.error("not-utf8", "this bibliography is not UTF-8", file=str(path), mend="save it as UTF-8")
        text = ""
    if path.suffix.lower() == ".json":
        items = _json_items(text, faults, str(path))
        lines = [None] * len(items)
    else:
        for line, _, kind, key, fields in raw_entries(text.replace("\r\n", "\n").replace("\r", "\n")):
            items.append(item_of_entry(kind, key, fields))
            lines.append(line)
    seen: set[str] = set()
    for item, line_of in zip(items, lines, strict=True):
        key = str(item.get("id", ""))
        if not key or key in seen:
            what = "two sources have this key" if key else "a source has no key"
            faults.error(
                "source-key", what, file=str(path), line=line_of, value=key, mend="give each source its own key"
            )
        if not item.get("title"):
            faults.error("source-without-title", "this source has no title", file=str(path), line=line_of, value=key)
        seen.add(key)
    faults.raise_errors()
    return items


def _json_items(text: str, faults: Faults, file: str) -> list[Item]:
    try:
        content = json.loads(text or "[]")
    except json.JSONDecodeError as error:
        faults.error("not-json", f"this bibliography is no JSON: {error.msg}", file=file, line=error.lineno)
        return []
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        faults.error(
            "not-csl", "this bibliography is no list of CSL items", file=file, expected="CSL-JSON, as Zotero exports it"
        )
        return []
    return content


def item_of_entry(kind: str, key: str, fields: Mapping[str, list[str]]) -> Item:
    """The CSL item of a BibTeX or BibLaTeX entry."""
    draft = draft_of(kind, key, dict(fields))
    lower = {name.lower(): values for name, values in fields.items()}
    editors = draft_of(kind, key, {"author": lower["editor"]})["authors"] if "editor" in lower else []

    def first(*names: str) -> str:
        return next((" ".join(lower[name][0].split()) for name in names if name in lower), "")

    year = next((found[0] for value in draft["years"] if (found := re.search(r"\d{4}", value))), "")
    type_ = _BIBTEX_TYPES.get(kind, "article-journal" if draft["journal"] else "document")
    doi = next((re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", d, flags=re.I) for d in draft["doi"] if d), "")
    item = _item(
        type_,
        list(draft["authors"]),
        year or first("pubstate"),
        editor=[name_of(editor) for editor in editors],
        genre=_GENRES.get(kind, ""),
        edition=re.sub(r"(?i)\s*(?:st|nd|rd|th)?\s*(?:ed\.?|edition)?$", "", first("edition")),
        **{
            "title": draft["title"],
            "container-title": draft["journal"] if type_ in ("article-journal", "chapter", "paper-conference") else "",
            "volume": draft["volume"],
            "issue": draft["issue"] if type_ == "article-journal" else "",
            "page": re.sub(r"-+", "-", draft["pages"]),
            "number": first("eid", "article-number") or ("" if type_ == "article-journal" else draft["issue"]),
            "publisher": draft["publisher"],
            "DOI": doi,
            "URL": draft["url"] or next(iter(re.findall(r"https?://[^\s{}\\]+", first("howpublished"))), ""),
        },
    )
    return {"id": key, **item}
