"""How each number stands to the registration: preregistered, deviation (with its ids), exploratory, unspecified, planned.

A number of an analysis bears that analysis' stamp; any other one the stamp of the branches of the protocol that it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Stamp = tuple[str, str]
Rows = Iterable[Mapping[str, str]]

_FLOW = ("databases", "other_methods", "eligibility", "exclusion_reasons", "screening")
_EFFECTS = ("effect_measure", "effect_options", "direction", "comparisons", "outcomes")

# First part of a number's name -> the branches of the protocol that it rests on.
BRANCHES = {
    "flow": _FLOW,
    "deduplication": ("databases",),
    "agreement": ("screening",),
    "risk_of_bias": ("risk_of_bias",),
    "risk_of_bias_agreement": ("risk_of_bias",),
    "narrative": ("narrative_synthesis", "outcomes"),
}

# Folder below results/ -> the branches of the protocol that its numbers rest on; the others rest on none.
FOLDERS = {
    "flow": _FLOW,
    "retrieval": _FLOW,
    "searches": ("databases",),
    "deduplication": ("databases",),
    "screening": ("screening", "exclusion_reasons"),
    "extraction": ("comparisons", "outcomes"),
    "risk_of_bias": ("risk_of_bias",),
    "effects": _EFFECTS,
    "narrative": ("narrative_synthesis", "outcomes"),
}

_EFFECTS_AS_REGISTERED = "effects/as_registered.csv"
_PROTOCOL = "config/protocol.yaml"
_LEAF = re.compile(r"^registered\.(\S+), as configured$")
_NAMED_ANALYSIS = re.compile(r"\banalysis=(\w+)")
# Of the stamps of several files, the one that says most against a number counts.
_GRAVEST = ("deviation", "exploratory", "unspecified", "planned", "preregistered")


def branch_stamp(leaf_rows: Rows, branches: Iterable[str]) -> Stamp:
    """(stamp, ids of deviations) of numbers that rest on branches of the protocol, given by their dotted paths.

    A deviation where any leaf of them deviates, unspecified where none of them was registered, else preregistered.

    Args:
        leaf_rows: rows of results/protocol/leaves.csv.
        branches: dotted paths of leaves or of what holds leaves.
    """
    tops = tuple(branches)
    mine = [row for row in leaf_rows if any(row["leaf"] == top or row["leaf"].startswith(f"{top}.") for top in tops)]
    deviating = [row for row in mine if row["verdict"] == "deviation"]
    if deviating:
        return "deviation", "; ".join(sorted({one for row in deviating for one in row["deviation"].split("; ") if one}))
    return ("preregistered" if any(row["registered"] not in ("null", "") for row in mine) else "unspecified"), ""


class Stamps:
    """The stamps of one build.

    Args:
        analyses: rows of results/protocol/analyses.csv.
        leaves: rows of results/protocol/leaves.csv.
        registered: whether a registration is on record; without one nothing is preregistered, only planned.
    """

    def __init__(self, analyses: Rows, leaves: Rows, *, registered: bool) -> None:
        self._leaves = list(leaves)
        self._registered = registered
        self._analyses = {row["analysis"]: self._held((row["stamp"], row["deviations"])) for row in analyses}
        self._branches: dict[tuple[str, ...], Stamp] = {}

    def by_name(self) -> dict[str, Stamp]:
        """First part of a number's name -> its stamp."""
        return {part: self._of_branches(branches) for part, branches in BRANCHES.items()} | self._analyses

    def of(self, file: str, key: str) -> Stamp:
        """The stamp of a number by its place.

        Args:
            file: its file below results/, several joined by "; ", or config/protocol.yaml.
            key: where in the file it stands.
        """
        found = [self._of_one(one, key) for one in file.split("; ")]
        stamp = min((stamp for stamp, _ in found), key=_GRAVEST.index)
        ids = {one for _, text in found for one in text.split("; ") if one}
        return stamp, "; ".join(sorted(ids)) if stamp == "deviation" else ""

    def _of_one(self, file: str, key: str) -> Stamp:
        leaf = _LEAF.match(key) if file == _PROTOCOL else None
        if leaf:
            return self._of_branches((leaf[1],))
        folder, _, rest = file.partition("/")
        if file == _EFFECTS_AS_REGISTERED:
            again = [stamp for name, stamp in self._analyses.items() if name.endswith("_as_registered")]
            return min(again, key=lambda stamp: _GRAVEST.index(stamp[0]), default=("preregistered", ""))
        named = _NAMED_ANALYSIS.search(key)
        analysis = rest.split("/")[0] if folder in ("analyses", "figures") else named[1] if named else ""
        if analysis in self._analyses:
            return self._analyses[analysis]
        return self._of_branches(FOLDERS[folder]) if folder in FOLDERS else ("unspecified", "")

    def _of_branches(self, branches: tuple[str, ...]) -> Stamp:
        if branches not in self._branches:
            self._branches[branches] = self._held(branch_stamp(self._leaves, branches))
        return self._branches[branches]

    def _held(self, stamp: Stamp) -> Stamp:
        """Nothing is preregistered where nothing was registered. A stamp that a row lacks or that is not a stamp of a
        number (an analysis that was not run) is unspecified."""
        words, ids = stamp
        if words == "preregistered" and not self._registered:
            return "planned", ids
        return (words, ids) if words in _GRAVEST else ("unspecified", ids)
