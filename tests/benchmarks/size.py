"""From search to flow, status and report with many records: seconds and most memory of each rule, side by side for several sizes.

    python tests/benchmarks/size.py FOLDER 10000 100000 1000000

FOLDER is made and holds one review for each size. Records are made up (deduplication_records.py: a quarter are duplicates) and
written as RIS exports of three databases. Two reviewers vote on every record that the workflow exports for screening,
two in a hundred are included, one vote in a hundred differs, a third person settles every difference; full texts are voted on too.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from deduplication_records import made_up
from jobs import ROOT, build
from prismake.records.model import COLUMNS
from prismake.records.writers import ris_text

DATABASES = ("Scopus", "APA PsycInfo", "Web of Science")
CHUNK = 50_000
_CONFIG = """review: {{id: size, title: A made-up review of {n} records, simulated: true}}
searches:
{searches}screening:
  sources:
    - {{id: votes, tool: long, files: [resources/screening/votes.csv]}}
"""
_SEARCH = '  - {{id: {id}, database: {name}, files: [{file}], date: "2024-03-01"}}\n'


def new_review(folder: Path, n: int) -> None:
    """config/ of the tiny example with three searches of n records in all, and no votes."""
    for name in ("config", "resources/searches", "resources/screening"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "tests/example/tiny/config/protocol.yaml", folder / "config/protocol.yaml")
    records = made_up(n, 1)[0]
    records[[name for name in COLUMNS if name not in records]] = ""
    searches = ""
    for number, (name, part) in enumerate(zip(DATABASES, np.array_split(np.arange(n), 3), strict=True)):
        file = f"resources/searches/search{number}.ris"
        searches += _SEARCH.format(id=f"search{number}", name=name, file=file)
        with (folder / file).open("w", encoding="utf-8") as stream:
            for start in range(0, len(part), CHUNK):
                stream.write(ris_text(records.iloc[part[start : start + CHUNK]]))
    (folder / "config/config.yaml").write_text(_CONFIG.format(n=n, searches=searches), encoding="utf-8")
    write_votes(folder, pd.Series(dtype=str))


def write_votes(folder: Path, ids: pd.Series) -> None:
    """Votes of two reviewers on each record in both phases, and the rulings of a third on what they differ in."""
    rng = np.random.default_rng(1)
    n = len(ids)
    truth = rng.random(n) < 0.02
    first, second = truth ^ (rng.random(n) < 0.005), truth ^ (rng.random(n) < 0.005)

    def votes(phase: str, who: str, which: np.ndarray, include: np.ndarray, role: str = "reviewer") -> pd.DataFrame:
        decision = np.where(include, "include", "exclude")
        reason = np.where(include, "", "comparator") if phase == "full_text" else ""
        table = {"phase": phase, "record_id": ids.to_numpy(), "reviewer": who, "role": role}
        return pd.DataFrame({**table, "decision": decision, "reason": reason})[which]

    every, settled = np.ones(n, bool), first != second
    passed = np.where(settled, truth, first)
    half = rng.random(n) < 0.5
    parts = [
        votes("title_abstract", "Ann", every, first),
        votes("title_abstract", "Bo", every, second),
        votes("title_abstract", "Cy", settled, truth, "adjudicator"),
        votes("full_text", "Ann", passed, half),
        votes("full_text", "Bo", passed, half),
    ]
    pd.concat(parts).to_csv(folder / "resources/screening/votes.csv", index=False)


def measure(folder: Path, n: int) -> dict[str, dict[str, float]]:
    """Rule -> what it used, over the two halves of a build: up to the export for screening, then with the votes."""
    new_review(folder, n)
    used = build(folder, "export_for_screening")
    sheet = pd.read_csv(folder / "results/screening/export/sheet.csv", dtype=str, usecols=["record_id"])
    write_votes(folder, sheet["record_id"])
    used |= build(folder, "count_flow", "draw_flow", "report", "status")
    flow = json.loads((folder / "results/flow/flow.json").read_text())["boxes"]
    assert sum(flow[box] or 0 for box in ("database_results", "register_results")) == n, flow
    print(f"{n}: screened {flow['records_screened']}, excluded {flow['records_excluded']}", flush=True)
    return used


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sizes", type=int, nargs="+")
    given = parser.parse_args()
    found = {n: measure(given.folder / str(n), n) for n in given.sizes}
    print("| rule |" + "".join(f" {n:,}: CPU s | GB |" for n in given.sizes))
    print("|---|" + "---|---|" * len(given.sizes))
    for rule in next(iter(found.values())):
        cells = (
            f" {used[rule]['cpu']:.1f} | {used[rule]['mb'] / 1024:.2f} |" for used in found.values() if rule in used
        )
        print(f"| {rule} |" + "".join(cells))
    totals = (
        f" {sum(r['cpu'] for r in u.values()):.0f} | {max(r['mb'] for r in u.values()) / 1024:.2f} |"
        for u in found.values()
    )
    print("| all |" + "".join(totals))


if __name__ == "__main__":
    main()
