"""Code closures: which library modules a script depends on, so that a rule can list them as input.

Snakemake follows a script by its time alone and imports not at all. The closure is computed from the syntax trees:
every `import` and `from ... import` below the library's package, at any depth of the code, transitively.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = "prismake"


@cache
def imported_names(path: Path) -> frozenset[str]:
    """Absolute dotted names below the package that the file imports, `from a import b` giving both a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(name for name in names if name.split(".")[0] == PACKAGE)


def module_files(name: str, library: Path) -> list[Path]:
    """The files that importing a dotted name executes: each package's __init__.py on the way and the module."""
    files: list[Path] = []
    place = library
    for part in name.split("."):
        init = place / part / "__init__.py"
        module = place / f"{part}.py"
        if init.is_file():
            files.append(init)
            place = place / part
        elif module.is_file():
            files.append(module)
            break
        else:
            break
    return files


def closure(script: Path, library: Path) -> list[Path]:
    """The script and all library files that it imports, directly or through others, sorted.

    Args:
        script: the script.
        library: the folder that holds the package.
    """
    found: set[Path] = {script}
    waiting = [script]
    while waiting:
        for name in imported_names(waiting.pop()):
            for file in module_files(name, library):
                if file not in found:
                    found.add(file)
                    waiting.append(file)
    return sorted(found)
