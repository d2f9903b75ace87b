"""Citations and references: which texts are citations, how they are set with pandoc and without, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from invented_reports import TEMPLATES, document_of
from prismake.messages.faults import InputFaults
from prismake.report import citations
from prismake.report.bibliography import Bibliography, bibliography_of, item_of_record, read_entries
from prismake.report.blocks import References
from prismake.report.citations import keys_in, settle, with_citations
from prismake.report.document import method_sources, write_document
from prismake.report.facts import Facts
from prismake.report.manuscript import check_citations
from prismake.report.prose import Document, Inline

BIB = """
@article{nye2023, author = {Ney, Arthur and Delgado, Jaime and Barkmann, Michael}, title = {An invented review of {RCTs}},
  journal = {Journal of Invented Results}, year = 2023, volume = 91, number = 7, pages = {389--397}, doi = {10.1000/nye}}
@book{two, author = {M{\\"o}ller, Jean-Paul and van der Berg, Jan}, title = {A book}, publisher = {Invented House}, year = 2020, edition = {2nd}}
@incollection{who, author = {{World Society of Invention}}, editor = {Foo, Bar}, booktitle = {Handbook}, title = {A chapter}, pages = {10-20}, publisher = {House}, year = 2011}
@phdthesis{doe, author = {Doe, Jane}, title = {A thesis}, school = {University of Elsewhere}, year = {2001}}
@article{eid, author = {Roe, R.}, title = {By number}, journal = {BMI}, year = 2021, volume = 3, eid = {n71}}
@misc{page, author = {Poe, E.}, title = {A page}, url = {https://example.org/x}}
"""
STYLE = TEMPLATES / "author-date.csl"


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    path = tmp_path / "references.bib"
    path.write_text(BIB, encoding="utf-8")
    return path


@pytest.fixture
def sources(facts: Facts, entries: Path) -> Bibliography:
    """The twelve included studies of the invented review and the six entries."""
    return bibliography_of(facts, read_entries(entries))


def said(text: str, sources: Bibliography, style: Path | None) -> tuple[str, dict[str, str]]:
    """The text with its citations set, and the references that are no included study's."""
    document = Document("")

    def cite(source: str) -> str:
        document.inlines.append(Inline(source))
        document.cited.append((len(document.inlines) - 1, source))
        return f"\ue000{len(document.inlines) - 1}\ue001"

    document.markdown = with_citations(text, cite)
    references = settle(document, sources, style=style)
    return document.plain(), {r.key: "".join(run.text for run in r.words) for r in references if not r.included}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("as [@a] says", ["[@a]"]),
        ("[see @a, pp. 3-4; also -@b_2]", ["[see @a, pp. 3-4; also -@b_2]"]),
        ("@a found, and @b [p. 3] too.", ["@a", "@b [p. 3]"]),
        ("@{odd key} and @{x:1/2}.", ["@{odd key}", "@{x:1/2}"]),
        ("mail ada@example.org, see https://example.org/@ada", []),
        ("`[@a]` and\n```\n@b\n```\n", []),
        ("not \\@a", []),
        ("[a link](https://example.org) [^1]", []),
    ],
)
def test_what_is_a_citation(text: str, found: list[str]) -> None:
    taken: list[str] = []
    with_citations(text, lambda citation: taken.append(citation) or "")
    assert taken == found


def test_keys_of_a_citation() -> None:
    assert keys_in("[see @a:1, p. 2; -@{b c}; e.g., @d.]") == ["a:1", "b c", "d"]


def test_pandoc_sets_them_in_the_manner_of_the_apa(sources: Bibliography) -> None:
    pytest.importorskip("pypandoc")
    text, references = said(
        "A [@nye2023; @two, p. 3]. @two found; @who and [see -@doe]. [@eid] [@page]", sources, STYLE
    )
    assert text == (
        "A (Möller & van der Berg, 2020, p. 3; Ney et al., 2023). Möller and van der Berg (2020) found; "
        "World Society of Invention (2011) and (see 2001). (Roe, 2021) (Poe, n.d.)"
    )
    assert references == {
        "nye2023": "Ney, A., Delgado, J., & Barkmann, M. (2023). An invented review of RCTs. "
        "Journal of Invented Results, 91(7), 389–397. https://doi.org/10.1000/nye",
        "two": "Möller, J.-P., & van der Berg, J. (2020). A book (2nd ed.). Invented House.",
        "who": "World Society of Invention. (2011). A chapter. In B. Foo (Ed.), Handbook (pp. 10–20). House.",
        "doe": "Doe, J. (2001). A thesis [Doctoral dissertation, University of Elsewhere].",
        "eid": "Roe, R. (2021). By number. BMI, 3, Article n71.",
        "page": "Poe, E. (n.d.). A page. https://example.org/x",
    }


def test_without_pandoc_they_are_set_by_author_and_date(sources: Bibliography, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citations, "pandoc_is_there", lambda: False)
    text, references = said("A [@nye2023; @two, p. 3]. @two [p. 4] found [see -@doe].", sources, STYLE)
    assert (
        text
        == "A (Ney et al., 2023; Möller & van der Berg, 2020, p. 3). Möller and van der Berg (2020, p. 4) found (see 2001)."
    )
    assert references["nye2023"].startswith("Ney, A., Delgado, J., & Barkmann, M. (2023). An invented review of RCTs.")
    assert set(references) == {"nye2023", "two", "doe"}


def test_another_style_is_taken(sources: Bibliography, tmp_path: Path) -> None:
    pytest.importorskip("pypandoc")
    style = tmp_path / "numbers.csl"
    style.write_text(
        '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text"><info><title>n</title><id>n</id>'
        "<updated>2020-01-01T00:00:00+00:00</updated></info>"
        '<citation><layout vertical-align="sup" delimiter=","><text variable="citation-number"/></layout></citation>'
        '<bibliography><layout><text variable="citation-number" suffix=". "/><text variable="title"/></layout>'
        "</bibliography></style>",
        encoding="utf-8",
    )
    text, references = said("First [@two], then [@nye2023].", sources, style)
    assert text == "First 1, then 2."
    assert references["two"] == "1. A book"


def test_included_studies_are_cited_by_their_ids_and_bear_an_asterisk(facts: Facts, sources: Bibliography) -> None:
    assert len(sources.included) == 12
    study = facts.studies[0]
    assert sources.names[study["study_id"]] == sources.names[study["primary_report_id"]]
    document = document_of(facts)
    listed = next(item for item in document.blocks if isinstance(item, References))
    starred = [item for item in listed.items if item.included]
    assert len(starred) == 12 and all(item.words[0].text == "*" for item in starred)
    methods = {item.key for item in listed.items} - sources.included
    assert {"method.prisma", "method.prisma_s"} <= methods


def test_an_entry_with_the_doi_of_an_included_study_is_that_study(facts: Facts) -> None:
    reports = {r["report_id"]: r for r in facts.results.table("retrieval/reports.csv")}
    record = facts.records[reports[facts.studies[0]["primary_report_id"]]["record_id"]]
    found = bibliography_of(facts, [{"id": "mine", "type": "book", "title": "T", "DOI": str(record["doi"]).upper()}])
    assert found.names["mine"] in found.included and "mine" not in found.items


def test_a_source_that_nobody_cites_is_not_listed(sources: Bibliography) -> None:
    pytest.importorskip("pypandoc")
    assert set(said("Only [@doe].", sources, STYLE)[1]) == {"doe"}


def test_an_unknown_source_is_named_with_its_line(sources: Bibliography, tmp_path: Path) -> None:
    path = tmp_path / "discussion.md"
    path.write_text("Fine [@nye2023].\n\nNot [@nye2032].\n", encoding="utf-8")
    with pytest.raises(InputFaults, match=r"line 3.*near it: nye2023"):
        check_citations([path], sources.names)
    with pytest.raises(KeyError, match="nye2032"):
        said("[@nye2032]", sources, STYLE)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.bib", "@book{x, title={A}}\n@book{x, title={B}}", "source-key"),
        ("a.bib", "@book{x, author={A, B}}", "source-without-title"),
        ("a.json", "[{", "not-json"),
        ("a.json", '{"id": "x"}', "not-csl"),
    ],
)
def test_a_bibliography_that_cannot_be_used_is_refused(tmp_path: Path, name: str, text: str, code: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputFaults, match=code):
        read_entries(tmp_path / name)


def test_csl_json_is_read_as_it_is(tmp_path: Path) -> None:
    item = {"id": "x", "type": "book", "title": "T", "author": [{"family": "A", "given": "B"}]}
    (tmp_path / "a.json").write_text(json.dumps([item]), encoding="utf-8")
    assert read_entries(tmp_path / "a.json") == [item]


def test_a_record_becomes_an_item() -> None:
    record = {
        "title": "T",
        "authors": "van der Berg, Bo Jan; A Group",
        "year": "2001",
        "entry_type": "article",
        "pages": "1-9",
    }
    assert item_of_record(record) == {
        "type": "article-journal",
        "author": [{"family": "van der Berg", "given": "Bo Jan"}, {"literal": "A Group"}],
        "issued": {"date-parts": [[2001]]},
        "title": "T",
        "page": "1-9",
    }
    assert "issued" not in item_of_record({"title": "T", "year": "in press"})
    assert "page" not in item_of_record({"title": "T", "pages": "null-null"})


def test_the_report_cites_in_every_woven_text(make: Callable[..., Facts], entries: Path) -> None:
    facts = make({"background": "As @nye2023 and others [@s000] say.", "discussion": "Again [@nye2023, p. 3]."})
    sources = bibliography_of(facts, [*read_entries(entries), *method_sources([TEMPLATES])])
    document = write_document(facts, [TEMPLATES], [], sources)
    text = document.plain()
    assert "As Ney et al. (2023) and others (Müller & van der Berg, " in text
    assert "Again (Ney et al., 2023, p. 3)." in text
