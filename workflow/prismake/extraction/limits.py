"""Values that a statistic cannot have: a negative odds ratio, a correlation above 1, a p of 1.2."""

from __future__ import annotations

import math
from collections.abc import Iterator

from prismake.extraction.tables import Extraction
from prismake.extraction.values import any_number
from prismake.messages.faults import Faults

_RATIOS = ("or", "rr", "hr", "irr")
# Statistic or measure -> its lowest and highest value.
LIMITS: dict[str, tuple[float, float]] = {
    **dict.fromkeys((f"{r}{end}" for r in _RATIOS for end in ("", "_ci_lb", "_ci_ub")), (0.0, math.inf)),
    **dict.fromkeys(("F", "chi2", "df", "df2", "iqr", "person_time", "rate_events", "variance"), (0.0, math.inf)),
    **dict.fromkeys((f"{e}_se" for e in ("d", "g", "md", "or", "rr", "rd", "hr")), (0.0, math.inf)),
    **dict.fromkeys(("r", "phi", "r_partial", "rho", "r_pre_post", "rd", "rd_ci_lb", "rd_ci_ub"), (-1.0, 1.0)),
    **dict.fromkeys(("p", "eta2"), (0.0, 1.0)),
    "percent": (0.0, 100.0),
}
# Of these 0 has no logarithm, or nothing can be divided by it.
_NOT_ZERO = (*_RATIOS, "person_time", "variance")


def check_limits(tables: Extraction) -> Faults:
    """An error for each value beyond its limits, a warning for a 0 of which no effect can come."""
    faults = Faults()
    for sheet, position, column, name, text in _values(tables):
        value = any_number(text)
        if value is None or name not in LIMITS:
            continue
        low, high = LIMITS[name]
        words = f"from {low:g} to {high:g}" if high < math.inf else "above 0" if name in _NOT_ZERO else "0 or more"
        beyond = value.value < low or value.value > high
        if beyond or (value.value == 0 and value.exact and name in _NOT_ZERO):
            add = faults.error if beyond else faults.warning
            add(
                "impossible-value" if beyond else "value-not-used",
                f"{'No' if beyond else 'No effect comes of a'} {name} {'is' if beyond else 'of'} {value.value:g}.",
                **tables.where(sheet, position, column),
                expected=words,
                mend="check it against the report"
                + ("; a logarithm belongs under log_" + name if name in _RATIOS and name != "irr" else ""),
            )
    return faults


def _values(tables: Extraction) -> Iterator[tuple[str, int, str, str, str]]:
    """(sheet, row, column, what it is, text) of every reported number."""
    frame = tables["results"]
    for position, (name, text) in enumerate(zip(frame["stat"], frame["value"], strict=True)):
        yield "results", position, "value", name, text
    frame = tables["effects_reported"]
    for position, row in enumerate(frame.to_dict("records")):
        measure = str(row["measure"])
        for column, name in (
            ("value", measure),
            ("ci_lb", f"{measure}_ci_lb"),
            ("ci_ub", f"{measure}_ci_ub"),
            ("p", "p"),
        ):
            yield "effects_reported", position, column, name, str(row[column])
