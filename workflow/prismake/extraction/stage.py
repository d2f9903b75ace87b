"""What the extraction stage hands on: checked sheets, findings, and the studies that wait for data."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from prismake.extraction.agreement import AGREEMENT
from prismake.extraction.characteristics import characteristics
from prismake.extraction.codebook import Codebook
from prismake.extraction.consistency import check_consistency
from prismake.extraction.limits import check_limits
from prismake.extraction.plausibility import check_plausibility
from prismake.extraction.reconcile import DIFFERENCES, undecided, undecided_cells
from prismake.extraction.risk_of_bias.prefill import facts
from prismake.extraction.sources import check_sources, source_ids
from prismake.extraction.structure import check_structure, check_words
from prismake.extraction.tables import Extraction
from prismake.messages.faults import Faults

PENDING = ["stage", "id", "title", "who", "what"]


@dataclass
class Checked:
    """The sheets after all validators: tables to write, every finding, and what is pending."""

    tables: dict[str, pd.DataFrame]
    characteristics: pd.DataFrame
    findings: Faults
    pending: pd.DataFrame
    differences: pd.DataFrame
    agreement: pd.DataFrame
    facts: pd.DataFrame

    def named(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {
            **self.tables,
            "characteristics": self.characteristics,
            "findings": self.findings.frame(),
            "pending": self.pending,
            "differences": self.differences,
            "agreement": self.agreement,
            "facts_for_raters": self.facts,
        }


def check_extraction(
    extraction: Extraction,
    book: Codebook,
    included: pd.DataFrame,
    *,
    final: bool = False,
    intervention: tuple[str, ...] = ("intervention",),
    comparators: tuple[str, ...] = (),
    constructs: tuple[str, ...] = (),
) -> Checked:
    """Run every validator over the sheets and hold their studies against the included ones.

    `included` is results/retrieval/studies.csv (study_id, label); `intervention`, `comparators` and `constructs` are the words
    of the protocol. Faults are in the result, not raised.
    """
    findings = Faults(extraction.faults)
    if _readable(findings, book):
        missing = {(f.file, f.column) for f in findings if f.code == "missing-column"}
        structure = check_structure(extraction, book)
        # A cell on which the extractors differ is filled twice, and waits.
        waiting = set() if extraction.differences is None else undecided_cells(extraction, book, extraction.differences)
        findings.extend(
            f
            for f in structure
            if f.code != "required" or ((f.file, f.column) not in missing and (f.file, f.line, f.column) not in waiting)
        )
        findings.extend(check_words(extraction, intervention, comparators, constructs))
        findings.extend(check_limits(extraction))
        findings.extend(check_plausibility(extraction))
        findings.extend(check_consistency(extraction))
        found, by_cell = check_sources(extraction, final=final)
        findings.extend(found)
    else:
        by_cell = pd.DataFrame(columns=["sheet", "row", "source_ids"])
    findings.extend(_not_included(extraction, included, final))
    tables = {name: frame.copy() for name, frame in extraction.tables.items()}
    for sheet in ("results", "effects_reported"):
        mine = by_cell[by_cell["sheet"] == sheet]
        ids = dict(zip(mine["row"], mine["source_ids"], strict=True))
        tables[sheet]["source_ids"] = [ids.get(row, "") for row in range(len(tables[sheet]))]
    tables["sources"]["source_id"] = source_ids(tables["sources"])
    differences = (
        pd.DataFrame(columns=DIFFERENCES, dtype=str) if extraction.differences is None else extraction.differences
    )
    agreement = pd.DataFrame(columns=AGREEMENT) if extraction.agreement is None else extraction.agreement
    pending = pd.concat([_pending(extraction, included), _undecided(differences)], ignore_index=True)
    return Checked(
        tables, characteristics(extraction, intervention), findings, pending, differences, agreement, facts(extraction)
    )


def _readable(findings: Faults, book: Codebook) -> bool:
    """Can the sheets be checked in spite of what was wrong when they were read?

    Not where a sheet, a column of ids or the numbers themselves are missing: every row would then be a fault.
    """
    needed = {column for sheet in book.sheets.values() for column in sheet.key} | {"value"}
    mild = ("missing-column", "column-twice", "cells-beyond")
    return all(f.code in mild and f.column not in needed for f in findings.errors)


def _undecided(differences: pd.DataFrame) -> pd.DataFrame:
    """Cells in conflict without a decision."""
    rows = [
        (
            "extraction",
            f"{d['sheet']}: {d['key']}",
            d["column"],
            "adjudicator",
            f"decide between {d['value_1']!r} and {d['value_2']!r}",
        )
        for d in undecided(differences).to_dict("records")
    ]
    return pd.DataFrame(rows, columns=PENDING, dtype=str)


def _not_included(extraction: Extraction, included: pd.DataFrame, final: bool) -> Faults:
    faults = Faults()
    known = set(included["study_id"])
    if not known:
        return faults
    for row, study in enumerate(extraction["studies"]["study_id"].tolist()):
        if study and study not in known:
            add = faults.error if final else faults.warning
            add(
                "not-included",
                "This study is not among the included studies.",
                **extraction.where("studies", row, "study_id"),
                expected="a study_id of results/retrieval/studies.csv",
                mend="correct the id, or include one of its reports",
            )
    return faults


def _pending(extraction: Extraction, included: pd.DataFrame) -> pd.DataFrame:
    """Included studies without a row in studies, and those with one but without any number or a reason for that."""
    rows = extraction["studies"].to_dict("records")
    there = {r["study_id"] for r in rows}
    excused = {r["study_id"] for r in rows if r["narrative_only"]}
    numbers = set(extraction["results"]["study_id"]) | set(extraction["effects_reported"]["study_id"])
    waiting = []
    labels = included["label"] if "label" in included.columns else included["study_id"]
    for study, label in zip(included["study_id"], labels, strict=True):
        if study not in there:
            waiting.append(
                ("extraction", study, label, "extractor", "extract the study: it has no row in the sheet studies")
            )
        elif study not in numbers and study not in excused:
            what = "extract its results, or say in studies.narrative_only why there are none"
            waiting.append(("extraction", study, label, "extractor", what))
    return pd.DataFrame(waiting, columns=PENDING, dtype=str)
