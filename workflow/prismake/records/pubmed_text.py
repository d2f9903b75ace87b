"""PubMed's plain texts: the abstracts, where a record begins with a number and a citation and ends with a DOI and a
PMID; the summaries, a citation a record; and bare PMIDs.
"""

from __future__ import annotations

import itertools
import re

from prismake.records.citations import citation
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import comma_names, family_first

_START = re.compile(r"^(\d+)[.:] (?=\S)", re.MULTILINE)
_END = re.compile(r"^PMID: (\d+)", re.MULTILINE)
_SUMMARY = re.compile(r"^\d+: (?=\S)", re.MULTILINE)
_SUMMARY_END = re.compile(r"\bPMID: (\d+)(?:; PMCID: *(PMC\d+))?\.?\s*$")
_SUMMARY_WHERE = re.compile(r"(?<=[.?!\]]) (?P<where>[^.?!]+?\. (?:1[89]|20)\d\d(?: [A-Z][a-z]{2}[\w -]*)?[;:.].*)$")
_IDS = re.compile(r"\s*\d{5,8}(?:\s*\n\s*\d{5,8})*\s*")
_LABELS = re.compile(
    r"^(?:Author information|Collaborators?|Comment (?:in|on)|Update (?:of|in)|Erratum (?:in|for)"
    r"|Republished (?:in|from)|Conflict of interest|Copyright|©|DOI|PMCID|PMID|Publisher|Free Article"
    r"|Summary for patients|Retract|Expression of concern|Corrected and|Original report)"
)
_NUMBERS = re.compile(r"(?<=[^\d\s])\((?:\d+|#)\)(?:\(\d+\))*")


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is PubMed's abstract text."""
    return bool(re.search(r"\A\s*1[.:] \S.*\d{4}", head)) and bool(_END.search(head))


def looks_like_summary(head: str) -> bool:
    """Whether the beginning of a text is PubMed's summaries."""
    first = re.split(r"\n[ \t]*\n", head.strip(), maxsplit=1)[0]
    return bool(_SUMMARY.match(first)) and bool(_SUMMARY_END.search(first))


def looks_like_ids(head: str) -> bool:
    """Whether the beginning of a text holds PMIDs and nothing else."""
    return bool(_IDS.fullmatch(head[: head.rfind("\n") + 1] or head))


def parse_ids(text: str) -> Parsed:
    """A record for each PMID of a text, without anything else."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    parsed = Parsed([], len(lines))
    for number, pmid in lines:
        if not pmid.isdigit():
            parsed.set_aside.append((number, "is no PMID", pmid[:200]))
            continue
        draft = {"line": number, "raw": {"PMID": [pmid]}, "database": "PubMed", "platform": "PubMed"}
        parsed.drafts.append({**draft, "accession": pmid, "pmid": pmid})
    parsed.faults.warning(
        "ids-only",
        "This file holds PMIDs only, without titles or abstracts.",
        line=1,
        expected="an export with the records themselves",
        mend="save the search again in the format PubMed or CSV",
    )
    return parsed


def parse_summary(text: str) -> Parsed:
    """All records of PubMed's summaries (LF line ends), a paragraph each."""
    parsed = Parsed([], len(_SUMMARY.findall(text)))
    places = [match.start() for match in _SUMMARY.finditer(text)]
    line, seen = 1, 0
    for start, end in itertools.pairwise([*places, len(text)]):
        line += text.count("\n", seen, start)
        seen = start
        parsed.drafts.append(_summary(" ".join(text[start:end].split()), line))
    return parsed


def _summary(text: str, line: int) -> Draft:
    """A draft from authors, title, journal and place in one line; authors are missing from some notices."""
    number, _, body = text.partition(": ")
    end = _SUMMARY_END.search(body)
    pmid = end.group(1) if end else ""
    place = _SUMMARY_WHERE.search(body)
    where = place.group("where") if place else ""
    before = body[: place.start()] if place else body
    authors, dot, title = before.partition(". ")
    if not dot or not _are_names(authors):
        authors, title = "", before
    found = citation(where)
    return {
        "line": line,
        "raw": {"summary": [body]},
        "database": "PubMed",
        "platform": "PubMed",
        "accession": pmid,
        "pmid": pmid,
        "alias": [end.group(2)] if end and end.group(2) else [],
        "doi": re.findall(r"doi: (10\.\S+)", where),
        "type_code": "article",
        "title": title.strip(),
        "authors": [family_first(name) for name in comma_names(authors)],
        "years": [found.get("year", "")],
        "dates": [found.get("date", "")],
        "journal": found.get("journal", ""),
        "volume": found.get("volume", ""),
        "issue": found.get("issue", ""),
        "pages": found.get("pages", ""),
    }


def parse(text: str) -> Parsed:
    """All records of an abstract text (LF line ends)."""
    starts = _starts(text)
    parsed = Parsed([], counted(text))
    bounds = [*starts, len(text)]
    _set_aside(parsed, text, 0, bounds[0], 0)
    line, seen = 1, 0
    for start, end in itertools.pairwise(bounds):
        line += text.count("\n", seen, start)
        seen = start
        parsed.drafts.append(_draft(text[start:end], line))
        _set_aside(parsed, text, start, end, 1)
    if parsed.drafts and not parsed.drafts[-1]["pmid"]:
        parsed.faults.warning(
            "truncated",
            "The last record has no PMID: the file may have been cut off.",
            line=parsed.drafts[-1]["line"],
            expected="a line with PMID at the end of each record",
            mend="export this search again and compare the number of records",
        )
    return parsed


def _set_aside(parsed: Parsed, text: str, start: int, end: int, own: int) -> None:
    """Set aside the PMIDs of a stretch of text beyond the `own` of the record that it holds."""
    for match in list(_END.finditer(text, start, end))[own:]:
        line = text.count("\n", 0, match.start()) + 1
        parsed.set_aside.append((line, "is a PMID without the beginning of its record", match.group(0)))


def counted(text: str) -> int:
    """Records by their PMID lines, and one more where text with a number follows the last of them."""
    number = len(_END.findall(text))
    last = max((m.end() for m in _END.finditer(text)), default=0)
    return number + bool(re.search(r"^\d+[.:] \S", text[last:], re.MULTILINE))


def _starts(text: str) -> list[int]:
    """Positions of the records: the first numbered line of a paragraph after the start or after a PMID line."""
    starts: list[int] = []
    position = 0
    while True:
        match = _START.search(text, position)
        if not match:
            return starts
        starts.append(match.start())
        end = _END.search(text, match.end())
        if not end:
            return starts
        position = end.end()


def _draft(block: str, line: int) -> Draft:
    match = re.match(r"(\d+)[.:] ", block)
    body = block[match.end() :] if match else block
    paragraphs = [p.strip() for p in re.split(r"\n\s*\n", body) if p.strip()]
    pmid = _END.search(block)
    doi = re.search(r"^DOI: (\S+)", block, re.MULTILINE)
    where = " ".join(paragraphs[0].split()) if paragraphs else ""
    rest = [p for p in paragraphs[1:] if not _END.match(p) and not p.startswith("DOI:")]
    title = " ".join(rest[0].split()) if rest else ""
    authors = ""
    abstract: list[str] = []
    others: list[str] = []
    for paragraph in rest[1:]:
        if not authors and not abstract and not _LABELS.match(paragraph) and _are_names(paragraph):
            authors = " ".join(paragraph.split())
        elif _LABELS.match(paragraph):
            others.append(paragraph)
        else:
            abstract.append(" ".join(paragraph.split()))
    found = citation(where)
    raw = {
        "citation": [where],
        "title": [title],
        "authors": [authors] if authors else [],
        "abstract": abstract,
        "other": others,
    }
    if pmid:
        raw["PMID"] = [pmid.group(1)]
    return {
        "line": line,
        "raw": {k: v for k, v in raw.items() if v and v != [""]},
        "database": "PubMed",
        "platform": "PubMed",
        "accession": pmid.group(1) if pmid else "",
        "pmid": pmid.group(1) if pmid else "",
        "doi": [doi.group(1) if doi else "", *re.findall(r"doi: (10\.\S+)", where)],
        "type_code": "article",
        "title": title,
        "authors": [family_first(n) for n in comma_names(_NUMBERS.sub("", authors).rstrip("."))],
        "years": [found.get("year", "")],
        "dates": [found.get("date", "")],
        "journal": found.get("journal", ""),
        "volume": found.get("volume", ""),
        "issue": found.get("issue", ""),
        "pages": found.get("pages", ""),
        "abstract": " ".join(abstract),
    }


def _are_names(paragraph: str) -> bool:
    """Whether a paragraph is a list of authors ("Tikka C(1), Verbeek JH.") rather than an abstract."""
    text = _NUMBERS.sub("", " ".join(paragraph.split()))
    parts = [part.strip(" .") for part in re.split(r"[,;]", text) if part.strip(" .")]
    names = sum(bool(re.search(r" [A-Z]{1,4}(?: (?:Jr|Sr|2nd|3rd))?$", part)) for part in parts)
    return names * 2 > len(parts) or (names > 0 and len(text) < 120)
