"""Whether the claims of a file can be told apart, and name sources that it describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults
from prismake.protocol.plain_words import nearest
from prismake.protocol.yaml_files import fault_at


def check_claims(path: Path, shown: str, content: Mapping[str, Any], faults: Faults) -> None:
    """Each claim has its own id; where sources are described, each claim names one of them.

    Args:
        path: the file.
        shown: its name as the user knows it.
        content: what it holds, its form already held against the schema.
        faults: collects id-given-twice and unknown-source.
    """
    sources = list(content.get("sources") or {})
    seen: set[str] = set()
    for number, claim in enumerate(content.get("claims") or []):
        at = ("claims", str(number))
        if claim["id"] in seen:
            what, mend = "two claims have the same id", "give each its own id"
            fault_at(faults, path, shown, (*at, "id"), "id-given-twice", what, value=claim["id"], mend=mend)
        seen.add(claim["id"])
        if sources and claim["source"] not in sources:
            near = nearest(claim["source"], sources)
            what, expected = "this source is not among those described above", f"one of {', '.join(sources)}"
            mend = f"did you mean {near}" if near else "describe it under `sources:`"
            fault_at(
                faults,
                path,
                shown,
                (*at, "source"),
                "unknown-source",
                what,
                value=claim["source"],
                expected=expected,
                mend=mend,
            )
