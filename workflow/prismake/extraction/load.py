"""The extraction of a review in whatever layout it was written, as canonical sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.extraction.codebook import Codebook
from prismake.extraction.tables import Extraction, empty, read_extraction, sheet_files
from prismake.messages.faults import Faults

# Layouts of other projects, beside the canonical one.
LAYOUTS = ("metapsy", "revman", "wide", "effects")


def load_extraction(paths: Sequence[str], book: Codebook, settings: Mapping[str, Any]) -> Extraction:
    """Read the sheets in the layout that config's `extraction` names.

    `settings` has format (canonical, metapsy, revman, wide, effects), files (sheet -> file, in the order of
    `paths`), and for
    some layouts columns, where and options.
    """
    layout = settings.get("format") or "canonical"
    names = list(settings.get("files") or {})
    files = sheet_files(paths, names)
    if layout == "canonical":
        return read_extraction({n: p for n, p in files.items() if n != "codebook"}, book)
    if layout in LAYOUTS and not files:
        return empty(book)
    if layout == "metapsy":
        from prismake.extraction.formats.metapsy import read_metapsy

        return read_metapsy(files, book, settings)
    if layout == "revman":
        from prismake.extraction.formats.revman import read_revman

        return read_revman(files, book, settings)
    if layout in ("wide", "effects"):
        from prismake.extraction.formats.flat import read_flat

        return read_flat(files, book, settings)
    faults = Faults()
    faults.error(
        "unknown-layout",
        "This layout of extraction sheets is not known.",
        file="config/config.yaml",
        column="extraction.format",
        value=str(layout),
        expected=", ".join(("canonical", *LAYOUTS)),
        mend="use one of these",
    )
    faults.raise_errors()
    raise AssertionError("unreachable")


def load_reconciled(
    paths: Sequence[str],
    second: Sequence[str],
    adjudicated: Sequence[str],
    book: Codebook,
    settings: Mapping[str, Any],
) -> Extraction:
    """The extraction; with a second extractor's sheets in the same layout, the two reconciled and `differences`."""
    first = load_extraction(paths, book, settings)
    if not second:
        return first
    from prismake.extraction.reconcile import reconcile
    from prismake.records.sheets import read_sheet

    other = load_extraction(second, book, {**settings, "files": {}})
    rulings, found = read_sheet(adjudicated[0]) if adjudicated else (None, Faults())
    result = reconcile(
        first,
        other,
        book,
        rulings,
        tolerance=float((settings.get("options") or {}).get("tolerance", 0)),
        file=adjudicated[0] if adjudicated else "",
    )
    result.extraction.faults.extend([*found, *result.faults])
    result.extraction.differences, result.extraction.agreement = result.differences, result.agreement
    return result.extraction
