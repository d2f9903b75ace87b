"""Tables of databases, tools and teams."""

from __future__ import annotations

import io

import openpyxl
import pytest
from prismake.records.citations import citation
from prismake.records.read import read_bytes
from prismake.records.table import people


def read(text: str, fmt: str, columns: dict | None = None):
    export = read_bytes(text.encode(), columns=columns)
    assert not export.faults.errors, [str(f) for f in export.faults]
    assert export.format == fmt and len(export.records) + len(export.set_aside) == export.in_file
    return export


def test_scopus_before_and_after_2023() -> None:
    old = '\ufeffAuthors,"Author(s) ID",Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,Cited by,DOI,Link,Document Type,Source,EID\n"Bazow B., Phan T.","1;2;",One,2021,Applied Optics,60,4,,A21,A37,,10.1364/AO.1,https://www.scopus.com,Conference Paper,Scopus,2-s2.0-1\n'
    new = '"Authors","Author full names","Author(s) ID","Title","Year","Source title","DOI","Link","Document Type","EID"\n"Liu F.; Li C.","Liu, Fang (1); Li, C. (2)","1; 2","Two ""quoted""",2026,"Digital Health","10.1177/x","https://","Review","2-s2.0-2"\n'
    first, second = read(old, "scopus-csv").records.iloc[0], read(new, "scopus-csv").records.iloc[0]
    assert (first["authors"], first["pages"], first["accession"], first["entry_type"]) == (
        "Bazow, B.; Phan, T.",
        "A21-A37",
        "2-s2.0-1",
        "conference",
    )
    assert (second["authors"], second["title"], second["entry_type"]) == ("Liu, F.; Li, C.", 'Two "quoted"', "review")


def test_web_of_science_tab_with_lone_quotes_and_a_longer_row() -> None:
    text = 'PT\tAU\tTI\tSO\tLA\tDT\tDI\tUT\nJ\tNg, A; Ek, B\tA 5" screen\tJ TEST\tEnglish\tArticle\t10.1/x\tWOS:1\t\n'
    export = read_bytes(text.encode("utf-16"))
    assert (
        export.in_file == 1
        and export.records.loc[0, "title"] == 'A 5" screen'
        and export.records.loc[0, "accession"] == "WOS:1"
    )


def test_ovid_below_its_copyright_row_with_line_breaks_in_cells() -> None:
    text = '"Copyright (c) 2000-2021 Ovid Technologies, Inc.",,,,,,\nORN,VN,DB,UI,TI,SO,AU\n1,Ovid Technologies,Embase,2023,"A title. [References]","Nervenarzt. 90 (11) (pp 1117-1124), 2019. Date of Publication: 01 Nov 2019.","Angonese G.\n\nBuhl M."\n'
    first = read(text, "ovid-table").records.iloc[0]
    assert (first["database"], first["platform"], first["title"]) == ("Embase", "Ovid", "A title.")
    assert (first["authors"], first["volume"], first["issue"], first["pages"], first["year"]) == (
        "Angonese, G.; Buhl, M.",
        "90",
        "11",
        "1117-1124",
        2019,
    )


def test_embase_below_its_query_in_a_workbook() -> None:
    book = openpyxl.Workbook()
    for row in (
        ["SEARCH QUERY", "x:ti"],
        ["---"],
        [None],
        ["Title", "Author Names", "Source", "PUI", "Emtree Medical Index Terms", "Open URL Link"],
        [
            "One",
            "Yang Z., Jiang B.",
            "Cancer (2004) 102:4 (253-258). Date of Publication: 25 Aug 2004",
            "L1",
            "a, b",
            "x",
        ],
    ):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    export = read_bytes(held.getvalue())
    first = export.records.iloc[0]
    assert (export.format, export.in_file, first["accession"], first["authors"]) == (
        "embase-table",
        1,
        "L1",
        "Yang, Z.; Jiang, B.",
    )
    assert (first["volume"], first["issue"], first["pages"]) == ("102", "4", "253-258")


def test_ebscohost_old_and_new_csv() -> None:
    old = 'Article Title,Author,Journal Title,ISSN,Publication Date,Volume,Issue,First Page,Accession Number,DOI,Doctype,PLink\nOne,"Ng, A.; Ek, B.",J Test,"=""19326203""","=""4/3/2024""",19,4,1,176,10.1/x,Article,https://x\n'
    new = 'longDBName,shortDBName,an,title,publicationDate,contributors,docTypes,source,doi,plink\nAPA PsycInfo,psyh,2004-15693-018,Two,20040401,"Dollaghan, C. A.",Journal Article,J Test,10.1/y,https://y\n'
    first, second = read(old, "ebsco-csv").records.iloc[0], read(new, "ebsco-csv").records.iloc[0]
    assert (first["issn"], first["year"], first["authors"]) == ("1932-6203", 2024, "Ng, A.; Ek, B.")
    assert (second["database"], second["accession"], second["date"], second["entry_type"]) == (
        "APA PsycInfo",
        "2004-15693-018",
        "2004-04-01",
        "article",
    )


def test_ebscohost_xml_that_a_spreadsheet_flattened() -> None:
    text = 'jinfo/jtl,pubinfo/dt/_year,artinfo/ui/0/_type,artinfo/ui/0/__text,artinfo/tig/atl,artinfo/aug/au/0,artinfo/aug/au/1,artinfo/ab/0,header/_longDbName,header/_uiTerm\nJ Test,2023,doi,10.1/x,One,Qian Wang,"Ng, A",Text,CINAHL,172\n'
    first = read(text, "ebsco-xml-table").records.iloc[0]
    assert (first["authors"], first["doi"], first["database"], first["accession"]) == (
        "Wang, Qian; Ng, A",
        "10.1/x".replace("10.1/x", first["doi"]),
        "CINAHL",
        "172",
    )


def test_zotero_with_what_it_keeps_in_extra() -> None:
    text = 'Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Abstract Note,Date,Date Added,Publisher,Library Catalog,Extra,Manual Tags\nFLVBLRVS,journalArticle,2009,"Ng, A.; Ek, B.",One,J Test,10.1000/x,NA,2009-01,2025,,Scopus,PMID: 35319117,a; b\n7F82D28Q,document,2022,"Boisjoli, J.",Two,,,,2022,2025,Dissertation Abstracts International: Section B,,tex.entrytype: masterthesis,\n'
    export = read(text, "zotero-csv")
    first, second = export.records.iloc[0], export.records.iloc[1]
    assert (first["accession"], first["pmid"], first["abstract"], first["keywords"]) == (
        "FLVBLRVS",
        "35319117",
        "",
        "a; b",
    )
    assert export.database == "" and second["entry_type"] == "dissertation"


def test_pubmed_csv_completes_itself_from_the_citation() -> None:
    text = 'PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\n1,One,"Tikka C, Verbeek JH.",Cogn Emot. 2019 Jul;33(5):876-893. doi: 10.1080/x.,Tikka C,Cogn Emot,2019,2018/07/08,,,\n'
    first = read(text, "pubmed-csv").records.iloc[0]
    assert (first["authors"], first["volume"], first["issue"], first["pages"], first["doi"]) == (
        "Tikka, C; Verbeek, JH",
        "33",
        "5",
        "876-893",
        "10.1080/x",
    )


def test_a_teams_table_with_usual_names_and_one_with_its_own() -> None:
    usual = 'author,title,abstract,date,search_term\nsomeone,AudiometricAI,"# Title\n\nText",2023,audiometric\n'
    assert read(usual, "table").records.loc[0, "title"] == "AudiometricAI"
    own = 'id;Titel;Wer;Jahr\n7;Eins;"Ng, A.; Ek, B.";2001\n'
    frame = read(own, "table", {"id": "id", "title": "Titel", "authors": "Wer", "year": "Jahr"}).records
    assert (
        frame.loc[0, ["accession", "title", "authors"]].tolist() == ["7", "Eins", "Ng, A.; Ek, B."]
        and frame.loc[0, "year"] == 2001
    )


def test_rows_that_are_no_records_are_set_aside() -> None:
    export = read("Title,Authors,Year,DOI,Reason\nOne,A,2001,,\n,,,,62\nTitle,Authors,Year,DOI,Reason\n", "table")
    assert len(export.records) == 1 and len(export.set_aside) == 2 and export.in_file == 3


def test_a_named_column_that_is_not_there_is_an_error() -> None:
    export = read_bytes(b"Title,Year\nOne,2001\n", columns={"title": "Titel"})
    assert [f.code for f in export.faults.errors] == ["missing-column"]


def test_a_cut_table_is_said() -> None:
    assert [f.code for f in read_bytes(b'Title,Authors,Year\nOne,A,2001\nTwo,"B').faults] == ["truncated"]


@pytest.mark.parametrize("end", ['"', '"\n', '"a\n"', '""', '"b'])
def test_a_quotation_mark_at_the_very_end_adds_up(end: str) -> None:
    for rows in ("", "One,A,2001\n"):
        export = read_bytes(f"Title,Authors,Year\n{rows}{end}".encode())
        assert len(export.records) + len(export.set_aside) == export.in_file


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ng, A. and Ek, B.", ["Ng, A.", "Ek, B."]),
        ("Smith JM, van Dam AB", ["Smith, JM", "van Dam, AB"]),
        ("A Mkrtchian, J Aylward", ["Mkrtchian, A", "Aylward, J"]),
        ("['Marx, Karl', 'Lindgren, Astrid']", ["Marx, Karl", "Lindgren, Astrid"]),
        ("Ng, Ada", ["Ng, Ada"]),
        ("", []),
        ("Thomas, Daniel Josiah, III", ["Thomas, Daniel Josiah, III"]),
    ],
)
def test_people_by_content(text: str, names: list[str]) -> None:
    assert people(text, "any") == names


def test_citation_lines_of_five_databases() -> None:
    assert citation("Psychological Medicine. Vol.50(3), Feb 2020, pp. 1-10.") == {
        "journal": "Psychological Medicine",
        "volume": "50",
        "issue": "3",
        "year": "2020",
        "pages": "1-10",
    }
    assert (
        citation(
            "Blood. Conference: ASH 2010. Orlando, FL United States. 116(21) (no pagination), 2010. Date of Publication: 19 Nov 2010."
        )["volume"]
        == "116"
    )
    assert citation("Lancet. 348(9035) (pp 1128-1133), 1996. Date of Publication: 26 Oct 1996.")["pages"] == "1128-1133"
    assert citation("J Exp Psychol. 10(2):234-57, 1984 Apr.")["pages"] == "234-57"
    assert (
        citation("Nature (2024) 15:1 Article Number: 4063. Date of Publication: 1 Dec 2024")["article_number"] == "4063"
    )


def test_one_author_and_an_entity_are_not_cut() -> None:
    text = "Publication Type,Authors,Author Full Names,Article Title,Source Title,Publication Year,Author Keywords,Unique WOS ID\nJ,\"Euchner, J\",\"Euchner, Jim\",One,J TEST,2023,writing &amp; editing; trial,WOS:1\n"  # fmt: skip
    first = read(text, "wos-table").records.iloc[0]
    assert first["authors"] == "Euchner, Jim" and first["keywords"] == "writing & editing; trial"


def test_springerlink_and_clinicaltrials() -> None:
    first = read(
        "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,Publication Year,URL,Content Type\n"
        '"One","Journal of Tests",,12,3,10.1007/s1,John Smith,2020,http://link.springer.com/x,Article\n',
        "springer-csv",
    ).records.iloc[0]
    assert (first["title"], first["doi"], first["volume"], first["issue"]) == ("One", "10.1007/s1", "12", "3")
    assert first["journal"] == "Journal of Tests" and first["database"] == "SpringerLink"
    trials = read(
        '"NCT Number","Study Title","Study URL","Study Status","Brief Summary","Conditions","Start Date"\n'
        '"NCT00000001","A trial","https://clinicaltrials.gov/study/NCT00000001","COMPLETED","Why","Depression|Anxiety","2010-01"\n',
        "clinicaltrials-csv",
    ).records.iloc[0]
    assert (trials["accession"], trials["entry_type"], trials["year"]) == ("NCT00000001", "registration", 2010)
    old = read(
        "Rank,NCT Number,Title,Acronym,Status,URL\n1,NCT00000002,Old trial,,Completed,https://x\n", "clinicaltrials-csv"
    )
    assert old.records.loc[0, "title"] == "Old trial" and old.database == "ClinicalTrials.gov"


def test_a_repeated_row_of_names_is_set_aside_and_a_like_row_is_not() -> None:
    export = read("Title,Authors,Year\nOne,A,2001\nTitle,Authors,Year\nTitle,Authors,1999\n", "table")
    assert export.in_file == 3 and export.set_aside["line"].tolist() == [3]
    assert export.records["title"].tolist() == ["One", "Title"]


def test_records_swallowed_by_an_open_quotation_are_an_error() -> None:
    rows = "".join(f"Title {n},Ng A,20{n:02d}\n" for n in range(10))
    export = read_bytes(f'Title,Authors,Year\n{rows}"Open,Li B,2011\n{rows}'.encode())
    assert [(fault.code, fault.line) for fault in export.faults.errors] == [("unclosed-quotation", 12)]
    assert "10 lines" in export.faults.errors[0].what
    cut = read_bytes(f'Title,Authors,Year\n{rows}Last,Li B,"20'.encode())
    assert [(fault.level, fault.code) for fault in cut.faults] == [("warning", "truncated")]


@pytest.mark.parametrize(
    "header", ["Titel;Autor;Jahr;Zeitschrift", "Título;Autores;Año;Revista", "Titre;Auteurs;Année;Revue"]
)
def test_names_of_columns_in_other_languages(header: str) -> None:
    first = read(f"{header}\nEins;Ng, A.;2001;Journal\n", "table").records.iloc[0]
    assert (first["title"], first["authors"], first["year"], first["journal"]) == ("Eins", "Ng, A.", 2001, "Journal")
