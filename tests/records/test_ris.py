"""RIS in its dialects; each text is invented in the form of a real export."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.records import ris
from prismake.records.read import read_bytes


def records(text: str):
    export = read_bytes(text.encode())
    assert export.format == "ris"
    assert len(export.records) + len(export.set_aside) == export.in_file
    return export


def test_ovid_psycinfo_with_lines_outside_the_records() -> None:
    export = records(
        "1. \nTY  - JOUR\nDB  - APA PsycInfo <2021>\nID  - 2021-94054-001\nDO  - https://dx.doi.org/10.1037/x0001\nT1  - A title.\n"
        "T2  - Ein Titel.\nA1  - Keefer, Amy\nA1  - Vasa, Roma A\nY1  - 2021//\nSP  - No\nEP  - Specified\nJF  - Journal of Tests\n"
        "M1  - A cited work\nM1  - Another\nL2  - http://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=psyc20&AN=2021-94054-001\nPT  - Journal\nER  -  \n \n"
        "NL  - J Test\nLink to the Ovid Full Text or citation: http://ovidsp.ovid.com/x\n2. \nTY  - JOUR\nID  - 2021-00001-001\n"
        "L2  - http://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=psyc20\nT1  - Second\nER  -\n"
    )
    first = export.records.iloc[0]
    assert (export.database, export.platform, export.in_file) == ("APA PsycInfo", "Ovid", 2)
    assert first["accession"] == "2021-94054-001" and first["doi"] == "10.1037/x0001"
    assert first["title_alternative"] == "Ein Titel." and first["pages"] == "" and first["year"] == 2021
    assert first["authors"] == "Keefer, Amy; Vasa, Roma A"
    assert "NL  - J Test" in first["fields"] and "A cited work" in first["fields"]
    assert export.records["line"].tolist() == [2, 23]


def test_ebscohost_old_and_new() -> None:
    export = records(
        "TY  - JOUR\n\nID  - 2023-15354-001\n\nAN  - 2023-15354-001\n\nT1  - Old\n\nJF  - Journal\n\nY1  - 2022/11/05/\n\nAB  - Text.\n\n"
        "AB  - Copyright of Journal is the property\n\nL3  - 10.1000/old\n\nDP  - EBSCOhost\n\nDB  - psyh\n\nER  - \n"
        "TY  - JOUR\nTI  - New\nT2  - Journal\nPY  - 2020/01/01/2020\nN1  - Accession Number: 176404503; Somebody\n"
        "UR  - https://search.ebscohost.com/login.aspx?direct=true&db=psyh&AN=2020-11111-001&site=ehost-live\nDP  - EBSCOhost\nER  - \n"
    ).records
    assert export["accession"].tolist() == ["2023-15354-001", "2020-11111-001"]
    assert export["doi"].tolist() == ["10.1000/old", ""]
    assert export["abstract"].tolist() == ["Text.", ""]
    assert set(export["database"]) == {"APA PsycInfo"} and export["year"].tolist() == [2022, 2020]


def test_scopus_with_cited_references_as_untagged_lines() -> None:
    frame = records(
        "TY  - JOUR\nTI  - One\nAU  - Gao, X.\nT2  - Environmental Research\nJ2  - Environ. Res.\nPY  - 2021\nM3  - Review\nDB  - Scopus\n"
        "N1  - References: Abbott, B.D., A work (2007) J., 98, pp. 571-581; \nBeesoon, S., Another PMID: 123 doi: 10.9/ref\n"
        "UR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-85041488703&doi=10.1097%2fICB.01&partnerID=40\nER  - \n"
    ).records
    first = frame.iloc[0]
    assert first["accession"] == "2-s2.0-85041488703" and first["doi"] == "10.1097/icb.01"
    assert first["entry_type"] == "review" and first["pmid"] == ""
    assert first["journal_abbreviation"] == "Environ. Res."


def test_embase_com_gives_the_pmid_of_its_medline_records() -> None:
    link = (
        "UR  - https://www.embase.com/search/results?subaction=viewrecord&id=L643223053&from=export\nU2  - L643223053\n"
    )
    export = records(f"TY  - JOUR\nT1  - One\nY1  - 2024\nJF  - Sensors\n{link}C5  - 38203148\nDB  - Medline\nER  - \n")
    first = export.records.iloc[0]
    assert first["pmid"] == "38203148" and first["accession"] == "L643223053"
    assert (export.database, export.platform) == ("MEDLINE", "Embase.com")


def test_several_authors_in_one_line() -> None:
    cells = [
        "Ann Ng ; Bo Ek ; Cy Aas",
        "Ann Ng, Bo Ek, Cy Aas",
        "Ng, Ann, Jr.",
        "Ng, Ann",
        "Ng, A. B.; Ek, B.",
        "Ng A, van Ek BC, Aas C",
    ]
    frame = records("".join(f"TY  - JOUR\nTI  - T\nAU  - {cell}\nER  -\n" for cell in cells)).records
    three = "Ng, Ann; Ek, Bo; Aas, Cy"
    assert frame["authors"].tolist() == [
        three,
        three,
        "Ng, Ann, Jr.",
        "Ng, Ann",
        "Ng, A. B.; Ek, B.",
        "Ng, A; van Ek, BC; Aas, C",
    ]


@pytest.mark.parametrize("noted", [True, False])
def test_scopus_since_2025_gives_its_number_in_a_note_and_in_the_link(noted: bool) -> None:
    note = "N1  - EID: 2-s2.0-105020401678\nN1  - Export Date: 16 September 2026; Cited By: 1\n" if noted else ""
    link = "" if noted else "UR  - https://www.scopus.com/pages/publications/105020401678?origin=resultslist\n"
    export = records(
        f"TY  - JOUR\nAU  - Ade, R.O.\nTI  - One\nPY  - 2025\nT2  - A Journal\n{link}DB  - Scopus\n{note}ER  -\n\n"
    )
    assert export.records.loc[0, "accession"] == "2-s2.0-105020401678" and export.database == "Scopus"


def test_web_of_science_separates_repeated_tags_by_a_lone_cr() -> None:
    export = records("\ufeffTY  - JOUR\nAU  - Kim, JY\rAU  - Yano, T\nTI  - One\nAN  - WOS:000465867500009\nER  -\n\n")
    assert export.records.loc[0, "authors"] == "Kim, JY; Yano, T"
    assert (export.database, export.platform) == ("Web of Science", "Web of Science")


def test_psycnet_envelope_and_long_tags() -> None:
    export = records(
        "Provider: American Psychological Association\nDatabase: PsycINFO\nContent: application/x-research-info-systems\n\nTY  - CHAP\n"
        "DESCRIPTORS  - *Memory;  Recall (Learning)\nID  - 1994-98352-001\nT1  - A chapter\nT2  - The book\nSP  - 3\nEP  - 33\nER  -\n"
    )
    first = export.records.iloc[0]
    assert export.database == "APA PsycInfo" and first["journal"] == "The book" and first["pages"] == "3-33"
    assert first["keywords"] == "Memory; Recall (Learning)" and first["entry_type"] == "chapter"


def test_endnote_keywords_over_many_lines() -> None:
    frame = records(
        "TY  - JOUR\nTI  - One\nKW  - first\nsecond\nthird\nAN  - 21553931\nDP  - NLM\nID  - 369\nER  - \n"
    ).records
    assert frame.loc[0, "keywords"] == "first; second; third"
    assert frame.loc[0, "pmid"] == "21553931" and frame.loc[0, "database"] == "PubMed"


def test_authors_in_two_tags_keep_their_order() -> None:
    frame = records("TY  - JOUR\nTI  - One\nA1  - A, B\nAU  - C, D\nA1  - E, F\nER  - \n").records
    assert frame.loc[0, "authors"] == "A, B; C, D; E, F"


@pytest.mark.parametrize(
    "text", ["TY - JOUR\nTI - One\nER -\n", " TY  - JOUR\n TI  - One\n ER  - \n", "TY  -  JOUR\nTI  -  One\nER  -  \n"]
)
def test_loose_spacing_is_read(text: str) -> None:
    assert records(text).records["title"].tolist() == ["One"]


def test_a_missing_end_and_a_missing_type_lose_nothing() -> None:
    export = records(
        "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nER  - \nTI  - Three\nER  - \nTY  - JOUR\nTI  - Four\n"
    )
    assert export.records["title"].tolist() == ["One", "Two", "Three", "Four"]
    assert [f.code for f in export.faults] == ["no-type-line", "truncated"]


def test_a_type_without_content_is_set_aside() -> None:
    export = records("TY  - JOUR\nER  - \nTY  - JOUR\nTI  - One\nER  - \n")
    assert export.in_file == 2 and export.set_aside["reason"].tolist() == ["has a type but no content"]


def test_ids_of_tools_are_aliases() -> None:
    frame = records(
        "TY  - JOUR\nTI  - One\nAN  - rayyan-264552525\nN1  - prismake-record: scopus:2-s2.0-1\nER  -\n"
    ).records
    assert frame.loc[0, "aliases"].split("; ") == ["rayyan-264552525", "scopus:2-s2.0-1"]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.sampled_from(["TY  - JOUR", "TI  - A title", "ER  - ", "AU  - A, B", "free text", "", "KW  -", "NL  - x"]),
        max_size=14,
    )
)
def test_any_order_of_lines_adds_up(lines: list[str]) -> None:
    text = "\n".join(["TY  - JOUR", *lines])
    parsed = ris.parse(text)
    assert len(parsed.drafts) + len(parsed.set_aside) == parsed.in_file


def test_a_doi_of_a_cited_work_is_not_the_records() -> None:
    frame = records(
        "TY  - JOUR\nTI  - One\nN1  - Export Date: 1; References: A, B (2008), doi: 10.1007/s11187-008-9157-3\nER  -\n"
    ).records
    assert frame.loc[0, "doi"] == ""


@pytest.mark.parametrize(
    "form",
    [
        "{tag} - {value}",
        "{tag}- {value}",
        "{tag}  -\t{value}",
        "{tag}  -{value}",
        "  {tag}  - {value}",
        "{tag}\u00a0\u00a0-\u00a0{value}",
        "{tag}  \u2013 {value}",
    ],
    ids=["one blank", "no blank", "tab", "no blank behind", "indented", "hard blanks", "dash"],
)
@pytest.mark.parametrize("lower", [False, True], ids=["capitals", "lower case"])
def test_tags_set_off_in_another_way(form: str, lower: bool) -> None:
    if lower and form == "{tag}- {value}":  # a word before a hyphen looks the same
        form = "{tag}   - {value}"
    fields = [
        ("TY", "JOUR"),
        ("TI", "In-vitro work"),
        ("AB", "One\nER-positive patients, follow-up"),
        ("PY", "2001"),
        ("ER", ""),
    ]
    record = "\n".join(form.format(tag=tag.lower() if lower else tag, value=value) for tag, value in fields)
    frame = records(f"{record}\n\n{record}\n").records
    assert frame["title"].tolist() == ["In-vitro work"] * 2 and frame["year"].tolist() == [2001] * 2
    assert frame["abstract"].tolist() == ["One ER-positive patients, follow-up"] * 2


def test_a_hard_blank_or_a_tab_in_a_usual_file() -> None:
    first = records("TY  - JOUR\nTI\u00a0\u00a0- Title\nPY  -\t2001\nER  - \n").records.iloc[0]
    assert first["title"] == "Title" and first["year"] == 2001


def test_lines_after_the_end_stand_in_the_order_of_the_file() -> None:
    first = records("TY  - JOUR\nTI  - A\nER  - \nNL  - Before\nER  - after\n").records.iloc[0]
    assert '"ER":["NL  - Before","after"]' in first["fields"]


def test_a_day_in_words() -> None:
    assert records("TY  - ABST\nTI  - A\nPY  - Start date: 20170812\nER  - \n").records.loc[0, "year"] == 2017


def test_pages_issue_and_pmid_under_other_tags() -> None:
    first = records("TY  - JOUR\nTI  - A\nNO  - 2\nPG  - 3-4\nPM  - PUBMED 12345\nER  - \n").records.iloc[0]
    assert (first["issue"], first["pages"], first["pmid"]) == ("2", "3-4", "12345")
