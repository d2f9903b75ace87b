"""Rerun only what changed, and all that changed. Each case names the rules that read the change; all that depends on
them, and nothing else, has to run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from .conftest import copy_review
from .dry_run import CHECKSUM_LIMIT, TRIGGERS, Plan, dry_run


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory, build) -> Path:
    """A copy of the whole project with the example review built in it."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("Snakefile", "profiles", "workflow"):
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    copy_review(root, folder)
    build(folder, "--snakefile", str(folder / "Snakefile"))
    return folder


@pytest.fixture
def changed(project: Path) -> Iterator[Callable[[str, str, str], None]]:
    """Replaces text in a file of the project until the test is over."""
    before: dict[Path, tuple[bytes, os.stat_result]] = {}

    def change(name: str, old: str, new: str) -> None:
        path = project / name
        text = path.read_bytes()
        assert old.encode() in text, f"{name} does not hold {old!r}"
        before.setdefault(path, (text, path.stat()))
        path.write_bytes(text.replace(old.encode(), new.encode(), 1))

    yield change
    for path, (text, stat) in before.items():
        path.write_bytes(text)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def plan(project: Path, config: dict[str, object] | None = None) -> Plan:
    return dry_run(project / "Snakefile", project, config)


def first_vote(project: Path) -> tuple[str, str, str]:
    """A file of full-text votes, a row that excludes, and the same row with an include."""
    name = "resources/screening/title_abstract/asreview_brandmoor.csv"
    text = (project / name).read_text(encoding="utf-8-sig")
    row = next(line for line in text.splitlines()[1:] if re.search(r",0,", line))
    return name, row, re.sub(r",0,", ",1,", row, count=1)


def test_the_plan_asks_what_the_default_profile_asks(root):
    profile = yaml.safe_load((root / "profiles/default/config.yaml").read_text())
    assert {trigger.name.lower() for trigger in TRIGGERS} == {t.replace("-", "_") for t in profile["rerun-triggers"]}
    assert profile["max-checksum-file-size"] == CHECKSUM_LIMIT


def test_nothing_changed_reruns_nothing(project):
    assert plan(project).jobs == {}


def test_a_touched_tree_reruns_nothing(project):
    for path in [*(project / "resources").rglob("*.*"), *(project / "workflow").rglob("*.py")]:
        path.touch()
    assert plan(project).jobs == {}


def test_one_screening_decision(project, changed):
    changed(*first_vote(project))
    found = plan(project)
    assert set(found.jobs) == found.reached_from("merge_screening", "record_provenance")
    assert not {"deduplicate", "combine_searches", "export_for_screening"} & set(found.jobs)


def test_one_effect_size(project, changed):
    text = (project / "resources/extraction/results.csv").read_text(encoding="utf-8-sig")
    row = next(line for line in text.splitlines()[1:] if re.search(r"\d+[.,]\d+", line))
    number = re.search(r"\d+[.,]\d+", row).group(0)
    other = number[:-1] + ("1" if number[-1] != "1" else "2")
    changed("resources/extraction/results.csv", row, row.replace(number, other, 1))
    found = plan(project)
    assert set(found.jobs) == found.reached_from("extract", "bundle")
    assert not {"deduplicate", "merge_screening", "count_flow", "risk_of_bias"} & set(found.jobs)


# What shows or records the configuration reads the file itself.
SHOWING = ["check_protocol", "record_provenance", "bundle"]


@pytest.mark.parametrize(
    ("old", "new", "readers"),
    [
        ("mode: careful", "mode: only exact", ["deduplicate"]),
        ("formats: [html]", "formats: [html]\n  show_abstracts: true", ["report"]),
        ("final: false", "final: true", ["merge_screening", "extract", "risk_of_bias", "check_identities", "report", "status"]),
    ],
)
def test_one_config_key(project, changed, old, new, readers):
    changed("config/config.yaml", old, new)
    found = plan(project)
    assert set(found.jobs) == found.reached_from(*readers, *SHOWING)


@pytest.mark.parametrize(
    ("module", "readers"),
    [
        ("synthesis/tau2.py", ["analysis"]),
        ("flow/diagram.py", ["draw_flow"]),
        ("audit/claims.py", ["audit_claims"]),
        ("deduplication/decide.py", ["deduplicate"]),
    ],
)
def test_one_line_of_a_library_module(project, changed, module, readers):
    path = project / "workflow/prismake" / module
    if not path.exists():
        pytest.fail(f"{module} is gone; name another module here")
    changed(f"workflow/prismake/{module}", "from __future__ import annotations", "from __future__ import annotations  # ")
    found = plan(project)
    assert set(found.jobs) == found.reached_from(*readers)


def test_after_the_changes_were_undone_nothing_is_left_to_do(project):
    assert plan(project).jobs == {}
