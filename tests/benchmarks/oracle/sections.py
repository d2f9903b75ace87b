"""Which module compares which section or file of the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracle.calculators import compare_calculators
from oracle.comparison import Comparison
from oracle.moderators import compare_metareg, compare_subgroup
from oracle.tables import compare_published, compare_two_by_two

Section = Callable[[Comparison, str, dict[str, Any]], None]

SECTIONS: dict[str, Section] = {"subgroup": compare_subgroup, "metareg": compare_metareg}
"""Sections of a file with effects, by name: (comparison, file, the file's content)."""

FILE_SECTIONS: dict[str, Section] = {
    "escalc_all": compare_calculators,
    "mh_peto_glmm": compare_two_by_two, "published": compare_published}
"""Whole files by their name."""
