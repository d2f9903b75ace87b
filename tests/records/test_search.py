"""A search is read whole, and what is wrong with it is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from prismake.records.search import Imported, import_parts, import_search

RIS = "TY  - JOUR\nTI  - Title {n}\nAU  - Ng, A.\nPY  - 2001\nAN  - WOS:{n:015d}\nER  - \n"


def write(folder: Path, name: str, numbers: range) -> Path:
    path = folder / name
    path.write_text("".join(RIS.format(n=n) for n in numbers))
    return path


def settings(*files: str, **more: object) -> dict:
    return {"id": "wos", "database": "Web of Science", "files": list(files), **more}


def codes(imported) -> list[str]:
    return [f"{fault.level} {fault.code}" for fault in imported.faults]


def test_parts_of_a_search_are_one_search_and_keep_their_configured_names(tmp_path: Path) -> None:
    paths = [write(tmp_path, "1.ris", range(3)), write(tmp_path, "2.ris", range(3, 5))]
    imported = import_search(paths, settings("resources/1.ris", "resources/2.ris", hits=5))
    assert codes(imported) == []
    assert imported.in_file == len(imported.records) == 5
    assert imported.records["file"].unique().tolist() == ["resources/1.ris", "resources/2.ris"]
    assert imported.records["source_record_id"].is_unique


def test_hits_that_differ_are_an_error_that_names_both(tmp_path: Path) -> None:
    imported = import_search([write(tmp_path, "1.ris", range(3))], settings("1.ris", hits=4))
    assert codes(imported) == ["error hits-differ"]
    assert "reported 4 hits" in imported.faults.errors[0].what and "holds 3 records" in imported.faults.errors[0].what


def test_a_file_given_twice_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "1.ris", range(3))
    assert codes(import_search([path, path], settings("1.ris", "again.ris"))) == ["error file-twice"]


def test_the_same_records_saved_in_another_form_are_a_warning(tmp_path: Path) -> None:
    first = write(tmp_path, "1.ris", range(3))
    again, more = tmp_path / "again.ris", write(tmp_path, "more.ris", range(4))
    records = first.read_text().split("TY  - ")[1:]
    again.write_bytes(b"\xef\xbb\xbf" + "".join(f"TY  - {r}" for r in reversed(records)).replace("\n", "\r\n").encode())
    imported = import_search([first, again, more], settings("1.ris", "again.ris", "more.ris"))
    assert codes(imported) == ["warning same-records"]
    assert "the same 3 records as 1.ris" in next(iter(imported.faults)).what


def test_an_export_of_another_database_is_an_error(tmp_path: Path) -> None:
    imported = import_search([write(tmp_path, "1.ris", range(3))], {**settings("1.ris"), "database": "APA PsycInfo"})
    assert codes(imported) == ["error wrong-database"]
    imported = import_search([tmp_path / "1.ris"], {**settings("1.ris"), "database": "Web of Science Core Collection"})
    assert codes(imported) == []


def test_exactly_the_platforms_page_limit_is_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path, "1.ris", range(500))
    assert codes(import_search([path], settings("1.ris"))) == ["warning page-limit"]
    assert codes(import_search([path], settings("1.ris", hits=500))) == []
    more = write(tmp_path, "2.ris", range(500, 510))
    assert codes(import_search([path, more], settings("1.ris", "2.ris"))) == []


def test_a_missing_file_and_an_unknown_format_are_errors(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4 \x80\x81 nothing")
    imported = import_search([tmp_path / "no.ris", tmp_path / "x.pdf"], settings("no.ris", "x.pdf"))
    assert codes(imported) == ["error cannot-read", "error unknown-format"]


def test_rows_that_repeat_an_id_are_set_aside_and_titles_are_looked_up(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("id,coder,answer\n1,A,3\n2,A,1\n1,B,3\n")
    (tmp_path / "titles.csv").write_text("id,title,year,doi\n2,Two,2002,10.1000/two\n9,Nine,,\n")
    imported = import_search(
        [tmp_path / "votes.csv"],
        {"id": "all", "database": "Several", "files": ["votes.csv"], "columns": {"id": "id"}, "distinct": True},
        lookups=[tmp_path / "titles.csv"],
    )
    assert codes(imported) == []
    assert imported.records["source_record_id"].tolist() == ["all:1", "all:2"]
    assert imported.records["title"].tolist() == ["", "Two"] and imported.records.loc[1, "year"] == 2002
    assert "doi:10.1000/two" in imported.records.loc[1, "aliases"]
    assert imported.in_file == 3 and imported.set_aside["reason"].tolist() == ["repeats id 1"]


def test_where_keeps_rows_and_counts_the_others(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,title,source\n1,One,Scopus\n2,Two,PubMed\n")
    imported = import_search(
        [tmp_path / "t.csv"],
        {
            "id": "s",
            "database": "Several",
            "files": ["t.csv"],
            "columns": {"id": "id"},
            "where": {"source": ["Scopus"]},
        },
    )
    assert imported.records["title"].tolist() == ["One"]
    assert imported.set_aside["reason"].tolist() == ["source is 'PubMed'"] and imported.in_file == 2


def test_a_long_file_in_pieces_is_the_same_search(tmp_path: Path) -> None:
    path = write(tmp_path, "1.ris", range(60))
    whole = import_search([path], settings("1.ris"))
    imported = Imported("wos")
    parts = list(import_parts(imported, [path], settings("1.ris"), longest=500))
    assert len(parts) > 3
    assert pd.concat(parts, ignore_index=True).equals(whole.records)
    assert imported.files.equals(whole.files) and imported.set_aside.equals(whole.set_aside)
