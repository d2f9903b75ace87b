"""ProQuest's text, invented in the form of a real export."""

from __future__ import annotations

from prismake.records.read import read_bytes

TEXT = """____________________________________________________________

Report Information from ProQuest
July 02 2015 03:22
____________________________________________________________

Document 1 of 2

An invented title: with a colon

Author: Smith, John; Doe, Jane

ProQuest document link

Abstract (English): Background: this is it.
Results: that too.

Links: http://linkresolver.example

Full text: Some words.

Method: we did

Subject: Therapy; Depression;

Title: An invented title: with a colon

Publication title: Journal of Tests

Volume: 10

Issue: 2

Pages: 1-10

Publication year: 2010
Publication date: Mar 2010
Year: 2010
Publisher: APA
ISSN: 0022-006X
Source type: Scholarly Journals
Language of publication: English
Document type: Journal Article
DOI: http://dx.doi.org/10.1037/a0012345
Accession number: 2010-12345-001
ProQuest document ID: 614512345
Document URL: https://search.proquest.com/docview/614512345?accountid=1
Copyright: (c) 2010
Last updated: 2015-01-01
Database: PsycINFO
____________________________________________________________

Document 2 of 2

Second

Title: Second
Publication title: X
Publication date: Jan 1, 2012
ProQuest document ID: 2
Database: Sociological Abstracts

____________________________________________________________

Contact us at: http://www.proquest.com/go/contactsupport
Copyright © 2015 ProQuest LLC. All rights reserved. Terms and Conditions: http://x
"""


def test_documents_between_lines_of_underscores() -> None:
    export = read_bytes(TEXT.encode())
    assert export.format == "proquest-text" and export.in_file == len(export.records) == 2
    first, second = export.records.to_dict("records")
    assert first["title"] == "An invented title: with a colon" and first["authors"] == "Smith, John; Doe, Jane"
    assert (first["database"], first["platform"]) == ("APA PsycInfo", "ProQuest")
    assert first["abstract"] == "Background: this is it. Results: that too."
    assert (first["journal"], first["volume"], first["issue"], first["pages"]) == (
        "Journal of Tests",
        "10",
        "2",
        "1-10",
    )
    assert first["doi"] == "10.1037/a0012345" and first["accession"] == "614512345" and first["year"] == 2010
    assert "2010-12345-001" in first["aliases"] and "Some words." in first["fields"]
    assert second["title"] == "Second" and second["database"] == "Sociological Abstracts" and second["line"] == 55


def test_a_document_without_its_title_field_takes_its_heading() -> None:
    export = read_bytes(TEXT.replace("Title: Second\n", "").encode())
    assert export.records["title"].tolist() == ["An invented title: with a colon", "Second"]
