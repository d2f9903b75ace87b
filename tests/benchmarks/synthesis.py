"""Hold Prismake's meta-analysis against the numbers of R in a folder of oracle files.

    python tests/benchmarks/synthesis.py DIR [--verbose]

Prints, for each kind of output, how many of the oracle's numbers were compared, the largest absolute and relative
difference, and how many are argued, refused, without their data in DIR or not implemented; the same by what the engine is meant to cover;
then every disagreement. Exits 1 when there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from oracle.comparison import Comparison, Kind, Missing, answered
from oracle.composite_data import columns_of
from oracle.scope import NOT_ASKED, SCOPE, scope_of
from oracle.sections import KINDS, SECTIONS
from oracle.univariate import compare_simple


def compare_file(out: Comparison, name: str, content: dict, inputs_of: Callable[[str], dict | None]) -> None:
    """Compare one file of the oracle: by the kind that it says it is of, else section by section."""
    outputs, kind = content.get("outputs", content), "items" if "items" in content else str(content.get("kind"))
    if not isinstance(outputs, dict):
        out.walk(kind, name, Missing(), outputs, lambda kind, leaf: (0.0, 0.0), "outputs")
        return
    compare = next((function for start, function in KINDS.items() if kind.startswith(start)), None)
    if compare is not None:
        with out.part("", name):
            compare(out, name, content, inputs_of)
        return
    simple = isinstance(content.get("inputs"), dict) and isinstance(outputs, dict) and "fits" in outputs
    done: set[str] = set()
    with out.part("inputs", name):
        done = compare_simple(out, name, content["inputs"], outputs) if simple else set()
    for section, block in outputs.items():
        with out.part(section, name, block):
            if section in done:
                continue
            if simple and section in SECTIONS:
                SECTIONS[section](out, name, content)
            else:
                group = section if simple else kind
                out.walk(group, name, Missing(), block, lambda kind, leaf: (0.0, 0.0), section)


def _inputs(folder: Path, name: str) -> dict | None:
    """The inputs of another file of the oracle, or the columns of a data set of ../metapsy; None where it is not there."""
    path = folder / f"{name}.json"
    if path.exists():
        return json.loads(path.read_text("utf-8")).get("inputs")
    table = folder.parent / "metapsy" / name / "data.csv"
    return columns_of(table.read_text("utf-8-sig", errors="replace")) if table.exists() else None


def table(kinds: dict[str, Kind]) -> str:
    """One row a kind, and their sum."""
    names = ("compared", "abs", "rel", "argued", "refused", "no data", "missing", "disagree")
    widths = (9, 10, 10, 8, 8, 8, 8, 9)
    head = f"{'kind':34}" + "".join(f"{name:>{width}}" for name, width in zip(names, widths, strict=True)) + "  worst"
    rows = [head]
    for name in sorted(kinds):
        kind = kinds[name]
        rows.append(
            f"{name:34}{kind.compared:9d}{kind.absolute:10.1e}{kind.relative:10.1e}{kind.argued:8d}{kind.refused:8d}"
            f"{kind.absent:8d}{kind.missing:8d}{len(kind.disagreements):9d}  {kind.where}"
        )
    return "\n".join(rows)


def scope_table(kinds: dict[str, Kind]) -> str:
    """One row a part of the scope: how much of it is covered, and which kinds of it are not implemented."""
    rows = [f"{'part':28}{'numbers':>9}{'covered':>9}{'refused':>9}{'no data':>9}{'missing':>9}  not implemented"]
    for title in (*(title for title, _ in SCOPE), NOT_ASKED):
        own = {name: kind for name, kind in kinds.items() if scope_of(name) == title}
        covered, refused, absent, missing = np.sum(
            [(0, 0, 0, 0), *((k.compared + k.argued, k.refused, k.absent, k.missing) for k in own.values())], axis=0
        )
        open_ = ", ".join(f"{name} ({kind.missing})" for name, kind in sorted(own.items()) if kind.missing)
        total = covered + refused + absent + missing
        rows.append(f"{title:28}{total:9d}{covered:9d}{refused:9d}{absent:9d}{missing:9d}  {open_}")
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
    contents = {}
    for path in files:
        with out.part("files that cannot be read", path.stem):
            found = answered(json.loads(path.read_text("utf-8")))
            contents[path.stem] = found if isinstance(found, dict) else {"outputs": found}
    # What is printed is held against numbers that were computed for other files.
    for name in sorted(contents, key=lambda name: ("items" in contents[name], name)):
        compare_file(out, name, contents[name], lambda other: _inputs(arguments.folder, other))
    print(f"{table(out.kinds)}\n\n{scope_table(out.kinds)}")
    kinds = out.kinds.values()
    compared, argued, refused, absent, missing = (
        sum(getattr(kind, name) for kind in kinds) for name in ("compared", "argued", "refused", "absent", "missing")
    )
    covered, total = compared + argued, compared + argued + refused + absent + missing
    wrong = [line for kind in kinds for line in kind.disagreements]
    print(
        f"\n{len(files)} files in {time.perf_counter() - start:.1f} s: {covered} of {total} numbers covered"
        f" ({100 * covered / max(total, 1):.1f} %), {argued} of them argued, {refused} refused with a reason,"
        f" {absent} whose data are not in the folder, {missing} not implemented, {len(wrong)} disagreements;"
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
