"""What people brought, without abstracts and e-mail addresses, and otherwise as it was."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from prismake.records.read import read_bytes
from prismake.report.redaction import Addresses, CannotBeCleared, cleared

ABSTRACT = "SECRET words of the vendor; with a semicolon, a comma"
RIS = f"""TY  - JOUR
AU  - Adams, Ada
TI  - A trial of tea
N2  - {ABSTRACT}
and a second SECRET line
PY  - 2001
ER  -

TY  - JOUR
TI  - Another trial of tea
AB  - SECRET
KW  - tea
ER  -
"""
WOS = f"""FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Adams, A
TI A trial of tea
AB {ABSTRACT}
   and a second SECRET line
EM ada@example.org
PY 2001
UT WOS:000000000000001
ER

PT J
AU Bell, B
TI Another trial of tea
AB SECRET
PY 2002
UT WOS:000000000000002
ER

EF
"""
MEDLINE = f"""
PMID- 11111111
TI  - A trial of tea.
AB  - {ABSTRACT}
      and a second SECRET line
OAB - SECRET in another language
FAU - Adams, Ada
DP  - 2001

PMID- 22222222
TI  - Another trial of tea.
FAU - Bell, Bo
DP  - 2002
"""
SCOPUS = (
    "\ufeffAuthors,Title,Year,Source title,Abstract,Author Keywords,EID\n"
    f'"Adams, A.",A trial of tea,2001,J Tea,"{ABSTRACT}\nand a second ""SECRET"" line",tea,2-s2.0-1\n'
    '"Bell, B.","Tea, again",2002,J Tea,SECRET,"tea; again",2-s2.0-2\n'
)
GERMAN = "Titel;Autoren;Jahr;Abstract\r\nEine Studie;Adams, Ada;2001;SECRET\r\nNoch eine;Bell, Bo;2002;\r\n"
WOS_TABLE = 'PT\tAU\tTI\tAB\tPY\tUT\nJ\tAdams, A\tA "trial of tea\tSECRET, he said\t2001\tWOS:1\nJ\tBell, B\tTea\tSECRET\t2002\tWOS:2\n'
BIBTEX = """@article{adams2001,
  title = {A trial of {T}ea},
  author = {Adams, Ada},
  abstract = {SECRET {nested} words
and a second SECRET line},
  year = {2001}
}
@article{bell2002,
  title = "Another trial",
  author = "Bell, Bo",
  abstract = "SECRET {"}quoted{"}",
  year = 2002
}
"""
ENW = "%0 Journal Article\n%A Adams, Ada\n%T A trial of tea\n%D 2001\n%X SECRET\nand a second SECRET line\n%K tea\n\n%0 Journal Article\n%A Bell, Bo\n%T Another\n%D 2002\n"
PUBMED_XML = """<?xml version="1.0"?>
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Journal><Title>J Tea</Title>
<JournalIssue><PubDate><Year>2001</Year></PubDate></JournalIssue></Journal><ArticleTitle>A trial of tea</ArticleTitle>
<Abstract><AbstractText Label="AIM">SECRET</AbstractText>
<AbstractText>SECRET</AbstractText></Abstract>
<AuthorList><Author><LastName>Adams</LastName><ForeName>Ada</ForeName></Author></AuthorList></Article></MedlineCitation>
</PubmedArticle></PubmedArticleSet>
"""
ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Adams, Ada</style></author></authors></contributors>
<titles><title><style face="normal">A trial of tea</style></title></titles><dates><year>2001</year></dates>
<abstract><style face="normal">SECRET</style></abstract></record></records></xml>
"""
OVID = "<1. >\nVN - Ovid Technologies\nDB - PsycINFO\nAN - 2001-1-001\nTI - A trial of tea\nAB - SECRET\nYR - 2001\nAU - Adams, Ada\n\n"
JSON = json.dumps(
    [{"title": "A trial of tea", "abstract": "SECRET", "author": [{"family": "Adams", "given": "Ada"}], "type": "article-journal", "issued": {"date-parts": [[2001]]}}]
)  # fmt: skip
EXPORTS = {
    "ris": RIS, "ris with crlf": RIS.replace("\n", "\r\n"), "wos": WOS, "medline": MEDLINE, "scopus": SCOPUS,
    "german": GERMAN, "wos table": WOS_TABLE, "bibtex": BIBTEX, "enw": ENW, "pubmed xml": PUBMED_XML,
    "endnote xml": ENDNOTE, "ovid": OVID, "json": JSON,
}  # fmt: skip
# Where an empty line would end a record the abstract's lines go, and later lines count less.
LINES_GO = {"medline", "enw", "ovid"}


def same_but_for_abstracts(one, other, *, lines: bool = True) -> None:
    without = ["abstract", "fields", *([] if lines else ["line"])]
    assert one.records.drop(columns=without).equals(other.records.drop(columns=without))
    assert (one.format, len(one.set_aside)) == (other.format, len(other.set_aside))


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_loses_its_abstracts_and_nothing_else(name: str) -> None:
    content = EXPORTS[name].encode()
    before = read_bytes(content)
    assert before.records["abstract"].ne("").any() and not before.faults.errors
    found = cleared(content, None, export=True)
    assert b"SECRET" not in found
    after = read_bytes(found)
    assert not after.records["abstract"].ne("").any()
    same_but_for_abstracts(before, after, lines=name not in LINES_GO)


@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_cleared_stays_as_it_is_when_cleared_again(name: str) -> None:
    once = cleared(EXPORTS[name].encode(), Addresses(), export=True)
    assert cleared(once, Addresses(), export=True) == once


def test_real_exports_lose_their_abstracts_and_nothing_else(shared_data: Path) -> None:
    folder = shared_data / "exports"
    with (folder / "ORIGINS.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    read, left_out = 0, []
    for row in rows:
        content = (folder / row["file"]).read_bytes()
        if len(content) > 60_000:
            continue
        try:
            found = cleared(content, None, export=True)
        except CannotBeCleared:
            left_out.append(row["file"])
            continue
        after = read_bytes(found)
        assert not after.records["abstract"].ne("").any(), row["file"]
        same_but_for_abstracts(read_bytes(content), after, lines=False)
        read += 1
    assert read > 40 and len(left_out) < 5, left_out


def test_every_other_byte_stays() -> None:
    assert (
        cleared(SCOPUS.encode(), None, export=True)
        == (
            "\ufeffAuthors,Title,Year,Source title,Abstract,Author Keywords,EID\n"
            '"Adams, A.",A trial of tea,2001,J Tea,"\n",tea,2-s2.0-1\n'
            '"Bell, B.","Tea, again",2002,J Tea,,"tea; again",2-s2.0-2\n'
        ).encode()
    )
    assert cleared(GERMAN.encode("cp1252"), None, export=True) == GERMAN.replace("SECRET", "").encode("cp1252")


def test_a_column_that_config_calls_the_abstract_is_one() -> None:
    text = "Title,Year,What it says\nTea,2001,SECRET\n"
    assert b"SECRET" in cleared(text.encode(), None, export=True)
    assert b"SECRET" not in cleared(text.encode(), None, export=True, columns={"abstract": "What it says"})


def test_a_sheet_s_descriptions_are_no_abstracts() -> None:
    text = "study_id,title,description\nS1,Tea,a description\n"
    assert cleared(text.encode(), None) == text.encode()


@pytest.mark.parametrize(
    "text",
    ["1. J Tea. 2001;1(1):2-3. doi: 10.1/x.\n\nA trial of tea.\n\nAdams A(1).\n\nSECRET abstract text.\n\nDOI: 10.1/x\nPMID: 11111111\n",
     '"TITLE","Tea"\n"AUTHOR NAMES","Adams A."\n"ABSTRACT","SECRET"\n"SOURCE","J Tea"\n'],
)  # fmt: skip
def test_an_export_in_a_format_without_a_rule_is_left_out(text: str) -> None:
    with pytest.raises(CannotBeCleared, match="cannot be told apart"):
        cleared(text.encode(), None, export=True)


def workbook(*rows: list[str]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_with_abstracts_is_left_out_and_another_is_not() -> None:
    with pytest.raises(CannotBeCleared, match="workbook with abstracts"):
        cleared(workbook(["Title", "Abstract"], ["Tea", "SECRET"]), None, export=True)
    content = workbook(["study_id", "year"], ["S1", "2001"])
    assert cleared(content, Addresses()) == content


def test_addresses_leave_a_workbook_with_the_same_bytes_each_time() -> None:
    content = workbook(["study_id", "author"], ["S1", "ada@example.org"], ["S2", "bo@example.org"])
    found = cleared(content, Addresses())
    assert found == cleared(content, Addresses()) == cleared(found, Addresses())
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"example.org" not in everything and b"person-2@removed.invalid" in everything


def test_one_address_has_one_stand_in_in_every_file_whatever_its_case() -> None:
    addresses = Addresses()
    one = cleared(b"reviewers: {Ada@example.org: Ada, bo@example.org: Bo}\n", addresses)
    other = cleared(b"who\nbo@example.org\nada@example.org\n", addresses)
    assert one == b"reviewers: {person-1@removed.invalid: Ada, person-2@removed.invalid: Bo}\n"
    assert other == b"who\nperson-2@removed.invalid\nperson-1@removed.invalid\n"


def test_new_addresses_are_numbered_after_the_stand_ins_that_are_there() -> None:
    addresses = Addresses()
    addresses.spare("person-1@removed.invalid, person-7@removed.invalid")
    assert addresses.replaced("person-7@removed.invalid and x@example.org") == (
        "person-7@removed.invalid and person-8@removed.invalid"
    )


def test_at_signs_that_are_no_addresses_stay() -> None:
    assert Addresses().replaced("5 @ 3, @x, a@b") == "5 @ 3, @x, a@b"
