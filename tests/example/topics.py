"""What the simulated literature is about: invented names and journals, and the patterns its titles are made of.

The words stand in vocabulary.toml. DOIs lie under 10.5555, the prefix kept for examples; ISSNs begin with 0000.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Journal:
    """An invented journal. `articles` is true where it numbers articles instead of pages."""

    name: str
    abbreviation: str
    code: str
    publisher: str
    issn: str
    articles: bool = False


def issn(number: int) -> str:
    """An ISSN with its true check digit, in the block 0000 that no journal has."""
    digits = f"{number:07d}"
    rest = -sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if rest == 10 else rest}"


def _journal(line: str, place: int) -> Journal:
    name, abbreviation, code, publisher, numbers = line.split(" | ")
    return Journal(name, abbreviation, code, publisher, issn(100 + 7 * place), numbers == "articles")


FAMILY_NAMES: list[str] = _WORDS["family_names"].split()
GIVEN_NAMES: list[str] = _WORDS["given_names"].split()
PARTICLES: list[str] = _WORDS["particles"]
JOURNALS = [_journal(line, place) for place, line in enumerate(_WORDS["journals"])]
BY_CODE = {journal.code: journal for journal in JOURNALS}
JOURNALS_OF: dict[str, str] = _WORDS["journals_of"]
SLOTS: dict[str, list[str]] = _WORDS["slots"]
PATTERNS: dict[str, list[str]] = _WORDS["patterns"]
ABSTRACTS: dict[str, list[str]] = _WORDS["abstracts"]
