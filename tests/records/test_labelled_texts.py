"""Plain texts in which a name stands before each field, Ovid's XML, Bibliontology RDF and columns in other languages;
each text is invented in the form that the platform writes.
"""

from __future__ import annotations

import pytest
from prismake.records.read import Export, read_bytes


def read(text: str, format: str) -> Export:
    export = read_bytes(text.encode())
    assert export.format == format
    assert not export.faults.errors
    assert len(export.records) + len(export.set_aside) == export.in_file
    return export


EBSCO = """Record: 1
Title: A Trial of
  Something: And More
Authors: Ng, Ann1 (AUTHOR) ann.ng@example.org; van Ek, Bo B.2 (AUTHOR)
Source: Journal of Tests. Jan2020, Vol. 5 Issue 2, p12-25. 14p.
Document Type: Article
Subject Terms: *Depression; *Therapy
Abstract: Background: we asked.
Methods: we did. [ABSTRACT FROM AUTHOR]
ISSN: 0021-843X
DOI: 10.1000/abc.1
Accession Number: 141234567
Persistent link to this record (Permalink): https://search.ebscohost.com/login.aspx?direct=true&db=a9h&AN=141234567&site=ehost-live
Database: Academic Search Complete

Record: 2
Title:
Ein anderer Versuch
Translated Title:
Another trial
Authors:
Smith, John A.
Aas, Cy
Source:
Zeitschrift für Tests, Vol 115(3), May, 2006. pp. 111-120.
Language:
German
Accession Number:
2006-12345-001
Database:
PsycINFO

Record: 3
"""


def test_ebscohost_text() -> None:
    export = read(EBSCO, "ebsco-text")
    first, second = export.records.to_dict("records")
    assert (export.in_file, len(export.set_aside), export.platform) == (3, 1, "EBSCOhost")
    assert first["title"] == "A Trial of Something: And More" and first["authors"] == "Ng, Ann; van Ek, Bo B."
    assert (first["journal"], first["volume"], first["issue"], first["pages"]) == (
        "Journal of Tests",
        "5",
        "2",
        "12-25",
    )
    assert (first["year"], first["doi"], first["accession"]) == (2020, "10.1000/abc.1", "141234567")
    assert first["abstract"].startswith("Background: we asked. Methods: we did.")
    assert first["keywords"] == "Depression; Therapy" and first["entry_type"] == "article"
    assert first["database"] == "Academic Search" and first["line"] == 1
    assert second["title"] == "Ein anderer Versuch" and second["title_alternative"] == "Another trial"
    assert second["authors"] == "Smith, John A.; Aas, Cy" and second["database"] == "APA PsycInfo"
    assert (second["journal"], second["volume"], second["issue"], second["pages"], second["year"]) == (
        "Zeitschrift für Tests", "115", "3", "111-120", 2006,
    )  # fmt: skip
    assert second["accession"] == "2006-12345-001" and second["line"] == 16


def test_embase_text() -> None:
    export = read(
        "\n\nRECORD 1\n\nTITLE\nA trial of something\n\nAUTHOR NAMES\nNg A.\nvan Ek B.B.\n\nSOURCE\nJournal of Tests (2004) 102:4 (253-258)."
        " Date of Publication: 25 Aug 2004\n\nABSTRACT\nFirst line\nsecond line\n\nEMTREE MEDICAL INDEX TERMS\nadult, human\n\n"
        "MEDLINE PMID\n15282665 (http://www.ncbi.nlm.nih.gov/pubmed/15282665)\n\nPUI\nL39015637\n\nDOI\n10.1000/abc.2\n\n"
        "RECORD 2\n\nTITLE\nSecond\n\nAUTHOR NAMES\nAas C.\n\nSOURCE TITLE\nOther Journal\n\nPUBLICATION YEAR\n2011\n",
        "embase-text",
    )
    first, second = export.records.to_dict("records")
    assert (export.database, export.platform, export.in_file) == ("Embase", "Embase.com", 2)
    assert first["title"] == "A trial of something" and first["abstract"] == "First line second line"
    assert first["authors"] == "Ng, A.; van Ek, B.B." and first["accession"] == "L39015637"
    assert (first["journal"], first["volume"], first["issue"], first["pages"], first["year"]) == (
        "Journal of Tests", "102", "4", "253-258", 2004,
    )  # fmt: skip
    assert (first["pmid"], first["doi"]) == ("15282665", "10.1000/abc.2")
    assert (second["journal"], second["year"], second["line"]) == ("Other Journal", 2011, 31)


def test_ovid_xml() -> None:
    field = '<F C="{}" L="x"><D type="c">{}</D></F>'
    export = read(
        '<?xml version="1.0"?>\n<ovidresults><records>\n<record index="1">'
        + "".join(
            field.format(tag, value)
            for tag, value in [
                ("DB", "APA PsycInfo"), ("AN", "2020-11111-001"), ("TI", "A trial &amp; more."), ("SO", "Journal of Tests. Vol.45,(3), 2020, pp. 9-16."),
                ("AB", "Text."), ("DO", "10.1000/abc.3"), ("YR", "2020"),
            ]
        )
        + '<F C="AU" L="Author"><D type="s">Ng, Ann</D><D type="s">Ek, Bo</D></F></record>\n<record index="2">'
        + field.format("TI", "Second") + "</record>\n</records></ovidresults>",
        "ovid-xml",
    )  # fmt: skip
    first = export.records.iloc[0]
    assert (export.in_file, export.platform, first["database"]) == (2, "Ovid", "APA PsycInfo")
    assert first["authors"] == "Ng, Ann; Ek, Bo" and first["doi"] == "10.1000/abc.3"
    assert (first["accession"], first["volume"], first["issue"], first["pages"]) == (
        "2020-11111-001",
        "45",
        "3",
        "9-16",
    )
    assert export.records["line"].tolist() == [3, 4]


def test_bibliontology_rdf() -> None:
    person = '    <foaf:Person rdf:nodeID="{}">\n        <foaf:givenName>{}</foaf:givenName>\n        <foaf:surname>{}</foaf:surname>\n    </foaf:Person>\n'
    export = read(
        '<rdf:RDF\n xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n xmlns:z="http://www.zotero.org/namespaces/export#"\n'
        ' xmlns:bibo="http://purl.org/ontology/bibo/"\n xmlns:dcterms="http://purl.org/dc/terms/"\n xmlns:foaf="http://xmlns.com/foaf/0.1/">\n'
        '    <z:UserItem rdf:about="http://zotero.org/users/1/items/A">\n        <z:repository>Scopus</z:repository>\n    </z:UserItem>\n'
        '    <bibo:AcademicArticle rdf:about="urn:one">\n        <bibo:doi>10.1000/abc.4</bibo:doi>\n        <dcterms:title>A trial</dcterms:title>\n'
        '        <bibo:authorList>\n           <rdf:Seq><rdf:li rdf:nodeID="n2"/><rdf:li rdf:nodeID="n1"/></rdf:Seq>\n        </bibo:authorList>\n'
        "        <bibo:pages>5-9</bibo:pages>\n        <dcterms:isPartOf>\n            <bibo:Issue rdf:about=\"urn:issue\">\n                <bibo:issue>2</bibo:issue>\n"
        "                <bibo:volume>7</bibo:volume>\n                <dcterms:date>2016</dcterms:date>\n                <dcterms:isPartOf>\n"
        "                    <bibo:Journal>\n                        <dcterms:title>Journal of Tests</dcterms:title>\n                        <bibo:issn>1860-7950</bibo:issn>\n"
        "                    </bibo:Journal>\n                </dcterms:isPartOf>\n            </bibo:Issue>\n        </dcterms:isPartOf>\n    </bibo:AcademicArticle>\n"
        '    <bibo:Book rdf:about="urn:two">\n        <dcterms:title>A book</dcterms:title>\n        <dcterms:date>2001</dcterms:date>\n    </bibo:Book>\n'
        + person.format("n1", "Bo", "Ek") + person.format("n2", "Ann", "Ng") + "</rdf:RDF>\n",
        "bibliontology-rdf",
    )  # fmt: skip
    first, second = export.records.to_dict("records")
    assert export.in_file == 2 and first["title"] == "A trial" and first["authors"] == "Ng, Ann; Ek, Bo"
    assert (first["journal"], first["volume"], first["issue"], first["pages"], first["year"]) == (
        "Journal of Tests", "7", "2", "5-9", 2016,
    )  # fmt: skip
    assert (first["doi"], first["issn"], first["entry_type"]) == ("10.1000/abc.4", "1860-7950", "article")
    assert (second["title"], second["year"], second["entry_type"]) == ("A book", 2001, "book")


SCOPUS = """Scopus
EXPORT DATE: 12 March 2024

Ng, A., van Ek, B.B.
57200520888;6504100000;
A trial of something
(2017) Journal of Tests, 11 (4), pp. 959-975. Cited 12 times.
https://www.scopus.com/inward/record.uri?eid=2-s2.0-85029313182&doi=10.1016%2fj.x&partnerID=40

DOI: 10.1016/j.x

ABSTRACT: Background: we asked.
AUTHOR KEYWORDS: one;  two
REFERENCES: Aas, C., A work, (2001) J., 5, pp. 1-2;
Bly, D., Another (2002)
ISSN: 00218430
LANGUAGE OF ORIGINAL DOCUMENT: English
DOCUMENT TYPE: Review
SOURCE: Scopus

Aas C.
AUTHOR FULL NAMES: Aas, Cy (57200520889)
57200520889
Second
(2021) Journal of Physics: Series, Education, 11, 2, art. no. 1780142, Cited 3 times.
https://www.scopus.com/pages/publications/105046871383?origin=resultslist
DOCUMENT TYPE: Conference paper
SOURCE: Scopus
"""


def test_scopus_text() -> None:
    export = read(SCOPUS, "scopus-text")
    first, second = export.records.to_dict("records")
    assert (export.database, export.platform, export.in_file) == ("Scopus", "Scopus", 2)
    assert first["title"] == "A trial of something" and first["authors"] == "Ng, A.; van Ek, B.B."
    assert (first["journal"], first["volume"], first["issue"], first["pages"], first["year"]) == (
        "Journal of Tests", "11", "4", "959-975", 2017,
    )  # fmt: skip
    assert (first["accession"], first["doi"], first["entry_type"]) == ("2-s2.0-85029313182", "10.1016/j.x", "review")
    assert first["abstract"] == "Background: we asked." and first["keywords"] == "one; two" and first["line"] == 4
    assert first["language"] == "English" and first["issn"] == "0021-8430" and "Bly, D." in first["fields"]
    assert second["accession"] == "2-s2.0-105046871383" and second["article_number"] == "1780142"
    assert (second["journal"], second["volume"], second["issue"]) == (
        "Journal of Physics: Series, Education",
        "11",
        "2",
    )
    assert second["line"] == 21
    cut = read(SCOPUS[:-20], "scopus-text")
    assert len(cut.records) == 2 and [fault.code for fault in cut.faults] == ["truncated"]


CNKI = (
    "SrcDatabase-来源库: 期刊\nTitle-题名: 心理治疗的试验\nAuthor-作者: 王伟;李娜;\nOrgan-单位: 某大学\nSource-文献来源: 心理学报\n"
    "Keyword-关键词: 心理治疗;;抑郁\nSummary-摘要: 目的:探讨\n疗效。\nPubTime-发表时间: 2021-03-15\nYear-年: 2021\nVolume-卷: 53\nPeriod-期: 03\n"
    "PageCount-页码: 301-310\nDOI-DOI: 10.1000/abc.5\n\n"
)


def test_cnki_text() -> None:
    export = read(CNKI + CNKI.replace("心理治疗的试验", "第二").replace("DOI-DOI: 10.1000/abc.5\n", ""), "cnki-text")
    first = export.records.iloc[0]
    assert (export.in_file, export.database) == (2, "CNKI")
    assert first["title"] == "心理治疗的试验" and first["authors"] == "王伟; 李娜" and first["journal"] == "心理学报"
    assert (first["year"], first["volume"], first["issue"], first["pages"]) == (2021, "53", "03", "301-310")
    assert first["abstract"] == "目的:探讨 疗效。" and first["doi"] == "10.1000/abc.5" and "抑郁" in first["keywords"]


@pytest.mark.parametrize(
    ("header", "row", "format"),
    [
        ("作者,Author full names,作者 ID,文献标题,年份,来源出版物名称,卷,期,论文编号,起始页码,结束页码,施引文献,DOI,链接,摘要,作者关键字,文献类型,来源出版物,EID",
         'Ng A.; Ek B.,"Ng, Ann (1); Ek, Bo (2)",1; 2,A trial,2020,Journal of Tests,5,2,,12,25,3,10.1000/x,https://www.scopus.com/x,Text,a; b,Article,Scopus,2-s2.0-85000000001',
         "scopus-csv"),
        ("SrcDatabase-来源库,Title-题名,Author-作者,Organ-单位,Source-文献来源,Volume-卷,Period-期,PageCount-页码,Year-年,DOI-DOI",
         "期刊,A trial,Ng A.; Ek B.,X,Journal of Tests,5,2,12-25,2020,10.1000/x", "cnki-table"),
        ("题名,作者,刊名,年,卷,期,页码,DOI", "A trial,Ng A.; Ek B.,Journal of Tests,2020,5,2,12-25,10.1000/x", "table"),
        ("Авторы,Название,Год,Название источника,Том,Выпуск,Страница начала,Страница окончания,DOI,Ссылка",
         "Ng A.; Ek B.,A trial,2020,Journal of Tests,5,2,12,25,10.1000/x,https://x.org", "table"),
        ("Autores,Título,Año,Título de la fuente,Volumen,Número,Página de inicio,Página final,DOI",
         "Ng A.; Ek B.,A trial,2020,Journal of Tests,5,2,12,25,10.1000/x", "table"),
    ],
)  # fmt: skip
def test_columns_in_other_languages(header: str, row: str, format: str) -> None:
    record = read(f"\ufeff{header}\n{row}\n", format).records.iloc[0]
    assert (record["title"], record["authors"], record["journal"]) == ("A trial", "Ng, A.; Ek, B.", "Journal of Tests")
    assert (record["year"], record["volume"], record["issue"], record["pages"]) == (2020, "5", "2", "12-25")
    assert record["doi"] == "10.1000/x"


def test_a_translated_title_in_ebscohost_ris() -> None:
    record = read(
        "TY  - JOUR\nAN  - 2019-1-001\nT1  - A trial\nT2  - Ein Versuch\nJF  - Journal\nDP  - EBSCOhost\nDB  - psyh\nER  - \n",
        "ris",
    ).records.iloc[0]
    assert (record["title"], record["title_alternative"], record["journal"]) == ("A trial", "Ein Versuch", "Journal")
