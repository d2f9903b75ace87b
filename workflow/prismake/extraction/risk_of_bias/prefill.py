"""Answers that the extracted numbers give to some questions of a risk-of-bias tool: for the raters to see, never a judgement.

The questions and limits are those that metapsyTools answers by itself (Miguel et al., 2025), each with the item of the
Metapsy tool that it answers: baselines alike (p at least .01), attrition below 5 percent in every arm, at least 40
completers an arm, attrition at most 30 percent, self-report or not. One is Prismake's own: whether the randomised numbers
are as planned (item d1_3) is answered by a chi-squared test against the allocation ratio that the study states, with the
limit that the tool has for baselines.
"""

from __future__ import annotations

import math
import re

import pandas as pd

from prismake.extraction.long_results import Statistics, gather
from prismake.extraction.risk_of_bias.items import NO, NO_INFORMATION, YES
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number

COLUMNS = ["study_id", "outcome_id", "item", "question", "answer", "evidence"]
SMALL_LOSS, LARGE_LOSS, ENOUGH, IMBALANCE = 5.0, 30.0, 40, 0.01
_SELF = ("self", "self-report", "self-reported", "sr", "patient", "participant")
_RATIO_COLUMNS = ("allocation_ratio", "rand_ratio")
Answer = tuple[str, str, str, str]  # item, question, answer, evidence


def facts(tables: Extraction) -> pd.DataFrame:
    """One row a study (or outcome) and question: Yes/PY, No/PN or NI as the tool writes them, with the numbers behind it."""
    rows: list[tuple[str, ...]] = []
    arms: dict[str, list[dict]] = {}
    for arm in tables["arms"].to_dict("records"):
        arms.setdefault(str(arm["study_id"]), []).append(arm)
    for row in tables["studies"].to_dict("records"):
        study = str(row["study_id"])
        answers = [_as_planned(row, arms.get(study, [])), *_attrition(arms.get(study, []))]
        rows += [(study, "", *answer) for answer in answers]
    baselines: dict[tuple[str, str], list[Statistics]] = {}
    for group in gather(tables):
        if group.baseline and group.kind == "arm":
            baselines.setdefault((group.study, group.outcome), []).append(group)
    for outcome in tables["outcomes"].to_dict("records"):
        key = (str(outcome["study_id"]), str(outcome["outcome_id"]))
        answers = [_balance(baselines.get(key, [])), *_rater(str(outcome["rater"]).strip().lower())]
        rows += [(*key, *answer) for answer in answers]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=str)


def _rater(rater: str) -> list[Answer]:
    own = "" if not rater else YES if rater in _SELF else NO
    other = {YES: NO, NO: YES}.get(own, "")
    return [
        ("d4_16", "Is the outcome self-reported?", own or NO_INFORMATION, rater),
        ("d4_17", "Is the outcome rated by somebody else?", other or NO_INFORMATION, rater),
    ]


def _as_planned(study: dict, arms: list[dict]) -> Answer:
    """Chi-squared test of the numbers randomised against the allocation ratio ("1:1", "2 to 1") that the study states."""
    question = f"Do the randomised numbers fit the allocation ratio (p at least {IMBALANCE})?"
    text = next((str(study[c]) for c in _RATIO_COLUMNS if study.get(c)), "")
    parts = [number(part) for part in re.split(r"\s*(?::|to|/)\s*", text)] if text else []
    sizes = [number(str(a["n_randomised"])) for a in arms]
    if not parts or len(parts) != len(sizes) or any(math.isnan(x) or x <= 0 for x in [*parts, *sizes]):
        words = f"columns {' or '.join(_RATIO_COLUMNS)} and n_randomised do not tell"
        return "d1_3", question, NO_INFORMATION, words
    from scipy.special import chdtrc

    expected = [sum(sizes) * part / sum(parts) for part in parts]
    chi2 = sum((n - e) ** 2 / e for n, e in zip(sizes, expected, strict=True))
    p = float(chdtrc(len(sizes) - 1, chi2))
    shown = " and ".join(f"{n:g}" for n in sizes)
    return "d1_3", question, NO if p < IMBALANCE else YES, f"{shown} at {text}: p = {p:.3f}"


def _attrition(arms: list[dict]) -> list[Answer]:
    pairs = [(str(a["arm_id"]), number(str(a["n_randomised"])), number(str(a["n_analysed"]))) for a in arms]
    questions = (
        ("d3_10", f"Is attrition below {SMALL_LOSS:g}% in every arm?"),
        ("d3_12", f"Are there at least {ENOUGH} completers in every arm?"),
        ("d3_13", f"Is attrition at most {LARGE_LOSS:g}% in every arm?"),
    )
    if not pairs or any(math.isnan(r) or math.isnan(a) or r <= 0 for _, r, a in pairs):
        return [(*q, NO_INFORMATION, "n_randomised or n_analysed of an arm is not there") for q in questions]
    lost = [100 * (r - a) / r for _, r, a in pairs]
    evidence = "; ".join(f"{name}: {a:g} of {r:g}, {x:.1f}% lost" for (name, r, a), x in zip(pairs, lost, strict=True))
    answers = (max(lost) < SMALL_LOSS, min(a for _, _, a in pairs) >= ENOUGH, max(lost) <= LARGE_LOSS)
    return [(*q, YES if yes else NO, evidence) for q, yes in zip(questions, answers, strict=True)]


def _balance(groups: list[Statistics]) -> Answer:
    """Welch's t of each pair of arms at baseline; No if one p is below .01."""
    from scipy.special import stdtr

    question = f"Are the arms alike at baseline (p at least {IMBALANCE})?"
    found = []
    for i, first in enumerate(groups):
        for second in groups[i + 1 :]:
            m1, s1, n1 = (first.get(x) for x in ("mean", "sd", "n"))
            m2, s2, n2 = (second.get(x) for x in ("mean", "sd", "n"))
            if None in (m1, s1, n1, m2, s2, n2) or not s1 or not s2 or min(n1 or 0, n2 or 0) < 2:
                continue
            assert m1 is not None and m2 is not None and n1 is not None and n2 is not None
            v1, v2 = s1**2 / n1, s2**2 / n2
            df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
            p = 2 * float(stdtr(df, -abs(m1 - m2) / math.sqrt(v1 + v2)))
            found.append((p, f"{first.unit} {m1:g} ({s1:g}), {second.unit} {m2:g} ({s2:g}): p = {p:.3f}"))
    if not found:
        return "d1_4", question, NO_INFORMATION, "no means and SDs of two arms at baseline"
    return "d1_4", question, NO if min(found)[0] < IMBALANCE else YES, "; ".join(words for _, words in found)
