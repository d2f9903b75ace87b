"""The bundle for OSF or Zenodo: what may be shared, a README and a manifest of checksums, with the same bytes on
every run.

Abstracts belong to the databases' vendors and full texts to publishers, so both stay out, as do the raw exports.
E-mail addresses are
personal data and are removed from every text.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.records.tables import csv_text
from prismake.report.dictionary import citation, codebook_meanings, dictionary

# The earliest date that a zip file can hold: every entry bears it, so that the bundle depends on its content alone.
NO_DATE = (1980, 1, 1, 0, 0, 0)
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
REMOVED = "[e-mail removed]"

# Columns that never leave: texts of the vendors, and fields that hold them.
PRIVATE_COLUMNS = {"abstract", "fields", "full_text_file"}
_TEXT = {".csv", ".json", ".yaml", ".yml", ".md", ".txt", ".html", ".tex", ".svg"}


def shared_bytes(path: Path) -> tuple[str, bytes] | None:
    """(name, content) of a file as it may be shared; None if it may not.

    Parquet becomes CSV without the private columns; e-mail addresses are taken out of texts.
    """
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        frame = frame[[c for c in frame.columns if c not in PRIVATE_COLUMNS]]
        return path.with_suffix(".csv").name, without_emails(csv_text(frame)).encode()
    if path.suffix == ".csv":
        frame = (
            pd.read_csv(
                path, dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8-sig", sep=None, engine="python"
            )
            if path.stat().st_size
            else pd.DataFrame()
        )
        if set(frame.columns) & PRIVATE_COLUMNS:
            return path.name, without_emails(
                csv_text(frame[[c for c in frame.columns if c not in PRIVATE_COLUMNS]])
            ).encode()
    if path.suffix in _TEXT:
        content = path.read_bytes()
        try:
            return path.name, without_emails(content.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return path.name, without_emails(content.decode("cp1252", "replace")).encode()
    if path.suffix in (".png", ".pdf", ".docx"):
        return path.name, path.read_bytes()
    return None


def without_emails(text: str) -> str:
    """`text` with every e-mail address taken out."""
    return EMAIL.sub(REMOVED, text)


def readme(title: str, names: Iterable[str], *, licence: str = "", doi: str = "", simulated: bool = False) -> str:
    """What the bundle is, what is in it, and how to check it."""
    folders: dict[str, int] = {}
    for name in names:
        folder = name.rpartition("/")[0] or "."
        folders[folder] = folders.get(folder, 0) + 1
    listing = "\n".join(f"- `{folder}/`: {n} {'file' if n == 1 else 'files'}" for folder, n in sorted(folders.items()))
    lines = [f"# {title}", ""]
    if simulated:
        lines += ["**Simulated example: every study, record and number here is invented.**", ""]
    lines += [
        "The data, decisions and results of a systematic review built with Prismake.",
        "",
        f"Licence of the review's own data: {licence or 'not stated'}." + (f" DOI: {doi}." if doi else ""),
        "",
        "Left out: raw database exports and abstracts (they are the vendors'), full texts (the publishers'), "
        "e-mail addresses (personal data).",
        "",
        "## Content",
        "",
        listing,
        "",
        "Open `results/report/report.html` first. `results/report/numbers.csv` says for each number of the report "
        "from which file it was taken.",
        "",
        "`DICTIONARY.csv` says what the columns of each table mean; `CITATION.cff` how to cite the review.",
        "",
        "## Check",
        "",
        "    sha256sum --check MANIFEST.sha256",
        "",
    ]
    return "\n".join(lines)


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


def bundle(files: Mapping[str, Path], review: Mapping[str, Any]) -> bytes:
    """The bundle of the given files (name in the bundle -> file), with README, CITATION.cff and a data dictionary.

    Args:
        review: the section `review` of config.

    Raises ValueError if a name would leave the bundle's folder.
    """
    entries: dict[str, bytes] = {}
    for name, path in sorted(files.items()):
        if name.startswith("/") or ".." in Path(name).parts:
            raise ValueError(f"{name!r} is no name inside a bundle")
        shared = shared_bytes(path)
        if shared is not None:
            own, content = shared
            entries["/".join([*Path(name).parts[:-1], own])] = content
    tables = {name: content.decode("utf-8-sig") for name, content in entries.items() if name.endswith(".csv")}
    codebook = json.loads(entries.get("results/extraction/codebook.json", b"{}"))
    entries["DICTIONARY.csv"] = dictionary(tables, codebook_meanings(codebook)).encode()
    entries["CITATION.cff"] = without_emails(citation(review)).encode()
    entries["README.md"] = readme(
        str(review.get("title") or "Review"),
        sorted(entries),
        licence=str(review.get("licence") or ""),
        doi=str(review.get("doi") or ""),
        simulated=bool(review.get("simulated")),
    ).encode()
    return pack(entries)
