"""Is a computed effect plausible, and does it agree with what the report itself says?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prismake.extraction.long_results import Statistics
from prismake.extraction.tables import Extraction
from prismake.extraction.values import Reported, exact_number
from prismake.messages.faults import Faults
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.draft import Draft
from prismake.synthesis.effect_sizes.pairs import Pair

# A standardized difference beyond this is rare, and often a standard error taken for an SD.
LARGE = 2.0
_STANDARDIZED = ("SMD", "SMDH", "SMD1", "SMD1H", "SMCR", "SMCC", "SMCRH", "SMCRP", "SMCRPH")


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
        for stat in ("d", "g", "t", "md", "or", "rr", "rd"):
            cell = pair.contrast.cells.get(stat)
            if cell is not None and cell.value.exact:
                words = f"{_contrast(pair, pair.contrast_sign)} as measured"
                yield Claim(stat, cell.value, pair.contrast_sign, "results", cell.row, words)
    for row, position, sign in pair.reported:
        value = exact_number(row["value"])
        if value is None or row["adjusted"].lower() == "yes":
            continue
        words = f"{_contrast(pair, sign)} as measured"
        if row["favours"] in (pair.arm_1, pair.arm_2):  # the report's sign is about benefit, ours about the score
            better = -1 if pair.outcome["direction"] == "higher_worse" else 1
            sign = better if row["favours"] == pair.arm_1 else -better
            words = f"positive favours {row['favours']}"
        yield Claim(row["measure"], value, sign, "effects_reported", position, words)


def _contrast(pair: Pair, sign: int) -> str:
    first, second = (pair.arm_1, pair.arm_2) if sign == 1 else (pair.arm_2, pair.arm_1)
    return f"{first} minus {second}"


def _hold(tables: Extraction, pair: Pair, draft: Draft, claim: Claim, faults: Faults) -> None:
    """Compare with every way in which the report may have computed it; rounding of the inputs is allowed for."""
    options = [(_turned(claim.measure, x, claim.sign), s) for x, s in _recomputed(pair, draft, claim.measure)]
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


def _recomputed(pair: Pair, draft: Draft, measure: str) -> list[tuple[float, float]]:
    """(value, rounding slack) of the reported measure by its usual formulas from the draft's inputs."""
    x = draft.inputs
    if {"m1i", "m2i", "sd1i", "sd2i", "n1i", "n2i"} <= x.keys() and measure in ("d", "g", "t", "md"):
        return [_with_slack(f, x, _rounding(pair, x)) for f in _MEANS[measure]]
    if {"ai", "ci", "n1i", "n2i"} <= x.keys() and measure in _COUNTS:
        return [(value, 1e-9) for value in _COUNTS[measure](x["ai"], x["n1i"], x["ci"], x["n2i"])]
    return []


def _pooled(x: dict[str, float]) -> float:
    n1, n2 = x["n1i"], x["n2i"]
    return math.sqrt(((n1 - 1) * x["sd1i"] ** 2 + (n2 - 1) * x["sd2i"] ** 2) / (n1 + n2 - 2))


def _d(x: dict[str, float]) -> float:
    return (x["m1i"] - x["m2i"]) / _pooled(x)


def _d_average(x: dict[str, float]) -> float:
    return (x["m1i"] - x["m2i"]) / math.sqrt((x["sd1i"] ** 2 + x["sd2i"] ** 2) / 2)


def _glass(x: dict[str, float]) -> float:
    return (x["m1i"] - x["m2i"]) / x["sd2i"]


def _g(x: dict[str, float]) -> float:
    return conversions.g_from_d(_d(x), x["n1i"] + x["n2i"] - 2)


def _student(x: dict[str, float]) -> float:
    return _d(x) / math.sqrt(1 / x["n1i"] + 1 / x["n2i"])


def _welch(x: dict[str, float]) -> float:
    return (x["m1i"] - x["m2i"]) / math.sqrt(x["sd1i"] ** 2 / x["n1i"] + x["sd2i"] ** 2 / x["n2i"])


def _md(x: dict[str, float]) -> float:
    return x["m1i"] - x["m2i"]


_MEANS = {"d": (_d, _g, _d_average, _glass), "g": (_g, _d), "t": (_student, _welch), "md": (_md,)}


def _odds(a: float, n1: float, c: float, n2: float) -> list[float]:
    return [a * (n2 - c) / ((n1 - a) * c)] if (n1 - a) * c else []


_COUNTS = {
    "or": _odds,
    "rr": lambda a, n1, c, n2: [(a / n1) / (c / n2)] if c else [],
    "rd": lambda a, n1, c, n2: [a / n1 - c / n2],
    "log_or": lambda a, n1, c, n2: [math.log(v) for v in _odds(a, n1, c, n2) if v > 0],
    "log_rr": lambda a, n1, c, n2: [math.log((a / n1) / (c / n2))] if a and c else [],
}


def _rounding(pair: Pair, x: dict[str, float]) -> dict[str, float]:
    """How far rounding may have moved each mean and SD."""

    def half(stats: Statistics | None, *names: str) -> float:
        for name in names:
            if stats is not None and name in stats.cells:
                return stats.cells[name].value.half_unit
        return 0.0

    return {
        "m1i": half(pair.stats_1, "mean", "mean_change"),
        "sd1i": half(pair.stats_1, "sd", "sd_change"),
        "m2i": half(pair.stats_2, "mean", "mean_change"),
        "sd2i": half(pair.stats_2, "sd", "sd_change"),
    }


def _with_slack(function, x: dict[str, float], halves: dict[str, float]) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """A value and the most that rounding of its inputs can move it (sum of the single moves)."""
    value = function(x)
    slack = 0.0
    for name, half in halves.items():
        if half:
            slack += max(
                abs(function({**x, name: x[name] + s * half}) - value)
                for s in (-1, 1)
                if x[name] + s * half > 0 or name[0] == "m"
            )
    return value, slack
