"""Prismake beside metafor, PyMARE and statsmodels: seconds of CPU for the same work on the same numbers, in one run.

    python tests/benchmarks/synthesis_speed.py [--quick]

A peer that is not installed is left out and said (PyMARE and statsmodels from PyPI; metafor where Rscript has it).
Each figure is the best of several runs in one process, without start-up; metafor's are timed inside R. Prismake fits
to rounding error (tau2 to 1e-9 relative or better), metafor at its default threshold of 1e-5, PyMARE at its default.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from prismake.synthesis.gosh import gosh
from prismake.synthesis.influence import influence, leave_one_out
from prismake.synthesis.model import fit, fit_batch
from prismake.synthesis.multilevel import fit_multilevel
from prismake.synthesis.permutation import permutation_test
from prismake.synthesis.robust import robust
from prismake.synthesis.trim_and_fill import trim_and_fill

SEED = 20260101

R_SCRIPT = r"""
suppressMessages(library(metafor))
args <- commandArgs(TRUE)
folder <- args[1]; quick <- args[2] == "quick"
read <- function(name) as.matrix(read.csv(file.path(folder, paste0(name, ".csv")), header=FALSE))
small <- read("small"); many_y <- read("many_y"); many_v <- read("many_v"); wide <- read("wide")
subset <- read("subset"); deep <- read("deep")
clock <- function(expr, times=1) { best <- Inf
  for (i in seq_len(times)) best <- min(best, sum(system.time(force(eval(expr)))[1:2])); best }
out <- c()
say <- function(name, seconds) cat(name, seconds, "\n")
say("single", sum(system.time(for (i in 1:50) rma(small[,1], small[,2]))[1:2]) / 50)
part <- if (quick) 200 else nrow(many_y)
say("many", sum(system.time(for (i in 1:part) rma(many_y[i,], many_v[i,], control=list(maxiter=1000)))[1:2]) * nrow(many_y) / part)
say("leave1out", clock(quote({ r <- rma(wide[,1], wide[,2]); if (quick) leave1out(rma(wide[1:100,1], wide[1:100,2])) else leave1out(r) })))
say("influence", clock(quote(influence(rma(small[,1], small[,2])))))
say("trimfill", clock(quote(trimfill(rma(small[,1], small[,2])))))
if (!quick) say("permutest", clock(quote(permutest(rma(small[,1], small[,2]), iter=10000, progbar=FALSE))))
if (!quick) say("gosh", clock(quote(gosh(rma(subset[,1], subset[,2]), subsets=2^15, progbar=FALSE))))
frame <- data.frame(yi=deep[,1], vi=deep[,2], study=deep[,3], id=seq_len(nrow(deep)))
say("three_level", clock(quote(rma.mv(yi, vi, random=~1|study/id, data=frame, sparse=TRUE))))
V <- vcalc(vi, cluster=study, obs=id, rho=0.6, data=frame)
say("che", clock(quote(rma.mv(yi, V, random=~1|study/id, data=frame, sparse=TRUE))))
"""


def data() -> dict[str, np.ndarray]:
    """The sets that everybody works on."""
    rng = np.random.default_rng(SEED)

    def effects(k: int, tau: float = 0.25) -> np.ndarray:
        v = rng.uniform(0.01, 0.12, k)
        return np.column_stack([rng.normal(0.3, np.sqrt(v + tau**2)), v])

    many_v = rng.uniform(0.01, 0.12, (10_000, 20))
    study = np.sort(np.concatenate([np.arange(300), rng.integers(0, 300, 700)]))
    deep_v = rng.uniform(0.01, 0.12, 1000)
    deep_y = 0.3 + rng.normal(0, 0.2, 300)[study] + rng.normal(0, np.sqrt(deep_v + 0.02))
    return {
        "small": effects(20),
        "many_v": many_v,
        "many_y": rng.normal(0.3, np.sqrt(many_v + 0.06)),
        "wide": effects(500),
        "subset": effects(15),
        "deep": np.column_stack([deep_y, deep_v, study]),
    }


def best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of CPU (user and system) of the fastest run."""
    runs = []
    for _ in range(times):
        start = time.process_time()
        work()
        runs.append(time.process_time() - start)
    return min(runs)


def prismake(sets: dict[str, np.ndarray]) -> dict[str, float]:
    """Seconds by task."""
    y, v = sets["small"].T
    wide_y, wide_v = sets["wide"].T
    sub_y, sub_v = sets["subset"].T
    deep_y, deep_v, study = sets["deep"].T
    one = np.ones((deep_y.size, 1))
    labels = study.astype(int).astype(str)
    return {
        "single": best(lambda: fit(y, v), 50),
        "many": best(lambda: fit_batch(sets["many_y"], sets["many_v"], statistics=False)),
        "leave1out": best(lambda: leave_one_out(wide_y, wide_v)),
        "influence": best(lambda: influence(y, v)),
        "trimfill": best(lambda: trim_and_fill(y, v)),
        "permutest": best(lambda: permutation_test(y, v, most=1, sample=10_000)),
        "gosh": best(lambda: gosh(sub_y, sub_v)),
        "three_level": best(lambda: fit_multilevel(deep_y, deep_v, one, labels), 3),
        "che": best(lambda: fit_multilevel(deep_y, deep_v, one, labels, rho=0.6), 3),
        "cr2": best(lambda: robust(deep_y, deep_v, one, labels, sigma2=(0.04, 0.02), rho=0.6), 3),
    }


def pymare(sets: dict[str, np.ndarray]) -> dict[str, float]:
    """Seconds by task of PyMARE, vectorised over data sets where it can be."""
    from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator

    y, v = sets["small"].T
    many_y, many_v = sets["many_y"].T.copy(), sets["many_v"].T.copy()
    one = np.ones((y.size, 1))

    def reml(effects: np.ndarray, variances: np.ndarray) -> object:
        return VarianceBasedLikelihoodEstimator(method="reml").fit(effects, variances, X=one)

    def moments(effects: np.ndarray, variances: np.ndarray) -> object:
        return DerSimonianLaird().fit(effects, variances, X=one)

    found = {"single": best(lambda: reml(y[:, None], v[:, None]), 10)}
    found["many"] = best(lambda: reml(many_y, many_v), 2)
    found["many_DL"] = best(lambda: moments(many_y, many_v), 3)
    return found


def statsmodels(sets: dict[str, np.ndarray]) -> dict[str, float]:
    """Seconds by task of statsmodels: Paule-Mandel, one set at a time."""
    from statsmodels.stats.meta_analysis import combine_effects

    y, v = sets["small"].T
    return {"single": best(lambda: combine_effects(y, v, method_re="iterated"), 10)}


def metafor(sets: dict[str, np.ndarray], quick: bool) -> dict[str, float]:
    """Seconds by task of metafor, timed inside R."""
    with tempfile.TemporaryDirectory() as folder:
        for name, values in sets.items():
            np.savetxt(Path(folder) / f"{name}.csv", values, delimiter=",", fmt="%.17g")
        script = Path(folder) / "speed.R"
        script.write_text(R_SCRIPT, encoding="utf-8")
        command = ["Rscript", "--vanilla", str(script), folder, "quick" if quick else "full"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "Rscript failed", file=sys.stderr)
    return {
        name: float(seconds) for name, seconds in (line.split() for line in run.stdout.splitlines() if line.strip())
    }


TASKS = {
    "single": "one REML fit, k = 20",
    "many": "10,000 REML fits, k = 20",
    "many_DL": "10,000 DL fits, k = 20",
    "leave1out": "leave-one-out, k = 500",
    "influence": "influence diagnostics, k = 20",
    "trimfill": "trim and fill, k = 20",
    "permutest": "permutation test, 10,000 sign flips, k = 20",
    "gosh": "GOSH, 2^15 subsets, REML",
    "three_level": "three-level, 1,000 effects in 300 studies",
    "che": "CHE, 1,000 effects in 300 studies",
    "cr2": "CR2 with Satterthwaite degrees of freedom, the same",
}


def main() -> None:
    """Time everybody who is there and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="metafor on a part of the slow tasks only")
    parser.add_argument("--json", type=Path, help="write the seconds here too")
    quick = (arguments := parser.parse_args()).quick
    sets = data()
    times = {"Prismake": prismake(sets)}
    times["Prismake"]["many_DL"] = best(
        lambda: fit_batch(sets["many_y"], sets["many_v"], method="DL", statistics=False)
    )
    for name, module, run in (("PyMARE", "pymare", pymare), ("statsmodels", "statsmodels", statsmodels)):
        if importlib.util.find_spec(module):
            times[name] = run(sets)
        else:
            print(f"{name} is not installed: left out")
    if shutil.which("Rscript"):
        times["metafor"] = metafor(sets, quick)
    else:
        print("Rscript is not here: metafor left out")
    peers = [name for name in times if name != "Prismake"]
    print("| task | Prismake | " + " | ".join(peers) + " |\n|---|---|" + "---|" * len(peers))
    for task, words in TASKS.items():
        ours = times["Prismake"][task]
        cells = [_cell(times[name].get(task), ours) for name in peers]
        print(f"| {words} | {_seconds(ours)} | " + " | ".join(cells) + " |")
    if arguments.json:
        arguments.json.write_text(json.dumps(times, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _seconds(value: float) -> str:
    return f"{value * 1000:.2f} ms" if value < 1 else f"{value:.1f} s"


def _cell(value: float | None, ours: float) -> str:
    return "-" if value is None else f"{_seconds(value)} ({value / ours:.0f}x)"


if __name__ == "__main__":
    main()
