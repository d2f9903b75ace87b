"""Running metafor on the tasks of a cross-check, where R and metafor are on the machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from prismake.synthesis.crosscheck_task import Task

# A task is milliseconds in R; this is for a machine that stalls.
_SECONDS = 3600


class NoMetafor(RuntimeError):
    """R or metafor is not on this machine; the message says which."""


def find_metafor() -> str:
    """The Rscript to run. Raises NoMetafor."""
    program = shutil.which("Rscript")
    if program is None:
        raise NoMetafor("Rscript is not on this machine")
    asked = subprocess.run(
        [program, "-e", 'quit(status = !requireNamespace("metafor", quietly = TRUE))'],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    if asked.returncode != 0:
        raise NoMetafor("R has no package metafor on this machine")
    return program


def run_tasks(tasks: list[Task], script: Path, program: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """(answers, versions of R and metafor). Raises RuntimeError with what R said where it fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listed = []
        for number, task in enumerate(tasks):
            task.data.to_csv(folder / f"{number}.csv", index=False, float_format="%.17g")
            listed.append(
                (number, task.kind, task.method, task.test, task.level, task.extra, task.robust, f"{number}.csv")
            )
        columns = ["task", "kind", "method", "test", "level", "extra", "robust", "data"]
        pd.DataFrame(listed, columns=columns).to_csv(folder / "tasks.csv", index=False)
        done = subprocess.run(
            [program, "--vanilla", str(script), str(folder)],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"R stopped with status {done.returncode}: {done.stderr.strip()[-2000:]}")
        answers = pd.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False)
        versions = pd.read_csv(folder / "versions.csv", dtype=str)
    return answers, dict(zip(versions["name"], versions["version"], strict=True))
