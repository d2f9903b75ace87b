"""The risk-of-bias tools: domains by short names, levels from best to worst, and how the overall judgement follows.

Only ids and short names of domains are here; the tools' questions belong to their authors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

NO_INFORMATION = "no_information"
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Level:
    """One level: its id, its label, the symbol that shows it without colour, its severity (0 is best)."""

    id: str
    label: str
    symbol: str
    severity: int | None  # None for no information and not applicable


@dataclass(frozen=True)
class Tool:
    """A tool. `rule` names the way to the overall judgement; `unit` is study or result."""

    id: str
    name: str
    unit: str
    domains: Mapping[str, str]
    levels: tuple[Level, ...]
    rule: str = "worst"
    limit: int | None = None
    source: str = ""
    override_floor: bool = True  # may no override be better than the worst domain?
    words: Mapping[str, str] = field(default_factory=dict)  # further spellings of a level
    has_items: bool = False  # are domains decided by answers to items?

    def level(self, text: str) -> Level | None:
        """The level that was typed, in any spelling that people use; None if it is none."""
        folded = _folded(text)
        by_name = {
            _folded(n): lv for lv in self.levels for n in (lv.id, lv.label, f"{lv.id} risk", f"{lv.id} risk of bias")
        }
        if folded in by_name:
            return by_name[folded]
        target = {_folded(k): v for k, v in {**_SPELLINGS, **self.words}.items()}.get(folded)
        return next((lv for lv in self.levels if lv.id == target), None)

    @property
    def graded(self) -> tuple[Level, ...]:
        """The levels that have a severity, best first."""
        return tuple(lv for lv in self.levels if lv.severity is not None)


def _folded(text: str) -> str:
    return re.sub(r"[\s_\-]+", " ", text.strip().lower())


_SPELLINGS = {
    "+": "low",
    "l": "low",
    "-": "high",
    "h": "high",
    "!": "some_concerns",
    "sc": "some_concerns",
    "some": "some_concerns",
    "some concern": "some_concerns",
    "some concerns": "some_concerns",
    "?": "unclear",
    "u": "unclear",
    "n": "no_information",
    "ni": "no_information",
    "no info": "no_information",
    "no information": "no_information",
    "na": "not_applicable",
    "n/a": "not_applicable",
    "not applicable": "not_applicable",
    "m": "moderate",
    "mod": "moderate",
    "s": "serious",
    "c": "critical",
    "vh": "very_high",
    "y": "yes",
    "py": "yes",
    "probably yes": "yes",
    "pn": "no",
    "probably no": "no",
    "medium": "moderate",
    "unclear risk": "unclear",
}

_NI = Level(NO_INFORMATION, "No information", "n", None)
_NA = Level(NOT_APPLICABLE, "Not applicable", "/", None)


def _levels(*triples: tuple[str, str, str]) -> tuple[Level, ...]:
    return tuple(Level(i, label, symbol, n) for n, (i, label, symbol) in enumerate(triples))


_THREE = _levels(("low", "Low", "+"), ("some_concerns", "Some concerns", "!"), ("high", "High", "−"))
_ROB2 = {
    "D1": "Randomisation process",
    "D2": "Deviations from intended interventions",
    "D3": "Missing outcome data",
    "D4": "Measurement of the outcome",
    "D5": "Selection of the reported result",
}
_ROBINS_I = {
    "D1": "Confounding",
    "D2": "Selection of participants",
    "D3": "Classification of interventions",
    "D4": "Deviations from intended interventions",
    "D5": "Missing data",
    "D6": "Measurement of outcomes",
    "D7": "Selection of the reported result",
}
_ROBINS_E = {
    "D1": "Confounding",
    "D2": "Measurement of the exposure",
    "D3": "Selection of participants",
    "D4": "Post-exposure interventions",
    "D5": "Missing data",
    "D6": "Measurement of the outcome",
    "D7": "Selection of the reported result",
}
_COCHRANE_1 = {
    "D1": "Random sequence generation",
    "D2": "Allocation concealment",
    "D3": "Blinding of participants and personnel",
    "D4": "Blinding of outcome assessment",
    "D5": "Incomplete outcome data",
    "D6": "Selective reporting",
    "D7": "Other bias",
}

TOOLS: dict[str, Tool] = {
    t.id: t
    for t in (
        Tool("rob2", "RoB 2", "result", _ROB2, (*_THREE, _NI), "rob2", 2, "Sterne et al. (2019), BMJ 366:l4898"),
        Tool(
            "rob2_cluster",
            "RoB 2 for cluster-randomised trials",
            "result",
            {
                "D1": "Randomisation process",
                "D1b": "Identification or recruitment of participants",
                **{k: v for k, v in _ROB2.items() if k != "D1"},
            },
            (*_THREE, _NI, _NA),
            "rob2",
            2,
            "Eldridge et al. (2021), RoB 2 CRT",
        ),
        Tool(
            "rob2_crossover",
            "RoB 2 for crossover trials",
            "result",
            {
                "D1": "Randomisation process",
                "DS": "Period and carryover effects",
                **{k: v for k, v in _ROB2.items() if k != "D1"},
            },
            (*_THREE, _NI, _NA),
            "rob2",
            2,
            "Higgins et al. (2021), RoB 2 crossover",
        ),
        Tool(
            "robins_i",
            "ROBINS-I",
            "result",
            _ROBINS_I,
            (
                *_levels(
                    ("low", "Low", "+"),
                    ("moderate", "Moderate", "~"),
                    ("serious", "Serious", "−"),
                    ("critical", "Critical", "!"),
                ),
                _NI,
            ),
            "robins_i",
            None,
            "Sterne et al. (2016), BMJ 355:i4919",
        ),
        Tool(
            "robins_e",
            "ROBINS-E",
            "result",
            _ROBINS_E,
            (
                *_levels(
                    ("low", "Low", "+"),
                    ("some_concerns", "Some concerns", "!"),
                    ("high", "High", "−"),
                    ("very_high", "Very high", "×"),
                ),
                _NI,
            ),
            "robins_e",
            None,
            "Higgins et al. (2024), Environ Int 186:108602",
        ),
        Tool(
            "cochrane1",
            "Cochrane risk of bias tool (2011)",
            "study",
            _COCHRANE_1,
            (*_levels(("low", "Low", "+"), ("unclear", "Unclear", "?"), ("high", "High", "−")), _NI, _NA),
            "worst",
            None,
            "Higgins et al. (2011), BMJ 343:d5928",
        ),
        Tool(
            "quadas2",
            "QUADAS-2",
            "study",
            {"D1": "Patient selection", "D2": "Index test", "D3": "Reference standard", "D4": "Flow and timing"},
            (*_levels(("low", "Low", "+"), ("some_concerns", "Some concerns", "!"), ("high", "High", "−")), _NI),
            "worst",
            None,
            "Whiting et al. (2011), Ann Intern Med 155:529",
            words={"unclear": "some_concerns"},
        ),
        Tool(
            "quips",
            "QUIPS",
            "study",
            {
                "D1": "Study participation",
                "D2": "Study attrition",
                "D3": "Prognostic factor measurement",
                "D4": "Outcome measurement",
                "D5": "Study confounding",
                "D6": "Statistical analysis and reporting",
            },
            (*_levels(("low", "Low", "+"), ("moderate", "Moderate", "~"), ("high", "High", "−")), _NI),
            "judged",
            None,
            "Hayden et al. (2013), Ann Intern Med 158:280",
        ),
        Tool(
            "jbi",
            "JBI checklist",
            "study",
            {f"Q{i}": f"Question {i}" for i in range(1, 14)},
            (*_levels(("yes", "Yes", "+"), ("unclear", "Unclear", "?"), ("no", "No", "−")), _NA),
            "judged",
            None,
            "JBI critical appraisal checklists",
            override_floor=False,
        ),
        Tool(
            "metapsy",
            "Metapsy risk of bias for psychotherapy trials",
            "study",
            _ROB2,
            (*_THREE, _NI),
            "rob2",
            2,
            "Miguel et al. (2025)",
            has_items=True,
        ),
    )
}

SYMBOLS = {level.label.lower(): level.symbol for tool in TOOLS.values() for level in tool.levels}
"""The sign of each level by its label: the same in every figure and table of a report."""

_BY_NUMBER = {2: "+−", 3: "+~−", 4: "+~−×", 5: "+~!−×"}


def tool_of(leaves: Mapping[str, Any]) -> Tool:
    """The tool as the protocol's `risk_of_bias` has it: a known one with its settings, or a custom scheme.

    A custom scheme has `levels` from best to worst and `domains` (id -> name); its levels are its own and are never
    equated with those of another tool.
    """
    name = str(leaves.get("tool", "custom"))
    base = TOOLS.get(name)
    if base is None:
        base = _custom(leaves.get("levels") or ["low", "moderate", "high"], leaves.get("domains") or {})
    if leaves.get("domains") and name in TOOLS:
        base = replace(base, domains=dict(leaves["domains"]))
    rule = leaves.get("overall")
    # RoB 2's rule is one for three levels; a scheme with more or fewer keeps its own.
    if rule in ("worst", "judged", "robins_i", "robins_e") or (rule == "rob2" and len(base.graded) == 3):
        base = replace(base, rule=str(rule))
    limit = leaves.get("some_concerns_limit")
    if limit is not None:
        base = replace(base, limit=int(limit))
    return replace(base, unit=str(leaves.get("unit") or base.unit))


def _custom(levels: Sequence[str], domains: Mapping[str, str]) -> Tool:
    labels = [level.replace("_", " ").capitalize() for level in levels]
    symbols = [SYMBOLS.get(label.lower(), "") for label in labels]
    if "" in symbols or len(set(symbols)) < len(symbols):
        symbols = list(_BY_NUMBER.get(len(levels), "123456789"[: len(levels)]))
    graded = _levels(*zip(map(_id, levels), labels, symbols, strict=True))
    return Tool("custom", "Custom scheme", "study", dict(domains), (*graded, _NI, _NA), "worst")


def _id(level: str) -> str:
    return re.sub(r"[\s\-]+", "_", level.strip().lower())
