"""Score and time the deduplication on labelled records, and a peer on the same records in the same run.

    python tests/benchmarks/deduplication.py DIR [--only NAME ...] [--peer bib-dedupe] [--peer-python PATH] [--list]
    python tests/benchmarks/deduplication.py --large 100000 [--seed 1]

DIR holds <name>.records.csv (ID and bibliographic columns), <name>.gold_corrected.csv or <name>.gold.csv (cluster_id, ID), and where they
are <name>.relations.csv (ID_a, ID_b, relation) and <name>.pairs.csv (pair, case, expected same|related|not, ID_a, ID_b). The peer is run by
its own Python (--peer-python, else the environment variable PRISMAKE_PEER_PYTHON, else this one), so that its dependencies stay out.

Measures: a merge is one record fewer. False merges: records of different gold clusters put into one, counted as sum over predicted
clusters of (gold clusters in it - 1). Missed: sum over gold clusters of (predicted clusters in it - 1). Recall: merges that are right / merges
in the gold. Exact clusters: gold clusters found exactly. Queue: pairs for a person; yield: share of them that are true; recall after the queue: when a
person has answered every question rightly. Completeness: of the merged records with a value in any member, the share that have one.
Each set runs in a process of its own: CPU seconds are user + system of it and its children without starting Python and reading the
file, memory is the peak resident set.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pandas as pd

COLUMNS = {
    "search": ["search", "source", "db", "database", "remote_database"],
    "database": ["database", "source", "db", "remote_database"],
    "accession": ["accession", "accession_number", "an", "ut", "eid"],
    "pmid": ["pmid", "pubmed_id", "pm"],
    "doi": ["doi", "di"],
    "title": ["title", "ti", "article title", "document title", "primary_title"],
    "title_alternative": ["title_alternative", "translated_title", "t2_vernacular"],
    "authors": ["authors", "author", "au"],
    "year": ["year", "py", "publication year", "pubyear"],
    "journal": [
        "journal",
        "source title",
        "so",
        "container_title",
        "secondary_title",
        "journal_all",
        "publication_title",
    ],
    "journal_abbreviation": ["journal_abbreviation", "alt_journal", "abbreviated source title", "j2"],
    "volume": ["volume", "vl"],
    "issue": ["issue", "number", "is"],
    "pages": ["pages", "page"],
    "article_number": ["article_number", "article_no", "art. no."],
    "issn": ["issn", "isbn", "sn"],
    "isbn": ["isbn"],
    "publisher": ["publisher", "institution"],
    "language": ["language", "la"],
    "abstract": ["abstract", "ab"],
    "keywords": ["keywords"],
    "url": ["url"],
}
TYPES = ["entry_type", "entrytype", "type", "ref_type", "document type", "dt"]
DEDUPLICATE, PEER = "deduplicate", "bib-dedupe"


def source_records(path: Path) -> pd.DataFrame:
    """The records of a labelled set as source records."""
    from prismake.records.entry_types import entry_type

    given = pd.read_csv(path, dtype=str, keep_default_na=False)
    lower = {name.lower(): name for name in given.columns}
    blank = pd.Series([""] * len(given), dtype=str)

    def column(names: list[str]) -> pd.Series:
        found = [given[lower[name]] for name in names if name in lower]
        return found[0] if found else blank

    records = pd.DataFrame(
        {"source_record_id": given["ID"], **{name: column(names) for name, names in COLUMNS.items()}}
    )
    if "booktitle" in lower:
        records["journal"] = records["journal"].where(records["journal"] != "", given[lower["booktitle"]])
    if "start_page" in lower and "end_page" in lower and "pages" not in lower:
        records["pages"] = (given[lower["start_page"]] + "-" + given[lower["end_page"]]).str.strip("-")
    records["authors"] = records["authors"].str.replace(r"\s+and\s+", "; ", regex=True)
    records["year"] = pd.to_numeric(records["year"].str.extract(r"(\d{4})")[0], errors="coerce").astype("Int64")
    words = column(["doc_type", "work_type"])
    records["entry_type"] = [entry_type(code, word) for code, word in zip(column(TYPES), words, strict=True)]
    return records


def gold_clusters(folder: Path, name: str) -> list[list[str]]:
    """The gold clusters of two or more, the corrected ones where there are any."""
    path = folder / f"{name}.gold_corrected.csv"
    table = pd.read_csv(path if path.exists() else folder / f"{name}.gold.csv", dtype=str)
    return [list(ids) for _, ids in table.groupby("cluster_id")["ID"]]


def score(ids: list[str], gold: list[list[str]], found: list[list[str]]) -> tuple[dict[str, int], list[list[str]]]:
    """Merges right, false and missed, exact clusters; and the clusters with records of several gold clusters."""
    truth = {i: n for n, cluster in enumerate(gold) for i in cluster}
    truth.update({i: -n - 1 for n, i in enumerate(i for i in ids if i not in truth)})
    predicted = {i: n for n, cluster in enumerate(found) for i in cluster}
    predicted.update({i: -n - 1 for n, i in enumerate(i for i in ids if i not in predicted)})
    both = Counter((truth[i], predicted[i]) for i in ids)
    merged = len(ids) - len({predicted[i] for i in ids})
    wanted = len(ids) - len({truth[i] for i in ids})
    right = len(ids) - len(both)
    mixed = [cluster for cluster in found if len({truth[i] for i in cluster}) > 1]
    exact = len({frozenset(c) for c in gold if len(c) > 1} & {frozenset(c) for c in found})
    return {"records": len(ids), "duplicates": wanted, "right": right, "false": merged - right, "missed": wanted - right, "exact": exact,
            "clusters": sum(len(c) > 1 for c in gold)}, mixed  # fmt: skip


def used() -> float:
    """CPU seconds of this process and its finished children."""
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


def peak() -> float:
    """Peak resident memory of this process in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def run_own(path: Path, out: Path) -> None:
    """Deduplicate one set and write clusters, questions, relations and the costs."""
    from prismake.deduplication.pipeline import deduplicate

    records = source_records(path)
    cpu, wall = used(), time.perf_counter()
    found = deduplicate(records)
    cpu, wall = used() - cpu, time.perf_counter() - wall
    members = found.membership.groupby("record_id")["source_record_id"].apply(list)
    whole = found.records.set_index("record_id")
    value = {
        column: dict(zip(records["source_record_id"], records[column] != "", strict=True))
        for column in ("doi", "abstract")
    }
    out.write_text(json.dumps({
        "clusters": [c for c in members if len(c) > 1],
        "queue": found.queue[["source_record_id_1", "source_record_id_2"]].values.tolist(),
        "related": found.related[["record_id_1", "record_id_2", "relation"]].values.tolist(),
        "record_of": dict(zip(found.membership["source_record_id"], found.membership["record_id"], strict=True)),
        "complete": {c: [sum(any(value[c][i] for i in ids) for ids in members), sum(whole.loc[r, c] != "" for r in members.index)] for c in value},
        "cpu": cpu, "wall": wall, "peak": peak(),
    }))  # fmt: skip


def run_peer(path: Path, out: Path) -> None:
    """bib-dedupe on one set, with its merge."""
    from bib_dedupe.bib_dedupe import block, cluster, match, merge, prep

    given = pd.read_csv(path, dtype=str, keep_default_na=False)
    given = given.rename(columns={"authors": "author", "issue": "number", "type": "ENTRYTYPE", "ref_type": "ENTRYTYPE"})
    for name in (
        "ENTRYTYPE",
        "author",
        "title",
        "year",
        "journal",
        "volume",
        "number",
        "pages",
        "abstract",
        "doi",
        "booktitle",
        "isbn",
    ):
        if name not in given:
            given[name] = "article" if name == "ENTRYTYPE" else ""
    kinds = {
        "THES": "phdthesis",
        "BOOK": "book",
        "CHAP": "incollection",
        "CONF": "inproceedings",
        "CPAPER": "inproceedings",
    }
    known = {
        "article",
        "inproceedings",
        "incollection",
        "book",
        "phdthesis",
        "techreport",
        "proceedings",
        "misc",
    }
    given["ENTRYTYPE"] = [kinds.get(t, t if t in known else "article") for t in given["ENTRYTYPE"]]
    cpu, wall = used(), time.perf_counter()
    matched = match(block(prep(given.copy())))
    clusters = cluster(matched)
    merged = merge(given.copy(), matched_df=matched)
    cpu, wall = used() - cpu, time.perf_counter() - wall
    maybe = (
        matched[matched["duplicate_label"] == "maybe"][["ID_1", "ID_2"]].values.tolist()
        if "duplicate_label" in matched
        else []
    )
    value = {c: dict(zip(given["ID"], given[c] != "", strict=True)) for c in ("doi", "abstract")}
    alone = set(given["ID"]) - {i for c in clusters for i in c}
    groups = [list(c) for c in clusters] + [[i] for i in alone]
    out.write_text(json.dumps({
        "clusters": [list(c) for c in clusters if len(c) > 1], "queue": maybe,
        "complete": {c: [sum(any(value[c][i] for i in g) for g in groups), int((merged[c].fillna("").astype(str) != "").sum())] for c in value},
        "cpu": cpu, "wall": wall, "peak": peak(),
    }))  # fmt: skip


def in_own_process(python: str, tool: str, path: Path) -> dict:
    """Run one tool on one set in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        done = subprocess.run([python, __file__, "--run", tool, str(path), str(out)], capture_output=True, text=True)
        if not out.exists():
            raise SystemExit(f"{tool} failed on {path.name}:\n{done.stderr[-2000:]}")
        return json.loads(out.read_text())


def told(name: str, folder: Path, tool: str, found: dict, titles: dict[str, str], listing: bool) -> dict[str, float]:
    """Print one line for a set and a tool, every false merge, and give the numbers."""
    ids = list(titles)
    gold = gold_clusters(folder, name)
    numbers, mixed = score(ids, gold, found["clusters"])
    truth = {i: n for n, cluster in enumerate(gold) for i in cluster}
    true = [(a, b) for a, b in found["queue"] if truth.get(a, a) == truth.get(b, (b,))]
    after, _ = score(ids, gold, joined(ids, found["clusters"], true))
    numbers |= {
        "queue": len(found["queue"]),
        "true": len(true),
        "missed_after": after["missed"],
        "cpu": found["cpu"],
        "wall": found["wall"],
        "peak": found["peak"],
    }
    complete = " ".join(
        f"{c} {100 * kept / any_ if any_ else 100:.1f}%" for c, (any_, kept) in found["complete"].items()
    )
    print(f"{tool:12} {name:24} false {numbers['false']:3} recall {percent(numbers['right'], numbers['duplicates'])} missed {numbers['missed']:3} "
          f"exact {numbers['exact']}/{numbers['clusters']} queue {numbers['queue']} ({numbers['true']} true) after {percent(numbers['duplicates'] - after['missed'], numbers['duplicates'])} "
          f"complete {complete} cpu {found['cpu']:.2f} s wall {found['wall']:.2f} s peak {found['peak']:.2f} GB", flush=True)  # fmt: skip
    if listing or numbers["false"]:
        for cluster in mixed:
            print("    FALSE MERGE:")
            for i in cluster:
                print(f"      {i} [{truth.get(i, 'alone')}] {titles[i][:110]}")
    return numbers


def joined(ids: list[str], clusters: list[list[str]], pairs: list[tuple[str, str]]) -> list[list[str]]:
    """The clusters after joining pairs."""
    of = {i: {i} for i in ids}
    for group in [*clusters, *pairs]:
        whole = set().union(*(of[i] for i in group))
        for i in whole:
            of[i] = whole
    return [sorted(group) for group in {id(g): g for g in of.values()}.values() if len(group) > 1]


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 100:.2f}%"


def relations(folder: Path, name: str, found: dict) -> None:
    """Related works kept apart and labelled, and the pairs of special cases."""
    record_of, linked = found["record_of"], {frozenset(r[:2]): r[2] for r in found["related"]}
    path = folder / f"{name}.relations.csv"
    if path.exists():
        for a, b, relation in pd.read_csv(path, dtype=str)[["ID_a", "ID_b", "relation"]].values:
            apart = record_of[a] != record_of[b]
            print(
                f"    relation {relation}: {a}, {b} {'kept apart' if apart else 'JOINED'}, labelled {linked.get(frozenset((record_of[a], record_of[b])), 'NOT')}"
            )
    path = folder / f"{name}.pairs.csv"
    if path.exists():
        table = pd.read_csv(path, dtype=str)
        same = [record_of[a] == record_of[b] for a, b in table[["ID_a", "ID_b"]].values]
        right = [s == (e == "same") for s, e in zip(same, table["expected"], strict=True)]
        for wanted, label in ((["same"], "joined"), (["related", "not"], "kept apart")):
            at = [r for r, e in zip(right, table["expected"], strict=True) if e in wanted]
            print(f"    pairs {label}: {sum(at)} of {len(at)}")
        labelled = [
            linked.get(frozenset((record_of[a], record_of[b])))
            for a, b in table[table["expected"] == "related"][["ID_a", "ID_b"]].values
        ]
        print(f"    related pairs labelled: {sum(x is not None for x in labelled)} of {len(labelled)}")
        for case, ok in zip(table["case"], right, strict=True):
            if not ok:
                print(f"    WRONG: {case}")


def large(n: int, seed: int) -> None:
    """Time and memory on n made-up records, a quarter of them duplicates."""
    from deduplication_records import made_up
    from prismake.deduplication.pipeline import deduplicate

    records, works = made_up(n, seed)
    before = peak()
    cpu, wall = used(), time.perf_counter()
    found = deduplicate(records)
    cpu, wall = used() - cpu, time.perf_counter() - wall
    work_of = dict(zip(records["source_record_id"], works, strict=True))
    mixed = (
        found.membership.assign(work=found.membership["source_record_id"].map(work_of))
        .groupby("record_id")["work"]
        .nunique()
    )
    missed = len(found.records) - len(set(works))
    print(f"{n:,} records, {n - len(set(works)):,} duplicates: wall {wall:.1f} s, cpu {cpu:.1f} s, peak {peak():.2f} GB (input alone {before:.2f} GB), "
          f"records {len(found.records):,}, mixed {int((mixed > 1).sum())}, net missed {missed}, queue {len(found.queue):,}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--peer", choices=[PEER])
    parser.add_argument("--peer-python", default=os.environ.get("PRISMAKE_PEER_PYTHON", sys.executable))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--large", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--run", nargs=3, metavar=("TOOL", "RECORDS", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        (run_own if given.run[0] == DEDUPLICATE else run_peer)(Path(given.run[1]), Path(given.run[2]))
        return
    if given.large:
        large(given.large, given.seed)
        return
    if not given.folder:
        parser.error("a folder of labelled records, or --large N")
    tools = [(DEDUPLICATE, sys.executable)] + ([(PEER, given.peer_python)] if given.peer else [])
    totals: dict[str, Counter] = {tool: Counter() for tool, _ in tools}
    for path in sorted(given.folder.glob("*.records.csv")):
        name = path.name.removesuffix(".records.csv")
        if given.only and name not in given.only:
            continue
        table = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=["ID", "title"])
        titles = dict(zip(table["ID"], table["title"], strict=True))
        for tool, python in tools:
            found = in_own_process(python, tool, path)
            totals[tool].update(told(name, given.folder, tool, found, titles, given.list))
            if tool == DEDUPLICATE:
                relations(given.folder, name, found)
    for tool, t in totals.items():
        if t["records"]:
            print(f"{tool:12} {'all':24} false {t['false']} recall {percent(t['right'], t['duplicates'])} missed {t['missed']} of {t['duplicates']} exact {t['exact']}/{t['clusters']} "
                  f"queue {t['queue']} = {1000 * t['queue'] / t['records']:.1f} in 1,000 ({percent(t['true'], t['queue'])} true) after {percent(t['duplicates'] - t['missed_after'], t['duplicates'])} "
                  f"cpu {t['cpu']:.1f} s wall {t['wall']:.1f} s")  # fmt: skip
    if given.peer and totals[DEDUPLICATE]["cpu"]:
        print(f"{PEER} took {totals[PEER]['cpu'] / totals[DEDUPLICATE]['cpu']:.1f} times the CPU time")


if __name__ == "__main__":
    main()
