"""Carry many random reviews from searches to identities, and count what holds.

Run by hand: python tests/benchmarks/random_reviews.py --many 5000 [--from 0] [--tables]

Each review is carried through the real stages (tests/flow/whole_review.py), 100 built together, and looked at three times: as
a draft, after an update with another deduplication, and when everything is settled. With --tables the flow alone is tried,
on tables of the later stages (tests/flow/random_review.py).
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections import Counter
from pathlib import Path
from types import ModuleType

from prismake.flow.count import count_flow
from prismake.flow.identities import check_flow
from prismake.flow.tables import FlowTables, flow_tables

TOGETHER = 100


def of_the_tests(name: str) -> ModuleType:
    """A generator of tests/flow."""
    path = Path(__file__).resolve().parents[1] / "flow" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


class Tally:
    """What was tried and what came of it."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.failed = 0

    def fail(self, what: str) -> None:
        self.failed += 1
        print(what, flush=True)

    def check(self, name: str, tables: FlowTables, *, finished: bool) -> None:
        flow = count_flow(tables)
        self.seen.update([flow.summary["template"]])
        for identity in check_flow(tables, flow):
            self.verdicts[identity.holds] += 1
            if identity.holds == "no" or (finished and identity.holds == "pending"):
                self.fail(f"{name}: {identity}")


def try_whole(first: int, many: int, tally: Tally) -> None:
    """Reviews carried through all stages; seed s makes the reviews 100 s to 100 s + 99."""
    module = of_the_tests("whole_review")
    for seed in range(first // TOGETHER, (first + many) // TOGETHER):

        def check(reviews, stage: str, seed: int = seed) -> None:
            for fault in reviews.built.faults.errors:
                tally.fail(f"seed {seed}, {stage}: {fault}")
            for wrong in reviews.lost_or_moved():
                tally.fail(f"seed {seed}, {stage}: {wrong}")
            for name in reviews.names:
                tally.check(f"seed {seed}, {stage}, {name}", reviews.tables_of(name), finished=stage == "final")

        reviews = module.lived(seed, TOGETHER, check)
        tally.seen.update({"reviews": TOGETHER, "source records": len(reviews.sources), "votes": len(reviews.votes),
                           "rulings on duplicates": len(reviews.rulings)})  # fmt: skip


def try_tables(first: int, many: int, tally: Tally) -> None:
    """Tables of random reviews, counted and checked."""
    make = of_the_tests("random_review").RandomReview
    for seed in range(first, first + many):
        review = make(seed)
        tables = flow_tables(review.tables)
        tally.seen.update({"reviews": 1, "source records": len(tables.source_records), "votes": len(tables.ledger)})
        tally.check(f"review {seed}", tables, finished=review.finished)


def main() -> int:
    """Print how many identities held, were pending, did not apply or failed; the exit code is 1 if anything failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--many", type=int, default=5000, help="how many reviews")
    options.add_argument("--from", dest="first", type=int, default=0, help="number of the first review")
    options.add_argument("--tables", action="store_true", help="try the flow alone")
    given = options.parse_args()
    tally, began = Tally(), time.process_time()
    (try_tables if given.tables else try_whole)(given.first, given.many, tally)
    print(
        f"{given.many} reviews from {given.first}, {tally.failed} failures, {time.process_time() - began:.0f} CPU-seconds"
    )
    print(", ".join(f"{name}: {n}" for name, n in sorted(tally.verdicts.items())))
    print(", ".join(f"{name}: {n}" for name, n in sorted(tally.seen.items())))
    return int(tally.failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
