"""One effect while it is being computed: its numbers, its way, and what was noticed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.escalc import escalc

TOO_LARGE = "a number is too large to compute with: check what was typed"


@dataclass
class Draft:
    """An effect or the reason why there is none. `yi` has the sign of arm_1 minus arm_2 as measured."""

    measure: str
    yi: float | None = None
    vi: float | None = None
    formula: str = ""
    vtype: str = ""
    inputs: dict[str, float] = field(default_factory=dict)
    used: list[tuple[str, str, str]] = field(default_factory=list)  # (sheet, unit, statistic)
    flags: list[str] = field(default_factory=list)
    reason: str = ""
    favours_known: bool = False  # the sign already says which arm is favoured

    @property
    def computed(self) -> bool:
        """Is there an effect with a variance, both of them numbers?"""
        known = self.yi is not None and self.vi is not None
        return known and math.isfinite(self.yi) and math.isfinite(self.vi) and self.vi > 0  # type: ignore[arg-type,operator]

    def note(self, unit: str, stats: Iterable[str], steps: Iterable[str]) -> None:
        """Note which of a unit's statistics were used, and the steps taken."""
        self.used += [("results", unit, stat) for stat in stats]
        self.flags += [step for step in steps if step not in self.flags]

    def fail(self, reason: str) -> Draft:
        """Give up with a reason."""
        self.reason = reason
        return self


def compute(
    draft: Draft, inputs: dict[str, float], choices: Choices, formula: str, measure: str | None = None
) -> Draft:
    """Run `escalc` on one row of inputs and note it in the draft."""
    measure = measure or draft.measure
    try:
        yi, vi = escalc(
            measure,
            {k: [v] for k, v in inputs.items()},
            vtype=vtype_for(measure, choices),
            add=choices.add,
            to=choices.to,
            drop00=choices.drop00,
            correct=choices.correction != "none",
            correction="exact" if choices.correction == "none" else choices.correction,
        )
    except (ValueError, KeyError) as error:
        return draft.fail(str(error).strip("'\""))
    except OverflowError:
        return draft.fail(TOO_LARGE)
    if not math.isfinite(yi[0]) or not math.isfinite(vi[0]) or vi[0] <= 0:
        return draft.fail(_why_not(measure, inputs))
    draft.yi, draft.vi = float(yi[0]), float(vi[0])
    draft.formula, draft.vtype, draft.inputs = formula, vtype_for(measure, choices), inputs
    return draft


def vtype_for(measure: str, choices: Choices) -> str:
    """The protocol's vtype where the measure offers it, else LS."""
    from prismake.synthesis.effect_sizes.registry import MEASURES

    return choices.vtype if choices.vtype in MEASURES[measure].vtypes else "LS"


def _why_not(measure: str, inputs: dict[str, float]) -> str:
    if measure == "ROM" and inputs.get("m1i", 1) * inputs.get("m2i", 1) <= 0:
        return "ROM needs two positive means"
    if abs(inputs.get("ri", 0.0)) == 1.0:
        return (
            f"{measure} is not estimable from a correlation of {inputs['ri']:g}: is it that of a measure with itself?"
        )
    if inputs.get("ai") == 0 and inputs.get("ci") == 0:
        return f"{measure} is not estimable without events in either arm"
    return f"{measure} is not estimable from these numbers"
