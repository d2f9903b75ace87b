"""Builds killed at random moments (kill -9 of the whole process group), each review then finished by a plain `snakemake` and compared.

    python tests/benchmarks/kills.py 60 [--seed 1] [--review tests/example/tiny]

A build is killed after a random time, up to an eighth of what an uninterrupted build took; the next build of the same folder takes
up what it left and is killed too, until one ends before its kill. Then a plain build finishes the folder, its files are compared with
those of the uninterrupted build, byte by byte, and the next review begins from nothing. It ends with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "workflow"))
COMMAND = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory"]


def new_review(source: Path, folder: Path) -> Path:
    """What people wrote, no results."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("config", "resources"):
        shutil.copytree(source / name, folder / name)
    return folder


def marks(folder: Path) -> dict[str, str]:
    """Result -> its hash, of all results but the logs."""
    found = (path for path in (folder / "results").rglob("*") if path.is_file() and "logs" not in path.parts)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def jobs_of(folder: Path) -> list[Path]:
    """The logs of the jobs that have begun: each clears its own when it starts."""
    return list((folder / "results/logs").glob("*.log"))


def finish(folder: Path) -> bool:
    """Whether a plain build, as a user would type it, ends well and leaves nothing to do."""
    done = subprocess.run([*COMMAND, str(folder)], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        sys.stderr.write(done.stderr[-3000:])
        return False
    from dry_run import dry_run

    return not dry_run(ROOT / "Snakefile", folder).jobs


def killed(folder: Path, seconds: float) -> bool:
    """Start a build and kill it after so many seconds; False if it ended before."""
    build = subprocess.Popen(
        [*COMMAND, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=ROOT
    )
    try:
        build.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        return True
    return False


def main() -> None:
    """Kill, finish, compare; print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--review", type=Path, default=ROOT / "tests/example/tiny")
    given = parser.parse_args()
    moments = random.Random(given.seed)
    done, reviews, wrong = 0, 0, 0
    reached: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        whole_folder, folder = new_review(given.review, Path(temporary) / "whole"), Path(temporary) / "killed"
        start = time.perf_counter()
        if not finish(whole_folder):
            raise SystemExit("the uninterrupted build failed")
        longest = (time.perf_counter() - start) / 8
        whole = marks(whole_folder)
        while done < given.kills:
            new_review(given.review, folder)
            reviews += 1
            while done < given.kills and killed(folder, moments.uniform(0, longest)):
                done += 1
                share = len(jobs_of(folder)) / len(jobs_of(whole_folder))
                reached[f"{min(int(share * 4), 3) * 25:02}" if share else "none"] += 1
            ended, found = finish(folder), marks(folder)
            differing = sorted(name for name in found.keys() | whole.keys() if found.get(name) != whole.get(name))
            wrong += not ended or bool(differing)
            print(f"{done} kills, review {reviews}: ended {ended}, differing {differing}", flush=True)
    print(f"{done} kills in {reviews} reviews, {wrong} of them wrong; jobs begun at the kill, from %: {dict(reached)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
