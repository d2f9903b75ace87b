"""Code closures against what Python really imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from prismake.protocol.closure import Library, imported_names

ROOT = Path(__file__).resolve().parents[2]

MEASURE = """
import sys, runpy
sys.path.insert(0, {library!r})
runpy.run_path({script!r}, run_name="script")
print("\\n".join(sorted(m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "prismake" and m.__file__)))
"""


def test_imports_are_found_wherever_they_stand(tmp_path):
    file = tmp_path / "script.py"
    file.write_text(
        "import prismake.a\nfrom prismake.b import c as d\ndef f():\n    from prismake.e import g\nimport pandas\n"
    )
    assert imported_names(file.read_bytes()) == {
        "prismake.a", "prismake.b", "prismake.b.c", "prismake.e", "prismake.e.g",
    }  # fmt: skip


def _by_syntax_tree(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] == "prismake"}


def test_the_pattern_finds_what_the_syntax_tree_holds_in_every_file(root):
    files = [*(root / "workflow/prismake").rglob("*.py"), *(root / "workflow/scripts").glob("*.py")]
    assert len(files) > 100
    for path in files:
        assert _by_syntax_tree(path) <= imported_names(path.read_bytes()), path


def test_lists_over_several_lines_with_comments_are_read(tmp_path):
    file = tmp_path / "script.py"
    file.write_text("from prismake.a import (  # why\n    b,\n    c as d,  # and this\n)\nimport os, prismake.e as f\n")
    assert (
        imported_names(file.read_bytes())
        == {"prismake.a", "prismake.a.b", "prismake.a.c", "prismake.e"}
        == _by_syntax_tree(file)
    )


def test_a_closure_is_transitive_and_holds_the_packages_on_the_way(tmp_path):
    package = tmp_path / "prismake" / "sub"
    package.mkdir(parents=True)
    (tmp_path / "prismake/__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from prismake.sub.two import x\n")
    (package / "two.py").write_text("import prismake.sub.one\nx = 1\n")
    (package / "three.py").write_text("")
    script = tmp_path / "script.py"
    script.write_text("from prismake.sub import one\n")
    assert Library(tmp_path).closure("script.py") == [
        "prismake/__init__.py", "prismake/sub/__init__.py", "prismake/sub/one.py", "prismake/sub/two.py", "script.py",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "workflow/scripts").glob("*.py")))
def test_nothing_is_imported_outside_the_closure(root, name):
    script = root / "workflow/scripts" / f"{name}.py"
    code = MEASURE.format(library=str(root / "workflow"), script=str(script))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    listed = Library(root / "workflow").closure(f"scripts/{name}.py")
    assert set(done.stdout.split()) <= {str(root / "workflow" / file) for file in listed}


def test_the_digest_follows_contents_and_names_alone(tmp_path):
    package = tmp_path / "prismake"
    package.mkdir()
    for name in ("__init__", "one", "two", "unused"):
        (package / f"{name}.py").write_text("")
    (tmp_path / "script.py").write_text("from prismake import one\n")
    before = Library(tmp_path).digest("script.py")

    def after(name, text):
        (package / name).write_bytes(text)
        return Library(tmp_path).digest("script.py")

    assert after("one.py", b"") == before
    assert after("unused.py", b"x = 1\n") == before
    changed = after("one.py", b"import prismake.two\n")
    assert changed != before
    assert after("one.py", b"import prismake.two\r\n") == changed
    assert after("two.py", b"x = 1\n") != changed
    assert after("two.py", b"") == changed
    (package / "one.py").rename(package / "three.py")
    (tmp_path / "script.py").write_text("from prismake import three\n")
    assert Library(tmp_path).digest("script.py") != changed


def test_every_module_is_in_the_closures_of_just_the_scripts_that_reach_it(root):
    # A second way: the syntax trees in place of the pattern, and the walk from each module back to the scripts.
    workflow = root / "workflow"
    files = {path.relative_to(workflow).as_posix(): path for path in workflow.glob("prismake/**/*.py")}
    dotted = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in files}
    importers = {name: set() for name in files}
    scripts = {f"scripts/{path.name}": path for path in workflow.glob("scripts/*.py")}
    for name, path in {**files, **scripts}.items():
        for imported in _by_syntax_tree(path):
            parts = imported.split(".")
            for length in range(1, len(parts) + 1):
                if file := dotted.get(".".join(parts[:length])):
                    importers[file].add(name)
    library = Library(workflow)
    closures = {script: set(library.closure(script)) for script in scripts}
    for module in files:
        reaching, waiting = set(), [module]
        while waiting:
            for name in importers.get(waiting.pop(), ()):
                if name not in reaching:
                    reaching.add(name)
                    waiting.append(name)
        assert {script for script in scripts if module in closures[script]} == reaching & set(scripts), module
