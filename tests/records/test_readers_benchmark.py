"""The benchmark of readers says of every file what it is, and ends in 1 only where an export is unread or lost."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def readers(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("readers", root / "tests" / "benchmarks" / "readers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.PEERS = {}
    return module


RIS = "TY  - JOUR\nTI  - One\nAU  - Ng, A.\nPY  - 2001\nER  - \n\n"


def test_files_that_are_no_exports_are_named_and_left_out(
    readers: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sub folder" / "ü ✓"
    folder.mkdir(parents=True)
    (folder / "é x.ris").write_text(RIS, encoding="utf-8")
    (tmp_path / "README.txt").write_text("Title,Author\n")
    (tmp_path / "empty.ris").write_bytes(b"\xef\xbb\xbf\n")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "ORIGINS.csv").write_text("File;N records\nsub folder\\ü ✓\\é x.ris;2\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("some notes of a team")
    assert readers.main([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "é x.ris: ris, 1 in file, 1 read, 0 set aside" in said and "ORIGINS.csv states 2" in said
    assert "empty.ris: no export (empty)" in said and "paper.pdf: no export (a PDF)" in said
    assert "notes.txt: not listed in ORIGINS.csv" in said and "6 files, 0 with records lost or unread" in said


def test_an_export_that_cannot_be_read_ends_in_one(
    readers: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04cut off")
    (tmp_path / "unknown.txt").write_text("of no format")
    assert readers.main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "UNREAD cut.xlsx" in said and "UNREAD unknown.txt" in said and "2 with records lost or unread" in said
    assert readers.main([str(tmp_path / "none")]) == 2
