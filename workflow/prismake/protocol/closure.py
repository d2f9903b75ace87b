"""Code closures: which library modules a script depends on, as one digest that a rule holds.

Snakemake follows a script by its time alone and imports not at all. The closure is computed from the text: every `import` and
`from ... import` of the library's package, at any depth of the code, transitively. The statements are read by a pattern in
place of the syntax trees, which take five times as long at every start of a build; a test holds the two against each other
for every file there is. The files' contents go into one digest, which stands among a rule's params: listed as inputs, the
two thousand paths cost Snakemake more time at every start than all the rest of the workflow.
"""

from __future__ import annotations

import re
from functools import cached_property
from hashlib import sha256
from pathlib import Path

PACKAGE = "prismake"

_STATEMENT = re.compile(
    rb"^[ \t]*(?:import[ \t]+(?P<modules>[^\n#]*\bprismake\b[^\n#]*)"
    rb"|from[ \t]+(?P<module>prismake(?:\.\w+)*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]+))",
    re.MULTILINE,
)
_COMMENT = re.compile(rb"#[^\n]*")


def imported_names(text: bytes) -> frozenset[str]:
    """Absolute dotted names below the package that a Python text imports, `from a import b` giving both a and a.b."""
    names: set[str] = set()
    for found in _STATEMENT.finditer(_COMMENT.sub(b"", text)):
        if found["modules"]:
            modules = (part.split()[0] for part in found["modules"].decode().split(",") if part.split())
            names.update(name for name in modules if name.split(".")[0] == PACKAGE)
            continue
        module = found["module"].decode()
        names.add(module)
        listed = found["names"].decode().strip("() \t\r\n")
        names.update(f"{module}.{part.split()[0]}" for part in listed.split(",") if part.split())
    return frozenset(names)


class Library:
    """The workflow's code as it is now; each file is read at most once.

    Args:
        folder: the folder that holds the package (`workflow`). Files are named relative to it ("prismake/records/ris.py").
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[frozenset[str], bytes]] = {}

    @cached_property
    def _modules(self) -> dict[str, str]:
        """Dotted name -> file, of every module and package."""
        root = str(self._folder)
        found: dict[str, str] = {}
        for path in (self._folder / PACKAGE).rglob("*.py"):
            file = str(path)[len(root) + 1 :].replace("\\", "/")
            found[file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = file
        return found

    def _file(self, name: str) -> tuple[frozenset[str], bytes]:
        """(names that the file imports, sha256 of its text with line ends as on every system)."""
        if name not in self._read:
            text = (self._folder / name).read_bytes().replace(b"\r\n", b"\n")
            self._read[name] = imported_names(text), sha256(text).digest()
        return self._read[name]

    def _files_of(self, name: str) -> list[str]:
        """The files that importing a dotted name executes: each package on the way, and the module."""
        parts = name.split(".")
        dotted = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        return [self._modules[part] for part in dotted if part in self._modules]

    def closure(self, script: str) -> list[str]:
        """The script ("scripts/report.py") and all library files that it imports, directly or through others, sorted."""
        found = {script}
        waiting = [script]
        while waiting:
            for name in self._file(waiting.pop())[0]:
                new = [file for file in self._files_of(name) if file not in found]
                found.update(new)
                waiting.extend(new)
        return sorted(found)

    def digest(self, script: str) -> str:
        """One sha256 (hex) over the names and the contents of the script's closure."""
        whole = sha256()
        for name in self.closure(script):
            whole.update(name.encode() + b"\0" + self._file(name)[1])
        return whole.hexdigest()
