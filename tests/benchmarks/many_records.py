"""Import many invented records, in long files and in one, and say the time and the most memory that it took.

Run by hand: `python tests/benchmarks/many_records.py FOLDER [records] [ris|csv]`; 1,000,000 RIS records by default.
FOLDER is made and holds the files: half of the records in one, half in ten.
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
ROW = (
    '"Family{a}, G.; Other{b}, G.H.","Family{a}, Given (1); Other{b}, Greta H. (2)","1; 2","Effects of treatment {n} on outcome {b} in sample {a}: a trial",'
    '"{y}","Journal of Invented Psychology {b}","{b}","2","","{n}","{n}9","1","10.9999/x.{n}",'
    '"https://www.scopus.com/inward/record.uri?eid=2-s2.0-{n:011d}","{abstract}","depression; trial","Article","Scopus","2-s2.0-{n:011d}"\n'
)
HEADER = (
    '"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue","Art. No.","Page start","Page end",'
    '"Cited by","DOI","Link","Abstract","Author Keywords","Document Type","Source","EID"\n'
)
KINDS = {"ris": ("", RECORD, "Web of Science"), "csv": (HEADER, ROW, "Scopus")}
"""What stands at the head of a file, its records, and the database, by kind."""


def write(path: Path, start: int, number: int) -> None:
    """A file of that many records with numbers of their own."""
    header, record, _ = KINDS[path.suffix[1:]]
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for n in range(start, start + number):
            file.write(record.format(n=n, a=n % 5003, b=n % 97, y=1990 + n % 35, abstract=ABSTRACT))


def main(arguments: Sequence[str]) -> int:
    """Run from the command line."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    total = int(arguments[1]) if len(arguments) > 1 else 1_000_000
    kind = arguments[2] if len(arguments) > 2 else "ris"
    half = total // 2
    files = [folder / f"one.{kind}", *(folder / f"part{i}.{kind}" for i in range(10))]
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
        settings = {"id": name, "database": KINDS[kind][2], "files": [path.name for path in paths]}
        rows += write_parquet_parts(import_parts(imported, paths, settings), folder / f"{name}.parquet")
        imported.faults.raise_errors()
        print(f"{name}: {imported.in_file} in files, {time.process_time() - start:.0f} s CPU so far", flush=True)
    combined = write_parquet_parts(
        combined_parts([folder / f"{name}.parquet" for name in searches], list(searches)), folder / "all.parquet"
    )
    seconds = time.process_time() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{rows} {kind} records read and {combined} combined from {size / 1e6:.0f} MB: {seconds:.0f} s CPU, at most {most:.0f} MB of memory ({before:.0f} MB before)"
    )
    return 0 if rows == combined == half * 2 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
