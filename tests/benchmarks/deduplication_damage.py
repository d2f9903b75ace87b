"""Damage labelled records as exports and reference managers do, and count what the deduplication then joins wrongly and misses.

    python tests/benchmarks/deduplication_damage.py DIR [--only SET ...] [--damage NAME ...] [--share half|all] [--mode careful]

DIR as for `deduplication.py`. `--share half` (the default) damages every second record, picked by a hash of its id, as when one of two databases
lacks a field; `all` damages every record.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from deduplication import gold_clusters, percent, score, source_records
from prismake.deduplication.pipeline import deduplicate

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def blanked(*columns: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The records without some fields."""
    return lambda records: records.assign(
        **{c: pd.array([pd.NA] * len(records), dtype="Int64") if c == "year" else "" for c in columns}
    )


def rewritten(column: str, function: Callable[[str], str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The records with each value of a column written in another way."""
    return lambda records: records.assign(**{column: records[column].map(function)})


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def without_subtitle(title: str) -> str:
    start = re.split(r"[:?.]\s", title)[0]
    return start if len(start) > 15 else title


def abbreviated(journal: str) -> str:
    small = ("of", "the", "and", "in", "for", "&")
    return " ".join(w if len(w) < 5 else f"{w[:4]}." for w in journal.split() if w.lower() not in small)


def shortened(pages: str) -> str:
    """`1201-1209` as `1201-9`."""
    match = re.fullmatch(r"(\d+)\s*-\s*(\d+)", pages.strip())
    if not match or len(match[1]) != len(match[2]):
        return pages
    first, last = match.groups()
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), len(first) - 1)
    return f"{first}-{last[min(same, len(first) - 1) :]}"


def as_date(pages: str) -> str:
    """`6-10` as a spreadsheet reads it: `10-Jun`."""
    match = re.fullmatch(r"(\d{1,2})\s*-\s*(\d{1,2})", pages.strip())
    return f"{int(match[2]):02d}-{MONTHS[int(match[1]) - 1]}" if match and 1 <= int(match[1]) <= 12 else pages


def initials(authors: str) -> str:
    names = [name.partition(",") for name in authors.split(";")]
    return "; ".join(f"{f.strip()}, {' '.join(w[0] + '.' for w in g.split())}" if comma else f for f, comma, g in names)


def place_in_journal(records: pd.DataFrame) -> pd.DataFrame:
    """Journal, volume, issue and pages in one field, as in a source line."""
    place = records["journal"] + ", Vol " + records["volume"] + "(" + records["issue"] + "), " + records["pages"]
    return blanked("volume", "issue", "pages", "doi")(records).assign(journal=place.where(records["journal"] != "", ""))


DAMAGE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "nothing": lambda records: records,
    **{
        "no " + ", ".join(c): blanked(*c)
        for c in (
            ("doi",), ("abstract",), ("pages",), ("volume",), ("issue",), ("year",), ("journal",), ("authors",), ("title",), ("entry_type",),
            ("volume", "issue"), ("doi", "abstract"), ("doi", "pages"), ("pages", "abstract"), ("journal", "doi"), ("journal", "abstract"),
            ("volume", "pages", "year"), ("volume", "issue", "pages"), ("volume", "issue", "pages", "doi"),
        )
    },
    "titles in capitals": rewritten("title", str.upper),
    "journals in capitals": rewritten("journal", str.upper),
    "no accents": lambda records: rewritten("authors", without_accents)(rewritten("title", without_accents)(records)),
    "no subtitle": rewritten("title", without_subtitle),
    "title cut at 100 letters": rewritten("title", lambda text: text[:100]),
    "title cut at 60 letters": rewritten("title", lambda text: text[:60]),
    "journal abbreviated": rewritten("journal", abbreviated),
    "pages as 1201-9": rewritten("pages", shortened),
    "pages as a date": rewritten("pages", as_date),
    "first page only": rewritten("pages", lambda text: text.strip().split("-")[0]),
    "first author only": rewritten("authors", lambda text: text.split(";")[0]),
    "first author and others": rewritten("authors", lambda text: text.split(";")[0] + "; others" if ";" in text else text),
    "initials": rewritten("authors", initials),
    "a year later": lambda records: records.assign(year=records["year"] + 1),
    "abstract cut at 300 letters": rewritten("abstract", lambda text: text[:300]),
    "place in the journal's name": place_in_journal,
    "rows the other way round": lambda records: records.iloc[::-1],
}  # fmt: skip


def damaged(records: pd.DataFrame, name: str, share: str = "half") -> pd.DataFrame:
    """The records, all or every second of them damaged."""
    other = DAMAGE[name](records)
    if share == "all" or len(other) == 0 or name == "rows the other way round":
        return other
    picked = records["source_record_id"].map(lambda i: hashlib.sha256(f"{name}{i}".encode()).digest()[0] < 128)
    return pd.concat([records[~picked], other[picked].astype(records.dtypes.to_dict())]).sort_index()


def counted(folder: Path, name: str, damage: str, share: str, mode: str) -> tuple[Counter, list[list[str]]]:
    """Merges right, false and missed on one set, and the clusters that mix entries."""
    records = damaged(source_records(folder / f"{name}.records.csv"), damage, share)
    members = (
        deduplicate(records, settings={"mode": mode}).membership.groupby("record_id")["source_record_id"].apply(list)
    )
    clusters = [c for c in members if len(c) > 1]
    numbers, mixed = score(records["source_record_id"].tolist(), gold_clusters(folder, name), clusters)
    return Counter(numbers), mixed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--damage", nargs="+", default=list(DAMAGE), choices=DAMAGE)
    parser.add_argument("--share", choices=["half", "all"], default="half")
    parser.add_argument("--mode", default="careful")
    given = parser.parse_args()
    names = [p.name.removesuffix(".records.csv") for p in sorted(given.folder.glob("*.records.csv"))]
    for damage in given.damage:
        total: Counter = Counter()
        for name in names:
            if given.only and name not in given.only:
                continue
            numbers, mixed = counted(given.folder, name, damage, given.share, given.mode)
            total.update(numbers)
            for cluster in mixed:
                print(f"    FALSE MERGE in {name}: {', '.join(cluster)}")
        print(f"{damage:40} false {total['false']:3} recall {percent(total['right'], total['duplicates'])}", flush=True)


if __name__ == "__main__":
    main()
