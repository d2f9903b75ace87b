"""The Cochrane Library's citation text: `Record #1 of 271`, then `TI: ` and other tags."""

from __future__ import annotations

import re

from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first
from prismake.records.ris_fields import pmid_in

_START = re.compile(r"^Record #(\d+) of (\d+)", re.MULTILINE)
_LINE = re.compile(r"^([A-Z]{2,4}): ?(.*)$")


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is the Cochrane Library's citation text."""
    return bool(_START.search(head)) and bool(re.search(r"^(?:ID|TI): ", head, re.MULTILINE))


def parse(text: str) -> Parsed:
    """All records of a text (LF line ends)."""
    parsed = Parsed([], len(re.findall(r"^Record #\d+ of \d+", text, re.MULTILINE)))
    starts = list(_START.finditer(text))
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        line = text.count("\n", 0, match.start()) + 1
        fields: dict[str, list[str]] = {}
        tag = ""
        for raw in text[match.end() : end].split("\n"):
            found = _LINE.match(raw)
            if found:
                tag = found.group(1)
                if found.group(2).strip():
                    fields.setdefault(tag, []).append(found.group(2).strip())
            elif tag in fields and raw.strip():
                fields[tag][-1] += " " + raw.strip()
        if not fields:
            parsed.set_aside.append((line, "has a number but no content", match.group(0)))
            continue
        parsed.drafts.append(_draft(fields, line))
    announced = {int(match.group(2)) for match in starts}
    if starts and max(announced) > parsed.in_file:
        parsed.faults.warning(
            "fewer-than-announced",
            f"The file says that it holds {max(announced)} records, but it holds {parsed.in_file}.",
            line=1,
            value=str(parsed.in_file),
            expected=f"{max(announced)} records",
            mend="export this search again, all records",
        )
    return parsed


def _draft(fields: dict[str, list[str]], line: int) -> Draft:
    def one(*tags: str) -> str:
        return next((fields[tag][0] for tag in tags if tag in fields), "")

    reviews = one("ID").startswith("CD")
    return {
        "line": line,
        "raw": fields,
        "database": "CENTRAL" if not reviews else "Cochrane Database of Systematic Reviews",
        "platform": "Cochrane Library",
        "accession": one("ID", "AN"),
        "pmid": pmid_in(" ".join(fields.get("PM", ()))) or pmid_in(one("XR")),
        "doi": fields.get("DOI", []),
        "type_code": "review" if reviews else "",
        "type_words": fields.get("PT", []),
        "title": one("TI"),
        "authors": [family_first(name) for name in fields.get("AU", ())],
        "years": [one("YR")],
        "journal": one("SO"),
        "volume": one("VL"),
        "issue": one("NO"),
        "pages": one("PG"),
        "publisher": one("PB"),
        "abstract": one("AB"),
        "keywords": [w for k in fields.get("KY", ()) for w in k.split(";")],
        "url": one("US", "UR"),
        "issn": one("SN"),
        "isbn": one("BN"),
    }
