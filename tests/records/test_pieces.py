"""Pieces of a long text are together the text, and each begins with a record."""

from __future__ import annotations

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
    "endnote-xml": "<record><rec-number>{n}</rec-number><titles><title>Title {n}</title></titles></record>\n",
}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_pieces_read_as_the_whole(name: str, tmp_path: Path) -> None:
    text = ("<xml><records>\n" if name == "endnote-xml" else "") + "".join(
        TEXTS[name].format(n=n) for n in range(1, 41)
    )
    held = list(pieces(text, name, 300))
    assert len(held) > 2 and "".join(piece for piece, _ in held) == text
    assert [lines for _, lines in held] == [text[: text.index(piece)].count("\n") for piece, _ in held]
    (tmp_path / "x").write_text(text)
    whole = read_export(tmp_path / "x")
    parts = list(read_parts(tmp_path / "x", longest=300))
    assert pd.concat([part.records for part in parts], ignore_index=True).equals(whole.records)
    assert sum(part.in_file for part in parts) == whole.in_file == 40
    assert not [fault for part in parts for fault in part.faults]
