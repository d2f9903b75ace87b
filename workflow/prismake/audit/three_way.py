"""The three-way check: what was registered, what is configured, what was run.

Verdicts of a leaf: *preregistered* (equal), *deviation* (differs and is logged), *unspecified* (registered as null or
not at all). An analysis is *preregistered*, *deviation*, *exploratory* or *unspecified*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from prismake.audit.lock import canonical
from prismake.messages.faults import Faults
from prismake.protocol.leaves import leaf, leaves
from prismake.protocol.overlay import AFTER_RESULTS, bears_on, can_rerun, of_which, overlap
from prismake.protocol.review import DEVIATIONS, Review

LEAF_COLUMNS = ["leaf", "registered", "configured", "verdict", "deviation"]
ANALYSIS_COLUMNS = ["analysis", "title", "role", "stamp", "deviations", "run", "reason"]
DEVIATION_COLUMNS = [
    "id",
    "leaf",
    "item",
    "type",
    "reason",
    "explanation",
    "timing",
    "original_wording",
    "deviation",
    "reader_impact",
    "registered_setting",
    "date",
    "author",
    "approved_by",
]

# Settings that a result states itself, so that what ran can be held against what was configured.
_RUN_SETTINGS = ("measure", "model", "method", "test", "level")


def leaf_table(review: Review) -> pd.DataFrame:
    """One row a leaf of registered or configured, with `LEAF_COLUMNS`; values as canonical JSON."""
    registered = leaves(review.protocol.get("registered", {}))
    now = leaves(review.configured)
    rows = []
    for path in sorted(set(registered) | set(now)):
        deviation = deviation_of(review, path)
        if path in registered and path in now and canonical(registered[path]) == canonical(now[path]):
            verdict = "unspecified" if registered[path] is None else "preregistered"
        else:
            verdict = "deviation"
        rows.append(
            [
                path,
                canonical(registered[path]) if path in registered else "",
                canonical(now[path]) if path in now else "",
                verdict,
                deviation if verdict == "deviation" else "",
            ]
        )
    return pd.DataFrame(rows, columns=LEAF_COLUMNS, dtype=str)


def deviation_of(review: Review, path: str) -> str:
    """Ids of the deviations that change a leaf, a branch above it or one below it."""
    ids = [
        d["id"]
        for d in review.deviations
        if d["leaf"] == path or path.startswith(d["leaf"] + ".") or d["leaf"].startswith(path + ".")
    ]
    return "; ".join(ids)


def analysis_table(review: Review, results: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """One row an analysis, registered or exploratory, with its stamp and whether it was run.

    Args:
        review: the review.
        results: analysis -> its result.json.
    """
    registered = review.protocol.get("registered", {}).get("analyses", {})
    rows = []
    for name, spec in {**review.configured.get("analyses", {}), **review.analyses}.items():
        result = results.get(name)
        run = result is not None and not result.get("not_estimable")
        reason = spec.get("not_run") or (result or {}).get("not_estimable") or ("" if run else "no result")
        rows.append(
            [
                name,
                spec["title"],
                spec["role"],
                review.stamp(name),
                "; ".join(review.deviations_of(name)),
                "yes" if run else "no",
                "" if run else reason,
            ]
        )
    rows += [
        [
            name,
            spec["title"],
            spec["role"],
            "not run",
            deviation_of(review, f"analyses.{name}"),
            "no",
            _why_removed(review, name),
        ]
        for name, spec in registered.items()
        if name not in review.configured.get("analyses", {})
    ]
    return pd.DataFrame(rows, columns=ANALYSIS_COLUMNS, dtype=str)


def _why_removed(review: Review, name: str) -> str:
    """The explanation of the deviation that took an analysis out."""
    given = [d for d in review.deviations if d["leaf"] == f"analyses.{name}"]
    return str((given and (given[-1].get("explanation") or given[-1].get("reason"))) or "removed")


def deviation_table(review: Review) -> pd.DataFrame:
    """One row a logged deviation, with `DEVIATION_COLUMNS` (Willroth & Atherton 2024, AMPPS 7(1), Table 2, adapted)."""
    registered = review.protocol.get("registered", {})
    rows = []
    for given in review.deviations:
        row = {column: str(given.get(column, "")) for column in DEVIATION_COLUMNS}
        row["item"] = given["leaf"].split(".")[0]
        if "value" in given:
            row["original_wording"] = row["original_wording"] or canonical(leaf(registered, given["leaf"], None))
            row["deviation"] = row["deviation"] or canonical(given["value"])
        row["registered_setting"] = registered_setting(review, given)
        rows.append(row)
    return pd.DataFrame(rows, columns=DEVIATION_COLUMNS, dtype=str)


def check_deviations(review: Review, faults: Faults) -> list[str]:
    """A deviation without a reason or timing is an error in a final build, a warning in a draft.

    Returns the ids of those deviations, for the draft's watermark.
    """
    unexplained = []
    say = faults.error if review.config["final"] else faults.warning
    for given in review.deviations:
        missing = [key for key in ("reason", "timing") if key not in given]
        if missing:
            unexplained.append(given["id"])
            say(
                "deviation-without-reason",
                f"the deviation {given['id']} has no {' and no '.join(missing)}",
                file=DEVIATIONS,
                column=given["leaf"],
                mend="add it: readers must be able to judge the change",
            )
    return unexplained


# Top-level branch -> why the setting that was registered there cannot run by itself once the review was done otherwise.
_NOT_AGAIN = {
    "databases": "records that only the registered search would find were never seen",
    "other_methods": "reports that only the registered methods would find were never seen",
    "eligibility": "people screened the records by the new criteria",
    "exclusion_reasons": "people gave their reasons from the new list",
    "screening": "what the registered way would have let in was not read or extracted",
    "risk_of_bias": "people judged the studies by the new setting",
    "extraction": "people extracted the studies by the new setting",
    "narrative_synthesis": "the narrative synthesis is made once, as configured",
}


def registered_setting(review: Review, given: Mapping[str, Any]) -> str:
    """What became of the registered setting of a deviation decided once results were known; "" of any other one.

    It runs beside the new one wherever it can; where it cannot, this says why.
    """
    if given.get("timing") != AFTER_RESULTS:
        return ""
    registered, path = review.protocol.get("registered", {}), given["leaf"]
    if "value" not in given:
        return "not run: this was a matter of conduct, not of a setting"
    if path.startswith("analyses.") and not can_rerun(path, registered):
        return "none: no such analysis was registered"
    if not can_rerun(path, registered):
        return f"not run: {_NOT_AGAIN.get(path.split('.')[0], 'no number is computed from it')}"
    again = [
        name
        for name, spec in review.as_registered.items()
        if overlap(path, f"analyses.{of_which(name)}") or bears_on(path, spec)
    ]
    return f"run beside it: {', '.join(again)}" if again else "not run: no registered analysis that is run rests on it"


def late_deviations(review: Review, faults: Faults) -> list[str]:
    """What the first page says of the deviations decided once results were known, one sentence each.

    Where the registered setting could not run beside the new one, a warning says how to see what it gives.
    """
    said = []
    for given in review.deviations:
        setting = registered_setting(review, given)
        shown, _, which = setting.partition(": ")
        name = f"The deviation {given['id']} ({given['leaf']}) was decided after results were known; "
        if shown == "run beside it":
            count = len(which.split(", "))
            said.append(
                f"{name}the registered setting was run beside it ({count} sensitivity {'analysis' if count == 1 else 'analyses'}"
                ", as registered)."
            )
        elif shown == "not run" and "value" in given:
            faults.warning(
                "registered-setting-not-shown",
                f"the deviation {given['id']} was decided after results were known, and its registered setting is not run: "
                + which,
                file=DEVIATIONS,
                column=given["leaf"],
                mend="build a copy of the review without this deviation, and report what it gives",
            )
            said.append(f"{name}what the registered setting gives is not shown here: {which}.")
    return said


def check_run(review: Review, results: Mapping[str, Mapping[str, Any]], faults: Faults) -> None:
    """What each result says that it ran is what is configured."""
    for name, spec in review.analyses.items():
        for key in _RUN_SETTINGS:
            ran = results.get(name, {}).get(key)
            if key not in spec or ran is None or canonical(ran) == canonical(spec[key]):
                continue
            if key == "measure":
                faults.warning(
                    "measure-of-the-effects",
                    f"the analysis {name} names {spec[key]}, but its effects are computed as {ran}, and are pooled as such",
                    file=DEVIATIONS,
                    column=f"analyses.{name}.measure",
                    mend="a deviation from effect_measure needs one from the measure of the analysis too",
                )
            else:
                faults.error(
                    "run-differs-from-configured",
                    f"the analysis {name} ran with another {key} than is configured",
                    file=f"results/analyses/{name}/result.json",
                    column=key,
                    value=canonical(ran),
                    expected=canonical(spec[key]),
                    mend="delete the result and build again",
                )


# Key of a search in config -> (leaf of the registered database, words).
_AS_RUN = {
    "database": ("name", "database"),
    "platform": ("platform", "platform"),
    "string": ("string", "search string"),
    "from": ("from", "earliest publication date searched"),
    "to": ("to", "latest publication date searched"),
    "limits": ("limits", "limits"),
}


def check_searches(review: Review, faults: Faults) -> list[str]:
    """The searches that were run against the registered ones: databases, platforms, strings, limits and dates.

    What differs and is in no deviation is an error in a final build, a warning in a draft. Returns the differences as
    sentences for the first page.
    """
    say = faults.error if review.config["final"] else faults.warning
    registered = review.configured.get("databases", {})
    said = []

    def differs(code: str, what: str, leaf_: str, **more: str) -> None:
        mend = f"log the change in config/deviations.yaml (leaf: {leaf_})"
        say(code, what, file="config/config.yaml", mend=mend, **more)
        said.append(f"{what[0].upper()}{what[1:]}, and no deviation says so.")

    for search in review.config["searches"]:
        name, planned = search["id"], registered.get(search["id"])
        if planned is None:
            if search["kind"] == "database" and registered:
                what = f"the search {name} is not among the registered ones"
                differs("search-not-registered", what, f"databases.{name}", value=search["database"])
            continue
        for ours, (theirs, words) in _AS_RUN.items():
            if planned.get(theirs) and search.get(ours) and _same(planned[theirs]) != _same(search[ours]):
                differs(
                    "search-differs",
                    f"the {words} of the search {name} is not the registered one",
                    f"databases.{name}.{theirs}",
                    value=str(search[ours]),
                    expected=str(planned[theirs]),
                )
        if not search.get("to") and str(search.get("date") or "") > str(planned.get("to") or "9999"):
            differs(
                "search-after-registered-end",
                f"the search {name} was run after the registered end of the period searched",
                f"databases.{name}.to",
                value=str(search["date"]),
                expected=f"{planned['to']} or earlier, or the key `to` of this search",
            )
    for name in sorted(set(registered) - set(review.searches)):
        differs("search-not-run", f"the registered search {name} was not run", f"databases.{name}")
    return said


def _same(text: Any) -> str:
    return " ".join(str(text).split())


def check_dates(review: Review, first_decision: str) -> list[str]:
    """Banners for the first page: which stages began before the registration.

    Args:
        review: the review.
        first_decision: date of the earliest screening decision, "" if none has a date.
    """
    registered = review.protocol.get("registration", {}).get("registered")
    if not registered:
        return ["No registration is on record for this review."]
    first_search = min((s["date"] for s in review.config["searches"] if s.get("date")), default="")
    began = (("the search", first_search), ("screening", first_decision[:10]))
    return [
        f"Registered on {registered}, after {stage} began on {date}."
        for stage, date in began
        if date and date < registered
    ]
