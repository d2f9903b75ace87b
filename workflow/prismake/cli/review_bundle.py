"""What the bundle of a review folder would hold, without running the workflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prismake.protocol.inputs import Inputs
from prismake.protocol.review import load_review
from prismake.protocol.rule_book import shown_path
from prismake.report.bundle import CLEARED, Sharing, contents, read_cleared


def contents_of(folder: Path, manifest: Mapping[str, str]) -> dict[str, bytes]:
    """Name -> content of those files of a bundle's manifest that the review folder has, as it would share them now.

    The inputs' hashes in the provenance are those of the manifest, so that an edited input is named once, and not again as
    a provenance that differs.
    """
    review = load_review(folder)
    root = review.data_root
    searches = Inputs(review, Path(__file__).resolve().parents[2]).exports()
    results: dict[str, Path] = {}
    written: dict[str, Path] = {}
    for name in manifest:
        if name.startswith("results/"):
            found = [path for path in (folder / name, (folder / name).with_suffix(".parquet")) if path.is_file()]
            results |= {path.relative_to(folder).as_posix(): path for path in found[:1]}
        elif name.startswith("data_root/") and root is not None and (root / name.removeprefix("data_root/")).is_file():
            written[name] = root / name.removeprefix("data_root/")
        elif name.startswith(("config/", "resources/")) and (folder / name).is_file():
            written[name] = folder / name
    earlier = folder / CLEARED
    packed = contents(
        results,
        written,
        sharing=Sharing(**review.config.get("bundle") or {}),
        exports={shown_path(path, root): search for path, search in searches.items()},
        carried=read_cleared(earlier.read_text(encoding="utf-8")) if earlier.is_file() else None,
        marks=manifest,
    )
    return {name: content for name, content in packed.entries.items() if name != CLEARED}
