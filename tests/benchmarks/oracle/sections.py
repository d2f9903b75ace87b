"""Which module compares which section or file of the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracle import univariate
from oracle.calculators import compare_calculators, compare_metapsy_calculator
from oracle.comparison import Comparison
from oracle.composites import compare_composite
from oracle.dependent_effects import compare_dependent, compare_polished
from oracle.moderators import compare_metareg, compare_permutest, compare_subgroup
from oracle.selection import compare_sel_polished, compare_selmodel, compare_weightr
from oracle.small_study import compare_limit, compare_puniform, compare_tes, compare_tes_exact
from oracle.tables import compare_published, compare_two_by_two

Section = Callable[[Comparison, str, dict[str, Any]], None]


def _whole(compare: Section) -> Callable[..., None]:
    """A file that needs no other file."""
    return lambda out, file, content, inputs_of: compare(out, file, content)


SECTIONS: dict[str, Section] = {"subgroup": compare_subgroup, "metareg": compare_metareg}
"""Sections of a file with effects, by name: (comparison, file, the file's content)."""

KINDS: dict[str, Callable[..., None]] = {
    "effect-size calculators": _whole(compare_calculators),
    "calculateEffectSizes": _whole(compare_metapsy_calculator),
    "Mantel-Haenszel": _whole(compare_two_by_two),
    "items": _whole(compare_published),
    "dependent effects, polished": compare_polished,
    "dependent effects": _whole(compare_dependent),
    "metapsyTools composite": compare_composite,
    "exact permutation tests": compare_permutest,
    "3PSM": compare_sel_polished,
}
"""Whole files by how their `kind` begins: (comparison, file, its content, the inputs of another file by its name)."""

univariate.MORE |= {"selmodel": compare_selmodel}
univariate.MISC_SECTIONS |= {
    "weightr_05": compare_weightr,
    "limitmeta": compare_limit,
    "puniform": compare_puniform,
    "tes": compare_tes,
    "tes_exact": compare_tes_exact,
}
