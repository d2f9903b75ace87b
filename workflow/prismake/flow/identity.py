"""One identity of a flow: its words, its two sides, whether it holds, and the ids that make the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from prismake.messages.faults import Faults

Holds = Literal["yes", "no", "pending", "not_applicable"]
Level = Literal["always", "final", "warning"]

IDENTITY_COLUMNS = ["id", "statement", "left", "right", "holds", "level", "difference_ids", "note"]

_IDS_IN_A_MESSAGE = 12


@dataclass(frozen=True)
class Identity:
    """An identity that was checked.

    `level` says when a failure stops the build: always (sets that cannot differ), final (needs a finished stage), or
    warning (to be explained). `difference` holds the ids that are on one side only, or that are wrong by themselves.
    """

    id: str
    statement: str
    left: int | None = None
    right: int | None = None
    holds: Holds = "not_applicable"
    level: Level = "always"
    difference: tuple[str, ...] = ()
    note: str = ""


def same_ids(
    id: str, statement: str, left: Sequence[str], right: Sequence[str], *, pending: Sequence[str] = (), note: str = ""
) -> Identity:
    """Two lists that must hold the same ids equally often.

    `pending` are ids that keep a final build from passing although the two sides agree.
    """
    difference = unequal(left, right)
    if difference:
        return Identity(id, statement, len(left), len(right), "no", "always", difference, _sides(left, right, note))
    if pending:
        words = f"{len(pending)} pending"
        return Identity(id, statement, len(left), len(right), "pending", "final", tuple(pending), _join(words, note))
    return Identity(id, statement, len(left), len(right), "yes", "always", (), note)


def same_number(
    id: str,
    statement: str,
    left: int,
    right: int,
    difference: Iterable[str] = (),
    *,
    level: Level = "always",
    note: str = "",
) -> Identity:
    """Two numbers that must be equal; `difference` are the ids that make them differ."""
    if left == right:
        return Identity(id, statement, left, right, "yes", level, (), note)
    return Identity(id, statement, left, right, "no", level, tuple(difference), note)


def at_most(
    id: str, statement: str, left: int, right: int, difference: Iterable[str] = (), *, note: str = ""
) -> Identity:
    """A number that must not exceed another."""
    holds: Holds = "yes" if left <= right else "no"
    return Identity(id, statement, left, right, holds, "always", () if left <= right else tuple(difference), note)


def finished_ids(id: str, statement: str, left: Iterable[str], right: Iterable[str], *, note: str = "") -> Identity:
    """A later stage (left) that must hold each of an earlier stage's ids (right).

    What is missing on the left is pending; what is only on the left is wrong, but stops a final build alone, because a
    draft's tables may be ahead of its decisions.
    """
    have, need = sorted(set(left)), sorted(set(right))
    extra, missing = sorted(set(have) - set(need)), sorted(set(need) - set(have))
    holds: Holds = "no" if extra else "pending" if missing else "yes"
    words = [
        f"{len(missing)} missing on the left" if missing else "",
        f"{len(extra)} only on the left" if extra else "",
    ]
    return Identity(id, statement, len(have), len(need), holds, "final", (*missing, *extra), _join(*words, note))


def unequal(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    """Ids that one list holds more often than the other, sorted."""
    a, b = Counter(left), Counter(right)
    return tuple(sorted((a - b).keys() | (b - a).keys()))


def repeated(ids: Iterable[str]) -> list[str]:
    """Ids that occur more than once, sorted."""
    return sorted(i for i, n in Counter(ids).items() if n > 1)


def identity_frame(identities: Sequence[Identity]) -> pd.DataFrame:
    """The table identities.csv, with `IDENTITY_COLUMNS`."""
    rows = [
        {
            "id": one.id,
            "statement": one.statement,
            "left": "" if one.left is None else str(one.left),
            "right": "" if one.right is None else str(one.right),
            "holds": one.holds,
            "level": one.level,
            "difference_ids": "; ".join(one.difference),
            "note": one.note,
        }
        for one in identities
    ]
    return pd.DataFrame(rows, columns=IDENTITY_COLUMNS, dtype=str)


def identity_faults(identities: Sequence[Identity], *, final: bool) -> Faults:
    """What the identities mean for a build.

    An identity about sets that fails is always an error; one that needs a finished stage is an error in a final
    build and a warning in a draft; one to be explained is a warning.
    """
    faults = Faults()
    for one in identities:
        if one.holds not in ("no", "pending"):
            continue
        stops = one.level == "always" or (final and one.level == "final")
        some = ", ".join(one.difference[:_IDS_IN_A_MESSAGE])
        more = len(one.difference) - _IDS_IN_A_MESSAGE
        which = f" Ids: {some}{f' and {more} more' if more > 0 else ''}." if some else ""
        verb = "is pending" if one.holds == "pending" else "does not hold"
        (faults.error if stops else faults.warning)(
            f"identity-{one.id.lower()}",
            f"identity {one.id} {verb}: {one.statement}: {one.left} against {one.right}. {one.note}.{which}".replace(
                ". .", "."
            ),
            value=f"{one.left} != {one.right}" if one.left != one.right else "",
            expected="both sides to hold the same ids" if one.holds == "no" else "nothing pending in a final build",
            mend="look the ids up in results/flow/ids and mend the sheet or the decision that they come from",
        )
    return faults


def whole(text: str) -> int | None:
    """A whole number of 0 or more as written in a table, else None."""
    text = text.strip()
    if text.endswith(".0"):
        text = text[:-2]
    return int(text) if text.isdigit() else None


def _sides(left: Sequence[str], right: Sequence[str], note: str) -> str:
    a, b = Counter(left), Counter(right)
    return _join(f"{(a - b).total()} only on the left", f"{(b - a).total()} only on the right", note)


def _join(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
