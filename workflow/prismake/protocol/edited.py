"""Results that somebody edited since the last build: the build stops and names them.

Snakemake makes what follows an edited result anew and never the result itself, so that a number typed into it would reach the
report as if it had been computed. Each build that ends well therefore notes what it made; the next one compares.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import file_digest
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults

RECORD = ".snakemake/prismake.results.json"
_SHOWN = 10
_LONGEST = 254


def note_results(folder: Path, results: Iterable[str]) -> None:
    """Note size, time and sha256 of each result that is there; a file that is as it was noted is not read again."""
    known = _noted(folder)
    made = {}
    for name in sorted(set(results)):
        path = folder / name
        if path.is_file():
            looks = _looks(path)
            before = known.get(name, {})
            same = before.get("looks") == looks
            made[name] = {"looks": looks, "sha256": before["sha256"] if same else _sha256(path)}
    record = folder / RECORD
    part = record.with_suffix(".part")
    part.write_text(json.dumps(made), encoding="utf-8")
    part.replace(record)


def refuse_edited_results(folder: Path) -> None:
    """Nothing happens where every result is as the last build left it, or as a job of an interrupted build did.

    Raises:
        InputFaults: naming the results that hold something else.
    """
    record = folder / RECORD
    edited = [
        name
        for name, noted in _noted(folder).items()
        if (path := folder / name).is_file()
        and _looks(path) != noted["looks"]
        and not _made_since(folder, name, record)
        and _sha256(path) != noted["sha256"]
    ]
    faults = Faults()
    for name in edited[:_SHOWN]:
        faults.error(
            "edited-result",
            "this result was changed since the build that made it",
            file=name,
            mend="delete it, and it is made again; corrections belong into the files under resources/",
        )
    if len(edited) > _SHOWN:
        more = f"{len(edited) - _SHOWN} other results were changed as well"
        faults.error("edited-result", more, mend="delete results/, and all of it is made again")
    faults.raise_errors()


def _noted(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _looks(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _made_since(folder: Path, name: str, record: Path) -> bool:
    """Whether a job wrote the file after the record: Snakemake notes a job's outputs when it begins and when it ends."""
    key = urlsafe_b64encode(name.encode()).decode()
    if len(key) >= _LONGEST:  # kept in folders of its own; a name of that length is taken on trust
        return True
    begun = folder / ".snakemake/incomplete" / key
    ended = folder / ".snakemake/metadata" / key
    return begun.exists() or (ended.exists() and ended.stat().st_mtime_ns > record.stat().st_mtime_ns)
