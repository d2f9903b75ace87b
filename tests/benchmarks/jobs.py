"""What each job of a build used: a hook that Python runs at the start of every process of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Scripts run as tmpXXXX.<rule>.py; the hook writes one line for each when it ends.
_HOOK = """
import atexit, json, os, re, resource, sys, time
_start = time.perf_counter()
def _end():
    rule = re.search(r"tmp\\w+\\.(\\w+)\\.py$", sys.argv[0] if sys.argv else "")
    if rule:
        used = resource.getrusage(resource.RUSAGE_SELF)
        line = {"rule": rule[1], "mb": used.ru_maxrss / 1024, "cpu": used.ru_utime + used.ru_stime,
                "wall": time.perf_counter() - _start}
        with open(os.environ["JOBS_LOG"], "a") as file:
            file.write(json.dumps(line) + "\\n")
atexit.register(_end)
"""


def build(folder: Path, *arguments: str) -> dict[str, dict[str, float]]:
    """Run a build of the review in `folder`; rule -> jobs, CPU seconds of all its jobs, longest wall seconds, most MB of one."""
    site = folder / ".jobs"
    site.mkdir(exist_ok=True)
    (site / "sitecustomize.py").write_text(_HOOK)
    log = site / "jobs.jsonl"
    log.write_text("")
    path = os.pathsep.join([str(site), str(ROOT / "workflow"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--workflow-profile", str(ROOT / "profiles/default"), *arguments]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path, "JOBS_LOG": str(log)}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    used: dict[str, dict[str, float]] = defaultdict(lambda: {"jobs": 0, "cpu": 0.0, "wall": 0.0, "mb": 0.0})
    for line in log.read_text().splitlines():
        job = json.loads(line)
        rule = used[job["rule"]]
        rule["jobs"] += 1
        rule["cpu"] += job["cpu"]
        rule["wall"] = max(rule["wall"], job["wall"])
        rule["mb"] = max(rule["mb"], job["mb"])
    return dict(used)
