"""Every real export is read without losing a record; runs where the real files lie beside the checkout."""

from __future__ import annotations

import csv
from pathlib import Path

from prismake.records.read import read_export

# Files whose stated number is not that of their records, seen by opening them: the count took in a header row below a
# copyright row, the query rows above the header, blank rows, or numbered lines within abstracts.
RIGHT = {
    "embase/embase.com-csv/_baseline_embase.csv": 10,
    "embase/embase.com-xlsx/_baseline_embase.xlsx": 10,
    "embase/ovid-xls/pike_embase search.xls": 160,
    "medline/ovid-csv/vrlearning_search_results_medline.csv": 339,
    "medline/ovid-xls/vrlearning_search_results_medline.xls": 339,
    "psycinfo/ovid-csv/vrlearning_filtered_results_psychinfo.csv": 111,
    "pubmed/abstract-txt/dimitrov_pubmed_abstracts.txt": 859,
}
SMALL = 150_000


def test_every_small_export_has_its_number_of_records(shared_data: Path) -> None:
    folder = shared_data / "exports"
    with (folder / "ORIGINS.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = []
    read = 0
    for row in rows:
        path = folder / row["file"]
        if path.stat().st_size > SMALL:
            continue
        export = read_export(path)
        read += 1
        stated = RIGHT.get(row["file"], int(row["records"]) if row["records"].isdigit() else export.in_file)
        if (
            export.faults.errors
            or stated != export.in_file
            or export.in_file != len(export.records) + len(export.set_aside)
        ):
            wrong.append(
                (row["file"], stated, export.in_file, len(export.records), [str(f) for f in export.faults.errors])
            )
        if not export.records["title"].ne("").any():
            wrong.append((row["file"], "no titles"))
    assert read > 50
    assert wrong == []
