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
from .dry_run import dry_run
from .test_determinism import _differing, _marks

fcntl = pytest.importorskip("fcntl", reason="this system keeps no such locks")

# The whole process group of one review's build is killed at 20 moments, as shares of the files that a whole build makes.
# tests/benchmarks/kills.py kills hundreds.
KILLS = 20
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


def test_killed_builds_continue_without_cleaning_up(root, tiny, tmp_path, build):
    whole = _marks(tiny)
    folder = copy_review(root / "tests/example/tiny", tmp_path / "killed")
    random_ = random.Random(SEED)
    shares = sorted(random_.uniform(0.02, 0.95) for _ in range(KILLS))
    killed = [
        _killed_after(round(share * len(whole)), random_.uniform(0, 0.2), root / "Snakefile", folder)
        for share in shares
    ]
    # On a fast machine the last builds may end before they are killed; the early ones cannot.
    assert sum(killed) >= KILLS // 2
    build(folder)
    assert _differing(folder, tiny) == []
    assert dry_run(root / "Snakefile", folder).jobs == {}


def test_two_builds_at_once_are_refused(root, tmp_path, build):
    folder = copy_review(root / "tests/example/tiny", tmp_path / "twice")
    (folder / ".snakemake").mkdir()
    with (folder / ".snakemake/prismake.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = build(folder, fails=True)
    assert "another build of this review is running" in done.stderr
    assert _made(folder) == 0
