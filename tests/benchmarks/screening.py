"""How long the merge of screening takes: N records, two votes on each, half of them found by id, a quarter by DOI,
a quarter by title.

Run by hand: python tests/benchmarks/screening.py [N]
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd
from prismake.screening.merge import Records, merge_screening
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


def main(n: int) -> None:
    """Print seconds and peak memory of one merge."""
    records, votes = invented(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    start = time.process_time()
    protocol = {"screening": {"title_abstract": {"reviewers": 2}}}
    merged = merge_screening(votes, records, protocol=protocol)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    assert len(merged.ledger) == len(votes)
    print(merged.ledger["matched_by"].value_counts().to_dict())
    print(merged.decisions.groupby(["phase", "decision"]).size().to_dict())
    print(
        f"{n} records, {len(votes)} votes: {seconds:.1f} CPU-seconds, "
        f"peak {peak:.2f} GB ({before:.2f} GB of it the input)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
