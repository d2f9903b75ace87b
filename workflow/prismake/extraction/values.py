"""What is typed in a cell: a number, a bound, a missing code, or words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from prismake.records.sheets import MissingCode, decimal

_BOUND = re.compile(r"^\s*(p\s*)?(<=|>=|=<|=>|[<>≤≥=])\s*(.*)$", re.IGNORECASE)
_SPELT = {"=<": "<", "<=": "<", "≤": "<", "=>": ">", ">=": ">", "≥": ">", "=": "="}


@dataclass(frozen=True)
class Reported:
    """A reported number: its value, whether it is exact (`=`) or a bound (`<`, `>`), and its decimals."""

    value: float
    relation: str = "="
    decimals: int = 0

    @property
    def exact(self) -> bool:
        """Is it a value and not a bound?"""
        return self.relation == "="

    @property
    def half_unit(self) -> float:
        """Half a unit of the last decimal: how far rounding may have moved it."""
        return 0.5 * 10.0**-self.decimals


def reported(text: str, *, comma: bool | None = None) -> Reported | MissingCode | None:
    """The number that was typed, with its bound: "12.5", "<.05", "p = ,03". None for blank.

    Raises ValueError in words for what is neither number nor missing code.
    """
    relation, rest = "=", text
    match = _BOUND.match(text)
    if match:
        relation = _SPELT.get(match.group(2), match.group(2))
        rest = match.group(3)
    rest = rest.rstrip("*†‡ ")
    value = decimal(rest, comma=comma)
    if value is None or isinstance(value, MissingCode):
        if match and value is None:
            raise ValueError(f"{text!r} is a bound without a number")
        return value
    return Reported(value, relation, decimals_of(rest))


def as_p(value: Reported) -> Reported:
    """A p as it is meant: ".000" is one below .0005."""
    if value.exact and value.value == 0 and value.decimals > 0:
        return Reported(value.half_unit, "<", value.decimals + 1)
    return value


def decimals_of(text: str) -> int:
    """Number of decimals that were typed ("14.20" has 2); negative for an exponent that says so."""
    match = re.search(r"[.,](\d+)(?:[eE]([+-]?\d+))?\s*$", text.strip())
    if match:
        return len(match.group(1)) - int(match.group(2) or 0)
    exponent = re.search(r"[eE]([+-]?\d+)\s*$", text.strip())
    return -int(exponent.group(1)) if exponent else 0


def any_number(text: str) -> Reported | None:
    """The reported number in a cell, exact or bounded; None for blanks, missing codes and words."""
    try:
        value = reported(text)
    except ValueError:
        return None
    return value if isinstance(value, Reported) else None


def missing_code(text: str) -> str | None:
    """Which missing code a cell holds, whatever its spelling ("n/a" and "NA" are one); None for anything else."""
    try:
        value = reported(text)
    except ValueError:
        return None
    if not isinstance(value, MissingCode):
        return None
    letters = re.sub(r"[^a-z]", "", value.lower())
    return {"notreported": "nr", "notapplicable": "na", "nan": "na"}.get(letters, letters)


def exact_number(text: str) -> Reported | None:
    """The exact reported number in a cell; None for anything else, bounds too."""
    value = any_number(text)
    return value if value is not None and value.exact else None


def number(text: str) -> float:
    """The exact number in a cell, NaN for blanks, missing codes, bounds and words."""
    value = exact_number(text)
    return math.nan if value is None else value.value


def yes(text: str) -> bool | None:
    """True for yes, False for no, None for anything else."""
    return {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}.get(
        text.strip().lower()
    )
