"""What the protocol decides about effect sizes, read once and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from prismake.messages.faults import Faults
from prismake.synthesis.effect_sizes.registry import MEASURES

# Measures by what they are computed from.
TWO_MEANS = (
    "SMD",
    "SMDH",
    "SMD1",
    "SMD1H",
    "MD",
    "ROM",
    "VR",
    "CVR",
    "RPB",
    "ZPB",
    "RBIS",
    "ZBIS",
    "D2OR",
    "D2ORN",
    "D2ORL",
    "CLESN",
)
TWO_COUNTS = (
    "OR",
    "RR",
    "RD",
    "PETO",
    "AS",
    "PHI",
    "ZPHI",
    "YUQ",
    "YUY",
    "RTET",
    "ZTET",
    "PBIT",
    "OR2D",
    "OR2DN",
    "OR2DL",
)
TWO_RATES = ("IRR", "IRD", "IRSD")
CHANGES = ("MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC")
CORRELATIONS = ("COR", "UCOR", "ZCOR", "PCOR", "ZPCOR")
ONE_ARM = ("PR", "PLN", "PLO", "PRZ", "PAS", "PFT", "IR", "IRLN", "IRS", "IRFT", "MN", "MNLN", "SMN")
REPORTED_ONLY = ("HR", "GEN")
# Morris' (2008) d_ppc2: the difference of two changes over the SDs before treatment, which `escalc` does not have.
PRETEST_POSTTEST_CONTROL = "DPPC2"


@dataclass(frozen=True)
class Choices:
    """The protocol's `effect_measure`, `effect_options`, `direction` and `comparisons`.

    `measures` overrides the measure by construct. `pre_post_correlation` is used where a study gives none; `icc`
    where a
    cluster trial gives none. `preference`: construct -> instruments and times in the protocol's order; effects of a study
    stand in it, so that an analysis that takes the first takes the preferred one. `shared_control`: covariance (leave n, mark the group), split (divide the control's n),
    none.
    `change_scores`: fallback (where there are no final values), prefer, never. `analysis_sets`: names in order of
    preference. `mix_dichotomous`: may an SMD come from counts and odds ratios? `bounded_p`: bound (take it for p) or
    skip.
    """

    measure: str = "SMD"
    measures: Mapping[str, str] = field(default_factory=dict)
    vtype: str = "LS"
    correction: str = "exact"
    add: float | None = None
    to: str = "only0"
    drop00: bool = False
    pre_post_correlation: float | None = None
    icc: float | None = None
    shared_control: str = "covariance"
    change_scores: str = "fallback"
    analysis_sets: tuple[str, ...] = ("itt", "intention-to-treat", "intention to treat")
    mix_dichotomous: bool = False
    bounded_p: str = "bound"
    prefer_adjusted: bool = False
    medians: bool | str = True
    direction: str = "positive_favours_intervention"
    intervention: tuple[str, ...] = ("intervention",)
    comparators: tuple[str, ...] = ()
    preference: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def rank(self, construct: str, instrument: str, timepoint: str) -> tuple[int, int]:
        """How far down the protocol's lists of instruments and times an effect stands; what they lack comes last."""
        instruments, timepoints = self.preference.get(construct, ((), ()))
        return _place(instrument, instruments), _place(timepoint, timepoints)

    def of(self, construct: str) -> str:
        """The measure of a construct."""
        return self.measures.get(construct, self.measure)


def _place(name: str, order: tuple[str, ...]) -> int:
    folded = [o.strip().lower() for o in order]
    return folded.index(name.strip().lower()) if name.strip().lower() in folded else len(folded)


_ALLOWED = {
    "correction": ("exact", "approximate", "none"),
    "to": ("all", "only0", "if0all", "none"),
    "shared_control": ("covariance", "split", "none"),
    "change_scores": ("fallback", "prefer", "never"),
    "bounded_p": ("bound", "skip"),
    "medians": (True, False, "hozo", "qe", "bc"),
    "direction": ("positive_favours_intervention", "as_reported"),
}


def read_choices(leaves: Mapping[str, Any], *, file: str = "config/protocol.yaml") -> tuple[Choices, Faults]:
    """Choices from the configured protocol leaves; unknown options and values are faults, not ignored."""
    faults = Faults()
    options = dict(leaves.get("effect_options") or {})
    known = {f.name for f in fields(Choices)} - {"measure", "direction", "intervention", "comparators", "preference"}
    for name in sorted(set(options) - known):
        faults.error(
            "unknown-option",
            "This effect option is not known.",
            file=file,
            column=name,
            value=str(options.pop(name)),
            expected=", ".join(sorted(known)),
            mend="correct its name",
        )
    comparisons = leaves.get("comparisons") or {}
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    given.update(
        {
            "measure": leaves.get("effect_measure") or "SMD",
            "direction": leaves.get("direction") or "positive_favours_intervention",
            "intervention": tuple(comparisons.get("intervention") or ("intervention",)),
            "comparators": tuple(comparisons.get("comparators") or ()),
            "preference": {
                name: (tuple((entry or {}).get("instruments") or ()), tuple((entry or {}).get("timepoints") or ()))
                for name, entry in (leaves.get("outcomes") or {}).items()
            },
        }
    )
    _check(given, faults, file)
    return Choices(**given), faults


def _check(given: dict[str, Any], faults: Faults, file: str) -> None:
    for name, allowed in _ALLOWED.items():
        if name in given and given[name] not in allowed:
            faults.error(
                "wrong-option",
                f"effect option {name} cannot be this.",
                file=file,
                column=name,
                value=str(given.pop(name)),
                expected=", ".join(str(a).lower() if isinstance(a, bool) else a for a in allowed),
                mend="use one of these",
            )
    wanted = [given["measure"], *(given.get("measures") or {}).values()]
    every = {*MEASURES, *REPORTED_ONLY, PRETEST_POSTTEST_CONTROL}
    for name in wanted:
        if name not in every:
            faults.error(
                "unknown-measure",
                "This effect measure is not known.",
                file=file,
                column="effect_measure",
                value=str(name),
                expected=", ".join(sorted(every)),
                mend="name it as metafor does",
            )
