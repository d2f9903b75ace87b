"""The same inputs give the same bytes: in another folder, on one core, with another hash seed, time zone and locale."""

import hashlib
import sys
from pathlib import Path

from .conftest import copy_built, copy_review


def _marks(folder):
    results = folder / "results"
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and "logs" not in path.parts
    }


def _differing(one, two):
    """Names of results that only one of two builds has, or that differ."""
    first, second = _marks(one), _marks(two)
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def _every_format(folder):
    config = folder / "config/config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text + "report: {formats: [html, docx, pdf, latex, markdown]}\n", encoding="utf-8")
    return folder


def test_every_format_is_the_same_to_the_byte(root, tiny, tmp_path, build):
    one = _every_format(copy_built(tiny, tmp_path / "one"))
    other = _every_format(copy_review(root / "tests/example/tiny", tmp_path / "a folder with ümlauts"))
    build(one, "--cores", "2", environment={"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"})
    environment = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "C"}
    # As in "My review (copy)/.venv/bin/python".
    (tmp_path / "an environment (copy)").symlink_to(sys.prefix)
    python = tmp_path / "an environment (copy)" / Path(sys.executable).relative_to(sys.prefix)
    build(other, "--cores", "1", environment=environment, python=python)
    assert _differing(one, other) == []
    made = {path.suffix for path in (one / "results").rglob("*")}
    assert {".html", ".docx", ".pdf", ".tex", ".md", ".svg", ".png", ".zip", ".parquet"} <= made


def test_the_order_of_rows_in_an_export_changes_nothing_but_their_places(root, tiny, tmp_path, build):
    turned = copy_review(root / "tests/example/tiny", tmp_path / "turned")
    path = turned / "resources/searches/scopus.csv"
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\ufeff" + "\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    build(turned)
    # What shows the row of the export or the export itself: the imported records, hashes of inputs, the bundle of all that.
    places = ("searches/", "provenance/provenance.json", "bundle/")
    assert [name for name in _differing(tiny, turned) if not name.startswith(places)] == []
