"""What narrative synthesis hands on: directions, votes and combined p values by construct and group."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from prismake.synthesis.narrative.combine import fisher, one_sided, stouffer
from prismake.synthesis.narrative.directions import vote_count, z_of

_REMARKS = [
    "Directions are votes of studies, whatever their size; they say nothing of how large an effect is.",
    "Fisher's method tells of an effect in at least one study; it is given for benefit and for harm.",
]


def synthesis(
    table: pd.DataFrame, pooling: pd.DataFrame, plan: Mapping[str, Any], labels: Mapping[str, str]
) -> dict[str, Any]:
    """The numbers of narrative.json.

    `table` is that of `directions`, `pooling` that of `not_pooled`, `plan` the protocol's narrative_synthesis,
    `labels` the
    outcomes' names.
    """
    narrative_only = pooling[pooling["pooled_in"] == ""]
    constructs = {}
    for construct, frame in table.groupby("construct", sort=True):
        constructs[str(construct)] = {
            "label": labels.get(str(construct), str(construct)),
            **_numbers(frame),
            "groups": {str(g) or "ungrouped": _numbers(part) for g, part in frame.groupby("group", sort=True)},
        }
    return {
        "planned": bool(plan.get("planned")),
        "method": plan.get("method") or "vote counting by direction",
        "grouping": plan.get("grouping"),
        "constructs": constructs,
        "studies": int(table["study_id"].nunique()),
        "studies_included": len(pooling),
        "studies_pooled": int((pooling["pooled_in"] != "").sum()),
        "studies_narrative_only": len(narrative_only),
        "narrative_only_ids": sorted(narrative_only["study_id"]),
        "not_pooled": narrative_only[["study_id", "label", "reason"]].to_dict("records"),
        "notes": _REMARKS,
    }


def _numbers(frame: pd.DataFrame) -> dict[str, Any]:
    """Votes and combined p values of one set of studies."""
    tested = [(found, row["ni"]) for row in frame.to_dict("records") if (found := z_of(row)) is not None]
    z = [value for value, _ in tested]
    n = [math.sqrt(people) for _, people in tested if _known(people)]
    return {
        "vote_counting": vote_count(frame),
        "combined_p": {
            "benefit": fisher([one_sided(x) for x in z]),
            "harm": fisher([one_sided(-x) for x in z]),
            "stouffer": stouffer(z, n if len(n) == len(z) else None),
        },
        "people": round(sum(x for x in frame["people"] if _known(x))),
    }


def _known(value: object) -> bool:
    return value is not None and value == value
