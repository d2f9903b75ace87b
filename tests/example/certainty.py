"""The example's judgements of certainty by GRADE: one row an analysis, every step with its reason."""

from __future__ import annotations

import csv
import io

COLUMNS = ("analysis", "outcome", "start", "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias", "large_effect", "dose_response", "confounding", "baseline_risk", "comment")  # fmt: skip
DOMAINS = COLUMNS[3:8]
BIAS = "-1: more than half of the pooled studies have a moderate or high risk of bias"
ROWS = (
    {"analysis": "primary", "outcome": "Depression and anxiety after treatment", "risk_of_bias": BIAS},
    {"analysis": "depression", "outcome": "Depression after treatment", "risk_of_bias": BIAS},
    {
        "analysis": "anxiety",
        "outcome": "Anxiety after treatment",
        "risk_of_bias": BIAS,
        "inconsistency": "-1: the prediction interval reaches from harm to a large benefit",
    },
    {"analysis": "follow_up_6_months", "outcome": "Depression and anxiety after 6 months", "risk_of_bias": BIAS},
    {
        "analysis": "follow_up_12_months",
        "outcome": "Depression and anxiety after 12 months",
        "risk_of_bias": BIAS,
        "imprecision": "-1: few studies, and an interval from a very small to a medium effect",
    },
)


def grade_sheet() -> str:
    """The sheet as CSV. Randomised trials start high; a domain that is not mentioned was judged not to downgrade."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in ROWS:
        writer.writerow({"start": "high", **dict.fromkeys(DOMAINS, "0"), **row})
    return out.getvalue()
