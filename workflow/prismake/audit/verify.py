"""Verification of a bundle: every file is what its manifest says, and so is the review folder beside it."""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from prismake.messages.faults import Faults

MANIFEST = "MANIFEST.sha256"

# What a zip that is damaged, encrypted or packed in an unknown way raises.
_UNREADABLE = (zipfile.BadZipFile, KeyError, ValueError, UnicodeDecodeError, RuntimeError, EOFError, zlib.error)


def read_manifest(text: str) -> dict[str, str]:
    """file -> sha256 of a manifest in the form of sha256sum ("hash, two spaces, name").

    Raises:
        ValueError: naming a line that has another form.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        mark, separator, name = line.partition("  ")
        if not separator or len(mark) != 64 or not name:
            raise ValueError(f"line {number} of {MANIFEST} is not 'sha256  file': {line!r}")
        if name in found:
            raise ValueError(f"{MANIFEST} names {name} twice")
        found[name] = mark
    return found


def verify_bundle(path: Path, faults: Faults) -> dict[str, str]:
    """Hold every file of a bundle against its manifest; what differs, lacks or is too many is an error.

    Returns the manifest, {} where it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and name != MANIFEST]
            twice = sorted(name for name, count in Counter(archive.namelist()).items() if count > 1)
            links = sorted(i.filename for i in archive.infolist() if stat.S_ISLNK(i.external_attr >> 16))
            manifest = read_manifest(archive.read(MANIFEST).decode("utf-8"))
            marks = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    except _UNREADABLE as error:
        faults.error(
            "unreadable-bundle",
            f"this bundle cannot be verified: {error}",
            file=path.name,
            mend="take the bundle from where it was archived",
        )
        return {}
    for name in twice:  # programs differ in which of the two they take
        faults.error("file-twice", "the bundle holds two files of this name", file=f"{path.name}: {name}")
    for name in links:
        faults.error(
            "file-is-link", "this is a link to another file, which no bundle holds", file=f"{path.name}: {name}"
        )
    _compare(manifest, marks, path.name, faults)
    return manifest


def verify_contents(manifest: Mapping[str, str], contents: Mapping[str, bytes], faults: Faults) -> int:
    """Hold what a review folder would share now against the manifest of its bundle; returns how many were compared.

    A result that was edited by hand after the build differs from what the build packed.
    """
    both = sorted(set(manifest) & set(contents))
    for name in both:
        if hashlib.sha256(contents[name]).hexdigest() != manifest[name]:
            faults.error(
                "file-differs",
                "this file is not what the build packed",
                file=name,
                mend="if it is a result, delete it and build again; if it is an input, build again",
            )
    return len(both)


def _compare(manifest: Mapping[str, str], marks: Mapping[str, str], bundle: str, faults: Faults) -> None:
    for name in sorted(set(manifest) | set(marks)):
        if name not in marks:
            faults.error(
                "file-missing", "the manifest names a file that is not in the bundle", file=f"{bundle}: {name}"
            )
        elif name not in manifest:
            faults.error("file-unlisted", "this file is not in the manifest", file=f"{bundle}: {name}")
        elif manifest[name] != marks[name]:
            faults.error(
                "file-differs",
                "this file is not what the manifest says",
                file=f"{bundle}: {name}",
                value=marks[name],
                expected=manifest[name],
            )
