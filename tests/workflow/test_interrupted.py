"""A killed build is taken up again by a plain `snakemake`, and ends in the same bytes as one that ran through."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import copy_review
from .test_determinism import _marks

fcntl = pytest.importorskip("fcntl", reason="this system keeps no such locks")

# Each round kills the whole process group of one review's build at 20 moments, as shares of the files that a whole build makes.
# By hand: PRISMAKE_KILL_ROUNDS=15 python -m pytest tests/workflow/test_interrupted.py
KILLS = 20
ROUNDS = int(os.environ.get("PRISMAKE_KILL_ROUNDS", "1"))
SEED = 20261122


def _made(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "results").rglob("*")) if (folder / "results").is_dir() else 0


def _killed_after(files: int, seconds: float, snakefile: Path, folder: Path) -> bool:
    """Start a build and kill -9 its process group once so many files are there; False if it ended before."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--directory", str(folder)]
    build = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=snakefile.parent
    )
    while build.poll() is None and _made(folder) < files:
        time.sleep(0.02)
    time.sleep(seconds)
    ended = build.poll() is not None
    if not ended:
        os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    return not ended


@pytest.mark.parametrize("number", range(ROUNDS))
def test_killed_builds_continue_without_cleaning_up(root, tiny, tmp_path, build, number):
    whole = _marks(tiny)
    folder = copy_review(root / "tests/example/tiny", tmp_path / "killed")
    random_ = random.Random(SEED + number)
    shares = sorted(random_.uniform(0.02, 0.95) for _ in range(KILLS))
    killed = [
        _killed_after(round(share * len(whole)), random_.uniform(0, 0.5), root / "Snakefile", folder)
        for share in shares
    ]
    # A build that is nearly done may end before its kill.
    assert sum(killed) >= KILLS - 3
    build(folder)
    marks = _marks(folder)
    assert sorted(marks) == sorted(whole)
    assert [name for name in whole if marks[name] != whole[name]] == []
    assert "Nothing to be done" in (done := build(folder)).stdout + done.stderr


def test_two_builds_at_once_are_refused(root, tmp_path, build):
    folder = copy_review(root / "tests/example/tiny", tmp_path / "twice")
    (folder / ".snakemake").mkdir()
    with (folder / ".snakemake/prismake.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = build(folder, fails=True)
    assert "another build of this review is running" in done.stderr
    assert _made(folder) == 0
