"""How long screening, retrieval and the counting of the flow take: N records, two votes on each, half of them found by id,
a quarter by DOI, a quarter by title; a twentieth is included and read.

Run by hand: python tests/benchmarks/screening.py [N] [--rule FOLDER]

With --rule the script merge_screening runs alone, from files (made by a first run) to files: FOLDER takes N records with
abstracts of 1,200 characters, and their votes.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd
from prismake.flow.count import count_flow
from prismake.flow.identities import check_flow
from prismake.flow.tables import flow_tables
from prismake.messages.faults import Faults
from prismake.records.tables import write_csv, write_parquet
from prismake.screening.merge import Merged, Records, merge_screening
from prismake.screening.retrieve import Retrieved, retrieve_reports
from prismake.screening.votes import votes_frame

WORDS = """
cognitive therapy depression anxiety trial patients therapists outcome personalised treatment matching stepped care
routine meta analysis follow up quality life adults children school primary psychotherapy feedback alliance dropout
"""


def invented(n: int, seed: int = 1) -> tuple[Records, pd.DataFrame]:
    """N records with titles of nine words and two reviewers' votes."""
    rng = np.random.default_rng(seed)
    words = rng.choice(np.array(WORDS.split(), dtype=object), size=(n, 9))
    titles = pd.Series([" ".join(row) for row in words]) + " " + pd.Series(np.arange(n)).astype(str)
    ids = pd.Series([f"scopus:2-s2.0-{i:011d}" for i in range(n)])
    doi = pd.Series([f"10.1000/j.{i}" for i in range(n)])
    source = pd.DataFrame({"source_record_id": ids, "title": titles, "doi": doi, "year": "2020"})
    membership = pd.DataFrame(
        {"source_record_id": ids, "record_id": ids, "aliases": [f"key-{i}; pmid:{i}" for i in range(n)]}
    )
    records = source.rename(columns={"source_record_id": "record_id"})
    way = np.arange(n) % 4
    key = ids.where(way == 0, pd.Series([f"key-{i}" for i in range(n)])).where(way < 2, "")
    include = rng.random(n) < 0.05
    parts = []
    for name, slip in (("Ann", 0.01), ("Bo", 0.02)):
        flipped = include ^ (rng.random(n) < slip)
        parts.append(
            votes_frame(
                n,
                phase="title_abstract",
                calibration="false",
                record_key=key,
                title=titles.str.upper(),
                doi=doi.where(way == 2, ""),
                year="2020",
                reviewer=name,
                role="reviewer",
                decision=pd.Series(np.where(flipped, "include", "exclude")),
                tool="long",
                file=f"{name}.csv",
                row=pd.Series(np.arange(n) + 2),
            )
        )
    return Records(membership, source, records), pd.concat(parts, ignore_index=True)


def read_in_full(votes: pd.DataFrame, records: Records) -> pd.DataFrame:
    """The votes, and two on full text of every record that both reviewers included."""
    both = votes[votes["decision"].eq("include")].assign(record=lambda v: v.index % len(records.records))
    ids = both[both.duplicated("record")]["record"]
    keys = records.records["record_id"].iloc[ids.to_numpy()].reset_index(drop=True)
    parts = [
        votes_frame(
            len(keys), phase="full_text", calibration="false", record_key=keys, reviewer=name, role="reviewer",
            decision=pd.Series(np.where(np.arange(len(keys)) % 2, "include", "exclude")),
            reasons=pd.Series(np.where(np.arange(len(keys)) % 2, "", "design")), tool="long", file=f"{name}.csv",
            row=pd.Series(np.arange(len(keys)) + 2),
        )
        for name in ("Ann", "Bo")
    ]  # fmt: skip
    return pd.concat([votes, *parts], ignore_index=True)


def peak() -> float:
    """Peak memory of the process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def retrieved(merged: Merged, records: Records) -> Retrieved:
    """Reports and one study for each that is included."""
    none = pd.DataFrame()
    sheets = {"retrieval": none, "studies": none, "other_methods": none, "previous_review": none}
    settings = {"studies": {"one_study_per_report": True}, "registers": [], "exclusion_reasons": [{"id": "design"}]}
    entries = records.records.assign(authors="", searches="scopus")
    return retrieve_reports(merged.decisions, entries, records.membership, sheets, settings, Faults())


def main(n: int) -> None:
    """Print CPU-seconds and peak memory of each stage."""
    records, votes = invented(n)
    votes = read_in_full(votes, records)
    before, start = peak(), time.process_time()
    phases = {"title_abstract": {"reviewers": 2}, "full_text": {"reviewers": 2}}
    reasons = [{"id": "design", "label": "Wrong design"}]
    merged = merge_screening(votes, records, protocol={"screening": phases, "exclusion_reasons": reasons})
    merge_seconds, merge_peak = time.process_time() - start, peak()
    assert len(merged.ledger) == len(votes)
    start = time.process_time()
    found = retrieved(merged, records)
    retrieve_seconds, start = time.process_time() - start, time.process_time()
    searches = pd.DataFrame({"search": ["scopus"], "database": "Scopus", "kind": "database", "records": n, "hits": ""})
    tables = flow_tables(
        {
            "searches": searches, "source_records": records.source_records.assign(search="scopus"),
            "membership": records.membership.assign(earliest="true"), "decisions": merged.decisions,
            "ledger": merged.ledger, "reports": found.reports, "studies": found.studies, "study_links": found.study_links,
        }
    )  # fmt: skip
    flow = count_flow(tables, reasons)
    count_seconds, start = time.process_time() - start, time.process_time()
    wrong = [identity for identity in check_flow(tables, flow) if identity.holds == "no"]
    check_seconds = time.process_time() - start
    assert wrong == [], wrong
    print(merged.ledger["matched_by"].value_counts().to_dict())
    print({box: flow.n(box) for box in ("records_screened", "records_pending", "dbr_assessed", "new_studies")})
    print(
        f"| {n:,} | {len(votes):,} | {merge_seconds:.1f} | {retrieve_seconds:.1f} | {count_seconds:.1f} | {check_seconds:.1f} | "
        f"{merge_peak:.2f} GB | {peak():.2f} GB | {before:.2f} GB |"
    )


SCRIPT = Path(__file__).resolve().parents[2] / "workflow/scripts/merge_screening.py"
INPUTS = {
    "membership": "csv",
    "source_records": "parquet",
    "records": "parquet",
    "excluded_before": "csv",
    "queue": "csv",
}
OUTPUTS = ("ledger", "decisions", "conflicts", "waiting", "matches", "drift", "pending", "messages")


def write_inputs(folder: Path, n: int) -> None:
    """What the rule merge_screening reads, N records with abstracts and two votes on each."""
    records, votes = invented(n)
    votes = read_in_full(votes, records)
    write_csv(
        votes[["phase", "record_key", "title", "doi", "year", "reviewer", "role", "decision", "reasons"]],
        folder / "votes.csv",
    )
    abstract = " ".join(WORDS.split() * 9)[:1200]
    tables = {
        "membership": records.membership.assign(earliest="true"),
        "source_records": records.source_records.assign(search="scopus"),
        "records": records.records.assign(
            authors="Miller, A.; Smith, B.", abstract=[f"{i} {abstract}" for i in range(n)]
        ),
        "excluded_before": pd.DataFrame(columns=["record_id", "kind", "reason"], dtype=str),
        "queue": pd.DataFrame(columns=["source_record_id_1", "source_record_id_2"], dtype=str),
    }
    for name, ending in INPUTS.items():
        (write_csv if ending == "csv" else write_parquet)(tables[name], folder / f"{name}.{ending}")


def rule(folder: Path, n: int) -> None:
    """Run the script on files and print its CPU-seconds and peak memory."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "queue.csv").exists():
        write_inputs(folder, n)
        print(f"{folder} holds {n:,} records; run this again to measure the rule alone")
        return
    spec = importlib.util.spec_from_file_location("merge_screening", SCRIPT)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    start, out = time.process_time(), folder / "out"
    phases = {"title_abstract": {"reviewers": 2}, "full_text": {"reviewers": 2}}
    script.main(
        files=[str(folder / "votes.csv")],
        tables={name: str(folder / f"{name}.{ending}") for name, ending in INPUTS.items()},
        sheets={"retrieval": [], "other_methods": [], "rulings": [], "changes": []},
        outputs={name: str(out / f"{name}.csv") for name in OUTPUTS} | {"agreement": str(out / "agreement.json")},
        settings={
            "screening": {"sources": [{"id": "votes", "tool": "long", "files": ["votes.csv"]}]},
            "protocol": {"screening": phases, "exclusion_reasons": [{"id": "design", "label": "Wrong design"}]},
            "final": False,
            "seed": 1,
        },
    )
    print(f"| {n:,} | {time.process_time() - start:.1f} | {peak():.2f} GB |")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("many", type=int, nargs="?", default=100_000, help="how many records")
    options.add_argument(
        "--rule", type=Path, metavar="FOLDER", help="run the script merge_screening on files in FOLDER"
    )
    given = options.parse_args()
    rule(given.rule, given.many) if given.rule else main(given.many)
