"""A published flow in the forms that people give it: other names, nested stages, lists, slips of JSON and CSV, blanks."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.flow.audit import audit, audit_lines
from prismake.flow.published_files import read_published
from prismake.flow.published_names import name_of
from prismake.flow.published_numbers import count_of, pairs_of


def given(tmp_path, name: str, text: str) -> pd.DataFrame:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return audit(tmp_path / name)


def of(table: pd.DataFrame, verdict: str) -> set[str]:
    return set(table[table["holds"].eq(verdict)]["id"])


def note_of(table: pd.DataFrame, id: str) -> str:
    return " ".join(table[table["id"].eq(id)]["note"])


NESTED = """
identification:
  databases: {Scopus: 60, PsycInfo: 40, total: 100}
  registers: 0
  removed: {duplicates: 20, automation: 0, other: 5}
screening: {screened: 75, excluded: 60, reasons_excluded: {topic: 50, no abstract: 10}}
retrieval: {sought: 15, not retrieved: 1}
eligibility:
  assessed: 14
  reasons: [{reason: population, n: 3}, {reason: design, count: 1}]
other_methods: {citations: 2, websites: 1, sought: 3, not_retrieved: 0, assessed: 3, reasons: {late: 3}}
included: {studies: 8, reports: 10}
"""

PRISMA_2009 = """
Records identified through database searching: 1,200
Additional records identified through other sources: 12
Records after duplicates removed: 900
Records screened: 900
Records excluded: 800
Full-text articles assessed for eligibility: 100
Full-text articles excluded, with reasons: {a: 50, b: 20}
Studies included in qualitative synthesis: 30
Studies included in quantitative synthesis (meta-analysis): 29
"""


class TestNames:
    def test_numbers_below_their_stages(self, tmp_path):
        table = given(tmp_path, "a.yaml", NESTED)
        assert of(table, "no") == set() and "R2" not in of(table, "warning")
        assert {"E1a", "E2", "E5", "E5a", "E8", "E9", "E11b", "E11c", "E13"} <= of(table, "yes")

    def test_the_boxes_of_prisma_2009(self, tmp_path):
        table = given(tmp_path, "a.yaml", PRISMA_2009)
        assert {"E2", "E5", "E9", "E16"} <= of(table, "yes") and of(table, "no") == set()

    def test_the_words_of_prismastatement(self, tmp_path):
        text = (
            "found: 750\nfound_other: 123\nno_dupes: 800\nscreened: 800\nscreen_exclusions: 700\nfull_text: 100\n"
            "full_text_exclusions: 60\nqualitative: 40\nquantitative: 41\n"
        )
        table = given(tmp_path, "a.yaml", text)
        assert {"E2", "E5", "E9"} <= of(table, "yes") and of(table, "no") == {"E16"}

    @pytest.mark.parametrize(
        ("keys", "name"),
        [
            (["database.hits.duplicates.removed"], "duplicates"),
            (["records.after.duplicates.removed"], "after_duplicates"),
            (["deduplicated"], None),
            (["recordsScreened"], "records_screened"),
            (["records removed before screening"], "removed_before_screening"),
            (["Records removed for other reasons"], "excluded_other"),
            (["screening", "included"], None),
            (["full_text", "screened"], "dbr_assessed"),
            (["full.text.excluded.reasons"], "dbr_excluded"),
            (["title.abstract.excluded.reasons"], "records_excluded"),
            (["Studies included in total"], "new_studies"),
            (["included", "studies"], "new_studies"),
            (["other methods", "assessed"], "other_assessed"),
            (["other.sources"], "additional"),
            (["colour"], None),
        ],
    )
    def test_a_name_is_known_by_its_words(self, keys, name):
        assert name_of(keys) == name


class TestWordsOfPapers:
    """Diagrams typed in the words of papers: what holds, what breaks and by how much, worked out by hand."""

    def check(self, tmp_path, text: str, breaks: dict[str, str], warns: set[str], holds: set[str]) -> None:
        table = given(tmp_path, "a.yaml", text)
        assert {r.id: r.difference for r in table[table["holds"].eq("no")].itertuples()} == breaks
        assert of(table, "warning") - {"R2"} == warns and holds <= of(table, "yes")

    @pytest.mark.parametrize(
        ("elsewhere", "screened", "assessed", "included", "breaks"),
        [
            ("Additional records identified through other sources: 10", 910, 110, 40, {}),  # joined before screening
            ("Hand-searching of reference lists: 10", 900, 110, 40, {}),  # with the full texts
            ("Additional papers found during revision: 10", 900, 100, 40, {}),  # at the end
            ("Records included manually: 10", 910, 120, 50, {"E5": "-10"}),  # they cannot join twice
            ("Contact with experts: 4\nBackward citation search: 6", 910, 110, 40, {}),
        ],
    )
    def test_records_from_elsewhere_join_once_at_whichever_stage_needs_them(
        self, tmp_path, elsewhere, screened, assessed, included, breaks
    ):
        text = (
            f"Records identified through database searching: 1,200\n{elsewhere}\nDuplicates: 300\n"
            f"Records screened: {screened}\nRecords excluded: 800\nFull-text articles assessed: {assessed}\n"
            f"Full-text articles excluded: 70\nArticles included: {included}\n"
        )
        self.check(tmp_path, text, breaks, set(), {"E2", "E9"})

    def test_the_boxes_of_other_methods_come_second_where_nobody_names_them(self, tmp_path):
        text = (
            "Records identified from databases: 3000\nRecords identified from registers: 50\n"
            "Records removed before screening: 1100\nRecords screened: 1950\nRecords excluded: 1800\n"
            "Reports sought for retrieval: 150\nReports not retrieved: 10\nReports assessed for eligibility: 140\n"
            "Reports excluded: {a: 60, b: 40}\nWebsites: 5\nOrganisations: 2\nCitation searching: 20\n"
            "Reports sought for retrieval: 27\nReports not retrieved: 2\nReports assessed for eligibility: 26\n"
            "Reports excluded: {a: 10, b: 5}\nStudies included in review: 42\nReports of included studies: 51\n"
        )
        self.check(tmp_path, text, {"E11c": "1"}, set(), {"E2", "E5", "E8", "E9", "E11b", "E13"})

    def test_two_screenings_and_full_texts_lost_in_two_ways(self, tmp_path):
        text = (
            "Records identified through database searches: 3,100\nDuplicates: 1,100\nRecords after duplicates removed: 2,000\n"
            "Records after title screening: 900\nExcluded titles: 1,100\nRecords after abstract screening: 400\n"
            "Excluded abstracts: 500\nInaccessible: 30\nNot found: 70\nRecords after full text retrieval: 300\n"
            "Excluded full texts: 200\nArticles included after full text screening: 90\nStudies included in the synthesis: 95\n"
        )
        self.check(tmp_path, text, {"E9": "10"}, {"E13"}, {"E2a", "E5", "E8"})

    def test_reasons_of_removal_before_screening_are_added_up(self, tmp_path):
        text = (
            "Records identified from databases: {Scopus: 460, Web of Science: 250, total: 710}\n"
            "Records removed before screening: {Not articles: 398, Not written in English: 1, Duplicates: 119}\n"
            "Articles screened: 190\nArticles excluded after title and abstract reading: 50\n"
            "Articles assessed for eligibility: 140\nArticles excluded after full reading: {scope: 10, detail: 2, total: 12}\n"
            "Articles included in review: 128\n"
        )
        self.check(tmp_path, text, {"E2": "2"}, set(), {"E1a", "E5", "E9", "E10"})

    def test_exclusions_by_automation_tools_in_screening_stand_beside_those_of_people(self, tmp_path):
        text = (
            "Databases: 3000\nRecords marked as ineligible by automation tools: 100\nDuplicates: 900\nRecords screened: 2000\n"
            "Records excluded by a human: 1500\nRecords excluded by automation tools: 300\nReports sought for retrieval: 200\n"
        )
        self.check(tmp_path, text, {}, set(), {"E2", "E5"})

    def test_an_exclusion_belongs_to_the_stage_before_it(self, tmp_path):
        text = (
            "Initial search: 1000\nRemoved as duplicates: 200\nRemoved because of language: 50\n"
            "Removed because not peer-reviewed: 50\nScreened: 700\nNot relevant: 600\nAssessed in full: 100\n"
            "Did not meet criteria: 81\nFinal sample: 20\n"
        )
        self.check(tmp_path, text, {"E9": "-1"}, set(), {"E2", "E5"})

    def test_two_numbers_in_one_box_are_reports_and_studies(self, tmp_path):
        text = (
            "full-text articles assessed: 280\nfull-text articles excluded, with reasons: 190 (170 studies)\n"
            "ongoing studies: 10 reports of 8 studies\nstudies awaiting classification: 5\n"
            "studies included in qualitative synthesis: 41 (75 reports)\nstudies included in meta-analysis: 42 (90 %)\n"
        )
        self.check(tmp_path, text, {"E16": "1"}, set(), {"E9", "E13"})

    def test_studies_may_be_fewer_than_the_eligible_reports_but_never_more(self, tmp_path):
        text = "Reports assessed: 50\nReports excluded: {}\nStudies included in review: 18\n"
        self.check(tmp_path, text.format(20), {}, {"E9"}, set())
        self.check(tmp_path, text.format(40), {"E9": "-8"}, set(), set())

    def test_reports_that_count_under_several_reasons_are_a_warning_where_their_total_is_right(self, tmp_path):
        text = "dbr_assessed: 100\ndbr_excluded: 60\nreasons: [design (40), outcome (35)]\nnew_reports: {}\n"
        self.check(tmp_path, text.format(40), {}, {"E10"}, {"E9"})
        self.check(tmp_path, text.format(41), {"E10": "15", "E9": "-1"}, set(), set())

    def test_a_number_left_out_that_would_make_up_for_a_break_is_a_warning(self, tmp_path):
        text = (
            "Duplicates: 100\nReports sought for retrieval: 155\nDuplicates found then: 54\nReports not retrieved: 0\n"
            "Reports assessed for eligibility: {}\n"
        )
        self.check(tmp_path, text.format(101), {}, {"E8"}, set())
        self.check(tmp_path, text.format(102), {"E8": "-53"}, set(), set())

    def test_a_flow_without_full_texts_includes_no_more_than_screening_left(self, tmp_path):
        text = "papers screened: 624\npapers excluded: 584\npapers included: {}\n"
        self.check(tmp_path, text.format(40), {}, set(), {"E9"})
        self.check(tmp_path, text.format(30), {}, set(), set())
        self.check(tmp_path, text.format(41), {"E9": "-1"}, set(), set())

    def test_all_sources_against_their_sum(self, tmp_path):
        text = "Records identified, total: {}\nPubMed database: 600\nCitation searching: 12\nduplicates: 12\nscreened: 600\n"
        self.check(tmp_path, text.format(612), {}, set(), {"E1c", "E2"})
        self.check(tmp_path, text.format(613), {"E1c": "-1"}, set(), {"E2"})

    def test_one_database_may_need_no_duplicates(self, tmp_path):
        self.check(tmp_path, "Records identified from Scopus: 103\nscreened: 103\n", {}, set(), {"E2"})
        table = given(tmp_path, "b.yaml", "Records identified from Scopus: 103\nscreened: 100\n")
        assert note_of(table, "E2") == "no number of duplicates; it would hold with 3"

    def test_german_words_and_points_between_thousands(self, tmp_path):
        text = (
            "Treffer in Datenbanken: {PsycInfo: 1.234, PSYNDEX: 766, Web of Science: 12.340}\nDuplikate entfernt: 4.340\n"
            "Titel und Abstracts gescreent: 10.000\nAusgeschlossen nach Titel/Abstract: 9.850\nVolltexte gepr\u00fcft: 150\n"
            "Volltexte ausgeschlossen: {kein RCT: 70, falsche Population: 40}\nEingeschlossene Studien: 41\n"
        )
        self.check(tmp_path, text, {"E9": "-1"}, set(), {"E2", "E5"})
        assert "'12.340' for databases: Web of Science is read as 12,340" in note_of(
            given(tmp_path, "b.yaml", text), "R2"
        )

    def test_reasons_torn_at_their_commas(self, tmp_path):
        text = (
            "dbr_assessed: 96\nreports excluded: [wrong design, 40; wrong population, 20; other, 6]\nnew_reports: 30\n"
        )
        self.check(tmp_path, text, {}, set(), {"E9"})

    def test_a_database_called_database_or_register_is_one(self, tmp_path):
        text = (
            "Records identified from: {PsycINFO: 500, Cochrane Database of Systematic Reviews: 20, "
            "Cochrane Register of Trials: 80, Other: 10}\nduplicates: 110\nrecords_screened: 500\n"
        )
        self.check(tmp_path, text, {}, set(), {"E2"})
        text = "Records identified from: {Databases: 610, PsycINFO: 500, Scopus: 111}\nduplicates: 10\nscreened: 600\n"
        self.check(tmp_path, text, {"E1a": "1"}, set(), {"E2"})


class TestSlipsOfFiles:
    def test_a_comma_too_many_and_a_missing_value_are_mended_and_said(self, tmp_path):
        text = '{"database.hits": 1,000, "records.screened": 900, "full.text.excluded.reasons": {"a, b": 3,},\n"included": \n}'
        table = given(tmp_path, "a.json", text)
        assert "no valid JSON" in note_of(table, "R2")
        assert read_published(tmp_path / "a.json").parts == {"reasons": {"a, b": 3}}
        assert read_published(tmp_path / "a.json").counts == {"database_results": 1000, "records_screened": 900}
        assert "E9" in of(table, "not_applicable")

    def test_reasons_with_unquoted_commas_are_one_cell(self, tmp_path):
        table = given(
            tmp_path, "a.csv", "data,n\ndbr_excluded,Wrong design, 4; Other, 3\ndbr_assessed,20\nnew_reports,13\n"
        )
        assert "E9" in of(table, "yes") and "line 2 has more cells" in note_of(table, "R2")

    def test_a_row_that_stands_twice_is_said_and_the_first_holds(self, tmp_path):
        table = given(tmp_path, "a.csv", "data;n\nduplicates;4\nduplicates;5\n")
        assert "second time, in line 3" in note_of(table, "R2")
        assert read_published(tmp_path / "a.csv").counts == {"duplicates": 4}

    def test_reasons_typed_as_one_text(self, tmp_path):
        text = 'reasons: "design, not random, 3; language (n = 4)"\nassessed: 10\nincluded: 3\n'
        assert {"E9"} <= of(given(tmp_path, "a.yaml", text), "yes")

    def test_json_with_another_ending_is_json(self, tmp_path):
        assert "E2" in of(given(tmp_path, "a.txt", '{"found": 9, "duplicates": 2, "screened": 7}'), "yes")

    @pytest.mark.parametrize("name", ["a.json", "a.csv"])
    def test_a_file_with_no_number_says_so(self, tmp_path, name):
        table = given(tmp_path, name, "{}" if name == "a.json" else "data,n\n")
        assert note_of(table, "R4") == "no number of a flow was found"

    def test_the_template_with_nothing_filled_in_is_a_warning(self, tmp_path):
        table = given(tmp_path, "a.csv", "data,n\ndatabase_results,0\nduplicates,0\nrecords_screened,0\n")
        assert "template" in note_of(table, "R4")


class TestBlanks:
    FLOW = "database_results: 100\nduplicates: 20\nrecords_screened: {}\nexcluded_automatic:{}\n"

    @pytest.mark.parametrize(
        ("screened", "automatic", "verdict"),
        [
            (80, "", "yes"),  # nothing is missing
            (75, "", "not_applicable"),  # the blank could be 5
            (85, "", "no"),  # no number there could make up for it
            (75, " 0", "no"),
            (75, " '-'", "not_applicable"),
        ],
    )
    def test_a_blank_box_leaves_an_identity_open_where_it_could_make_up_for_it(
        self, tmp_path, screened, automatic, verdict
    ):
        table = given(tmp_path, "a.yaml", self.FLOW.format(screened, automatic))
        assert "E2" in of(table, verdict)
        if verdict == "not_applicable":
            assert note_of(table, "E2") == "it would hold with 5 in excluded_automatic, left blank"

    def test_a_box_that_is_not_there_is_none(self, tmp_path):
        assert "E2" in of(given(tmp_path, "a.yaml", "found: 100\nduplicates: 20\nscreened: 75\n"), "no")

    @pytest.mark.parametrize(
        ("typed", "verdict"),
        [
            ("databases: {Scopus: 60, PsycInfo: 30}\nregister_results: 10", "yes"),
            ("database_results: 90\nregisters: {ICTRP: 10}", "yes"),
            ("databases: {Scopus: 60, PsycInfo: }\nregister_results: 10", "not_applicable"),
            ("database_results:\nregister_results: 10", "not_applicable"),
            ("database_results: 100\nregisters: {ICTRP: }", "not_applicable"),
        ],
    )
    def test_identified_is_the_sum_of_what_is_given_as_total_or_as_parts(self, tmp_path, typed, verdict):
        table = given(tmp_path, "a.yaml", typed + "\nduplicates: 20\nrecords_screened: 80\n")
        assert {"E2", "M1"} <= of(table, verdict)

    def test_reports_left_at_the_templates_zero(self, tmp_path):
        table = given(tmp_path, "a.csv", 'data,n\ndbr_assessed,10\ndbr_excluded,"x, 4"\nnew_studies,6\nnew_reports,0\n')
        assert "E9" in of(table, "yes") and of(table, "no") == {"E13"}
        assert "left at the template's 0" in note_of(table, "E13")

    def test_a_reason_of_the_template_that_was_left_is_blank_and_the_others_count(self, tmp_path):
        text = 'data,n\ndbr_assessed,20\ndbr_excluded,"Wrong design, 12; Reason2, xxx"\nnew_reports,8\n'
        table = given(tmp_path, "a.csv", text)
        assert "E9" in of(table, "not_applicable") and "'Reason2' among the reasons has no number" in note_of(
            table, "R2"
        )
        assert read_published(tmp_path / "a.csv").parts == {"reasons": {"Wrong design": 12}}
        table = given(tmp_path, "a.csv", text.replace("Wrong design, 12", "Reason1, xxx"))
        assert "R2" not in of(table, "warning")

    def test_included_zero_is_a_number(self, tmp_path):
        assert "E15" in of(given(tmp_path, "a.yaml", "included: 0\nstated_studies: 5\n"), "no")


def test_both_the_removed_and_the_remaining_are_held_against_each_other(tmp_path):
    text = '{"hits": 100, "duplicates.removed": 20, "records.after.duplicates.removed": 85, "records.screened": 80}'
    table = given(tmp_path, "a.json", text)
    assert of(table, "no") == {"E2a"} and "E2" in of(table, "yes")


@pytest.mark.parametrize(
    ("value", "n"),
    [("12 records", 12), ("12*", 12), ("1'234", 1234), ("(n = 1 234)", 1234), ("n = NA", None), ("12.0", 12)],
)
def test_numbers_as_people_type_them(value, n):
    assert count_of(value) == (n, "")


@pytest.mark.parametrize("value", ["12-13", "about 12", "1.00.000", "12 (3 new)", "12,34"])
def test_what_could_be_two_numbers_is_none(value):
    n, wrong = count_of(value)
    assert n is None and wrong


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ({"a": 3}, [("a", 3)]),
        ({"a": {"n": 3, "platform": "Ovid"}}, [("a", 3)]),
        ({"design": {"no RCT": 1, "review": 2}}, [("design: no RCT", 1), ("design: review", 2)]),
        ([["a", 3]], [("a", 3)]),
        (["a, 3", "b: 4", "c"], [("a", "3"), ("b", "4"), ("c", None)]),
        ([60, "40"], [("number 1", 60), ("number 2", "40")]),
        ([{"name": "a", "records": 3}, {"b": 4}], [("a", 3), ("b", 4)]),
    ],
)
def test_lists_whichever_way_they_are_written(value, pairs):
    assert pairs_of(value) == pairs


def test_the_last_line_counts_the_verdicts(tmp_path):
    table = given(tmp_path, "a.yaml", "found: 100\nduplicates: 20\nscreened: 75\n")
    assert audit_lines(table)[-1] == "1 breaks, 0 warning, 2 holds, 19 not computable"
    assert any(line.startswith("not computable E8 ") for line in audit_lines(table))


def test_the_example_of_the_documents_holds(root, tmp_path):
    text = (root / "docs/audit.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    table = given(tmp_path, "a.yaml", text)
    assert of(table, "no") == set() and of(table, "warning") == set()
    assert {"E2", "E5", "E8", "E9", "E13", "E15"} <= of(table, "yes")
