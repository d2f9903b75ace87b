"""Cluster-randomised trials: the design effect by which their sample sizes are divided."""

from __future__ import annotations

import math

from prismake.extraction.values import number, yes
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.draft import Draft
from prismake.synthesis.effect_sizes.pairs import Pair


def inflated(draft: Draft, pair: Pair, choices: Choices) -> Draft:
    """A stated effect of a cluster trial: its standard error times the root of the design effect (Handbook, 23.1.5)."""
    if draft.vi is None:
        return draft
    factor = cluster_factor(pair, choices, draft)
    if factor > 1.0:
        draft.vi *= factor
        draft.flags[-1] = draft.flags[-1].replace("n divided by", "SE times the root of")
    return draft


def cluster_factor(pair: Pair, choices: Choices, draft: Draft) -> float:
    """The design effect to correct with, 1 where none applies; says in the flags what was done or could not be."""
    if not yes(pair.study.get("cluster_randomised", "")) or yes(pair.study.get("clusters_adjusted", "")):
        return 1.0
    size, icc = number(pair.study.get("cluster_size", "")), number(pair.study.get("icc", ""))
    assumed = math.isnan(icc)
    if assumed and choices.icc is not None:
        icc = choices.icc
    if math.isnan(size) or math.isnan(icc):
        draft.flags.append("cluster trial not corrected: cluster size or ICC unknown")
        return 1.0
    factor = conversions.design_effect(size, icc)
    draft.flags.append(f"n divided by the design effect {factor:.3g} (ICC {icc:g}{', assumed' if assumed else ''})")
    return factor
