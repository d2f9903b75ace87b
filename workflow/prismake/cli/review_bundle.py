"""What the bundle of a review folder would hold, without running the workflow."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from prismake.protocol.inputs import Inputs
from prismake.protocol.review import load_review
from prismake.protocol.rule_book import shown_path
from prismake.report.bundle import CLEARED, Sharing, contents, read_cleared


def contents_of(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Name -> content of those of the named files of a bundle that the review folder has, as it would share them now."""
    review = load_review(folder)
    root = review.data_root
    searches = Inputs(review, Path(__file__).resolve().parents[2]).exports()
    results: dict[str, Path] = {}
    written: dict[str, Path] = {}
    for name in names:
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
    )
    return packed.entries
