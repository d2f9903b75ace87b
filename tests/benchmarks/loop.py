"""How long a build takes beside Snakemake's own floor, in one run.

    python tests/benchmarks/loop.py [--runs 5]

Floor: the same jobs with the same input and output files, in one Snakefile whose rules compute nothing, with two params each:
what Snakemake itself needs for a workflow of this size. Measured are whole processes: the example from nothing, nothing to do,
and after one changed screening decision.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "workflow"))


def snakemake(snakefile: Path, folder: Path) -> float:
    """Seconds of one build, as a whole process."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--directory", str(folder)]
    profile = ["--workflow-profile", str(ROOT / "profiles/default")]
    start = time.perf_counter()
    subprocess.run([*command, *profile], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - start


def floor_workflow(folder: Path, review: Path) -> Path:
    """A Snakefile of the review's jobs with empty rules, from the files that a dry run of the empty review names."""
    from dry_run import dry_run

    text = []
    for job, (inputs, outputs) in sorted(dry_run(ROOT / "Snakefile", review).files.items()):
        text += [f"rule {re.sub(r'[^a-z_]', '_', job)}:", f"    input: {inputs}"]
        if job == "all":
            text += ["    default_target: True"]
        else:
            text += [f"    output: {outputs}", "    params: settings={'a': 1}, code='b'", "    shell: 'touch {output}'"]
    snakefile = folder / "Snakefile"
    snakefile.write_text("\n".join(text) + "\n", encoding="utf-8")
    return snakefile


def change_one_decision(folder: Path) -> None:
    """One exclusion of one reviewer becomes an inclusion, or back."""
    path = folder / "resources/screening/title_abstract/asreview_brandmoor.csv"
    text = path.read_text(encoding="utf-8-sig")
    changed = text.replace(",0,", ",1,", 1)
    path.write_text(changed, encoding="utf-8")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as temporary:
        review, floor = Path(temporary) / "review", Path(temporary) / "floor"
        for name in ("config", "resources"):
            shutil.copytree(ROOT / name, review / name)
            shutil.copytree(ROOT / name, floor / name)
        floor_file = floor_workflow(floor, review)
        nothing = [snakemake(ROOT / "Snakefile", review), snakemake(floor_file, floor)]
        idle = [(snakemake(ROOT / "Snakefile", review), snakemake(floor_file, floor)) for _ in range(runs)]
        change_one_decision(review)
        changed = snakemake(ROOT / "Snakefile", review)
    ours, theirs = (statistics.median(times) for times in zip(*idle, strict=True))
    ratio = statistics.median(a / b for a, b in idle)
    print("| build | seconds | floor | ratio |\n|---|---|---|---|")
    print(f"| from nothing | {nothing[0]:.1f} | {nothing[1]:.1f} | {nothing[0] / nothing[1]:.2f} |")
    print(f"| nothing to do, median of {runs} pairs | {ours:.2f} | {theirs:.2f} | {ratio:.2f} |")
    print(f"| one changed decision | {changed:.1f} | | |")


if __name__ == "__main__":
    main()
