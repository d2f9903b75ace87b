"""Build a bundle again from the inputs that are in it, and compare what comes out with what is in it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

PROVENANCE = "results/provenance/provenance.json"
CLEARED = "CLEARED.csv"
_INPUTS = ("config/", "resources/", "data_root/")

# Deduplication reads abstracts: where they were taken out, its evidence and what quotes it come out otherwise. Nothing
# is excused where the records themselves (membership.csv) come out as others.
_READS_ABSTRACTS = "results/deduplication/"
_QUOTES = ("DICTIONARY.csv", "results/provenance/numbers.csv")
_METADATA = "ro-crate-metadata.json"
BY_ABSTRACTS = "by abstracts"


class CannotBuild(Exception):
    """The bundle cannot be built; the message says why."""


@dataclass
class Comparison:
    """File -> same, differs, not made, only made, or by abstracts (it differs only in what rests on the abstracts that
    were taken out of the bundle); and what of the software is another than the bundle's."""

    files: dict[str, str] = field(default_factory=dict)
    software: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether every file came out to the byte, as far as it does not rest on abstracts that were taken out."""
        return set(self.files.values()) <= {"same", BY_ABSTRACTS}

    def lines(self, *, everything: bool = False) -> list[str]:
        """What is to be said of it: each file that is not the same (or every one), then the sum."""
        lines = [f"{what:12} {name}" for name, what in sorted(self.files.items()) if everything or what != "same"]
        count = Counter(self.files.values())
        lines.append(f"{count['same']} of {len(self.files)} files were built again to the same bytes.")
        if count[BY_ABSTRACTS]:
            lines.append(
                f"{count[BY_ABSTRACTS]} differ in what the deduplication saw in abstracts, which were taken out of the bundle."
            )
        if not self.same and self.software:
            lines.append("Built with other software than the bundle: " + "; ".join(self.software) + ".")
        return lines


def left_out(bundle: Path) -> list[str]:
    """The inputs that the bundle says were left out of it."""
    import csv
    import io

    with zipfile.ZipFile(bundle) as archive:
        if CLEARED not in archive.namelist():
            return []
        rows = csv.DictReader(io.StringIO(archive.read(CLEARED).decode("utf-8")))
        return [row["file"] for row in rows if row["taken_out"].startswith("the file: ")]


def unpack(bundle: Path, folder: Path) -> None:
    """Write what people wrote (config/, resources/, data_root/) from a bundle into a folder.

    Raises:
        CannotBuild: if there is no configuration in it, or a name leads out of the folder.
    """
    with zipfile.ZipFile(bundle) as archive:
        names = [name for name in archive.namelist() if name.startswith(_INPUTS) or name == CLEARED]
        if "config/config.yaml" not in names:
            raise CannotBuild("there is no config/config.yaml in it")
        for name in names:
            parts = PurePosixPath(name).parts
            if ".." in parts or "\\" in name or ":" in name:
                raise CannotBuild(f"the name {name!r} leads out of the bundle")
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))


def build(folder: Path, snakefile: Path) -> Path:
    """Build the review in a folder with Snakemake; returns its bundle.

    Raises:
        CannotBuild: with the end of Snakemake's output.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--directory", str(folder)]
    if (folder / "data_root").is_dir():
        command += ["--config", "data_root=data_root"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CannotBuild(f"the build failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return folder / "results/bundle/bundle.zip"


def compare(bundle: Path, rebuilt: Path) -> Comparison:
    """Every file of two bundles held against each other, by name and bytes; the manifests follow from the files."""
    with zipfile.ZipFile(bundle) as first, zipfile.ZipFile(rebuilt) as second:
        one, other = _names(first), _names(second)
        found = Comparison()
        for name in sorted(one | other):
            if name not in other:
                found.files[name] = "not made"
            elif name not in one:
                found.files[name] = "only made"
            else:
                found.files[name] = "same" if first.read(name) == second.read(name) else "differs"
        if CLEARED in one and b"abstracts" in first.read(CLEARED):
            _excuse(found.files, first, second)
        found.software = _software(_provenance(first), _provenance(second))
    return found


def _names(archive: zipfile.ZipFile) -> set[str]:
    return {name for name in archive.namelist() if name != "MANIFEST.sha256" and not name.endswith("/")}


def _excuse(files: dict[str, str], first: zipfile.ZipFile, second: zipfile.ZipFile) -> None:
    """Mark the differences that rest on abstracts; none is excused where the records themselves are others."""
    if files.get(f"{_READS_ABSTRACTS}membership.csv") != "same":
        return
    for name, what in files.items():
        if what != "differs":
            continue
        quotes = name in _QUOTES and _without_quotes(first.read(name)) == _without_quotes(second.read(name))
        if name.startswith(_READS_ABSTRACTS) or quotes:
            files[name] = BY_ABSTRACTS
    if files.get(_METADATA) == "differs" and BY_ABSTRACTS in files.values():
        files[_METADATA] = BY_ABSTRACTS  # it holds the hashes of the files above


def _without_quotes(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if _READS_ABSTRACTS.encode() not in line]


def _provenance(archive: zipfile.ZipFile) -> dict[str, object]:
    return json.loads(archive.read(PROVENANCE)) if PROVENANCE in archive.namelist() else {}


def _software(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """What differs between two builds' software, in words."""

    def versions(content: Mapping[str, object]) -> dict[str, object]:
        packages = content.get("packages")
        rules = content.get("rules")
        code = {f"rule {rule['rule']}": rule["code"] for rule in rules} if isinstance(rules, list) else {}
        return {
            **{name: content.get(name) for name in ("prismake", "python")},
            **(packages if isinstance(packages, dict) else {}),
            **code,
        }

    first, second = versions(one), versions(other)
    names = sorted(name for name in set(first) | set(second) if first.get(name) != second.get(name))
    return [
        f"the code of the {name}"
        if name.startswith("rule ")
        else f"{name} {second.get(name)} in place of {first.get(name)}"
        for name in names
    ]
