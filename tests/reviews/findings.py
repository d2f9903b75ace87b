"""What the validators find in real extraction tables: python3 tests/reviews/findings.py SHARED_DATA [--list CODE].

Reads the Metapsy data sets and the coded effects of Reimer and Sengupta's review, runs every validator and the checks of the
computed effects over them, and prints how many findings of each kind each table has; with --list, the findings of one kind.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prismake.extraction.codebook import Codebook, read_codebook
from prismake.extraction.consistency import check_consistency
from prismake.extraction.limits import check_limits
from prismake.extraction.load import load_extraction
from prismake.extraction.plausibility import check_plausibility
from prismake.extraction.sources import check_sources
from prismake.extraction.structure import check_structure, check_words
from prismake.extraction.tables import Extraction
from prismake.messages.faults import Fault, Faults
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import Choices

ROOT = Path(__file__).resolve().parents[2]
CORRELATIONS = {
    "format": "effects",
    "columns": {"study_id": "id", "sample": "sample", "construct": "y", "measure": "metric", "value": "es", "n": "n"},
    "where": {"metric": ["r", "d"]},
    "options": {"moderators": ["x", "x_var", "y_var", "country"]},
}


def tables(data: Path, book: Codebook) -> Iterator[tuple[str, Extraction, Choices]]:
    """Name, canonical sheets and choices of each real table."""
    for path in sorted((data / "metapsy").glob("*/data.csv")):
        # One data set codes its ready effects so that positive favours the first arm; the standard leaves that open.
        options = {"precalc_favours": "arm1"} if path.parent.name == "ptsd-psyctr" else {}
        sheets = load_extraction([str(path)], book, {"format": "metapsy", "options": options})
        roles = tuple(sorted(set(sheets["arms"]["role"]) - {"intervention"}))
        yield path.parent.name, sheets, Choices(direction="as_reported", comparators=roles)
    path = data / "reviews/reimer-sengupta-ironic/data/csv/dl.csv"
    yield "reimer-sengupta", load_extraction([str(path)], book, CORRELATIONS), Choices("ZCOR", direction="as_reported")


def findings(sheets: Extraction, choices: Choices, book: Codebook) -> list[Fault]:
    """Everything that the stages extraction and effect sizes would say about the sheets."""
    words = check_words(sheets, choices.intervention, choices.comparators, ())
    sources, _ = check_sources(sheets, final=False)
    stages: list[Faults] = [sheets.faults, check_structure(sheets, book), words, sources]
    stages += [
        check_limits(sheets),
        check_plausibility(sheets),
        check_consistency(sheets),
        assemble(sheets, choices).findings,
    ]
    return [fault for stage in stages for fault in stage]


def main(arguments: list[str] | None = None) -> None:
    """Print the table, or the findings of one kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with metapsy/ and reviews/")
    parser.add_argument("--list", dest="code", help="print the findings of this kind")
    given: Any = parser.parse_args(arguments)
    book = read_codebook(ROOT / "workflow/schemas/codebook.yaml")
    for name, sheets, choices in tables(given.data, book):
        found = findings(sheets, choices, book)
        counts = Counter(fault.code for fault in found)
        shown = ", ".join(f"{code} {n}" for code, n in sorted(counts.items())) or "none"
        print(f"{name}: {len(sheets['studies'])} studies, {len(sheets['results'])} results: {shown}")
        for fault in found if given.code else []:
            if fault.code == given.code:
                print(f"  line {fault.line}, {fault.column} {fault.value!r}: {fault.what} Expected: {fault.expected}")


if __name__ == "__main__":
    main()
