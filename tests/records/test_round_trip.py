"""What the writers write, the readers read back as the same records, whatever stands in them."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from prismake.records import writers
from prismake.records.cleaning import cleaned
from prismake.records.names import family_first
from prismake.records.read import read_bytes

LETTERS = "abcdefghij KLMNOP ÄÖéçñøßł 中文 Ω'\"“”()[]{}$%&#_~^\\/:,.;!?<>=+-–—*|@0123456789"
COMPARED = [
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "abstract",
    "keywords",
    "language",
    "publisher",
    "entry_type",
]
KINDS = [
    "article",
    "review",
    "conference",
    "chapter",
    "book",
    "dissertation",
    "preprint",
    "editorial",
    "letter",
    "erratum",
    "protocol",
    "",
]


def plain(text: str) -> str:
    """A text as the record model holds it: cleaned, on one line, and none of the words that mean nothing."""
    text = cleaned(text).strip(" '")
    return "" if text.lower() in ("na", "n/a", "nan", "null", "none", "undefined", "nil") else text


def texts(longest: int = 60) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=3, max_size=longest).map(plain).filter(lambda t: sum(c.isalpha() for c in t) > 1)


words = st.text("abcdefghijklmnopqrstuvwxyzäöé", min_size=3, max_size=10).filter(plain)
authors = st.one_of(
    st.tuples(words.map(str.title), st.sampled_from(["A.", "B. C.", "Maria", "Jean-Luc"])).map(
        lambda n: f"{n[0]}, {n[1]}"
    ),
    words.map(lambda word: f"{word.title()} Study Group"),
)
records = st.fixed_dictionaries(
    {
        "title": texts(),
        "authors": st.lists(authors, min_size=1, max_size=4, unique=True).map("; ".join),
        "year": st.integers(1900, 2026),
        "journal": words.map(lambda w: f"Journal of {w.title()} & {w}"),
        "volume": st.sampled_from(["", "12", "3-4", "Suppl 1"]),
        "issue": st.sampled_from(["", "2", "1-2"]),
        "pages": st.sampled_from(["", "1-9", "221-8", "e57977", "S12-S19"]),
        "doi": st.sampled_from(
            ["", "10.1037/a0030642", "10.1002/(sici)1097-4679(199906)55:6<713::aid-jclp5>3.0.co;2-f", "10.1000/a_b.c"]
        ),
        "abstract": st.one_of(st.just(""), texts(200)),
        "keywords": st.lists(words, max_size=3, unique=True).map("; ".join),
        "language": st.sampled_from(["", "English", "German"]),
        "publisher": st.sampled_from(["", "Wiley & Sons", "APA"]),
        "entry_type": st.sampled_from(KINDS),
    }
)


def frame(rows: list[dict]) -> pd.DataFrame:
    rest = dict.fromkeys(
        [
            "url",
            "issn",
            "isbn",
            "pmid",
            "journal_abbreviation",
            "title_alternative",
            "accession",
            "date",
            "article_number",
        ],
        "",
    )
    return pd.DataFrame([{"record_id": f"scopus:2-s2.0-{i}", **rest, **row} for i, row in enumerate(rows)])


def compare(written: pd.DataFrame, text: str, fmt: str, columns: list[str]) -> None:
    export = read_bytes(text.encode("utf-8"))
    assert not export.faults.errors, [str(f) for f in export.faults]
    assert export.format == fmt
    assert len(export.records) == len(written) == export.in_file
    for column in columns:
        assert [str(v) for v in export.records[column]] == [str(v) for v in written[column]], column
    for own, aliases in zip(written["record_id"], export.records["aliases"], strict=True):
        assert own in aliases.split("; ")


@settings(deadline=None, max_examples=6, phases=[Phase.reuse, Phase.generate])
@given(st.lists(records, min_size=1, max_size=4))
@pytest.mark.parametrize("flavour", writers.FLAVOURS)
def test_ris_of_every_flavour_comes_back(flavour: str, rows: list[dict]) -> None:
    written = frame(rows)
    compare(written, writers.ris_text(written, flavour), "ris", COMPARED)


@settings(deadline=None, max_examples=6, phases=[Phase.reuse, Phase.generate])
@given(st.lists(records, min_size=1, max_size=4))
def test_rayyan_csv_comes_back(rows: list[dict]) -> None:
    written = frame(rows)
    compare(written, writers.rayyan_csv(written), "rayyan-csv", COMPARED)


@settings(deadline=None, max_examples=6, phases=[Phase.reuse, Phase.generate])
@given(st.lists(records, min_size=1, max_size=4))
def test_asreview_csv_comes_back(rows: list[dict]) -> None:
    written = frame(rows)
    compare(written, writers.asreview_csv(written), "asreview-csv", COMPARED)


@settings(deadline=None, max_examples=6, phases=[Phase.reuse, Phase.generate])
@given(st.lists(records, min_size=1, max_size=4))
def test_bibtex_comes_back(rows: list[dict]) -> None:
    written = frame(rows)
    compare(written, writers.bibtex_text(written), "bibtex", COMPARED)


@settings(deadline=None, max_examples=10, phases=[Phase.reuse, Phase.generate])
@given(st.lists(records, max_size=5), st.integers(1, 3))
def test_a_file_written_in_pieces_is_the_whole_file(rows: list[dict], size: int) -> None:
    columns = list(frame([dict.fromkeys(COMPARED, "")]).columns)
    written = frame(rows).reindex(columns=columns)
    written["record_id"] = [f"scopus:{i // 2} x" for i in range(len(rows))]  # keys that BibTeX has to number
    for write in (writers.rayyan_csv, writers.asreview_csv, writers.sheet_csv, writers.ris_text):
        assert "".join(writers.in_pieces(written, write, size)) == write(written)
    numbered = partial(writers.bibtex_text, keys={})
    assert "".join(writers.in_pieces(written, numbered, size)) == writers.bibtex_text(written)


def test_the_same_records_are_the_same_bytes() -> None:
    written = frame(
        [
            {
                "title": "A trial",
                "authors": "Ng, A.",
                "year": 2020,
                "journal": "J",
                "volume": "",
                "issue": "",
                "pages": "",
                "doi": "",
                "abstract": "",
                "keywords": "",
                "language": "",
                "publisher": "",
                "entry_type": "article",
            }
        ]
    )
    assert writers.ris_text(written) == writers.ris_text(written.copy())
    assert "N1  - prismake-record: scopus:2-s2.0-0\r\n" in writers.ris_text(written)
    assert "AN  - scopus:2-s2.0-0\r\n" in writers.ris_text(written, "covidence")


def test_cells_that_a_spreadsheet_would_run_are_defused() -> None:
    row = dict.fromkeys(COMPARED, "") | {"title": "=HYPERLINK(1)", "year": 2020}
    assert ",'=HYPERLINK(1)," in writers.rayyan_csv(frame([row]))


def test_family_first_is_stable() -> None:
    assert family_first(family_first("van der Berg AB")) == family_first("van der Berg AB")
