"""Agreement that a tool reports itself: Covidence's CSV of inter-rater reliability, a two-by-two table for each pair.

Covidence's lists hold no reviewer's vote, so this file is all that its export says of them; no vote can be made of it.
Its columns, seen in a published one (github.com/MikkelVembye/screen_benchmarks, co-teaching/screening_measures.csv):
Reviewer A, Reviewer B, "A Yes, B Yes", "A Yes, B No", "A No, B Yes", "A No, B No", Proportionate Agreement, Yes
Probability, No Probability, Random Agreement Probability, Cohen's Kappa. A maybe counts as yes there, and settling
conflicts changes nothing (support.covidence.org, Exporting inter-rater reliability data).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.screening.agreement import two_by_two
from prismake.screening.missed import missed_includes
from prismake.screening.tools.covidence import AGREEMENT_CELLS, is_agreement
from prismake.screening.tools.table import ROW, Source, cells, tool_table

PRINTED_TO = 6e-5
"""Covidence prints five decimals; its kappa comes from proportions that are rounded to them."""


def phase_of_reported(source: Source) -> str:
    """Phase that config gives, else that of the file's name, else title and abstract."""
    if source.settings.get("phase"):
        return source.phase
    return "full_text" if re.search(r"full[ _-]?text", source.file, re.IGNORECASE) else "title_abstract"


def read_reported(source: Source) -> list[dict[str, Any]]:
    """One entry a pair: phase, reviewers, the four counts, file and row; [] for any other file.

    A count that is no whole number, and a kappa that the counts do not give, are errors in `source.faults`.
    """
    frame = tool_table(source)
    if not len(frame) or not is_agreement(frame):
        return []
    pairs = []
    names = [cells(frame, "Reviewer A"), cells(frame, "Reviewer B")]
    for i in frame.index:
        line = int(frame.at[i, ROW])
        typed = [str(cells(frame, name)[i]) for name in AGREEMENT_CELLS]
        wrong = [name for name, text in zip(AGREEMENT_CELLS, typed, strict=True) if not text.isdigit()]
        for name in wrong:
            source.faults.error(
                "unreadable-count", "This count is no whole number.", file=source.file, line=line, column=name,
                value=str(cells(frame, name)[i]), expected="records that both reviewers decided",
                mend="export Covidence's inter-rater reliability again",
            )  # fmt: skip
        if wrong:
            continue
        a, b, c, d = map(int, typed)
        _check_kappa(source, line, (a, b, c, d), str(cells(frame, "Cohen's Kappa")[i]))
        pairs.append(
            {
                "phase": phase_of_reported(source),
                "reviewers": [str(name[i]) for name in names],
                "cells": (a, b, c, d),
                "file": source.file,
                "row": line,
            }
        )
    return pairs


def _check_kappa(source: Source, line: int, cells_: tuple[int, int, int, int], printed: str) -> None:
    found = two_by_two(*cells_).get("kappa", {}).get("estimate")
    try:
        given = float(printed)
    except ValueError:
        return
    if found is None or abs(found - given) > PRINTED_TO:
        source.faults.warning(
            "reported-kappa-differs", "The kappa that stands in this row is not that of its counts.", file=source.file,
            line=line, column="Cohen's Kappa", value=printed,
            expected="not estimable" if found is None else f"{found:.5f}", mend="check whether the file was edited",
        )  # fmt: skip


def reported_agreement(pairs: Sequence[Mapping[str, Any]], *, seed: int) -> dict[str, list[dict[str, Any]]]:
    """Phase -> the statistics of each pair, labelled as the tool's."""
    found: dict[str, list[dict[str, Any]]] = {}
    for pair in pairs:
        a, b, c, _ = pair["cells"]
        entry = {"reviewers": list(pair["reviewers"]), **two_by_two(*pair["cells"], seed=seed)}
        entry |= {"missed": missed_includes(a, b, c), "source": "Covidence", "file": pair["file"]}
        found.setdefault(pair["phase"], []).append(entry)
    return found
