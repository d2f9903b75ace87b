"""The bundle for OSF or Zenodo: what may be shared of a review, described, with a manifest, with the same bytes on every
run.

Abstracts belong to the databases' vendors and full texts to publishers; e-mail addresses are personal data. They stay
out unless config says otherwise. What people wrote is cleared of them where it stands (`prismake.report.redaction`), so that
the bundle can be built again, and what comes out is the same bundle.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.records.tables import csv_text, json_text
from prismake.report.bundle_papers import papers
from prismake.report.redaction import EMAIL, NO_DATE, REMOVED, Addresses, CannotBeCleared, cleared

# Columns of results that never leave without the vendors' leave: their texts, and fields that hold them.
PRIVATE_COLUMNS = {"abstract", "fields", "full_text_file"}
_TEXT = {".csv", ".json", ".yaml", ".yml", ".md", ".txt", ".html", ".tex", ".svg"}
_BINARY = {".png", ".pdf", ".docx"}

# The record of what was taken out of which file; a bundle that is made from an unpacked one carries it on.
CLEARED = "CLEARED.csv"
CLEARED_COLUMNS = ["file", "sha256_before", "sha256", "taken_out"]
PROVENANCE = "results/provenance/provenance.json"


@dataclass(frozen=True)
class Sharing:
    """What config lets out: `raw_exports` (else no file of a search), `abstracts`, `emails`."""

    raw_exports: bool = True
    abstracts: bool = False
    emails: bool = False


@dataclass
class Packed:
    """What a bundle holds: name -> content, what was cleared, and what was left out with the reason."""

    entries: dict[str, bytes]
    cleared: list[dict[str, str]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def bundle(
    results: Mapping[str, Path],
    written: Mapping[str, Path],
    review: Mapping[str, Any],
    *,
    sharing: Sharing | None = None,
    exports: Mapping[str, Mapping[str, Any]] | None = None,
    carried: Mapping[str, Mapping[str, str]] | None = None,
) -> bytes:
    """The bundle of results and of what people wrote, with README, licences, citation, dictionary, RO-Crate, manifest.

    Args:
        results: name in the bundle -> file, of results/.
        written: the same for config/, resources/ and data_root.
        review: the section `review` of config.
        sharing: what config lets out.
        exports: name -> settings of its search (format, columns), for the files that are databases' exports.
        carried: file -> its row of `CLEARED`, of the bundle from which this review was unpacked.

    Raises ValueError if a name would leave the bundle's folder.
    """
    packed = contents(results, written, sharing=sharing, exports=exports, carried=carried)
    return pack({**packed.entries, **papers(packed.entries, review, packed.left_out, exports or {}, packed.cleared)})


def contents(
    results: Mapping[str, Path],
    written: Mapping[str, Path],
    *,
    sharing: Sharing | None = None,
    exports: Mapping[str, Mapping[str, Any]] | None = None,
    carried: Mapping[str, Mapping[str, str]] | None = None,
    marks: Mapping[str, str] | None = None,
) -> Packed:
    """What `bundle` packs before anything describes it. Arguments and errors as there.

    `marks`: file -> sha256 that the provenance is to give for it, in place of that of the file as it is shared now.
    """
    sharing = sharing or Sharing()
    for name in (*results, *written):
        if name.startswith("/") or ".." in Path(name).parts:
            raise ValueError(f"{name!r} is no name inside a bundle")
    packed = Packed({})
    _pack_written(written, packed, sharing, exports or {}, carried or {})
    for name, path in sorted(results.items()):
        shared = shared_bytes(path, sharing)
        if shared is not None:
            packed.entries["/".join([*Path(name).parts[:-1], shared[0]])] = shared[1]
    if PROVENANCE in packed.entries:
        now = {name: hashlib.sha256(content).hexdigest() for name, content in packed.entries.items()}
        packed.entries[PROVENANCE] = _with_shared_hashes(packed.entries[PROVENANCE], now if marks is None else marks)
    packed.entries[CLEARED] = _cleared_table(packed)
    return packed


def shared_bytes(path: Path, sharing: Sharing | None = None) -> tuple[str, bytes] | None:
    """(name, content) of a result as it may be shared; None if it may not.

    Parquet becomes CSV without the private columns; e-mail addresses are taken out of texts.
    """
    sharing = sharing or Sharing()
    private = set() if sharing.abstracts else PRIVATE_COLUMNS
    frame = None
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
    elif path.suffix == ".csv" and path.stat().st_size and private & set(_header(path)):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8-sig")
    if frame is not None:
        text = csv_text(frame[[c for c in frame.columns if c not in private]])
        return path.with_suffix(".csv").name, (text if sharing.emails else without_emails(text)).encode()
    if path.suffix in _TEXT and not sharing.emails:
        return path.name, without_emails(path.read_bytes().decode("utf-8")).encode()
    return (path.name, path.read_bytes()) if path.suffix in _TEXT | _BINARY else None


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream), [])


def without_emails(text: str) -> str:
    """`text` with every e-mail address taken out."""
    return EMAIL.sub(REMOVED, text) if "@" in text else text


def pack(entries: Mapping[str, bytes]) -> bytes:
    """A zip of name -> content: sorted, without dates, the manifest last."""
    manifest = "".join(f"{hashlib.sha256(entries[name]).hexdigest()}  {name}\n" for name in sorted(entries))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in [*sorted(entries.items()), ("MANIFEST.sha256", manifest.encode())]:
            info = zipfile.ZipInfo(name, NO_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, content)
    return buffer.getvalue()


def read_cleared(text: str) -> dict[str, dict[str, str]]:
    """file -> row of the record of what was taken out."""
    return {row["file"]: row for row in csv.DictReader(io.StringIO(text))}


def _pack_written(
    written: Mapping[str, Path],
    packed: Packed,
    sharing: Sharing,
    exports: Mapping[str, Mapping[str, Any]],
    carried: Mapping[str, Mapping[str, str]],
) -> None:
    contents = {name: path.read_bytes() for name, path in sorted(written.items())}
    addresses = None if sharing.emails else Addresses()
    if addresses:
        for content in contents.values():
            addresses.spare(content.decode("latin-1"))
    for name, content in contents.items():
        search = exports.get(name)
        if search is not None and not sharing.raw_exports:
            packed.left_out[name] = "config leaves raw exports out"
            continue
        settings = {} if search is None else {"format": search.get("format", "auto"), "columns": search.get("columns")}
        try:
            without = cleared(content, None, abstracts=sharing.abstracts, export=search is not None, **settings)
            shared = cleared(without, addresses, abstracts=True)
        except CannotBeCleared as error:
            packed.left_out[name] = str(error)
            continue
        packed.entries[name] = shared
        gone = [("abstracts", content != without), ("e-mail addresses", without != shared)]
        row = _chain(name, content, shared, [word for word, happened in gone if happened], carried.get(name))
        if row:
            packed.cleared.append(row)


def _chain(
    name: str, before: bytes, after: bytes, taken_out: list[str], earlier: Mapping[str, str] | None
) -> dict[str, str] | None:
    """The row of a file that was cleared, now or when the bundle was made from which this review was unpacked."""
    mark, shared = (hashlib.sha256(content).hexdigest() for content in (before, after))
    if earlier and earlier["sha256"] == mark:
        words = [word for word in earlier["taken_out"].split("; ") if word]
        mark, taken_out = earlier["sha256_before"], [*words, *(word for word in taken_out if word not in words)]
    if not taken_out:
        return None
    return {"file": name, "sha256_before": mark, "sha256": shared, "taken_out": "; ".join(taken_out)}


def _with_shared_hashes(provenance: bytes, marks: Mapping[str, str]) -> bytes:
    """The provenance with the hashes of the inputs as they lie in the bundle, so that it describes the bundle."""
    content = json.loads(provenance)
    for row in content.get("inputs", []):
        row["sha256"] = marks.get(row["file"], row["sha256"])
    return json_text(content).encode()


def _cleared_table(packed: Packed) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, CLEARED_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(packed.cleared)
    writer.writerows({"file": name, "taken_out": f"the file: {why}"} for name, why in sorted(packed.left_out.items()))
    return out.getvalue().encode()
