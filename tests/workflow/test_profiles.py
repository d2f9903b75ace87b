"""The profiles agree, and the groups of the cluster's are whole and without circles."""

import re
import subprocess
import sys

import yaml


def _profile(root, name):
    return yaml.safe_load((root / "profiles" / name / "config.yaml").read_text(encoding="utf-8"))


def test_the_cluster_reruns_what_the_default_reruns(root):
    default, slurm = _profile(root, "default"), _profile(root, "slurm")
    assert {key: slurm[key] for key in default if key != "cores"} == {k: v for k, v in default.items() if k != "cores"}
    assert "executor" not in default


def test_every_rule_but_the_imports_has_a_group(root):
    rules = {
        name
        for file in (root / "workflow/rules").glob("*.smk")
        for name in re.findall(r"(?m)^rule (\w+):", file.read_text(encoding="utf-8"))
    }
    # The searches are read side by side; the cross-check is no part of a build.
    assert rules - set(_profile(root, "slurm")["groups"]) == {"import_search", "crosscheck"}


def test_the_groups_depend_on_each_other_one_way(root, tmp_path):
    # Snakemake refuses a group that depends on itself through another one.
    profile = _profile(root, "slurm")
    groups = [f"{rule}={group}" for rule, group in profile["groups"].items()]
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--directory", str(root)]
    command += ["--dry-run", "--forceall", "--quiet", "all", "--workflow-profile", "none", "--nolock", "--cores", "2"]
    done = subprocess.run([*command, "--groups", *groups], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_lock_of_the_cluster_names_no_version_that_the_main_lock_does_not(root):
    def pins(path):
        return dict(re.findall(r"(?m)^([a-z0-9-]+)==([^ ]+)", path.read_text(encoding="utf-8")))

    main, slurm = pins(root / "requirements.lock"), pins(root / "profiles/slurm/requirements.lock")
    assert {name: version for name, version in slurm.items() if main.get(name, version) != version} == {}
    assert set(slurm) - set(main) == {"snakemake-executor-plugin-slurm", "snakemake-executor-plugin-slurm-jobstep"}
