"""The evidence of a pair in words that a reviewer understands: what speaks for one entry, and what against."""

from __future__ import annotations

import numpy as np
import pandas as pd

from prismake.deduplication.rules import PERSON
from prismake.deduplication.titles import Difference

_KINDS = {
    "": "an article", "erratum": "a correction", "retraction": "a retraction notice", "comment": "a comment", "reply": "a reply",
    "protocol": "a protocol", "dissertation": "a dissertation", "preprint": "a preprint", "dataset": "a data set", "conference": "a paper or abstract of a meeting",
    "registration": "a registration of a trial", "book": "a book", "chapter": "a chapter", "book review": "a book review",
}  # fmt: skip


def words(pairs: pd.DataFrame) -> tuple[list[str], list[str]]:
    """For each decided pair what speaks for and what against its being one entry, phrases joined by "; ".

    Of a pair that a person is asked about also what cannot be compared: that is why it is asked.
    """
    n = len(pairs)
    c = {name: pairs[name].to_numpy() for name in pairs.columns}
    for_it: list[list[str]] = [[] for _ in range(n)]
    against: list[list[str]] = [[] for _ in range(n)]

    def say(where: list[list[str]], mask: np.ndarray, phrase: str) -> None:
        for i in np.flatnonzero(mask).tolist():
            where[i].append(phrase)

    d = c["difference"]
    say(for_it, c["doi"] == 1, "same DOI")
    say(for_it, c["pmid"] == 1, "same PubMed number")
    say(for_it, c["accession"] == 1, "same accession number of one database")
    say(for_it, (d == Difference.NONE), "same title")
    say(for_it, (d != Difference.NONE) & c["cross"], "one title is the other's translation")
    say(for_it, (d == Difference.SPELLING), "same title but for spelling")
    say(for_it, (d == Difference.SUBTITLE), "same title, but one goes on or begins earlier")
    say(for_it, c["authors"] >= 0.99, "same authors")
    say(for_it, (c["authors"] >= 0.5) & (c["authors"] < 0.99), "most authors the same")
    say(for_it, (c["authors"] >= 0) & (c["authors"] < 0.5) & (c["first"] == 1), "same first author")
    say(for_it, c["year"] == 0, "same year")
    say(for_it, c["journal"] == 2, "same journal")
    say(for_it, c["journal"] == 1, "similar names of journals")
    for field, name in (
        ("volume", "volume"),
        ("issue", "issue"),
        ("page", "first page"),
        ("last", "last page"),
        ("isbn", "ISBN"),
    ):
        say(for_it, c[field] == 1, f"same {name}")
    say(for_it, c["abstract"] >= 0.85, "same abstract")
    say(against, c["doi"] == -1, "different DOIs")
    say(against, c["pmid"] == -1, "different PubMed numbers")
    say(against, c["accession"] == -1, "different accession numbers")
    say(against, c["title"] < 0, "a title is missing")
    say(against, (c["title"] >= 0) & (d == Difference.UNRELATED) & ~c["cross"], "titles have little in common")
    for i in np.flatnonzero((d > Difference.SPELLING) & (d < Difference.UNRELATED) & ~c["cross"]).tolist():
        only = [f"“{_short(t)}”" for t in (c["only_left"][i], c["only_right"][i]) if t]
        against[i].append("only in one title: " + ", ".join(only) if only else "titles differ")
    say(against, c["generic"], "the title could stand on many works")
    say(against, (c["fewest"] == 0) & (c["most"] > 0), "one has no authors")
    say(against, (c["authors"] >= 0) & (c["authors"] < 0.5) & (c["first"] != 1), "other authors")
    say(against, (c["first"] == -1) & (c["authors"] >= 0.5), "another first author")
    for gap in np.unique(c["year"][c["year"] > 0]).tolist():
        say(against, c["year"] == gap, f"years differ by {gap}")
    say(against, c["journal"] == -1, "different journals")
    for field, name in (
        ("volume", "volumes"),
        ("issue", "issues"),
        ("page", "first pages"),
        ("last", "last pages"),
        ("version", "versions"),
    ):
        say(against, c[field] == -1, f"different {name}")
    say(against, (c["abstract"] >= 0) & (c["abstract"] < 0.45), "different abstracts")
    for i in np.flatnonzero((c["notice_left"] != c["notice_right"]) | (c["work_left"] != c["work_right"])).tolist():
        kinds = [c["notice_left"][i] or c["work_left"][i], c["notice_right"][i] or c["work_right"][i]]
        against[i].append("one is {}, the other {}".format(*(_KINDS.get(k, k) for k in kinds)))
    asked = np.flatnonzero(c["outcome"] == PERSON)
    unknown = {
        "year": c["year"] < 0, "journal": c["journal"] == 0, "volume": c["volume"] == 0, "first page": c["page"] == 0, "DOI": c["doi"] == 0,
        "abstract": c["abstract"] < 0,
    }  # fmt: skip
    for i in asked.tolist():
        missing = [name for name, mask in unknown.items() if mask[i]]
        if missing:
            against[i].append(f"not told by both: {', '.join(missing)}")
    return ["; ".join(w) for w in for_it], ["; ".join(w) for w in against]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
