"""Prismake beside metafor, PyMARE and statsmodels: seconds of CPU for the same work on the same numbers, in one run.

    python tests/benchmarks/synthesis_speed.py [--quick] [--tasks single,many,...]

A peer that is not installed is left out and said (PyMARE and statsmodels from PyPI; metafor where Rscript has it).
Each figure is the best of several runs in one process, without start-up; metafor's are timed inside R. Prismake fits
to rounding error (tau2 to 1e-9 relative or better), metafor at its default threshold of 1e-5, PyMARE at its default.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
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
folder <- args[1]; quick <- args[2] == "quick"; wanted <- strsplit(args[3], ",")[[1]]
read <- function(name) as.matrix(read.csv(file.path(folder, paste0(name, ".csv")), header=FALSE))
small <- read("small"); many_y <- read("many_y"); many_v <- read("many_v"); wide <- read("wide")
subset <- read("subset"); deep <- read("deep")
frame <- data.frame(yi=deep[,1], vi=deep[,2], study=deep[,3], id=seq_len(nrow(deep)))
V <- NULL; if (any(c("che", "cr2") %in% wanted)) V <- vcalc(vi, cluster=study, obs=id, rho=0.6, data=frame)
seconds <- function(expr, frame=parent.frame()) { force(frame); sum(system.time(eval(expr, frame))[1:2]) }
many <- function(method) { part <- if (quick) 200 else nrow(many_y)
  seconds(quote(for (i in 1:part) rma(many_y[i,], many_v[i,], method=method, control=list(maxiter=1000)))) * nrow(many_y) / part }
tasks <- list(
  single=function() seconds(quote(for (i in 1:50) rma(small[,1], small[,2]))) / 50,
  single_PM=function() seconds(quote(for (i in 1:50) rma(small[,1], small[,2], method="PM"))) / 50,
  many=function() many("REML"),
  many_DL=function() many("DL"),
  leave1out=function() if (quick) seconds(quote(for (i in 1:20) rma(wide[-i,1], wide[-i,2]))) * 25 else
    seconds(quote(leave1out(rma(wide[,1], wide[,2])))),
  influence=function() seconds(quote(influence(rma(small[,1], small[,2])))),
  trimfill=function() seconds(quote(for (i in 1:5) trimfill(rma(small[,1], small[,2])))) / 5,
  permutest=function() { part <- if (quick) 500 else 10000
    seconds(quote(permutest(rma(small[,1], small[,2]), exact=FALSE, iter=part, progbar=FALSE))) * 10000 / part },
  gosh=function() { part <- if (quick) 500 else 2^15
    seconds(quote(gosh(rma(subset[,1], subset[,2]), subsets=part, progbar=FALSE))) * 2^15 / part },
  three_level=function() seconds(quote(rma.mv(yi, vi, random=~1|study/id, data=frame, sparse=TRUE))),
  che=function() seconds(quote(rma.mv(yi, V, random=~1|study/id, data=frame, sparse=TRUE))),
  cr2=function() { if (!requireNamespace("clubSandwich", quietly=TRUE)) return(NA)
    model <- rma.mv(yi, V, random=~1|study/id, data=frame, sparse=TRUE)
    seconds(quote(robust(model, cluster=study, clubSandwich=TRUE))) }
)
for (name in intersect(wanted, names(tasks))) cat(name, tasks[[name]](), "\n")
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


Work = dict[str, tuple[Callable[[], object], int]]
"""What is timed, by task, and how many runs the best is taken of."""


def prismake(sets: dict[str, np.ndarray]) -> Work:
    """What Prismake does for each task."""
    y, v = sets["small"].T
    wide_y, wide_v = sets["wide"].T
    sub_y, sub_v = sets["subset"].T
    deep_y, deep_v, study = sets["deep"].T
    one = np.ones((deep_y.size, 1))
    labels = study.astype(int).astype(str)
    many = sets["many_y"], sets["many_v"]
    return {
        "single": (lambda: fit(y, v), 50),
        "single_PM": (lambda: fit(y, v, method="PM"), 50),
        "many": (lambda: fit_batch(*many, statistics=False), 5),
        "many_DL": (lambda: fit_batch(*many, method="DL", statistics=False), 5),
        "leave1out": (lambda: leave_one_out(wide_y, wide_v), 5),
        "influence": (lambda: influence(y, v), 20),
        "trimfill": (lambda: trim_and_fill(y, v), 20),
        "permutest": (lambda: permutation_test(y, v, most=1, sample=10_000), 5),
        "gosh": (lambda: gosh(sub_y, sub_v), 3),
        "three_level": (lambda: fit_multilevel(deep_y, deep_v, one, labels), 5),
        "che": (lambda: fit_multilevel(deep_y, deep_v, one, labels, rho=0.6), 5),
        "cr2": (lambda: robust(deep_y, deep_v, one, labels, sigma2=(0.04, 0.02), rho=0.6), 5),
    }


def pymare(sets: dict[str, np.ndarray]) -> Work:
    """What PyMARE does, vectorised over data sets where it can be."""
    from pymare import Dataset
    from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator

    y, v = (column[:, None] for column in sets["small"].T)
    many = sets["many_y"].T.copy(), sets["many_v"].T.copy()
    # Every column leaves another effect of the wide set out.
    others = np.array([np.delete(np.arange(500), i) for i in range(500)]).T
    wide = sets["wide"][:, 0][others], sets["wide"][:, 1][others]

    def reml(effects: np.ndarray, variances: np.ndarray) -> object:
        return VarianceBasedLikelihoodEstimator(method="reml").fit(effects, variances, X=np.ones((len(effects), 1)))

    def permuted() -> object:
        return (
            VarianceBasedLikelihoodEstimator(method="reml")
            .fit_dataset(Dataset(y, v))
            .summary()
            .permutation_test(10_000)
        )

    return {
        "single": (lambda: reml(y, v), 10),
        "many": (lambda: reml(*many), 2),
        "many_DL": (lambda: DerSimonianLaird().fit(*many, X=np.ones((20, 1))), 3),
        "leave1out": (lambda: reml(*wide), 2),
        "permutest": (permuted, 1),
    }


def statsmodels(sets: dict[str, np.ndarray]) -> Work:
    """What statsmodels does: one set at a time, by Paule and Mandel or by DerSimonian and Laird."""
    from statsmodels.stats.meta_analysis import combine_effects

    y, v = sets["small"].T

    def moments() -> None:
        for row in range(len(sets["many_y"])):
            combine_effects(sets["many_y"][row], sets["many_v"][row], method_re="dl")

    return {"single_PM": (lambda: combine_effects(y, v, method_re="iterated"), 50), "many_DL": (moments, 1)}


def metafor(sets: dict[str, np.ndarray], tasks: list[str], quick: bool) -> dict[str, float]:
    """Seconds by task of metafor, timed inside R."""
    with tempfile.TemporaryDirectory() as folder:
        for name, values in sets.items():
            np.savetxt(Path(folder) / f"{name}.csv", values, delimiter=",", fmt="%.17g")
        script = Path(folder) / "speed.R"
        script.write_text(R_SCRIPT, encoding="utf-8")
        command = ["Rscript", "--vanilla", str(script), folder, "quick" if quick else "full", ",".join(tasks)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print("metafor: " + " ".join(run.stderr.split()[-40:]), file=sys.stderr)
    found = (line.split() for line in run.stdout.splitlines() if line.strip())
    return {name: float(seconds) for name, seconds in found if seconds != "NA"}


TASKS = {
    "single": "one REML fit, k = 20",
    "single_PM": "one Paule-Mandel fit, k = 20",
    "many": "10,000 REML fits, k = 20",
    "many_DL": "10,000 DL fits, k = 20",
    "leave1out": "leave-one-out, k = 500",
    "influence": "influence diagnostics, k = 20",
    "trimfill": "trim and fill, k = 20",
    "permutest": "permutation test, 10,000 sign flips, k = 20",
    "gosh": "GOSH, 2^15 subsets, REML, k = 15",
    "three_level": "three-level, 1,000 effects in 300 studies",
    "che": "CHE, 1,000 effects in 300 studies",
    "cr2": "CR2 with Satterthwaite degrees of freedom, the same",
}


def main() -> None:
    """Time everybody who is there and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="metafor on a part of the slow tasks, times their number")
    parser.add_argument("--tasks", default=",".join(TASKS), help="names of tasks, with commas between")
    parser.add_argument("--json", type=Path, help="write the seconds here too")
    arguments = parser.parse_args()
    tasks = [task for task in TASKS if task in arguments.tasks.split(",")]
    sets = data()
    workers: dict[str, Callable[[dict[str, np.ndarray]], Work]] = {"Prismake": prismake}
    for name, module, work in (("PyMARE", "pymare", pymare), ("statsmodels", "statsmodels", statsmodels)):
        if importlib.util.find_spec(module):
            workers[name] = work
        else:
            print(f"{name} is not installed: left out")
    times: dict[str, dict[str, float]] = {}
    for name, prepare in workers.items():
        works = prepare(sets)
        times[name] = {task: best(*works[task]) for task in tasks if task in works}
    if shutil.which("Rscript"):
        times["metafor"] = metafor(sets, tasks, arguments.quick)
    else:
        print("Rscript is not here: metafor left out")
    peers = [name for name in times if name != "Prismake"]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print("| task | Prismake | " + " | ".join(peers) + " |\n|---|---|" + "---|" * len(peers))
    for task in tasks:
        ours = times["Prismake"][task]
        cells = [_cell(times[name].get(task), ours) for name in peers]
        print(f"| {TASKS[task]} | {_seconds(ours)} | " + " | ".join(cells) + " |")
    if arguments.json:
        arguments.json.write_text(json.dumps(times, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _seconds(value: float) -> str:
    return f"{value * 1000:.2f} ms" if value < 1 else f"{value:.1f} s"


def _cell(value: float | None, ours: float) -> str:
    return "-" if value is None else f"{_seconds(value)} ({value / ours:.{0 if value > 9 * ours else 1}f}x)"


if __name__ == "__main__":
    main()
