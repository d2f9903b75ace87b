"""Made-up bibliographic records in any number, from a seed: a quarter are duplicates as databases write them, some are generic or blank."""

from __future__ import annotations

import numpy as np
import pandas as pd

_SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bu",
    "da",
    "de",
    "di",
    "do",
    "du",
    "fa",
    "fe",
    "fi",
    "fo",
    "ga",
    "ge",
    "gi",
    "go",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mu",
    "na",
    "ne",
    "ni",
    "no",
    "pa",
    "pe",
    "pi",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "ru",
    "sa",
    "se",
    "si",
    "so",
    "su",
    "ta",
    "te",
    "ti",
    "to",
    "tu",
    "va",
    "ve",
    "vi",
    "vo",
]
_GENERIC = ["Editorial", "Introduction", "Book review", "Letter to the editor", "Authors' reply", ""]


def made_up(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """`n` source records and the number of the work that each is an entry of."""
    random = np.random.default_rng(seed)
    works = n - n // 4
    words = np.array(
        ["".join(random.choice(_SYLLABLES, size=k)) for k in random.integers(2, 6, size=20_000)], dtype=object
    )
    names = np.array(
        [("".join(random.choice(_SYLLABLES, size=k))).title() for k in random.integers(2, 4, size=30_000)],
        dtype=object,
    )
    journals = np.array(
        [f"Journal of {words[a].title()} {words[b].title()}" for a, b in random.integers(0, 20_000, size=(3_000, 2))],
        dtype=object,
    )
    made = {
        "title": _titles(random, words, works),
        "authors": _lists(random, names, works),
        "journal": journals[random.integers(0, len(journals), size=works)],
        "year": random.integers(1980, 2026, size=works),
        "volume": random.integers(1, 120, size=works).astype(str).astype(object),
        "issue": random.integers(1, 13, size=works).astype(str).astype(object),
        "first": random.integers(1, 2_000, size=works),
        "doi": np.array([f"10.5555/made.{i}" for i in range(works)], dtype=object),
        "abstract": _abstracts(random, words, works),
    }
    work = np.concatenate([np.arange(works), random.integers(0, works, size=n - works)])
    copy = np.arange(n) >= works
    frame = {name: values[work].copy() for name, values in made.items()}
    frame["doi"][random.random(n) < 0.3] = ""
    frame["abstract"][random.random(n) < 0.2] = ""
    frame["title"] = np.array(
        [t.upper() if c and u < 0.2 else t for t, c, u in zip(frame["title"], copy, random.random(n), strict=True)],
        dtype=object,
    )
    frame["journal"] = np.array(
        [
            _abbreviated(j) if c and u < 0.5 else j
            for j, c, u in zip(frame["journal"], copy, random.random(n), strict=True)
        ],
        dtype=object,
    )
    pages = [f"{a}-{a + 9}" if u < 0.9 else str(a) for a, u in zip(frame.pop("first"), random.random(n), strict=True)]
    database = np.where(copy, "Web of Science", "Scopus").astype(object)
    order = random.permutation(n)
    table = pd.DataFrame(
        {
            "source_record_id": [f"s{i % 3}:{i:07d}" for i in range(n)], "search": [f"s{i % 3}" for i in range(n)], "database": database,
            **{name: values for name, values in frame.items() if name != "year"}, "year": pd.array(frame["year"], dtype="Int64"), "pages": pages,
            "entry_type": "article",
        }
    )  # fmt: skip
    text = {c: str for c in table.columns if c != "year"}
    return table.iloc[order].reset_index(drop=True).astype(text), work[order]


def _titles(random: np.random.Generator, words: np.ndarray, n: int) -> np.ndarray:
    frequent = (random.pareto(1.1, size=(n, 12)) * 40).astype(np.int64) % len(words)
    length = random.integers(6, 13, size=n)
    generic = random.random(n) < 0.02
    kinds = random.integers(0, len(_GENERIC), size=n)
    return np.array(
        [
            _GENERIC[k] if g else " ".join(words[row[:size]]).capitalize()
            for row, size, g, k in zip(frequent, length, generic, kinds, strict=True)
        ],
        dtype=object,
    )


def _lists(random: np.random.Generator, names: np.ndarray, n: int) -> np.ndarray:
    chosen = random.integers(0, len(names), size=(n, 6))
    size = random.integers(1, 7, size=n)
    return np.array(
        [
            "; ".join(f"{name}, {name[::-1][0].upper()}." for name in names[row[:k]])
            for row, k in zip(chosen, size, strict=True)
        ],
        dtype=object,
    )


def _abstracts(random: np.random.Generator, words: np.ndarray, n: int) -> np.ndarray:
    starts = random.integers(0, len(words) - 120, size=n)
    return np.array([" ".join(words[s : s + 100]) for s in starts], dtype=object)


def _abbreviated(journal: str) -> str:
    return " ".join(word[:5] for word in journal.replace("Journal of", "J").split())
