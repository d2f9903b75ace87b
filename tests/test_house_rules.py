"""What holds for the whole house: imports run one way, a rule has one script, a script one test, code names no machine."""

import ast
import re

import pytest

# Each package may import those of its own rank and of the ranks before it.
RANKS = [
    {"protocol", "messages"}, {"records"}, {"drawing"}, {"deduplication"}, {"screening", "extraction"},
    {"flow", "synthesis"}, {"audit"}, {"report"}, {"cli"},
]  # fmt: skip
RANK = {package: number for number, packages in enumerate(RANKS) for package in packages}


def _library(root):
    return sorted((root / "workflow/prismake").rglob("*.py"))


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_imports_run_one_way(root):
    wrong = []
    for path in _library(root):
        parts = path.relative_to(root / "workflow/prismake").parts
        if len(parts) < 2:
            continue
        for name in _imports(path):
            other = name.split(".")
            if other[0] == "prismake" and len(other) > 1 and other[1] in RANK and other[1] != parts[0]:
                same_rank = RANK[other[1]] == RANK[parts[0]] and RANK[parts[0]] > 0
                if RANK[other[1]] > RANK[parts[0]] or same_rank:
                    wrong.append(f"{'/'.join(parts)} imports {name}")
    assert wrong == []


def test_the_library_knows_nothing_of_snakemake(root):
    assert [p for p in _library(root) if any(n.split(".")[0] == "snakemake" for n in _imports(p))] == []


def test_packages_hold_a_docstring_and_nothing_else(root):
    """A re-export would put a whole package into the closure of every script that imports one module of it."""
    for path in (root / "workflow/prismake").rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        allowed = 2 if path.parent.name == "prismake" else 1  # the package itself has its version
        assert body and len(body) <= allowed and isinstance(body[0], ast.Expr), path


def _rules(root):
    for file in sorted((root / "workflow/rules").glob("*.smk")):
        text = file.read_text(encoding="utf-8")
        for block in re.split(r"(?m)^(?=rule )", text)[1:]:
            yield file.name, re.match(r"rule (\w+)", block).group(1), block


def test_every_rule_has_its_own_script_log_docstring_and_code_closure(root):
    scripts = []
    for file, name, block in _rules(root):
        script = re.search(r'script:\s*"\.\./scripts/(\w+)\.py"', block)
        assert script, f"{file}: rule {name} has no script"
        scripts.append(script.group(1))
        assert "log:" in block and '"""' in block, f"{file}: rule {name}"
        assert f'code=code("{script.group(1)}")' in block, f"{file}: rule {name} does not list its code"
        assert "lambda" not in block and "run:" not in block and "shell:" not in block, f"{file}: rule {name}"
    assert sorted(scripts) == sorted(set(scripts)), "two rules share a script"
    assert sorted(scripts) == sorted(p.stem for p in (root / "workflow/scripts").glob("*.py"))


def test_every_script_has_its_test(root):
    scripts = {p.stem for p in (root / "workflow/scripts").glob("*.py")}
    tests = {p.stem.removeprefix("test_") for p in (root / "tests/scripts").glob("test_*.py")}
    assert scripts - tests == set()


def test_scripts_can_be_run_by_snakemake(root):
    for path in (root / "workflow/scripts").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "from __future__" not in text, f"{path.name}: Snakemake puts lines before the script"
        assert "log_errors_to(snakemake.log[0])" in text, path.name
        assert "snakemake.config" not in text, path.name


def test_rules_files_open_with_their_contract(root):
    for path in (root / "workflow/rules").glob("*.smk"):
        head = path.read_text(encoding="utf-8")[:800]
        assert head.startswith("# ") and "# Needs:" in head and "# Makes:" in head, path.name


def test_no_module_is_longer_than_500_lines(root):
    long = {p.name: n for p in _library(root) if (n := len(p.read_text(encoding="utf-8").splitlines())) > 500}
    assert long == {}


@pytest.mark.parametrize("pattern", [r"(?<![\w./])/(?:home|root|Users|work|tmp)/\w", r"\b(?:TODO|FIXME|XXX)\b"])
def test_code_names_no_machine_and_is_finished(root, pattern):
    places = [*_library(root), *(root / "workflow").rglob("*.smk"), *(root / "workflow/scripts").glob("*.py")]
    assert [p.name for p in places if re.search(pattern, p.read_text(encoding="utf-8"))] == []


def test_the_software_of_the_rules_is_that_of_the_lock(root):
    lock = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^\s;\\]+)", (root / "requirements.lock").read_text()))
    listed = re.findall(r"- ([a-z0-9-]+) ?==?(\S+)", (root / "workflow/envs/prismake.yaml").read_text())
    listed = {name.removesuffix("-base"): version for name, version in listed if name != "python"}
    assert len(listed) > 10
    assert {name: lock.get(name) for name in listed} == listed


def test_every_rule_names_its_software(root):
    for file, name, block in _rules(root):
        assert '"../envs/prismake.yaml"' in block, f"{file}: rule {name}"
