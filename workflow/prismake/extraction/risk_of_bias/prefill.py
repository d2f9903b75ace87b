"""Answers that the extracted numbers give to some questions of a risk-of-bias tool: for the raters to see, never a judgement.

The questions and limits are those that metapsyTools answers by itself (Miguel et al., 2025): attrition below 5 percent in both
arms, at most 30 percent, at least 40 completers an arm, self-report, a baseline difference with p below .01.
"""

from __future__ import annotations

import math

import pandas as pd

from prismake.extraction.long_results import Statistics, gather
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number

COLUMNS = ["study_id", "outcome_id", "question", "answer", "evidence"]
NO_INFORMATION = "NI"
SMALL_LOSS, LARGE_LOSS, ENOUGH, IMBALANCE = 5.0, 30.0, 40, 0.01
_SELF = ("self", "self-report", "self-reported", "sr", "patient", "participant")


def facts(tables: Extraction) -> pd.DataFrame:
    """One row a study (or outcome) and question: Yes, No or NI, with the numbers behind it."""
    rows: list[tuple[str, str, str, str, str]] = []
    arms: dict[str, list[dict]] = {}
    for arm in tables["arms"].to_dict("records"):
        arms.setdefault(str(arm["study_id"]), []).append(arm)
    for study in tables["studies"]["study_id"].tolist():
        rows += _attrition(study, arms.get(study, []))
    baselines: dict[tuple[str, str], list[Statistics]] = {}
    for group in gather(tables):
        if group.baseline and group.kind == "arm":
            baselines.setdefault((group.study, group.outcome), []).append(group)
    for outcome in tables["outcomes"].to_dict("records"):
        key = (str(outcome["study_id"]), str(outcome["outcome_id"]))
        rater = str(outcome["rater"]).strip().lower()
        answer = NO_INFORMATION if not rater else "Yes" if rater in _SELF else "No"
        rows.append((*key, "Is the outcome self-reported?", answer, rater))
        rows.append((*key, "Do the arms differ at baseline (p < .01)?", *_imbalance(baselines.get(key, []))))
    return pd.DataFrame(rows, columns=COLUMNS, dtype=str)


def _attrition(study: str, arms: list[dict]) -> list[tuple[str, str, str, str, str]]:
    pairs = [(str(a["arm_id"]), number(str(a["n_randomised"])), number(str(a["n_analysed"]))) for a in arms]
    questions = (
        "Is attrition below 5% in every arm?",
        "Is attrition above 30% in an arm?",
        "Are there at least 40 completers in every arm?",
    )
    if not pairs or any(math.isnan(r) or math.isnan(a) or r <= 0 for _, r, a in pairs):
        return [(study, "", q, NO_INFORMATION, "n_randomised or n_analysed of an arm is not there") for q in questions]
    lost = [100 * (r - a) / r for _, r, a in pairs]
    evidence = "; ".join(f"{name}: {a:g} of {r:g}, {x:.1f}% lost" for (name, r, a), x in zip(pairs, lost, strict=True))
    answers = (max(lost) < SMALL_LOSS, max(lost) > LARGE_LOSS, min(a for _, _, a in pairs) >= ENOUGH)
    return [(study, "", q, "Yes" if yes else "No", evidence) for q, yes in zip(questions, answers, strict=True)]


def _imbalance(groups: list[Statistics]) -> tuple[str, str]:
    """Welch's t of each pair of arms at baseline; Yes if one p is below .01."""
    from scipy.special import stdtr

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
        return NO_INFORMATION, "no means and SDs of two arms at baseline"
    return ("Yes" if min(found)[0] < IMBALANCE else "No"), "; ".join(words for _, words in found)
