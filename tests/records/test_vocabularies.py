"""Kinds of entries, databases and languages by the words of exports."""

from __future__ import annotations

import pytest
from prismake.records.databases import agrees, database_name
from prismake.records.entry_types import entry_type
from prismake.records.languages import language_name
from prismake.records.model import ENTRY_TYPES
from prismake.records.writers import TYPE_WORDS


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        ("JOUR", ["Review"], "review"),
        ("JOUR", ["Journal, Peer Reviewed Journal"], "article"),
        ("JOUR", ["Conference Paper"], "conference"),
        ("CHAP", ["Book Chapter"], "chapter"),
        ("J", ["Editorial Material"], "editorial"),
        ("GEN", ["Working Papers"], "preprint"),
        ("JOUR", ["Journal Article, Randomized Controlled Trial"], "article"),
        ("THES", [], "dissertation"),
        ("JOUR", ["Published Erratum"], "erratum"),
        ("JOUR", ["Retracted Publication"], "retraction"),
        ("journalArticle", [], "article"),
        ("JOUR", ["Book Review"], "comment"),
        ("", ["Trial registry record"], "registration"),
        ("JOUR", ["Reports - Descriptive, Journal Articles"], "article"),
        ("", [], ""),
    ],
)
def test_kinds(code: str, words: list[str], kind: str) -> None:
    assert entry_type(code, *words) == kind


@pytest.mark.parametrize("kind", [k for k in ENTRY_TYPES if k])
def test_the_words_that_writers_use_are_read_as_their_kind(kind: str) -> None:
    assert entry_type("GEN", TYPE_WORDS[kind]) == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PsycINFO 1806 to present", "APA PsycInfo"),
        ("psyh", "APA PsycInfo"),
        ("Cochrane Central Register of Controlled Trials (CENTRAL)", "CENTRAL"),
        ("ProQuest Central", "ProQuest"),
        ("Web of Science Core Collection", "Web of Science"),
        ("Ovid MEDLINE(R)", "MEDLINE"),
        ("CINAHL Plus", "CINAHL"),
        ("Our own list", ""),
    ],
)
def test_databases(text: str, name: str) -> None:
    assert database_name(text) == name


def test_an_export_may_answer_a_search_of_another_name() -> None:
    assert agrees("Web of Science", "MEDLINE", "Web of Science")
    assert agrees("PubMed", "MEDLINE", "Ovid")
    assert agrees("Our own list", "Scopus")
    assert not agrees("Scopus", "Web of Science", "Web of Science")


def test_languages() -> None:
    assert language_name("eng") == language_name("EN-us") == language_name("ENGLISH") == "English"
    assert language_name("English; ger") == "English; German"
