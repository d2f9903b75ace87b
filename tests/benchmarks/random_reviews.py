"""Count many random reviews and check every identity in each.

Run by hand: python tests/benchmarks/random_reviews.py --many 5000 [--from 0]
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections import Counter
from pathlib import Path

from prismake.flow.count import count_flow
from prismake.flow.identities import check_flow
from prismake.flow.tables import flow_tables


def random_review_class() -> type:
    """The generator of the tests."""
    path = Path(__file__).resolve().parents[1] / "flow" / "random_review.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module.RandomReview


def main() -> int:
    """Print how many identities held, were pending, did not apply or failed; the exit code is 1 if one failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--many", type=int, default=5000, help="how many reviews")
    options.add_argument("--from", dest="first", type=int, default=0, help="first seed")
    given = options.parse_args()
    make, began = random_review_class(), time.perf_counter()
    verdicts: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    failed = 0
    for seed in range(given.first, given.first + given.many):
        review = make(seed)
        tables = flow_tables(review.tables)
        flow = count_flow(tables)
        seen.update(["finished" if review.finished else "in progress", flow.summary["template"]])
        seen["source records"] += len(tables.source_records)
        seen["votes"] += len(tables.ledger)
        for identity in check_flow(tables, flow):
            verdicts[identity.holds] += 1
            if identity.holds == "no" or (review.finished and identity.holds == "pending"):
                failed += 1
                print(f"review {seed}: {identity}")
    print(f"{given.many} reviews, {failed} identities failed, {time.perf_counter() - began:.0f} s")
    print(", ".join(f"{name}: {n}" for name, n in sorted(verdicts.items())))
    print(", ".join(f"{name}: {n}" for name, n in sorted(seen.items())))
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
