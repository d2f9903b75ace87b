"""Where people read the numbers of an effect: report, page, table, words, how, who and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from prismake.extraction.sources import Sources, result_path

Row = Mapping[str, str]

# Number of an effect -> the statistics of an arm that it may have been extracted as.
_STATISTICS = {
    "n": ("n", "total", "n_change"),
    "m": ("mean", "mean_change", "median"),
    "sd": ("sd", "sd_change", "se", "se_change", "ci_lb", "ci_ub", "iqr", "q1", "q3"),
    "events": ("events", "percent", "rate_events"),
}


class Evidence:
    """The sheet of sources, asked for an effect or for one number that it was computed from."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._cells = Sources(pd.DataFrame(rows, columns=["cell_key", "source_id"]))
        self._ids: dict[str, list[Row]] = {}
        for row in rows:
            self._ids.setdefault(row["source_id"], []).append(row)

    def of(self, effect: Row, column: str) -> str:
        """Where an effect was read, or the number of one arm in a column such as n1, m2 or events1."""
        name, arm = column[:-1], column[-1:]
        one_arm = name in _STATISTICS and arm in ("1", "2")
        rows = self._of_arm(effect, arm, _STATISTICS[name]) if one_arm else self._of_effect(effect)
        return "; ".join(dict.fromkeys(_in_words(row) for row in rows))

    def places(self, effect: Row) -> str:
        """Reports, pages and tables of an effect, each once, without the words (which its numbers carry)."""
        return "; ".join(dict.fromkeys(", ".join(_place(row)) for row in self._of_effect(effect)))

    def _of_effect(self, effect: Row) -> list[Row]:
        """The rows behind an effect; of an id that stands in several rows those of its study and outcome."""
        parts = tuple(effect.get(column, "").replace("/", "|") for column in ("study_id", "outcome_id"))
        found = []
        for name in (i.strip() for i in effect.get("source", "").split(";")):
            rows = self._ids.get(name, [])
            found += [row for row in rows if _is_about(row, parts)] or rows
        return found

    def _of_arm(self, effect: Row, arm: str, statistics: Sequence[str]) -> list[Row]:
        """The rows that name one of the statistics, else those that cover the arm as a whole."""
        place = (effect.get(c, "") for c in ("study_id", "outcome_id", f"arm_{arm}", "timepoint"))
        study, outcome, unit, timepoint = place
        covering: list[Row] = []
        for statistic in statistics:
            path = result_path(study, outcome, unit, timepoint, statistic)
            rows = [self._rows[r] for r in self._cells.rows_of(path)]
            named = [r for r in rows if r["cell_key"].split("/")[-1].strip().lower() == statistic]
            if named:
                return named
            covering = covering or rows
        return covering


def _is_about(row: Row, parts: Sequence[str]) -> bool:
    key = [part.strip().lower() for part in row["cell_key"].split("/")][1:]
    return all(k in ("*", p.strip().lower()) for k, p in zip(key, parts, strict=False))


def _place(row: Row) -> list[str]:
    page = f"p. {row['page']}" if row.get("page") else ""
    return [part for part in (row.get("report_id", ""), page, row.get("table_figure", "")) if part]


def _in_words(row: Row) -> str:
    quote = f"“{row['quote']}”" if row.get("quote") else ""
    by, on = row.get("extractor", ""), row.get("date", "")
    who = " ".join(
        part for part in (f"extracted by {by}" if by else "extracted" if on else "", on and f"on {on}") if part
    )
    return ", ".join(part for part in (*_place(row), quote, row.get("method", ""), who) if part)
