"""What Snakemake cannot see when it decides what to run again: lost records of earlier builds, other versions of packages.

Snakemake keeps what each job read below .snakemake. Where that folder is gone it goes by time alone and takes no notice of a
changed setting; a package of another version it never looks at. Both are held against results/provenance/provenance.json,
which the last build wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PROVENANCE = "results/provenance/provenance.json"
RECORDS = ".snakemake/metadata"
_MEND = "to be sure, build everything again with `snakemake --forceall`"


def notices(folder: Path) -> list[str]:
    """Sentences for the user, most important first; empty where there is nothing to say or nothing was built yet."""
    try:
        built = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [*_lost_records(folder, built), *_other_versions(built)]


def _lost_records(folder: Path, built: Mapping[str, Any]) -> list[str]:
    """Inputs that changed since the last build, where Snakemake has no record to see it by."""
    records = folder / RECORDS
    if records.is_dir() and any(records.iterdir()):
        return []
    changed = sorted(
        item["file"] for item in built.get("inputs", []) if _hash(folder / item["file"]) not in (None, item["sha256"])
    )
    if not changed:
        return []
    shown = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return [
        f"The records of the last build ({RECORDS}) are gone, and since then {shown} changed; "
        f"Snakemake cannot tell what has to be made again. {_MEND.capitalize()}."
    ]


def _hash(path: Path) -> str | None:
    """sha256 of a file; None where it is not below the folder any more (a missing input is named elsewhere)."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _other_versions(built: Mapping[str, Any]) -> list[str]:
    """Packages whose version is not the one that the last build ran with."""
    other = []
    for name, before in sorted(built.get("packages", {}).items()):
        try:
            now = version(name)
        except PackageNotFoundError:
            continue
        if now != before:
            other.append(f"{name} {before} (now {now})")
    if not other:
        return []
    return [f"The results were built with {', '.join(other)}. Another version reruns nothing by itself; {_MEND}."]
