"""What changed since an earlier bundle of the review: records, studies, votes, and the pooled estimates with them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.report.formats import is_missing, write
from prismake.report.status import PROGRESS

Row = Mapping[str, str]
Vote = tuple[str, ...]

# So many studies are named; of more, the number is given.
NAMED = 12


@dataclass
class State:
    """A review at one time.

    boxes: counts of the flow. screened, studies: id -> title or label. votes: (phase, record, reviewer, role, round,
    decision) -> how often. results: analysis -> result.json.
    """

    boxes: Mapping[str, Any] = field(default_factory=dict)
    screened: Mapping[str, str] = field(default_factory=dict)
    studies: Mapping[str, str] = field(default_factory=dict)
    votes: Counter[Vote] = field(default_factory=Counter)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


FLOW = "results/flow/flow.json"
LEDGER = "results/screening/ledger.csv"
SCREENED, STUDIES = (f"results/flow/ids/{box}.csv" for box in ("records_screened", "total_studies"))


def state_of(analyses: Collection[str], read: Callable[[str], str | None]) -> State:
    """The state that some files tell of.

    Args:
        analyses: names of the analyses that have a result.
        read: the text of a file under results/, None where there is none.
    """

    def rows(path: str) -> Iterable[Row]:
        return csv.DictReader(io.StringIO(read(path) or ""))

    def listed(path: str) -> dict[str, str]:
        return {next(iter(row.values())): row.get("title") or next(iter(row.values())) for row in rows(path)}

    columns = ("phase", "source_record_id", "reviewer", "role", "round", "decision")
    results = {name: json.loads(read(f"results/analyses/{name}/result.json") or "{}") for name in analyses}
    return State(
        json.loads(read(FLOW) or "{}").get("boxes") or {},
        listed(SCREENED),
        listed(STUDIES),
        Counter(tuple(row.get(column) or "" for column in columns) for row in rows(LEDGER)),
        results,
    )


def state_of_bundle(bundle: Path) -> State:
    """The state that a bundle was made from. Raises ValueError if the file is none."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            names = set(archive.namelist())
            if FLOW not in names:
                raise KeyError(f"there is no {FLOW} in it")
            analyses = [
                name.split("/")[2]
                for name in sorted(names)
                if name.startswith("results/analyses/") and name.endswith("/result.json")
            ]
            return state_of(analyses, lambda path: archive.read(path).decode("utf-8-sig") if path in names else None)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"{bundle} is no bundle of a review: {error}") from error


def changes_since(then: State, now: State) -> list[dict[str, str]]:
    """Rows of what, then and now; what is equal is left out."""
    return [*_counts(then, now), *_lists(then, now), *_votes(then.votes, now.votes), *_estimates(then, now)]


def _change(what: str, then: str, now: str) -> dict[str, str]:
    return {"what": what, "then": then, "now": now}


def _count(n: Any) -> str:
    return write(n, "count", missing="–")


def _counts(then: State, now: State) -> list[dict[str, str]]:
    words = dict(PROGRESS)
    return [
        _change(words[box], _count(then.boxes.get(box)), _count(now.boxes.get(box)))
        for box in words
        if now.boxes.get(box) != then.boxes.get(box)
    ]


def _lists(then: State, now: State) -> list[dict[str, str]]:
    """Which records and studies came and went, even where as many came as went."""
    rows = []
    for noun, before, after, named in (
        ("records screened", then.screened, now.screened, False),
        ("studies included", then.studies, now.studies, True),
    ):
        came, went = ([key for key in one if key not in other] for one, other in ((after, before), (before, after)))
        for keys, labels, what in ((came, after, "new"), (went, before, "no longer")):
            if keys:
                names = "; ".join(labels[key] for key in keys) if named and len(keys) <= NAMED else ""
                said = f"{noun}, {what}{f': {names}' if names else ''}"
                n = _count(len(keys))
                rows.append(_change(said, *(("–", n) if what == "new" else (n, "–"))))
    return rows


def _votes(then: Counter[Vote], now: Counter[Vote]) -> list[dict[str, str]]:
    """Votes that were cast, withdrawn or changed: the same reviewer on the same record decides otherwise."""
    came, went = (Counter(vote[:-1] for vote in (one - other).elements()) for one, other in ((now, then), (then, now)))
    changed = came & went
    rows = [_change("votes", _count(then.total()), _count(now.total()))] if then.total() != now.total() else []
    for what, votes in (("cast", came - changed), ("withdrawn", went - changed), ("changed", changed)):
        if votes:
            rows.append(_change(f"votes {what} since", "–", _count(votes.total())))
    return rows


def _estimates(then: State, now: State) -> list[dict[str, str]]:
    rows = []
    for name in sorted({*now.results, *then.results}):
        before, after = (_pooled(side.results.get(name)) for side in (then, now))
        if before != after:
            title = str((now.results.get(name) or then.results.get(name) or {}).get("title") or name)
            rows.append(_change(f"pooled estimate: {title}", before, after))
    return rows


def _pooled(result: Mapping[str, Any] | None) -> str:
    """A pooled estimate with its interval and k, or why there is none."""
    if result is None:
        return "no such analysis"
    shown = result.get("transformed") or result.get("estimate") or {}
    if is_missing(shown.get("b")):
        return "not estimable"
    low, high = (write(shown.get(key), "estimate", missing="–") for key in ("ci_lb", "ci_ub"))
    return f"{write(shown['b'], 'estimate')} [{low}, {high}], k = {_count(result.get('k'))}"
