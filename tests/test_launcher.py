"""review.py: what it hands over, and what it says where it cannot set up."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest


@pytest.fixture
def launcher(root):
    spec = importlib.util.spec_from_file_location("review", root / "review.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_needs_nothing_but_the_standard_library(root):
    names = re.findall(r"(?m)^(?:import|from) (\w+)", (root / "review.py").read_text())
    assert set(names) <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("typed", "handed"),
    [
        ([], ["-m", "snakemake", "--snakefile", "SNAKEFILE", "--directory", "ROOT"]),
        (
            ["--", "--cores", "1"],
            ["-m", "snakemake", "--snakefile", "SNAKEFILE", "--directory", "ROOT", "--cores", "1"],
        ),
        (["--directory", "other"], ["-m", "snakemake", "--snakefile", "SNAKEFILE", "--directory", "other"]),
        (["-n"], ["-m", "snakemake", "--snakefile", "SNAKEFILE", "--directory", "ROOT", "-n"]),
        (["status"], ["-m", "prismake.cli.main", "status", "--directory", "ROOT"]),
        (["check", "-d", "other"], ["-m", "prismake.cli.main", "check", "-d", "other"]),
        (["test", "-k", "lock"], ["-m", "pytest", "--rootdir", "ROOT", "-c", "ROOT/pyproject.toml", "-k", "lock"]),
    ],
)
def test_what_is_handed_over(launcher, root, typed, handed):
    names = {
        "SNAKEFILE": str(root / "Snakefile"),
        "ROOT": str(root),
        "ROOT/pyproject.toml": str(root / "pyproject.toml"),
    }
    assert launcher.command(typed)[1:] == [names.get(word, word) for word in handed]


def test_a_mistyped_command_is_named_and_a_target_of_snakemake_is_none(launcher, root):
    with pytest.raises(SystemExit, match="did you mean audit"):
        launcher.check_word(["audti", "flow.csv"])
    rules = re.findall(r"(?m)^rule (\w+):", "".join(p.read_text() for p in root.glob("workflow/rules/*.smk")))
    for word in [*rules, *launcher.COMMANDS, "results/report/report.html", "-n", "--"]:
        launcher.check_word([word])


def test_the_build_backend_is_taken_from_the_lock_with_its_hashes(launcher):
    block = launcher.build_backend()
    assert block.startswith("setuptools==") and "--hash=sha256:" in block and block.count("==") == 1


def test_a_python_that_is_too_new_and_alone_is_said_in_one_line(launcher, monkeypatch):
    monkeypatch.setattr(launcher.sys, "version_info", (3, 14, 0, "final", 0))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        launcher.set_up_with_pip()
    message = str(stopped.value)
    assert "3.14" in message and "install Python 3.13" in message and "\n" not in message


def test_an_older_python_beside_a_too_new_one_is_used(launcher, monkeypatch):
    monkeypatch.setattr(launcher.sys, "version_info", (3, 14, 0, "final", 0))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: "/opt/python3.12" if name == "python3.12" else None)
    monkeypatch.setattr(launcher, "version_of", lambda python: (3, 12))
    assert launcher.suitable_python() == "/opt/python3.12"


def test_the_lock_names_no_host_and_pins_every_package_with_hashes(root):
    text = (root / "requirements.lock").read_text()
    assert "://" not in text
    pins = re.findall(r"(?m)^\S+==\S+.*$", text)
    assert len(pins) > 50
    assert all(line.rstrip().endswith("\\") for line in pins)  # every pin is followed by its hashes


def test_every_default_dependency_is_in_the_lock(root):
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    locked = {line.split("==")[0] for line in (root / "requirements.lock").read_text().splitlines() if "==" in line}
    wanted = {re.match(r"[A-Za-z0-9-]+", spec).group(0).lower() for spec in project["dependencies"]}
    assert wanted <= locked


@pytest.mark.parametrize("how", ["uv", "pip"])
def test_both_ways_install_the_backend_first_and_check_hashes(launcher, monkeypatch, tmp_path, how):
    commands = []
    monkeypatch.setattr(launcher, "VENV", tmp_path / ".venv")
    site = tmp_path / ".venv/lib/python3.11/site-packages"

    def run(*command):
        words = [str(word) for word in command]
        commands.append(words)
        if "venv" in words:
            site.mkdir(parents=True)
        return True

    monkeypatch.setattr(launcher, "run", run)
    launcher.set_up_with_uv("uv") if how == "uv" else launcher.set_up_with_pip()
    installs = [words for words in commands if "--require-hashes" in words]
    assert len(installs) == 2 and installs[0][-1].endswith("backend.txt") and "--no-build-isolation" in installs[1]
    if how == "uv":
        assert installs[0][:3] == ["uv", "pip", "install"]
    else:
        assert installs[0][1:4] == ["-m", "pip", "install"]
    assert (site / "prismake.pth").read_text().strip().endswith("workflow")


@pytest.mark.parametrize("where", [".", "results"])
@pytest.mark.parametrize("typed", [["--directory", "FOLDER"], ["--directory=FOLDER"], ["--", "-d", "FOLDER"]])
def test_a_folder_that_cannot_be_written_to_is_said_in_one_line(launcher, monkeypatch, tmp_path, where, typed):
    (tmp_path / "results").mkdir()
    handed = launcher.command([word.replace("FOLDER", str(tmp_path)) for word in typed])
    launcher.check_writable(handed)
    monkeypatch.setattr(launcher.os, "access", lambda path, mode: Path(path) != tmp_path / where)
    with pytest.raises(SystemExit, match="cannot be written to; copy the review into a folder of your own"):
        launcher.check_writable(handed)
