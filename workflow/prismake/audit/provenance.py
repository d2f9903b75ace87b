"""Provenance: what a build read, with which code and which versions, and where each number stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from prismake.audit.catalogue import Place

# The packages whose version can change a number.
PACKAGES = ("numpy", "pandas", "pyarrow", "rapidfuzz", "scipy", "snakemake")

NUMBER_COLUMNS = ["name", "value", "file", "key"]


def sha256(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def shown(path: str, data_root: str) -> str:
    """The path as it is recorded: below data_root as `data_root/...`, so that no folder of a machine is named."""
    if data_root and Path(path).is_relative_to(data_root):
        return f"data_root/{Path(path).relative_to(data_root).as_posix()}"
    return path


def input_hashes(paths: Iterable[str], data_root: str) -> list[dict[str, str]]:
    """file and sha256 of every input, sorted by the file as it is shown, so that no machine's folders decide the order."""
    named = {shown(path, data_root): path for path in paths}
    return [{"file": name, "sha256": sha256(Path(path))} for name, path in sorted(named.items())]


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Package -> installed version; packages that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def number_table(places: Mapping[str, Place]) -> pd.DataFrame:
    """Every number by name, with the file and the key where it stands."""
    rows = [
        [name, "" if place.value is None else str(place.value), place.file, place.key]
        for name, place in sorted(places.items())
    ]
    return pd.DataFrame(rows, columns=NUMBER_COLUMNS, dtype=str)
