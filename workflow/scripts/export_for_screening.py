"""Take out what is removed before screening, and write the other records for the screening tools."""

from functools import partial
from typing import Any

from prismake.messages.faults import Faults
from prismake.messages.logs import log_errors_to
from prismake.records import writers
from prismake.records.before_screening import aliases_of, excluded_before
from prismake.records.sheets import read_sheet
from prismake.records.tables import read_csv, read_parquet, write_csv, write_texts


def main(
    *,
    records: str,
    membership: str,
    sheets: list[str],
    settings: dict[str, Any],
    excluded: str,
    rayyan: str,
    covidence: str,
    asreview: str,
    eppi: str,
    zotero: str,
    bibtex: str,
    sheet: str,
) -> None:
    """Write results/screening/excluded_before.csv and results/screening/export/."""
    rules = settings["before_screening"] or []
    frame = read_parquet(records)
    faults, named = Faults(), {}
    for path, name in zip(sheets, (rule["sheet"] for rule in rules if rule.get("sheet")), strict=True):
        named[name], found = read_sheet(path, required=["record_id"])
        faults.extend(found)
    faults.raise_errors()
    out, faults = excluded_before(frame, rules, named, aliases_of(read_csv(membership)))
    faults.raise_errors()
    left = frame[~frame["record_id"].isin(set(out["record_id"]))]
    write_csv(out, excluded)
    formats = {
        rayyan: writers.rayyan_csv,
        covidence: partial(writers.ris_text, flavour="covidence"),
        asreview: writers.asreview_csv,
        eppi: partial(writers.ris_text, flavour="eppi"),
        zotero: partial(writers.ris_text, flavour="zotero"),
        bibtex: partial(writers.bibtex_text, keys={}),
        sheet: writers.sheet_csv,
    }
    for path, write in formats.items():
        write_texts(writers.in_pieces(left, write), path)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        **{name: snakemake.input[name] for name in ("records", "membership")},  # noqa: F821
        sheets=list(snakemake.input.sheets),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
        **dict(snakemake.output.items()),  # noqa: F821
    )
