"""The effects that the registered settings give, where they were changed once results were known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from prismake.extraction.risk_of_bias.overall import settle
from prismake.extraction.risk_of_bias.tools import tool_of
from prismake.extraction.tables import Extraction
from prismake.messages.faults import Faults
from prismake.synthesis.effect_sizes.assemble import Effects, assemble
from prismake.synthesis.effect_sizes.choices import Choices, read_choices


def overall_levels(overall: pd.DataFrame) -> dict[tuple[str, str], str]:
    """(study_id, outcome_id) -> overall level of risk of bias; an outcome_id of "" holds for the whole study."""
    return dict(zip(zip(overall["study_id"], overall["outcome_id"], strict=True), overall["overall"], strict=True))


def effects_as_registered(
    extraction: Extraction, leaves: Mapping[str, Any] | None, given: pd.DataFrame
) -> tuple[pd.DataFrame, Faults]:
    """The table of effects under other leaves than the configured ones, and what was noticed, all of it as warnings.

    Args:
        extraction: the sheets.
        leaves: branch -> what it holds without late changes; None where nothing was changed late: no effects then.
        given: the judgements of risk of bias as the raters gave them, from which the overall ones follow anew.

    A registered setting that the sheets do not allow gives no effects and says why; it never stops a build.
    """
    nothing = assemble(
        Extraction({name: sheet.iloc[:0] for name, sheet in extraction.tables.items()}), Choices()
    ).effects
    noticed = Faults()
    if leaves is None:
        return nothing, noticed
    choices, wrong = read_choices(leaves)
    found: Effects | None = None
    if not wrong.errors:
        settled = settle(given, tool_of(leaves.get("risk_of_bias") or {}))
        found = assemble(extraction, choices, overall_levels(settled.overall))
        wrong = Faults([*settled.faults, *found.findings])
    for fault in wrong.errors:
        noticed.add(replace(fault, level="warning", what=f"With what was registered: {fault.what}", mend=""))
    return (nothing if found is None or wrong.errors else found.effects), noticed
