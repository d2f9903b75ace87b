"""Whole reviews, built by the real snakemake in folders of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def build(root: Path) -> Build:
    """Runs snakemake on a review folder; stops the test with its output if it fails, unless `fails` is set."""

    def run(
        folder: Path,
        *arguments: str,
        fails: bool = False,
        environment: Mapping[str, str] | None = None,
        python: Path | str = sys.executable,
    ) -> subprocess.CompletedProcess[str]:
        command = [
            str(python),
            "-m",
            "snakemake",
            "--snakefile",
            str(root / "Snakefile"),
            "--directory",
            str(folder),
        ]
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, cwd=root, env={**os.environ, **(environment or {})}
        )
        if (done.returncode != 0) != fails:
            pytest.fail(f"snakemake ended with {done.returncode}:\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}")
        return done

    return run


def copy_review(source: Path, target: Path) -> Path:
    """A review folder as people have it: config/ and resources/, no results."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("config", "resources"):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
    return target


@pytest.fixture(scope="session")
def tiny(root: Path, tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    """The tiny review, built. Tests only read it."""
    folder = copy_review(root / "tests/example/tiny", tmp_path_factory.mktemp("tiny"))
    build(folder)
    return folder


def copy_workflow(root: Path, target: Path) -> Path:
    """What a clone holds of the workflow, without a review."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("Snakefile", "requirements.lock"):
        shutil.copy(root / name, target)
    for name in ("profiles", "workflow"):
        shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def copy_built(source: Path, target: Path) -> Path:
    """A built review with Snakemake's records of it, to be changed: a build of the copy has nothing to do."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    return target


@pytest.fixture(scope="session")
def example(root: Path, tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    """The project as a clone has it, with the example review built in it. Tests only read it."""
    folder = tmp_path_factory.mktemp("example")
    copy_workflow(root, folder)
    copy_review(root, folder)
    build(folder, "--snakefile", str(folder / "Snakefile"))
    return folder
