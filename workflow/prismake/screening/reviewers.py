"""Who voted: names as config gives them, pseudonyms for e-mail addresses, and names that look like another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening.votes import reviewer_key

EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
UNNAMED = "Unnamed reviewer"


def shown_names(typed: Iterable[str], names: Mapping[str, str] | None) -> dict[str, str]:
    """Typed name -> the name that results may show.

    A typed name or e-mail becomes the name that config gives it; any other e-mail becomes "Reviewer 1", "Reviewer
    2" and so on in the order in which they are met, passing over names that are taken.
    """
    met = list(dict.fromkeys(typed))
    given = {reviewer_key(str(name)): str(shown) for name, shown in (names or {}).items()}
    taken = set(given.values()) | {n for n in met if not EMAIL.search(n)}
    shown: dict[str, str] = {}
    number = 0
    for name in met:
        key = reviewer_key(name)
        if key in given:
            shown[name] = given[key]
        elif EMAIL.search(name):
            earlier = next((shown[other] for other in shown if reviewer_key(other) == key), "")
            while not earlier:
                number += 1
                earlier = "" if f"Reviewer {number}" in taken else f"Reviewer {number}"
            shown[name] = earlier
            taken.add(earlier)
        else:
            shown[name] = name or UNNAMED
    return shown


def named_reviewers(votes: pd.DataFrame, names: Mapping[str, str] | None, faults: Faults) -> pd.DataFrame:
    """Votes with the names that results may show (`shown_names`); e-mails inside notes are masked."""
    votes = votes.copy()
    shown = shown_names(votes["reviewer"].unique(), names)
    votes["reviewer"] = votes["reviewer"].map(shown).astype(str)
    held = votes["note"].str.contains("@", regex=False)
    votes.loc[held, "note"] = votes.loc[held, "note"].map(lambda note: EMAIL.sub("[e-mail]", note))
    _warn_of_unnamed(votes, faults)
    _warn_of_likeness(sorted(set(votes.loc[votes["role"] == "reviewer", "reviewer"])), faults)
    return votes


def _warn_of_unnamed(votes: pd.DataFrame, faults: Faults) -> None:
    unnamed = votes[votes["reviewer"] == UNNAMED]
    for file, part in unnamed.groupby("file", sort=True):
        faults.warning(
            "unnamed-reviewer",
            f"{len(part)} votes do not say whose they are.",
            file=str(file),
            expected="a reviewer for each vote",
            mend="give this source `reviewer: NAME` in config, or name the column that holds it",
        )


def _warn_of_likeness(names: Sequence[str], faults: Faults) -> None:
    """Two names that differ in case, spacing, punctuation or one letter may be one person, who would then count
    twice."""
    from rapidfuzz.distance import DamerauLevenshtein

    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            a, b = (re.sub(r"[\W_]+", "", name.casefold()) for name in (first, second))
            digits_differ = re.sub(r"\D", "", a) != re.sub(r"\D", "", b)
            near = min(len(a), len(b)) >= 5 and DamerauLevenshtein.distance(a, b) <= 1
            if a == b or (near and not digits_differ):
                faults.warning(
                    "similar-reviewers",
                    f"{first!r} and {second!r} look like one reviewer, and are counted as two.",
                    column="reviewer",
                    value=second,
                    expected="one spelling for each reviewer",
                    mend=f"if they are one, add `{second}: {first}` to screening: reviewers in config",
                )
