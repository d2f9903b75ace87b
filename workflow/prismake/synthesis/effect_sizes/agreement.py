"""Is a computed effect plausible, and does it agree with what the report itself says?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prismake.extraction.tables import Extraction
from prismake.extraction.values import Reported, exact_number
from prismake.messages.faults import Faults
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.draft import Draft
from prismake.synthesis.effect_sizes.pairs import Pair
from prismake.synthesis.effect_sizes.recomputed import recomputed

# A standardized difference beyond this is rare, and often a standard error taken for an SD.
LARGE = 2.0
_STANDARDIZED = ("SMD", "SMDH", "SMD1", "SMD1H", "SMCR", "SMCC", "SMCRH", "SMCRP", "SMCRPH", "DPPC2")


def check_effects(
    tables: Extraction, found: Sequence[Pair], drafts: Sequence[Draft], groups: Sequence[str], choices: Choices
) -> Faults:
    """Findings about effects: large ones, contradicted ones, turned signs, shared arms without a remedy."""
    faults = Faults()
    for pair, draft in zip(found, drafts, strict=True):
        if not draft.computed:
            continue
        _check_size(tables, pair, draft, faults)
        if not draft.formula.startswith("reported") and not any(f.startswith("reported effect") for f in draft.flags):
            for claim in _claims(pair, choices):
                _hold(tables, pair, draft, claim, faults)
    _check_shared(tables, found, drafts, groups, choices, faults)
    return faults


def _where(tables: Extraction, pair: Pair) -> dict[str, object]:
    """The first row of the results behind an effect."""
    for stats in (pair.stats_1, pair.stats_2, pair.contrast):
        if stats is not None and stats.cells:
            return tables.where("results", min(c.row for c in stats.cells.values()), "value")
    if pair.reported:
        return tables.where("effects_reported", pair.reported[0][1], "value")
    return {"file": tables.files.get("results", "results")}


def _check_size(tables: Extraction, pair: Pair, draft: Draft, faults: Faults) -> None:
    if draft.measure in _STANDARDIZED and draft.yi is not None and abs(draft.yi) > LARGE:
        draft.flags.append("|g| > 2")
        faults.warning(
            "large-effect",
            f"|g| = {abs(draft.yi):.2f} is unusually large: {pair.name}.",
            **_where(tables, pair),
            expected="|g| at most 2",
            mend="check whether standard errors were taken for standard deviations",
        )


def _check_shared(
    tables: Extraction,
    found: Sequence[Pair],
    drafts: Sequence[Draft],
    groups: Sequence[str],
    choices: Choices,
    faults: Faults,
) -> None:
    if choices.shared_control != "none":
        return
    for pair, group in zip(found, groups, strict=True):
        if group:
            faults.error(
                "shared-arm",
                f"An arm is used in several effects as if each had its own people: {pair.name}.",
                **_where(tables, pair),
                expected="effect option shared_control: covariance or split",
                mend="choose one in the protocol",
            )


@dataclass(frozen=True)
class Claim:
    """An effect as the report has it: measure, value, rounding, the sign that makes it arm 1 minus arm 2, and its cell."""

    measure: str
    value: Reported
    sign: int
    sheet: str
    row: int
    positive: str  # what a positive value means, in words

    @property
    def direction(self) -> str:
        """The words behind a value."""
        return f" ({self.positive})"


def _claims(pair: Pair, choices: Choices) -> Iterator[Claim]:
    if pair.contrast is not None:
        for stat in ("d", "g", "t", "md", "or", "log_or", "rr", "log_rr", "rd"):
            cell = pair.contrast.cells.get(stat)
            if cell is not None and cell.value.exact:
                words = f"{_contrast(pair, pair.contrast_sign)} as measured"
                yield Claim(stat, cell.value, pair.contrast_sign, "results", cell.row, words)
    for row, position, sign in pair.reported:
        value = exact_number(row["value"])
        if value is None or row["adjusted"].lower() == "yes" or _of_others(pair, row["analysis_set"]):
            continue
        words = f"{_contrast(pair, sign)} as measured"
        if row["favours"] in (pair.arm_1, pair.arm_2):  # the report's sign is about benefit, ours about the score
            better = -1 if pair.outcome["direction"] == "higher_worse" else 1
            sign = better if row["favours"] == pair.arm_1 else -better
            words = f"positive favours {row['favours']}"
        yield Claim(row["measure"], value, sign, "effects_reported", position, words)


def _of_others(pair: Pair, analysis_set: str) -> bool:
    """Does an effect rest on another analysis set than the arms' numbers?"""
    own = {s.analysis_set.strip().lower() for s in (pair.stats_1, pair.stats_2) if s is not None}
    named = analysis_set.strip().lower()
    return bool(named) and "" not in own and named not in own


def _contrast(pair: Pair, sign: int) -> str:
    first, second = (pair.arm_1, pair.arm_2) if sign == 1 else (pair.arm_2, pair.arm_1)
    return f"{first} minus {second}"


def _hold(tables: Extraction, pair: Pair, draft: Draft, claim: Claim, faults: Faults) -> None:
    """Compare with every way in which the report may have computed it; rounding of the inputs is allowed for."""
    options = [(_turned(claim.measure, x, claim.sign), s) for x, s in recomputed(pair, draft, claim.measure)]
    if not options:
        return
    value, slack = claim.value.value, claim.value.half_unit * (1 + 1e-9)
    if any(abs(x - value) <= slack + s for x, s in options):
        return
    where = tables.where(claim.sheet, claim.row, "value")
    shown = options[0][0]  # in the report's own direction, as the cell has it
    mirrored = [(_turned(claim.measure, x, -1), s) for x, s in options]
    if any(abs(x - value) <= slack + s for x, s in mirrored) and _turned(claim.measure, value, -1) != value:
        draft.flags.append("sign differs from the reported effect")
        faults.error(
            "sign-turned",
            f"The reported {claim.measure} has the opposite sign of what its own data give ({shown:.3g}): {pair.name}.",
            **where,
            expected=f"{_turned(claim.measure, value, -1):.4g}{claim.direction}",
            mend="turn the contrast round, or say in favours which arm a positive value favours",
        )
        return
    draft.flags.append(f"contradicts the reported {claim.measure}")
    faults.warning(
        "effect-contradicted",
        f"The reported {claim.measure} does not follow from its own data, which give {shown:.3g}{claim.direction}: {pair.name}.",
        **where,
        expected=f"{shown:.3g} up to rounding",
        mend="check the extraction; adjusted estimates belong in effects_reported as adjusted",
    )


def _turned(measure: str, value: float, sign: int) -> float:
    """The effect with the arms the other way round where sign is -1: ratios are inverted, differences change their sign."""
    if sign == 1:
        return value
    return (1 / value if value else math.inf) if measure in ("or", "rr") else -value
