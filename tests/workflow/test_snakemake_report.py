"""Snakemake's own report: it builds without a network, with captions, categories, labels and the runtimes of the rules."""

import json
import re
import shutil
import subprocess
import sys

import pytest

CATEGORIES = ["Analyses", "Flow", "Registration and claims", "Report", "Studies"]


def _offline():
    """What is put before a command so that it has no network; nothing where this cannot be had."""
    unshare = [shutil.which("unshare") or "", "-rn"]
    works = unshare[0] and subprocess.run([*unshare, "true"], capture_output=True).returncode == 0
    return unshare if works else []


@pytest.fixture(scope="module")
def page(tiny, root, tmp_path_factory):
    path = tmp_path_factory.mktemp("snakemake_report") / "report.html"
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--directory", str(tiny)]
    done = subprocess.run([*_offline(), *command, "--report", str(path)], capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr[-3000:]
    return path.read_text(encoding="utf-8")


def test_it_asks_the_network_for_nothing(page):
    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://[^"]+"', page) == []


def test_its_categories_captions_and_labels_are_there(page):
    for category in CATEGORIES:
        assert json.dumps(category) in page
    for words in ("PRISMA 2020 flow diagram", "Where the review stands", "Every number and its source", "Forest plot"):
        assert words in page
    assert "the length of a list of ids" in page


def test_it_tells_how_long_each_rule_took(page):
    assert re.search(r'"rule": "deduplicate", "runtime": [0-9.]+', page)


def test_every_caption_is_used(root):
    rules = (
        "".join(path.read_text() for path in (root / "workflow/rules").glob("*.smk")) + (root / "Snakefile").read_text()
    )
    named = set(re.findall(r"report/(\w+)\.rst", rules))
    assert {path.stem for path in (root / "workflow/report").glob("*.rst")} == named
