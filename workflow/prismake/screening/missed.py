"""How many includes both reviewers may have missed: two reviewers seen as two captures of the same records.

The reviewers' misses are taken to be independent, which they are not where a record is hard for everybody; the
bound is approximate and as a rule too low. Sources: Chapman (1951) for the estimator; Sadinle (2009) for the
interval (transformed logit).
"""

from __future__ import annotations

import math
from typing import Any

from prismake.screening.agreement import Z95


def missed_includes(a: int, b: int, c: int, *, z: float = Z95) -> dict[str, Any]:
    """Estimate and interval of the includes that neither reviewer found, from a found by both, b and c by one alone."""
    if a + b + c == 0:
        return {"estimate": None, "reason": "no reviewer included a record", "label": "approximate"}
    total = (a + b + 1) * (a + c + 1) / (a + 1) - 1
    found = a + b + c
    centre = (b + 0.5) * (c + 0.5) / (a + 0.5)
    spread = math.sqrt(1 / (a + 0.5) + 1 / (b + 0.5) + 1 / (c + 0.5) + (a + 0.5) / ((b + 0.5) * (c + 0.5)))
    lower, upper = (max(0.0, centre * math.exp(sign * z * spread) - 0.5) for sign in (-1, 1))
    return {
        "estimate": max(0.0, total - found),
        "ci_lb": lower,
        "ci_ub": upper,
        "found": found,
        "method": "capture-recapture (Chapman), transformed-logit interval",
        "label": "approximate",
        "assumption": "the reviewers miss records independently of each other",
    }
