"""Random inputs through `escalc` and through an installed metafor: python3 tests/benchmarks/escalc.py [--cases N] [--seed S].

Needs R with metafor and jsonlite. Small and large samples, zero cells under every rule, missing values, extreme means and
SDs, correlations near 1. What metafor versions before 5 compute otherwise is left out and named; there the tests hold the
numbers of version 5.1.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.effect_sizes.registry import MEASURES

IN_R = """
suppressMessages({library(metafor); library(jsonlite)})
args <- commandArgs(TRUE)
number <- function(v) sapply(v, function(x) if (is.null(x)) NA_real_ else as.numeric(x))
# AV of OR and RR is not used before version 4: there it is put together from AV of both groups' log odds and log risks,
# where no cell is zero and nothing is added.
of_groups <- function(given) {
  if (any(unlist(given[c("ai", "bi", "ci", "di")]) == 0, na.rm = TRUE) || anyNA(unlist(given[c("ai", "bi", "ci", "di")])) ||
      identical(given$to, "all")) return(list(error = "Unknown"))
  of_group <- function(x, other) escalc(if (given$measure == "OR") "PLO" else "PLN", xi = x, ni = x + other, vtype = "AV")
  first <- of_group(given$ai, given$bi); second <- of_group(given$ci, given$di)
  list(yi = as.numeric(first$yi) - as.numeric(second$yi), vi = as.numeric(first$vi) + as.numeric(second$vi))
}
run <- function(case) {
  given <- lapply(case$data, number)
  given$measure <- case$measure
  for (name in names(case$options)) given[[name]] <- case$options[[name]]
  averaged <- case$measure %in% c("OR", "RR") && identical(case$options$vtype, "AV")
  if (averaged && packageVersion("metafor") < "4") return(of_groups(given))
  found <- tryCatch(suppressWarnings(do.call(escalc, given)), error = conditionMessage)
  if (is.character(found)) list(error = found) else list(yi = as.numeric(found$yi), vi = as.numeric(found$vi))
}
cases <- fromJSON(args[1], simplifyVector = FALSE)
write(toJSON(lapply(cases, run), digits = NA, na = "null"), args[2])
"""
# Measure -> why an older metafor differs. "LS2", "AV" after a measure: for that variance only.
OTHERWISE = {
    "SMDH": "variances adjusted in 4.6",
    "SMD1H": "variances adjusted in 4.6",
    "SMCRH": "variances adjusted in 4.6",
    "PCOR": "mi counts all predictors since 4.4",
    "SPCOR": "mi counts all predictors since 4.4",
    "ROM": "no bias correction before 4",
    "CVR": "no bias correction before 4",
    "VR LS2": "formula of Senior et al. (2020) since 4",
    "SMCC UB": "not offered before 4",
    "SMCR UB": "not offered before 4",
    "MN HO": "HO is not used before 4",
}
# The unbiased variance is a difference of nearly equal numbers, and metafor's has lost digits where samples are large. Its
# hypergeometric series for UCOR stops early where r is near 0 (at n = 10 its factor exceeds the series' limit 1.0865).
TOLERANCE = {"UB": 1e-5, "UCOR": 1e-2}


def _inputs(dice: random.Random) -> dict[str, list[dict[str, Callable[[], float]]]]:
    """Measure -> the sets of arguments that it takes, each argument with its dice."""

    def size() -> float:
        return dice.choice([2, 3, 4, 5, 6, 10, 25, 123, 1000])

    def mean() -> float:
        return dice.choice([dice.gauss(0, 1), dice.uniform(1, 50), dice.uniform(-5, 100), 0.0, 1e6])

    def sd() -> float:
        return dice.choice([dice.uniform(0.1, 10), dice.uniform(0.1, 10), 1e-6, 1e5])

    def r() -> float:
        return dice.choice([dice.uniform(-1, 1), dice.uniform(-1, 1), 0.0, 0.9999])

    def count() -> float:
        return dice.choice([0, 0, 1, 2, 5, 17, 100, dice.randint(0, 500)])

    def time() -> float:
        return dice.choice([1, 10.5, 200, 1e4])

    two = {"m1i": mean, "sd1i": sd, "n1i": size, "m2i": mean, "sd2i": sd, "n2i": size}
    pre = {"m1i": mean, "m2i": mean, "sd1i": sd, "sd2i": sd, "ri": r, "ni": size}
    table = {"ai": count, "bi": count, "ci": count, "di": count}
    groups = {"n1i": size, "n2i": size}
    sets = {
        "MD SMD SMD1 SMD1H SMDH ROM CVR VR": [two],
        "RPB RBIS D2ORL D2ORN": [two],
        "MC SMCC SMCR SMCRH": [pre],
        "OR RR RD AS PETO PHI YUQ YUY PBIT OR2DL OR2DN MPRD MPRR MPOR MPORC MPPETO": [table],
        "IRR IRD IRSD": [{"x1i": count, "x2i": count, "t1i": time, "t2i": time}],
        "PR PLN PLO PAS PFT": [{"xi": count, "mi": count}],
        "IR IRLN IRS IRFT": [{"xi": count, "ti": time}],
        "COR UCOR ZCOR": [{"ri": r, "ni": size}],
        "PCOR SPCOR": [{"ti": mean, "mi": lambda: dice.choice([1, 2, 5]), "ni": lambda: 40, "r2i": dice.random}],
        "MN MNLN": [{"mi": mean, "sdi": sd, "ni": size}],
        "ARAW AHW ABT": [{"ai": dice.random, "mi": lambda: dice.choice([2, 5, 20]), "ni": lambda: 30}],
    }
    found = {name: entry for names, entry in sets.items() for name in names.split()}
    found["SMD"] = [two, {"di": mean, **groups}, {"ti": mean, **groups}]
    return found


def cases(number: int, seed: int) -> list[dict[str, Any]]:
    """Random calls."""
    dice = random.Random(seed)
    inputs = _inputs(dice)
    made = []
    for _ in range(number):
        measure = dice.choice(sorted(inputs))
        k, holes = dice.choice([1, 2, 5]), dice.choice([0, 0, 0.15])
        drawn = dice.choice(inputs[measure]).items()
        data = {name: [None if dice.random() < holes else roll() for _ in range(k)] for name, roll in drawn}
        options: dict[str, Any] = {"vtype": dice.choice(MEASURES[measure].vtypes)}
        if {"ai", "bi"} <= data.keys() or "x1i" in data or "xi" in data:
            options |= {"to": dice.choice(["only0", "all", "if0all", "none"]), "drop00": dice.random() < 0.3}
            options |= {"add": dice.choice([0.5, 0.1, 1])} if dice.random() < 0.4 else {}
        if all(any(v is not None for v in column) for column in data.values()):
            made.append({"measure": measure, "data": data, "options": options})
    return made


def asked_of_metafor(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What metafor answers to each call."""
    with tempfile.TemporaryDirectory() as folder:
        script, given, found = (Path(folder) / name for name in ("run.R", "cases.json", "found.json"))
        script.write_text(IN_R)
        given.write_text(json.dumps(calls))
        subprocess.run(["Rscript", str(script), str(given), str(found)], check=True)
        return json.loads(found.read_text())


def compare(calls: list[dict[str, Any]], answers: list[dict[str, Any]], old: bool) -> Counter[str]:
    """How many numbers agree, are left out, or differ; every difference is printed."""
    tally: Counter[str] = Counter()
    for call, answer in zip(calls, answers, strict=True):
        measure, vtype = call["measure"], call["options"]["vtype"]
        if (old and (measure in OTHERWISE or f"{measure} {vtype}" in OTHERWISE)) or "Unknown" in str(
            answer.get("error", "")
        ):
            tally["left out: this metafor has it otherwise or not at all"] += 1
            continue
        try:
            ours: Any = escalc(measure, call["data"], **call["options"])
        except (ValueError, KeyError):
            ours = None
        if ours is None or "error" in answer:
            refused = (ours is None) + ("error" in answer)
            tally["refused by both" if refused == 2 else "refused by one"] += 1
            if refused == 1:
                print(f"{measure}: refused by {'us' if ours is None else 'metafor'} alone: {call['data']}")
            continue
        theirs = [np.array([np.nan if x is None else x for x in answer[n]], dtype=float) for n in ("yi", "vi")]
        theirs[1] = np.where(np.isnan(theirs[0]), np.nan, theirs[1])  # a variance of no effect
        # A phi of 1 has the variance 0, which metafor's rounding may turn negative and so into none.
        edge = (measure == "PHI") & (np.abs(ours[0]) == 1)
        for name, a, b in zip(("yi", "vi"), ours, theirs, strict=True):
            allowed = TOLERANCE.get(measure, TOLERANCE.get(vtype, 1e-9)) * np.maximum(np.abs(b), 1e-6)
            same = (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= allowed) | edge
            tally["numbers that agree"] += int(same.sum())
            if not same.all():
                tally["numbers that differ"] += int((~same).sum())
                print(
                    f"{measure} {vtype} {name}: {a.tolist()} against {b.tolist()} for {call['data']} {call['options']}"
                )
    return tally


def main() -> None:
    """Draw, ask, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    version = subprocess.run(
        ["Rscript", "-e", 'cat(as.character(packageVersion("metafor")))'], capture_output=True, text=True, check=True
    ).stdout
    calls = cases(given.cases, given.seed)
    tally = compare(calls, asked_of_metafor(calls), old=int(version.split(".")[0]) < 5)
    print(f"metafor {version}, {len(calls)} calls, seed {given.seed}")
    for what, number in sorted(tally.items()):
        print(f"  {number:,} {what}")


if __name__ == "__main__":
    main()
