"""The workflow as a module of somebody else's workflow, from a clone, where the library is not installed."""

from __future__ import annotations

import os
import subprocess
import sys

from .conftest import copy_review, copy_workflow
from .test_determinism import _differing

OTHER = """\
module review:
    snakefile: "{snakefile}"


use rule * from review


rule summary:
    input:
        "results/report/report.html",
        "results/flow/flow.json",
    output:
        "summary.txt",
    shell:
        "cat {{input}} | wc -c > {{output}}"
"""


def test_the_report_is_built_by_another_workflow(root, tiny, tmp_path):
    clone = copy_workflow(root, tmp_path / "clone")
    folder = copy_review(root / "tests/example/tiny", tmp_path / "other")
    (folder / "Snakefile").write_text(OTHER.format(snakefile=clone / "Snakefile"), encoding="utf-8")
    # Whoever imports the library from anywhere but the clone stops here.
    elsewhere = tmp_path / "elsewhere/prismake"
    elsewhere.mkdir(parents=True)
    (elsewhere / "__init__.py").write_text("raise ImportError('not the library of the clone')\n", encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "summary", "all"]
    environment = {**os.environ, "PYTHONPATH": str(elsewhere.parent)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    assert int((folder / "summary.txt").read_text()) > 10_000
    assert _differing(tiny, folder) == []
