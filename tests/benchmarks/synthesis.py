"""Hold Prismake's meta-analysis against the numbers of R in a folder of oracle files.

    python tests/benchmarks/synthesis.py DIR [--verbose]

Prints, for each kind of output, how many of the oracle's numbers were compared, the largest absolute and relative
difference, and how many are argued, refused or not implemented; then every disagreement. Exits 1 when there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from pathlib import Path

from oracle.comparison import Comparison, Kind, Missing
from oracle.composites import compare_composite
from oracle.dependent_effects import compare_dependent, compare_polished
from oracle.moderators import compare_permutest
from oracle.sections import FILE_SECTIONS, SECTIONS
from oracle.selection import compare_sel_polished
from oracle.univariate import compare_simple


def compare_file(out: Comparison, name: str, content: dict, folder: Path) -> None:
    """Compare one file of the oracle."""
    outputs = content.get("outputs", content)
    out.section = ""
    if name == "permutest_exact":
        compare_permutest(out, name, content, lambda other: _inputs(folder, other))
        return
    if name == "ml_polished":
        compare_polished(out, name, content, lambda other: _inputs(folder, other))
        return
    if name == "sel_polished":
        compare_sel_polished(out, name, content, lambda other: _inputs(folder, other))
        return
    if str(content.get("kind")).startswith("dependent effects"):
        compare_dependent(out, name, content)
        return
    if content.get("kind") == "metapsyTools composite":
        compare_composite(out, name, content)
        return
    if name in FILE_SECTIONS:
        FILE_SECTIONS[name](out, name, content)
        return
    done: set[str] = set()
    if isinstance(outputs, dict) and "fits" in outputs:
        done = compare_simple(out, name, content["inputs"], outputs)
    for section, block in outputs.items():
        if section in done:
            continue
        out.section = section
        if done and section in SECTIONS:
            SECTIONS[section](out, name, content)
        else:
            simple = isinstance(content.get("inputs"), dict) and "fits" in outputs
            kind = section if simple else f"file {name.split('_')[0] if name.startswith(('ml_', 'metapsy_')) else name}"
            out.walk(kind, name, Missing(), block, lambda kind, leaf: (0.0, 0.0), section)


def _inputs(folder: Path, name: str) -> dict | None:
    """The inputs of another file of the oracle, None where it is not there."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text("utf-8"))["inputs"] if path.exists() else None


def table(kinds: dict[str, Kind]) -> str:
    """One row a kind, and their sum."""
    names = ("compared", "abs", "rel", "argued", "refused", "missing", "disagree")
    widths = (9, 10, 10, 8, 8, 8, 9)
    head = f"{'kind':34}" + "".join(f"{name:>{width}}" for name, width in zip(names, widths, strict=True)) + "  worst"
    rows = [head]
    for name in sorted(kinds):
        kind = kinds[name]
        rows.append(
            f"{name:34}{kind.compared:9d}{kind.absolute:10.1e}{kind.relative:10.1e}{kind.argued:8d}{kind.refused:8d}"
            f"{kind.missing:8d}{len(kind.disagreements):9d}  {kind.where}"
        )
    return "\n".join(rows)


def main() -> int:
    """Run every file; 1 when something disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="list every argued and refused output")
    parser.add_argument("--only", default="", help="files whose name contains this")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", RuntimeWarning)
    out, start = Comparison(), time.perf_counter()
    files = sorted(path for path in arguments.folder.glob("*.json") if arguments.only in path.name)
    if not files:
        print(f"no oracle files in {arguments.folder}")
        return 1
    # What is printed is held against numbers that were computed for other files.
    for path in sorted(files, key=lambda path: (path.stem == "published", path.stem)):
        compare_file(out, path.stem, json.loads(path.read_text("utf-8")), arguments.folder)
    print(table(out.kinds))
    kinds = out.kinds.values()
    compared, argued, refused, missing = (
        sum(getattr(kind, name) for kind in kinds) for name in ("compared", "argued", "refused", "missing")
    )
    covered, total = compared + argued, compared + argued + refused + missing
    wrong = [line for kind in kinds for line in kind.disagreements]
    print(
        f"\n{len(files)} files in {time.perf_counter() - start:.1f} s: {covered} of {total} numbers covered"
        f" ({100 * covered / max(total, 1):.1f} %), {argued} of them argued, {refused} refused with a reason,"
        f" {missing} not implemented, {len(wrong)} disagreements;"
        f" {sum(kind.more for kind in kinds)} numbers where R has none"
    )
    for reason in sorted(out.reasons):
        places = out.reasons[reason]
        print(f"{len(places):6d}  {reason}")
        for place in places if arguments.verbose else []:
            print(f"          {place}")
    for line in wrong[: None if arguments.verbose else 60]:
        print(f"DISAGREES {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
