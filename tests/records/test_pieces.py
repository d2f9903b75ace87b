"""Pieces of a long text are together the text, and each begins with a record."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from prismake.records.pieces import pieces
from prismake.records.read import read_export, read_parts

TEXTS = {
    "ris": "TY  - JOUR\nTI  - Title {n}\nER  - \n\n",
    "wos-text": "PT J\nTI Title {n}\nUT WOS:{n}\nER\n\n",
    "medline": "PMID- {n}\nTI  - Title {n}\nSO  - x\n\n",
    "bibtex": "@article{{k{n},\n title = {{Title {n}}},\n}}\n\n",
    "enw": "%0 Journal Article\n%T Title {n}\n\n",
    "refworks": "RT Journal Article\nT1 Title {n}\nA1 Ng, A.\n\n\n",
    "ebsco-xml": '<rec resultID="{n}"><header shortDbName="psyh" uiTerm="{n}"><controlInfo><artinfo><tig><atl>Title {n}</atl></tig>'
    "</artinfo></controlInfo></header></rec>\n",
    "pubmed-xml": "<PubmedArticle><MedlineCitation><PMID>{n}</PMID><Article><ArticleTitle>Title {n}</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>\n",
    "endnote-xml": "<record><rec-number>{n}</rec-number><titles><title>Title {n}</title></titles></record>\n",
}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_pieces_read_as_the_whole(name: str, tmp_path: Path) -> None:
    text = ("<xml><records>\n" if name == "endnote-xml" else "") + "".join(
        TEXTS[name].format(n=n) for n in range(1, 41)
    )
    blocks = [text[:70], text[70:71], text[71:]]
    held = list(pieces(blocks, name, 300))
    assert len(held) > 2 and "".join(piece for piece, _, _ in held) == text
    assert [lines for _, lines, _ in held] == [text[: text.index(piece)].count("\n") for piece, _, _ in held]
    assert [last for _, _, last in held] == [False] * (len(held) - 1) + [True]
    (tmp_path / "x").write_text(text)
    whole = read_export(tmp_path / "x")
    parts = list(read_parts(tmp_path / "x", longest=300))
    assert pd.concat([part.records for part in parts], ignore_index=True).equals(whole.records)
    assert sum(part.in_file for part in parts) == whole.in_file == 40
    assert not [fault for part in parts for fault in part.faults]


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_pieces_of_a_table_end_outside_quoted_cells_and_share_its_names(delimiter: str, tmp_path: Path) -> None:
    rows = [["a query, and", "", "what it found"], ["Title", "Authors", "Notes"]]
    rows += [[f'Title "{n}"', "Ng, A.; Li, B.", 'Two\nlines, and\n""' * (n % 3)] for n in range(60)]
    rows[30:30] = [["Title", "Authors", "Notes"], ["", "", "no record"]]
    path = tmp_path / "x.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    whole = read_export(path)
    parts = list(read_parts(path, longest=400))
    assert len(parts) > 3 and whole.in_file == 62 and len(whole.set_aside) == 1 + 1
    assert pd.concat([part.records for part in parts], ignore_index=True).equals(whole.records)
    aside = pd.concat([part.set_aside for part in parts], ignore_index=True)
    assert aside.equals(whole.set_aside) and sum(part.in_file for part in parts) == 62
    assert not [fault for part in parts for fault in part.faults]


def test_a_cut_file_is_said_once_and_in_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Title,Authors,Year\n" + "A title,Ng A,2001\n" * 50 + '"An open')
    said = [fault for part in read_parts(path, longest=200) for fault in part.faults]
    assert [(fault.code, fault.line) for fault in said] == [("truncated", 52)]


def test_web_of_science_tab_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(
        "PT\tAU\tTI\tSO\tUT\n" + "".join(f'J\tNg, A\tOne "{n}\tJ Test\tWOS:{n}\n' for n in range(40)), "utf-16"
    )
    parts = list(read_parts(path, longest=300))
    assert len(parts) > 2 and {part.encoding for part in parts} == {"utf-16-le"}
    assert pd.concat([part.records for part in parts], ignore_index=True).equals(read_export(path).records)


def test_names_of_columns_that_are_missing_are_said_once(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Title,Authors\n" + "A title,Ng A\n" * 50)
    parts = list(read_parts(path, columns={"year": "Jahr"}, longest=200))
    assert [fault.code for part in parts for fault in part.faults] == ["missing-column"]
