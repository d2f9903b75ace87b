"""MEDLINE, PubMed, Ovid, Cochrane, EndNote, RefWorks, XML and JSON."""

from __future__ import annotations

import json

import pytest
from prismake.records.read import read_bytes


def read(text: str, fmt: str, number: int):
    export = read_bytes(text.encode())
    assert not export.faults.errors, [str(f) for f in export.faults]
    assert export.format == fmt and export.in_file == number == len(export.records) + len(export.set_aside)
    return export


def test_medline_with_continued_lines_and_two_kinds_of_ids() -> None:
    export = read(
        "\nPMID- 25744111\nOWN - NLM\nIS  - 1476-5616 (Electronic)\nVI  - 129\nIP  - 5\nDP  - 2015 May\nTI  - Effectiveness of practices against\n"
        "      trauma in Japan.\nPG  - 475-82\nLID - 10.1016/j.puhe.2015.01.018 [doi]\nLID - S0033-3506(15)00037-2 [pii]\nAB  - OBJECTIVES: one\n      two.\n"
        "FAU - Fujiwara, T\nAU  - Fujiwara T\nLA  - eng\nPT  - Journal Article\nPT  - Randomized Controlled Trial\nMH  - *Infant\nJT  - Public health\nSO  - Public Health. 2015.\n\n"
        "PMID- 2\nTI  - Second\nSO  - x\n",
        "medline",
        2,
    )
    first = export.records.iloc[0]
    assert first["title"] == "Effectiveness of practices against trauma in Japan." and first["pmid"] == "25744111"
    assert (first["doi"], first["pages"], first["language"], first["entry_type"]) == (
        "10.1016/j.puhe.2015.01.018",
        "475-82",
        "English",
        "article",
    )
    assert export.database == "PubMed"


def test_eric_written_like_medline() -> None:
    export = read(
        "OWN - ERIC\r\nTI  - Field Trial\r\nOT  - Field Tests\r\nOID - ED576982\r\nDP  - 2017\r\n", "medline", 1
    )
    assert export.database == "ERIC" and export.records.loc[0, "accession"] == "ED576982"


def test_pubmed_abstracts() -> None:
    export = read(
        "1. Cochrane Database Syst Rev. 2017 Jul 7;7(7):CD006396. doi: \n10.1002/14651858.CD006396.pub4.\n\nInterventions to prevent loss.\n\n"
        "Tikka C(1), Verbeek JH.\n\nAuthor information:\n(1)Cochrane Group.\n\nBACKGROUND: This is\n2. not a record. CONCLUSIONS: none.\n\n"
        "DOI: 10.1002/14651858.CD006396.pub4\nPMID: 28685503\n\n\n2. J Test. 2001;12:1-9.\n\nSecond title.\n\nNg A.\n\nPMID: 3978627 [Indexed for MEDLINE]\n",
        "pubmed-text",
        2,
    )
    first, second = export.records.iloc[0], export.records.iloc[1]
    assert first["authors"] == "Tikka, C; Verbeek, JH" and first["title"] == "Interventions to prevent loss."
    assert (first["journal"], first["volume"], first["issue"], first["pages"]) == (
        "Cochrane Database Syst Rev",
        "7",
        "7",
        "CD006396",
    )
    assert first["abstract"].startswith("BACKGROUND") and first["doi"] == "10.1002/14651858.cd006396.pub4"
    assert (second["pmid"], second["volume"], second["pages"], second["year"]) == ("3978627", "12", "1-9", 2001)


def test_ovid_tagged_and_reprint() -> None:
    tagged = (
        "<53. >\nVN - Ovid Technologies\nDB - PsycINFO\nAN - Dissertation Abstract: 2014-99150-257.\nTI - Academic procrastination.\nYR - 2014\n"
        "AU - Sudler, Eric L\nSO - Dissertation Abstracts International Section A. Vol.75(2-A(E)),2014, pp. No Pagination Specified.\nLG - English\n\n"
        "<54. >\nVN  - Ovid Technologies\nDB  - PsycINFO\nAN  - 2015-1\nTI  - Second\n"
    )
    export = read(tagged, "ovid-text", 2)
    first = export.records.iloc[0]
    assert (
        export.database == "APA PsycInfo"
        and first["entry_type"] == "dissertation"
        and first["volume"] == "75"
        and first["year"] == 2014
    )
    reprint = "<1>\nUnique Identifier\n  2016-12345-001\nTitle\n  A trial of\n  something.\nAuthors\n  Ng A.  Ek B.\nYear of Publication\n  2016\n\n<2>\nTitle\n  Second\n"
    export = read(reprint, "ovid-text", 2)
    assert (
        export.records["title"].tolist() == ["A trial of something.", "Second"]
        and export.records.loc[0, "accession"] == "2016-12345-001"
    )


def test_the_cochrane_librarys_text_with_cr_alone() -> None:
    text = "\ufeffRecord #1 of 3\rID: CN-00778158\rAU: Bywater T\rTI: A programme\rSO: Trials\rYR: 2011\rPM: PUBMED 21314913\rPT: Journal article\r\rRecord #2 of 3\rID: CD009275\rTI: Advice\r"
    export = read(text, "cochrane-text", 2)
    assert (
        export.records["accession"].tolist() == ["CN-00778158", "CD009275"]
        and export.records.loc[0, "pmid"] == "21314913"
    )
    assert [f.code for f in export.faults] == ["fewer-than-announced"]


def test_endnotes_refer_text() -> None:
    text = "%0 Journal Article\n%A Ng, Ada\n%A Öz, B.\n%T A title\n%D 2012\n%J J Test\n%V 3\n%P 1-9\n%R 10.1000/x\n%K a\nb\n\n%0 Thesis\n%T Two\n"
    frame = read(text, "enw", 2).records
    assert (
        frame.loc[0, "authors"] == "Ng, Ada; Öz, B."
        and frame.loc[0, "keywords"] == "a; b"
        and frame.loc[1, "entry_type"] == "dissertation"
    )


def test_refworks_tagged_text() -> None:
    text = "RT Journal Article\nSR Electronic\nID 1\nA1 Ng,A.\nT1 A title\nYR 2012\nJF J Test\nVO 3\nSP 1\nOP 9\nDO 10.1000/x\nK1 a\n\nRT Book, Whole\nT1 Two\n"
    frame = read(text, "refworks", 2).records
    assert (
        frame.loc[0, "authors"] == "Ng, A."
        and frame.loc[0, "pages"] == "1-9"
        and frame.loc[0, "entry_type"] == "article"
    )
    assert frame.loc[1, "entry_type"] == "book"


def test_endnote_xml_with_styles_and_one_broken_record() -> None:
    good = (
        '<record><database name="x.enl">x.enl</database><rec-number>19</rec-number><ref-type name="Journal Article">17</ref-type><contributors><authors><author>'
        '<style face="normal">Baird, J. K.</style></author></authors></contributors><titles><title><style face="normal">A &lt; B</style></title>'
        "<secondary-title>J Test</secondary-title></titles><dates><year>2019</year></dates><electronic-resource-num>10.1128/x.1</electronic-resource-num></record>"
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><xml><records>{good}<record><titles></record>{good}</records></xml>'
    export = read(text, "endnote-xml", 3)
    assert (
        export.records["title"].tolist() == ["A < B", "A < B"]
        and export.set_aside.loc[0, "reason"] == "is not well-formed XML"
    )
    assert export.records.loc[0, "authors"] == "Baird, J. K." and "endnote-19" in export.records.loc[0, "aliases"]


def test_ebscohost_xml() -> None:
    text = (
        '<records>\n<rec resultID="1"><header shortDbName="psyh" longDbName="APA PsycInfo" uiTerm="2024-43543-026"><controlInfo><bkinfo/><jinfo><jtl>J Test</jtl>'
        '<issn type="Print">01650327</issn></jinfo><pubinfo><dt year="2024" month="02" day="15">20240215</dt><vid>347</vid></pubinfo><artinfo><ui type="doi">10.1016/x</ui>'
        '<ui type="pmid">38007102</ui><pages>183-191</pages><tig><atl>A title &amp; more.</atl></tig><aug><au>Yin, Anxin</au></aug><ab>Text</ab></artinfo></controlInfo></header></rec>\n</records>'
    )
    first = read(text, "ebsco-xml", 1).records.iloc[0]
    assert (first["accession"], first["pmid"], first["doi"], first["date"], first["issn"]) == (
        "2024-43543-026",
        "38007102",
        "10.1016/x",
        "2024-02-15",
        "0165-0327",
    )
    assert first["title"] == "A title & more." and first["database"] == "APA PsycInfo"


def test_pubmed_xml() -> None:
    text = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Journal><ISSN>1111-2222</ISSN><JournalIssue><Volume>3</Volume><PubDate><Year>2001</Year>"
        "</PubDate></JournalIssue><Title>J Test</Title></Journal><ArticleTitle>A <i>b</i> c</ArticleTitle><ELocationID EIdType='doi'>10.1000/x</ELocationID>"
        "<AuthorList><Author><LastName>Ng</LastName><ForeName>Ada</ForeName></Author></AuthorList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    first = read(text, "pubmed-xml", 1).records.iloc[0]
    assert (first["title"], first["authors"], first["year"], first["doi"], first["pmid"]) == (
        "A b c",
        "Ng, Ada",
        2001,
        "10.1000/x",
        "1",
    )


@pytest.mark.parametrize(
    ("value", "title", "authors"),
    [
        (
            [
                {
                    "id": "a",
                    "title": "T",
                    "author": [{"family": "Dam", "given": "Jan", "non-dropping-particle": "van"}],
                    "issued": {"date-parts": [[2020, 1]]},
                }
            ],
            "T",
            "van Dam, Jan",
        ),
        (
            {
                "results": [
                    {
                        "id": "https://openalex.org/W1",
                        "display_name": "T",
                        "authorships": [{"author": {"display_name": "Ada Ng"}}],
                        "publication_year": 2020,
                    }
                ]
            },
            "T",
            "Ng, Ada",
        ),
        (
            {
                "CodeSets": [],
                "References": [{"ItemId": "5", "Title": "T", "Authors": "Dal-Ré Rafael ; ", "Year": "2020"}],
            },
            "T",
            "Dal-Ré, Rafael",
        ),
    ],
)
def test_json_of_three_kinds(value: object, title: str, authors: str) -> None:
    first = read(json.dumps(value), "json", 1).records.iloc[0]
    assert (first["title"], first["authors"], first["year"]) == (title, authors, 2020)


def test_json_that_is_cut_is_one_clear_error() -> None:
    export = read_bytes(b'[{"title": "T", "author": [')
    assert [f.code for f in export.faults.errors] == ["broken-json"]


def test_embases_vertical_csv() -> None:
    text = '"TITLE","First"\n"AUTHOR NAMES","Yang Z.","Ng A."\n"SOURCE","Cancer (2004) 102:4 (253-258)"\n"PUI","L1"\n\n"TITLE","Second"\n"ABSTRACT","Text"\n'
    frame = read(text, "embase-vertical", 2).records
    assert frame["title"].tolist() == ["First", "Second"]
    assert (
        frame.loc[0, "authors"] == "Yang, Z.; Ng, A."
        and frame.loc[0, "pages"] == "253-258"
        and frame.loc[0, "accession"] == "L1"
    )


def test_refer_with_the_title_before_the_type() -> None:
    frame = read(
        "%T First\n%0 Journal Article\n%A Guo, Wenbo\n%B Journal of Tests\n%D 2021\n%X One.\n\nTwo.\n\n\n"
        "%T Second\n%A Lu, B.\n%D 2009\n\n%X Set off\n\n\n%0 Book\n%T Third\n%0 Book\n%T Fourth\n",
        "enw",
        4,
    ).records
    assert frame["title"].tolist() == ["First", "Second", "Third", "Fourth"]
    assert frame["entry_type"].tolist() == ["article", "", "book", "book"]
    assert frame["abstract"].tolist() == ["One. Two.", "Set off", "", ""] and frame["line"].tolist() == [1, 11, 18, 20]


def test_refer_with_a_record_that_lost_its_type() -> None:
    frame = read("%T First\n%A Guo, W.\n%0 Book\n%T Second\n", "enw", 2).records
    assert frame["title"].tolist() == ["First", "Second"] and frame["entry_type"].tolist() == ["", "book"]


def test_ovid_with_labels_marks_at_names_and_a_year_in_the_status() -> None:
    first = read(
        "<1>\nScore\n  *****\nAccession Number\n  00005131-900000000-99049.\nAuthor\n  Berg, Jan MD *;  Hermans, Erik MD +;  van Vugt, Arie MD, PhD +;\n"
        "Institution\n  From the (*)Department.\nTitle\n  Screws.[Article]\nSource\n  Journal of Tests. \nStatus\n"
        "  Publish Ahead of Print, 30 November 2015\nAuthor Keywords\n  one;  two.\nDOI Number\n  10.1097/X.1\n",
        "ovid-text",
        1,
    ).records.iloc[0]
    assert first["accession"] == "00005131-900000000-99049" and first["doi"] == "10.1097/x.1" and first["year"] == 2015
    assert first["authors"] == "Berg, Jan; Hermans, Erik; van Vugt, Arie" and first["keywords"] == "one; two"


def test_a_file_without_a_record_is_said() -> None:
    export = read_bytes(b"Title,Authors,Year\n")
    assert export.in_file == 0 and [fault.code for fault in export.faults] == ["no-records-in-file"]


def test_a_pmid_without_a_blank() -> None:
    frame = read("PMID-123\nTI  - One\nSO  - x\n\nPMID -124\n\nPMID- 125\nTI  - Three\nSO  - x\n", "medline", 3).records
    assert frame["pmid"].tolist() == ["123", "124", "125"]


def test_pubmed_summaries() -> None:
    export = read(
        "1: Xu J, Zhang H. eMotif: a classification. Bioinformatics. 2020 Apr 1;36(7):2068-2075. doi: 10.1093/bioinf/btz908. PMID: 31794006.\n\n"
        "2: Kuo CL. Clocks (PAC) predict outcomes. Is it so? Aging Cell. 2024 May 15:e14195. doi: 10.1111/acel.1. Epub ahead of print. PMID: 38747160; PMCID: PMC123.\n\n"
        "3: A notice without authors. Adv Sci (Weinh). 2024 Mar 25:e2307938. PMID: 38526185.\n",
        "pubmed-summary",
        3,
    ).records
    assert export["title"].tolist() == [
        "eMotif: a classification.",
        "Clocks (PAC) predict outcomes. Is it so?",
        "A notice without authors.",
    ]
    assert export["authors"].tolist() == ["Xu, J; Zhang, H", "Kuo, CL", ""]
    assert export["journal"].tolist() == ["Bioinformatics", "Aging Cell", "Adv Sci (Weinh)"]
    assert export["pages"].tolist() == ["2068-2075", "e14195", "e2307938"]
    assert export["pmid"].tolist() == ["31794006", "38747160", "38526185"]
    assert (
        export["doi"].tolist() == ["10.1093/bioinf/btz908", "10.1111/acel.1", ""]
        and "PMC123" in export.loc[1, "aliases"]
    )


def test_bare_pmids_are_records_and_the_reader_is_told() -> None:
    export = read("31794006\r\n38747160\r\n", "pubmed-ids", 2)
    assert export.records["pmid"].tolist() == ["31794006", "38747160"]
    assert [fault.code for fault in export.faults] == ["ids-only"]


def test_noteexpress_of_chinese_databases() -> None:
    export = read(
        "{Reference Type}: Journal Article\n{Title}: 计算机辅助导航\n{Translated Title}: Computer navigation\n{Author}: 潘紫麟;刘庆鹏;\n"
        "{Journal}: 医学综述\n{Year}: 2021\n{Issue}: 11\n{Pages}: 2184-2188\n{Keywords}: 脊柱;导航\n{Abstract}: one\ntwo\n"
        "{ISBN/ISSN}: 1006-2084\n{Database Provider}: CNKI\n\n{Reference Type}: Thesis\n{Title}: Second\n{Author}: Smith, John\n{Author}: Doe, Jane\n{Year}: 2022\n",
        "noteexpress",
        2,
    )
    first, second = export.records.to_dict("records")
    assert first["title_alternative"] == "Computer navigation" and first["authors"] == "潘紫麟; 刘庆鹏"
    assert (first["database"], first["journal"], first["pages"], first["issn"]) == (
        "CNKI",
        "医学综述",
        "2184-2188",
        "1006-2084",
    )
    assert first["abstract"] == "one two" and first["keywords"] == "脊柱; 导航"
    assert second["authors"] == "Smith, John; Doe, Jane" and second["entry_type"] == "dissertation"


def test_ovid_numbered_records_without_their_version_line() -> None:
    export = read(
        "<1>\nUI  - 12345678\nTI  - A title here\n   goes on.\nAU  - Smith J\nAU  - Doe A\nSO  - Journal of Tests. 10(2):1-10, 2010 Mar.\n\n<2>\nUI  - 2\nTI  - B\n",
        "ovid-text",
        2,
    ).records
    assert export["title"].tolist() == ["A title here goes on.", "B"] and export.loc[0, "journal"] == "Journal of Tests"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {"resultList": {"result": [{"id": "333", "pmid": "333", "title": "T.", "authorString": "Smith J, Doe AB.", "journalTitle": "J Eur", "journalVolume": "5", "issue": "2", "pubYear": "2018", "pageInfo": "1-9"}]}},
            {"authors": "Smith, J; Doe, AB", "journal": "J Eur", "volume": "5", "pages": "1-9", "year": 2018, "pmid": "333"},
        ),
        (
            {"total": 1, "data": [{"paperId": "abc", "externalIds": {"DOI": "10.1000/x", "PubMed": "123"}, "title": "T", "year": 2020, "journal": {"name": "Journal N", "volume": "3", "pages": "1-2"}, "authors": [{"name": "Ann B. Smith"}]}]},
            {"doi": "10.1000/x", "pmid": "123", "journal": "Journal N", "volume": "3", "pages": "1-2", "authors": "Smith, Ann B."},
        ),
        (
            {"data": [{"lens_id": "000-111", "title": "T", "year_published": 2019, "external_ids": [{"type": "doi", "value": "10.1000/y"}], "source": {"title": "J Lens"}, "authors": [{"first_name": "Ann", "last_name": "Smith"}], "start_page": "4", "end_page": "9"}]},
            {"accession": "000-111", "doi": "10.1000/y", "journal": "J Lens", "pages": "4-9", "year": 2019, "authors": "Smith, Ann"},
        ),
        (
            [{"key": "ABCD1234", "data": {"itemType": "journalArticle", "title": "Z", "creators": [{"firstName": "A B", "lastName": "Zed"}], "publicationTitle": "J Z", "date": "2011-05", "DOI": "10.1000/z"}}],
            {"title": "Z", "authors": "Zed, A B", "journal": "J Z", "year": 2011, "doi": "10.1000/z", "entry_type": "article"},
        ),
        (
            [{"protocolSection": {"identificationModule": {"nctId": "NCT1", "briefTitle": "Brief", "officialTitle": "Official"}, "statusModule": {"studyFirstPostDateStruct": {"date": "2019-12-01"}}}}],
            {"accession": "NCT1", "title": "Official", "title_alternative": "Brief", "year": 2019, "entry_type": "registration", "database": "ClinicalTrials.gov"},
        ),
    ],
    ids=["Europe PMC", "Semantic Scholar", "The Lens", "Zotero", "ClinicalTrials.gov"],
)  # fmt: skip
def test_json_of_sources_that_nest_their_fields(item: object, expected: dict[str, object]) -> None:
    record = read(json.dumps(item), "json", 1).records.iloc[0]
    assert {name: record[name] for name in expected} == expected
