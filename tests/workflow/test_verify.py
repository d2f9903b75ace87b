"""Results that were edited by hand after the build are named; a bundle builds again to the same bytes."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from click.testing import CliRunner
from prismake.cli.main import main

from .conftest import copy_workflow


@pytest.fixture
def copied(tiny, tmp_path):
    folder = tmp_path / "review"
    for name in ("config", "resources", "results"):
        shutil.copytree(tiny / name, folder / name)
    return folder


def _verify(folder):
    return CliRunner().invoke(main, ["verify", "--directory", str(folder)])


def test_a_build_is_what_it_packed(copied):
    done = _verify(copied)
    assert done.exit_code == 0, done.output
    assert "are what the build packed" in done.output


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("results/effects/effects.csv", "T1", "T3"),
        ("results/screening/decisions.csv", "exclude", "include"),
        ("results/flow/flow.json", "12", "13"),
        ("results/report/report.html", "tiny", "small"),
        ("resources/extraction/results.csv", "T1", "T3"),
    ],
)
def test_a_file_edited_by_hand_is_named(copied, name, old, new):
    path = copied / name
    text = path.read_text(encoding="utf-8")
    assert old in text or name.endswith(".html")
    path.write_text(text.replace(old, new, 1) if old in text else text + " ", encoding="utf-8")
    done = _verify(copied)
    assert done.exit_code != 0
    shown = done.output + str(done.exception)
    assert name in shown and shown.count("is not what the build packed") == 1


def test_a_bundle_verifies_and_builds_again_to_the_same_bytes_in_a_fresh_clone(root, tiny, tmp_path):
    clone = copy_workflow(root, tmp_path / "clone")
    environment = {**os.environ, "PYTHONPATH": str(clone / "workflow"), "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, "-m", "prismake.cli.main", "verify", str(tiny / "results/bundle/bundle.zip")],
        capture_output=True, text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    files = done.stdout.split(" files are what the manifest says")[0]
    assert f"{files} of {files} files were built again to the same bytes." in done.stdout
    assert (clone / "workflow/prismake/__pycache__").is_dir()  # it was the clone that ran


def test_every_column_of_the_results_in_a_bundle_has_its_meaning(tiny):
    with zipfile.ZipFile(tiny / "results/bundle/bundle.zip") as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("DICTIONARY.csv").decode())))
    assert len(rows) > 300
    nameless = {row["column"] for row in rows if row["file"].startswith("results/") and not row["meaning"]}
    assert nameless == set(), "say in prismake/report/column_meanings.py what these columns mean"


def test_every_number_of_the_build_has_its_rule_stamp_and_ids(tiny):
    with (tiny / "results/provenance/numbers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 200
    assert [
        row["name"] for row in rows if not (row["rule"] and row["stamp"] and row["ids_file"] and row["n_ids"])
    ] == []
    assert all((tiny / row["ids_file"]).is_file() and (tiny / row["file"]).is_file() for row in rows)


def test_every_number_of_the_report_bears_its_stamp(tiny):
    with (tiny / "results/report/numbers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 100
    assert {row["stamp"] for row in rows} == {"preregistered", "unspecified"}
    analysed = [row for row in rows if row["file"].startswith("analyses/")]
    assert analysed and {row["stamp"] for row in analysed} == {"preregistered"}


def test_every_table_and_figure_of_an_analysis_bears_its_stamp(tiny):
    page = (tiny / "results/report/report.html").read_text(encoding="utf-8")
    captions = re.findall(r"<(?:fig)?caption.*?</(?:fig)?caption>", page, re.DOTALL)
    titled = [text for text in captions if "Depression at the end of treatment" in text]
    assert len(titled) > 5
    assert [text for text in titled if '<span class="stamp">Preregistered</span>' not in text] == []
