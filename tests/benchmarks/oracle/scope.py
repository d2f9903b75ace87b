"""What the engine is meant to cover, and which of it each kind of output belongs to."""

from __future__ import annotations

SCOPE = (
    ("models", ("fits", "confint", "misc hc", "misc blup", "misc weights", "misc meta", "Mantel-Haenszel, Peto")),
    ("moderators", ("subgroup", "metareg", "permutation tests")),
    (
        "dependent effects",
        ("multilevel", "CHE", "known V", "multivariate", "polished optima", "profile likelihood", "robust variance",
         "aggregation", "dependent"),
    ),
    ("robustness", ("leave1out", "influence", "cumulative", "baujat", "misc gosh", "misc outliers", "misc find_outliers")),
    (
        "publication bias",
        ("bias", "trimfill", "failsafe", "selection", "weightr", "limit meta-analysis", "excess significance", "p-uniform",
         "misc tes", "misc puniform", "misc limit"),
    ),
    ("composite of metapsyTools", ("composite",)),
    ("published figures", ("published figures",)),
    ("effect sizes", ("escalc", "calculateEffectSizes", "effect-size")),
)  # fmt: skip
"""(what is asked for, how the kinds of output that belong to it begin)."""

NOT_ASKED = "not asked for"


def scope_of(kind: str) -> str:
    """The part of the scope that a kind of output belongs to; the longest beginning decides."""
    found = [(len(start), title) for title, starts in SCOPE for start in starts if kind.startswith(start)]
    return max(found)[1] if found else NOT_ASKED
