"""What describes a bundle and lies in it: README, licences, citation, data dictionary, RO-Crate."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from prismake.report.bundle_crate import METADATA, crate
from prismake.report.dictionary import citation, codebook_meanings, dictionary

LICENCE_COLUMNS = ["file", "licence", "url", "note"]
_URLS = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/", "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}  # fmt: skip

# What stands in a folder, for people who open the bundle without knowing Prismake.
FOLDERS = {
    "config": "what was planned and set: configuration, protocol and its lock, deviations, claims",
    "resources": "what people wrote and brought: exports of the searches, decisions, extraction, risk of bias",
    "data_root": "the same, for files that lie outside the review's folder",
    "results": "what was made of it",
}


def papers(
    entries: Mapping[str, bytes],
    review: Mapping[str, Any],
    left_out: Mapping[str, str],
    exports: Mapping[str, Mapping[str, Any]],
    cleared: Sequence[Mapping[str, str]],
) -> dict[str, bytes]:
    """Name -> content of the papers of a bundle that holds `entries`.

    Args:
        review: the section `review` of config.
        left_out: file -> why it is not in the bundle.
        exports: name -> settings of its search, of the files that are databases' exports.
        cleared: rows of what was taken out of which file.
    """
    tables = {name: content.decode("utf-8-sig") for name, content in entries.items() if _is_own_table(name)}
    codebook = json.loads(entries.get("results/extraction/codebook.json", b"{}"))
    found = {
        "DICTIONARY.csv": dictionary(tables, codebook_meanings(codebook)).encode(),
        "CITATION.cff": citation(review).encode(),
        "LICENCES.csv": licences(entries, review, exports).encode(),
    }
    names = [*entries, *found, "README.md", METADATA]
    found["README.md"] = readme(review, names, entries, left_out, cleared).encode()
    found[METADATA] = crate({**entries, **found}, review).encode()
    return found


def _is_own_table(name: str) -> bool:
    """The tables that Prismake reads by column and writes; exports and tools' files have their makers' columns."""
    mine = name.startswith("results/") or not any(part in name for part in ("/searches/", "/screening/"))
    return name.endswith(".csv") and mine


def licences(entries: Mapping[str, bytes], review: Mapping[str, Any], exports: Mapping[str, Mapping[str, Any]]) -> str:
    """The licence of every file: the review's own, or the terms of the database that an export is from."""
    own = str(review.get("licence") or "not stated")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(LICENCE_COLUMNS)
    for name in sorted(entries):
        search = exports.get(name)
        if search is not None:
            note = f"Bibliographic records of {search.get('database', 'a database')}, as its terms of use allow."
            writer.writerow([name, "terms of the database", "", note])
        else:
            writer.writerow(
                [name, own, _URLS.get(own, f"https://spdx.org/licenses/{own}" if _is_spdx(own) else ""), ""]
            )
    return out.getvalue()


def _is_spdx(name: str) -> bool:
    return " " not in name


def readme(
    review: Mapping[str, Any],
    names: Collection[str],
    entries: Mapping[str, bytes],
    left_out: Mapping[str, str],
    cleared: Sequence[Mapping[str, str]],
) -> str:
    """What the bundle is, what is in it, what is not, how it is checked and built again."""
    title, licence, doi = (str(review.get(key) or "") for key in ("title", "licence", "doi"))
    lines = [f"# {title or 'Review'}", ""]
    if review.get("simulated"):
        lines += ["**Simulated example: every study, record and number here is invented.**", ""]
    lines += [
        "The data, decisions and results of a systematic review built with Prismake.",
        "",
        f"Licence of the review's own data: {licence or 'not stated'}." + (f" DOI: {doi}." if doi else ""),
        "`LICENCES.csv` names that of each file.",
        "",
        *_missing(left_out, cleared),
        "",
        "## Content",
        "",
        *_listing(names),
        "",
        "Open `results/report/report.html` first. `results/report/numbers.csv` says for each number of the report "
        "from which file it was taken, `results/provenance/numbers.csv` which ids are behind it.",
        "",
        "- `DICTIONARY.csv`: what the columns of each table mean; `results/extraction/codebook.json`: the codebook "
        "of the extraction",
        "- `CITATION.cff`: how to cite the review",
        "- `CLEARED.csv`: what was taken out of which file before it was shared",
        f"- `{METADATA}`: this bundle for machines, as an RO-Crate",
        "",
        "## Check",
        "",
        "    sha256sum --check MANIFEST.sha256",
        "",
        "## Build again",
        "",
        *_again(left_out, entries),
    ]
    return "\n".join(lines)


def _missing(left_out: Mapping[str, str], cleared: Sequence[Mapping[str, str]]) -> list[str]:
    taken = sorted({word for row in cleared for word in row["taken_out"].split("; ")})
    noun = "file" if len(cleared) == 1 else "files"
    words = f"Taken out of {len(cleared)} {noun} before sharing: {', '.join(taken)} (`CLEARED.csv`). " if taken else ""
    lines = [words + "Full texts are the publishers' and not in here."]
    if left_out:
        lines += ["", "Left out:", "", *(f"- `{name}`: {why}" for name, why in sorted(left_out.items()))]
    return lines


def _listing(names: Iterable[str]) -> list[str]:
    folders: dict[str, int] = {}
    for name in names:
        folder = name.rpartition("/")[0]
        if folder:
            folders[folder] = folders.get(folder, 0) + 1
    lines: list[str] = []
    for folder, n in sorted(folders.items()):
        top = folder.split("/")[0]
        if not any(line.startswith(f"- `{top}/`:") for line in lines) and top in FOLDERS:
            lines.append(f"- `{top}/`: {FOLDERS[top]}")
        lines.append(f"  - `{folder}/`: {n} {'file' if n == 1 else 'files'}")
    return lines


def _again(left_out: Mapping[str, str], entries: Mapping[str, bytes]) -> list[str]:
    if left_out:
        return [
            "What was left out is needed to build this review again; the checksums can be verified all the same.",
            "",
        ]
    version = json.loads(entries.get("results/provenance/provenance.json", b"{}")).get("prismake")
    return [
        f"With Prismake{f' {version}' if version else ''}, in its folder:",
        "",
        "    python3 review.py verify BUNDLE.zip",
        "",
        "checks the hashes, builds the review from `config/` and `resources/` in a folder of its own, and compares every "
        "file of `results/` with the one in here.",
        "",
    ]
