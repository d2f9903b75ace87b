"""Validators of content: what cannot be, and what is unlikely, in the numbers of the extraction sheets.

Why they are needed: of 500 published psychological effects 224 could not be reproduced (Maassen et al., 2020); most
meta-analyses have an extraction error (Xu et al., 2022), standard errors taken for standard deviations among the worst
(Goetzsche et al., 2007).
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict

from prismake.extraction.long_results import Statistics, gather
from prismake.extraction.tables import Extraction
from prismake.extraction.values import Reported, exact_number, number, yes
from prismake.messages.faults import Faults

# An SD below this share of the median SD of its instrument looks like a standard error.
SMALL_SD = 0.25
# A standard error times sqrt(n) is an SD, so within this factor of the usual one.
_SPREAD = 2.5
# An SD of so many times the mean would be stranger than the small one (durations and counts with long tails).
_WIDEST = 4.0


def check_plausibility(tables: Extraction) -> Faults:
    """All findings about the numbers themselves."""
    faults = Faults()
    groups = gather(tables)
    outcomes = _outcomes(tables)
    _check_directions(tables, faults)
    for group in groups:
        _check_spread(tables, group, faults)
        _check_scale(tables, group, outcomes.get((group.study, group.outcome)), faults)
        _check_counts(tables, group, faults)
        _check_interval(tables, group, faults)
    _check_small_sds(tables, groups, outcomes, faults)
    _check_arms(tables, groups, faults)
    return faults


def _outcomes(tables: Extraction) -> dict[tuple[str, str], dict[str, str]]:
    rows = tables["outcomes"].to_dict("records")
    return {(str(r["study_id"]), str(r["outcome_id"])): {str(k): str(v) for k, v in r.items()} for r in rows}


def _check_directions(tables: Extraction, faults: Faults) -> None:
    """One instrument has one direction; a study that says otherwise is likely mistaken."""
    votes: dict[str, list[tuple[str, int]]] = defaultdict(list)
    frame = tables["outcomes"]
    for row, (instrument, direction) in enumerate(zip(frame["instrument"], frame["direction"], strict=True)):
        if instrument and direction:
            votes[instrument.strip().lower()].append((direction, row))
    for places in votes.values():
        counts = {d: sum(1 for x, _ in places if x == d) for d, _ in places}
        if len(counts) < 2:
            continue
        usual = max(sorted(counts), key=lambda d: counts[d])
        for direction, row in places:
            if direction != usual or len(set(counts.values())) == 1:
                faults.error(
                    "direction-differs",
                    "The same instrument has two directions.",
                    **tables.where("outcomes", row, "direction"),
                    expected=f"{usual}, as elsewhere" if counts[usual] > counts[direction] else "one direction",
                    mend="correct it, or name the reversed version of the instrument differently",
                )


def _finding(
    faults: Faults, level: str, code: str, tables: Extraction, row: int, what: str, expected: str, mend: str
) -> None:
    add = faults.error if level == "error" else faults.warning
    add(code, what, **tables.where("results", row, "value"), expected=expected, mend=mend)


def _check_spread(tables: Extraction, group: Statistics, faults: Faults) -> None:
    for suffix in ("", "_change"):
        sd, se, n = (group.get(s + suffix) for s in ("sd", "se", "n"))
        for stat, value in (("sd", sd), ("se", se)):
            if value is not None and value <= 0:
                row = group.cells[stat + suffix].row
                words = "above 0" if stat == "sd" else "above 0 and below the SD"
                _finding(
                    faults,
                    "error" if value < 0 else "warning",
                    f"{stat}-not-positive",
                    tables,
                    row,
                    f"This {stat.upper()} is {'negative' if value < 0 else 'zero'}: "
                    f"{group.unit}, {group.outcome}, {group.timepoint}.",
                    words,
                    "check it against the report",
                )
        if sd is not None and se is not None and se >= sd > 0:
            _finding(
                faults,
                "error",
                "se-not-below-sd",
                tables,
                group.cells["se" + suffix].row,
                f"The standard error is not below the standard deviation ({sd:g}).",
                "SE = SD / sqrt(n)",
                "they may have been swapped",
            )
        elif sd and se and n and n > 1:
            _check_se(tables, group, suffix, sd, se, n, faults)


def _check_se(
    tables: Extraction, group: Statistics, suffix: str, sd: float, se: float, n: float, faults: Faults
) -> None:
    slack = group.cells["se" + suffix].value.half_unit + group.cells["sd" + suffix].value.half_unit / math.sqrt(n)
    if abs(se - sd / math.sqrt(n)) > slack + 0.02 * se:
        _finding(
            faults,
            "warning",
            "se-contradicts-sd",
            tables,
            group.cells["se" + suffix].row,
            f"SD {sd:g} with n {n:g} gives the standard error {sd / math.sqrt(n):.3g}.",
            "SE = SD / sqrt(n) up to rounding",
            "check all three; a model's SE may be adjusted",
        )


def _check_scale(tables: Extraction, group: Statistics, outcome: dict[str, str] | None, faults: Faults) -> None:
    if outcome is None or group.kind != "arm":
        return
    low, high = number(outcome.get("scale_min", "")), number(outcome.get("scale_max", ""))
    for stat in ("mean", "median", "q1", "q3", "min", "max"):
        value = group.get(stat)
        if value is not None and (value < low or value > high):
            _finding(
                faults,
                "error",
                "outside-scale",
                tables,
                group.cells[stat].row,
                f"This {stat} lies outside the scale of {outcome.get('instrument') or group.outcome}.",
                f"{low:g} to {high:g}",
                "check it, or correct scale_min and scale_max in outcomes",
            )
    change = group.get("mean_change")
    if change is not None and abs(change) > high - low:
        _finding(
            faults,
            "error",
            "outside-scale",
            tables,
            group.cells["mean_change"].row,
            f"No change is larger than the scale of {outcome.get('instrument') or group.outcome} is wide.",
            f"{low - high:g} to {high - low:g}",
            "check it, or correct scale_min and scale_max in outcomes",
        )
    sd, n = group.get("sd"), group.get("n")
    # Half the people at each end of the scale: half the range, by the divisor n - 1 a little more in small samples.
    most = (high - low) / 2 * (math.sqrt(n / (n - 1)) if n and n > 1 else 1.02)
    if sd is not None and high > low and sd - group.cells["sd"].value.half_unit > most * (1 + 1e-9):
        _finding(
            faults,
            "error",
            "sd-beyond-scale",
            tables,
            group.cells["sd"].row,
            f"No sample on a scale from {low:g} to {high:g} has an SD of {sd:g}.",
            f"at most {most:.4g}: half of the people at each end",
            "check the SD and the scale",
        )
    _check_order(tables, group, faults)
    if yes(outcome.get("integer_scores", "")):
        items = number(outcome.get("n_items", ""))
        _check_grim(tables, group, int(items) if items >= 1 else 1, faults)


def _check_order(tables: Extraction, group: Statistics, faults: Faults) -> None:
    stats = [(s, group.get(s)) for s in ("min", "q1", "median", "q3", "max")]
    known = [(s, v) for s, v in stats if v is not None]
    for (low, a), (high, b) in zip(known, known[1:], strict=False):
        if a > b:
            _finding(
                faults,
                "error",
                "quantiles-out-of-order",
                tables,
                group.cells[high].row,
                f"The {high} ({b:g}) is below the {low} ({a:g}).",
                "min, q1, median, q3, max in rising order",
                "check them against the report",
            )


def grim(mean: Reported, n: int, items: int = 1) -> bool:
    """Can this mean come from n people's whole-number scores (means of `items` items)? Brown & Heathers (2017).

    True as well where n times items is too large for the test to tell (it exceeds 10 to the number of decimals).
    """
    grains = n * items
    if grains > 10**mean.decimals or n < 1:
        return True
    nearest = round(mean.value * grains)
    return any(abs(k / grains - mean.value) <= mean.half_unit * (1 + 1e-9) for k in (nearest - 1, nearest, nearest + 1))


def _check_grim(tables: Extraction, group: Statistics, items: int, faults: Faults) -> None:
    n, cell = group.get("n"), group.cells.get("mean")
    if n and cell is not None and cell.value.exact and n == int(n) and not grim(cell.value, int(n), items):
        _finding(
            faults,
            "warning",
            "grim",
            tables,
            cell.row,
            f"No {int(n)} whole-number scores have the mean {cell.value.value:g} (GRIM).",
            f"a multiple of 1/{int(n) * items} up to rounding",
            "check mean and n; imputed or model-based means may fail too",
        )


def _check_counts(tables: Extraction, group: Statistics, faults: Faults) -> None:
    events, total, n = group.get("events"), group.get("total"), group.get("n")
    size = total if total is not None else n
    if events is not None and size is not None and events > size and group.get("person_time") is None:
        _finding(
            faults,
            "error",
            "events-above-n",
            tables,
            group.cells["events"].row,
            f"More events ({events:g}) than people ({size:g}).",
            "events at most n",
            "check both; they may have been swapped",
        )
    for stat in ("events", "total", "n", "n_change"):
        value = group.get(stat)
        if value is not None and (value < 0 or (stat != "events" and value == 0)):
            _finding(
                faults,
                "error",
                "count-not-positive",
                tables,
                group.cells[stat].row,
                "This count cannot be.",
                "a number above 0",
                "check it; blank the row if nothing was reported",
            )
    percent = group.get("percent")
    if percent is not None and events is not None and size:
        expected = 100 * events / size
        if abs(percent - expected) > group.cells["percent"].value.half_unit + 0.05:
            _finding(
                faults,
                "warning",
                "percent-contradicts-events",
                tables,
                group.cells["percent"].row,
                f"{events:g} of {size:g} are {expected:.1f} percent.",
                f"{expected:.1f}",
                "check which people the percentage is of",
            )


def _check_interval(tables: Extraction, group: Statistics, faults: Faults) -> None:
    for prefix in ("", "d_", "g_", "md_", "or_", "rr_", "rd_", "hr_", "irr_"):
        low, high = group.get(prefix + "ci_lb"), group.get(prefix + "ci_ub")
        estimate = group.get("mean" if prefix == "" else prefix.rstrip("_"))
        if low is None or high is None:
            continue
        row = group.cells[prefix + "ci_lb"].row
        if low > high or (estimate is not None and not low <= estimate <= high):
            shown = "the estimate lies outside it" if low <= high else "the lower end is above the upper"
            _finding(
                faults,
                "error",
                "interval",
                tables,
                row,
                f"This confidence interval cannot be: {shown}.",
                "lower end <= estimate <= upper end",
                "check all three against the report",
            )


def _check_small_sds(
    tables: Extraction,
    groups: list[Statistics],
    outcomes: dict[tuple[str, str], dict[str, str]],
    faults: Faults,
) -> None:
    """An SD far below those of the same instrument elsewhere looks like a standard error.

    Not so where the mean is as much smaller (the same name for another scale, or symptoms that are nearly gone), nor where
    sqrt(n) times it would be no usual SD either.
    """
    sizes = {(g.study, g.unit): n for g in reversed(groups) if (n := g.get("n")) is not None}
    by_instrument: dict[str, list[tuple[Statistics, float]]] = defaultdict(list)
    for group in groups:
        outcome = outcomes.get((group.study, group.outcome))
        sd = group.get("sd")
        if outcome is not None and outcome.get("instrument") and sd is not None and sd > 0:
            by_instrument[outcome["instrument"].strip().lower()].append((group, sd))
    for sds in by_instrument.values():
        for group, sd in sds:
            others = [(g, x) for g, x in sds if g.study != group.study]
            usual = statistics.median(x for _, x in others) if len(others) > 1 else math.nan
            n = group.get("n") or sizes.get((group.study, group.unit))
            if sd < SMALL_SD * usual and _may_be_se(group, sd, n, usual, [g for g, _ in others]):
                _say_small_sd(tables, group, sd, n, usual, faults)


def _may_be_se(group: Statistics, sd: float, n: float | None, usual: float, others: list[Statistics]) -> bool:
    mean = group.get("mean")
    if n is not None and not 1 / _SPREAD <= sd * math.sqrt(n) / usual <= _SPREAD:
        return False
    if n is not None and mean and sd * math.sqrt(n) > _WIDEST * abs(mean):
        return False
    means = [abs(m) for m in (g.get("mean") for g in others) if m]
    if not means or mean is None:
        return True
    return abs(mean) / statistics.median(means) > 2 * sd / usual


def _say_small_sd(
    tables: Extraction, group: Statistics, sd: float, n: float | None, usual: float, faults: Faults
) -> None:
    scaled = f"; times sqrt(n) it is {sd * math.sqrt(n):.3g}" if n else ""
    _finding(
        faults,
        "warning",
        "sd-looks-like-se",
        tables,
        group.cells["sd"].row,
        f"This SD is below a quarter of its instrument's usual SD ({usual:.3g}){scaled}.",
        "an SD like that of the other studies",
        "check whether the report gives a standard error",
    )


def _check_arms(tables: Extraction, groups: list[Statistics], faults: Faults) -> None:
    frame = tables["arms"]
    randomised: dict[tuple[str, str], float] = {}
    for row, arm in enumerate(frame.to_dict("records")):
        total, analysed = exact_number(str(arm["n_randomised"])), exact_number(str(arm["n_analysed"]))
        if total is not None:
            randomised[(str(arm["study_id"]), str(arm["arm_id"]))] = total.value
        if total is not None and analysed is not None and analysed.value > total.value:
            faults.error(
                "analysed-above-randomised",
                f"More people analysed ({analysed.value:g}) than randomised ({total.value:g}).",
                **tables.where("arms", row, "n_analysed"),
                expected="at most n_randomised",
                mend="check both; they may have been swapped",
            )
    for group in groups:
        most = randomised.get((group.study, group.unit))
        events = group.get("events") if group.get("person_time") is None else None  # people may have several
        alone = group.get("total") is None and group.get("n") is None
        if group.kind == "arm" and most is not None and events is not None and events > most and alone:
            _finding(
                faults,
                "error",
                "events-above-n",
                tables,
                group.cells["events"].row,
                f"More events ({events:g}) than people randomised to the arm ({most:g}).",
                f"at most {most:g}",
                "check both; where people have several events, give rate_events and person_time",
            )
        for stat in ("n", "total", "n_change"):
            n = group.get(stat)
            if group.kind == "arm" and most is not None and n is not None and n > most:
                _finding(
                    faults,
                    "error",
                    "analysed-above-randomised",
                    tables,
                    group.cells[stat].row,
                    f"More people in this result ({n:g}) than randomised to the arm ({most:g}).",
                    f"at most {most:g}",
                    "check both against the report",
                )
    _check_sums(tables, randomised, faults)


def _check_sums(tables: Extraction, randomised: dict[tuple[str, str], float], faults: Faults) -> None:
    """The arms of a study make up the study."""
    for row, study in enumerate(tables["studies"].to_dict("records")):
        total = exact_number(str(study.get("n_total", "")))
        mine = [
            exact_number(n)
            for s, n in zip(tables["arms"]["study_id"], tables["arms"]["n_randomised"], strict=True)
            if s == study["study_id"]
        ]
        known = [m.value for m in mine if m is not None]
        if total is None or not known or len(known) < len(mine):
            continue
        if sum(known) != total.value:
            faults.error(
                "arms-do-not-add-up",
                f"The arms sum to {sum(known):g} people, the study has {total.value:g}.",
                **tables.where("studies", row, "n_total"),
                expected=f"{sum(known):g}",
                mend="check the arms, or add the arm that is missing",
            )
