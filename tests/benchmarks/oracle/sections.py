"""Which module compares which section or file of the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracle import univariate
from oracle.calculators import compare_calculators
from oracle.comparison import Comparison
from oracle.moderators import compare_metareg, compare_subgroup
from oracle.selection import compare_selmodel, compare_weightr
from oracle.small_study import compare_limit, compare_puniform, compare_tes, compare_tes_exact
from oracle.tables import compare_published, compare_two_by_two

Section = Callable[[Comparison, str, dict[str, Any]], None]

SECTIONS: dict[str, Section] = {"subgroup": compare_subgroup, "metareg": compare_metareg}
"""Sections of a file with effects, by name: (comparison, file, the file's content)."""

FILE_SECTIONS: dict[str, Section] = {
    "escalc_all": compare_calculators,
    "mh_peto_glmm": compare_two_by_two,
    "published": compare_published,
}
"""Whole files by their name."""

univariate.MORE |= {"selmodel": compare_selmodel}
univariate.MISC_SECTIONS |= {
    "weightr_05": compare_weightr,
    "limitmeta": compare_limit,
    "puniform": compare_puniform,
    "tes": compare_tes,
    "tes_exact": compare_tes_exact,
}
