"""Import many invented records, in long files and in one, and say the time and the most memory that it took.

Run by hand: `python tests/benchmarks/many_records.py FOLDER [records]`; 1,000,000 by default. FOLDER is made and
holds the files.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from prismake.records.combine import combined_parts
from prismake.records.search import Imported, import_parts
from prismake.records.tables import write_parquet_parts

RECORD = (
    "TY  - JOUR\nAU  - Family{a}, Given\nAU  - Other{b}, G. H.\nTI  - Effects of treatment {n} on outcome {b} in sample {a}: a trial\n"
    "T2  - Journal of Invented Psychology {b}\nPY  - {y}\nVL  - {b}\nIS  - 2\nSP  - {n}\nEP  - {n}9\nDO  - 10.9999/x.{n}\nAN  - WOS:{n:015d}\n"
    "AB  - {abstract}\nKW  - depression\nKW  - trial\nER  - \n\n"
)
ABSTRACT = (
    "Background: invented text of the usual length. Methods: we invented a sample. Results: none of it happened. " * 9
)


def write(path: Path, start: int, number: int) -> None:
    """A RIS file of that many records with numbers of their own."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(start, start + number):
            file.write(RECORD.format(n=n, a=n % 5003, b=n % 97, y=1990 + n % 35, abstract=ABSTRACT))


def main(arguments: Sequence[str]) -> int:
    """Run from the command line."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    total = int(arguments[1]) if len(arguments) > 1 else 1_000_000
    half = total // 2
    files = [folder / "one.ris", *(folder / f"part{i}.ris" for i in range(10))]
    write(files[0], 0, half)
    for i, path in enumerate(files[1:]):
        write(path, half + i * half // 10, half // 10)
    size = sum(path.stat().st_size for path in files)
    searches = {"one": files[:1], "parts": files[1:]}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    rows = 0
    for name, paths in searches.items():
        imported = Imported(name)
        settings = {"id": name, "database": "Web of Science", "files": [path.name for path in paths]}
        rows += write_parquet_parts(import_parts(imported, paths, settings), folder / f"{name}.parquet")
        imported.faults.raise_errors()
        print(f"{name}: {imported.in_file} in files, {time.process_time() - start:.0f} s CPU so far", flush=True)
    combined = write_parquet_parts(
        combined_parts([folder / f"{name}.parquet" for name in searches], list(searches)), folder / "all.parquet"
    )
    seconds = time.process_time() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{rows} records read and {combined} combined from {size / 1e6:.0f} MB: {seconds:.0f} s CPU, at most {most:.0f} MB of memory ({before:.0f} MB before)"
    )
    return 0 if rows == combined == half * 2 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
