"""The audit of published flows: what it must find, on invented files with the figures of public slips."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.flow.audit import AUDIT_COLUMNS, audit, audit_lines, audit_published
from prismake.flow.published import from_names
from prismake.flow.published_names import COUNTS, PARTS
from prismake.messages.faults import InputFaults


def verdicts(table: pd.DataFrame) -> dict[str, str]:
    """Identity -> verdict of those that were checked."""
    return {row.id: row.holds for row in table.itertuples() if row.holds != "not_applicable"}


def row(table: pd.DataFrame, id: str) -> pd.Series:
    return table[table["id"].eq(id)].iloc[0]


def yaml_of(tmp_path: Path, text: str) -> pd.DataFrame:
    path = tmp_path / "flow.yaml"
    path.write_text(text, encoding="utf-8")
    return audit(path)


def csv_of(tmp_path: Path, rows: dict[str, str]) -> pd.DataFrame:
    path = tmp_path / "PRISMA.csv"
    frame = pd.DataFrame({"data": rows.keys(), "box": "", "description": "a, b; c", "n": rows.values()})
    frame.to_csv(path, index=False)
    return audit(path)


def metapsy_of(tmp_path: Path, flow: dict, stated: str = "") -> pd.DataFrame:
    path = tmp_path / "x.search_flow.json"
    path.write_text(json.dumps(flow), encoding="utf-8")
    if stated:
        (tmp_path / "x.number_studies.txt").write_text(stated, encoding="utf-8")
    return audit(path)


SOUND = """
databases: {Scopus: 60, PsycInfo: 40}
database_results: 100
duplicates: 20
excluded_automatic: 0
excluded_other: 5
records_screened: 75
records_excluded: 60
dbr_sought_reports: 15
dbr_notretrieved_reports: 1
dbr_assessed: 14
reasons: {population: 3, design: 1}
new_reports: 10
new_studies: 8
stated_studies: 8
"""


def test_a_sound_flow_holds(tmp_path):
    table = yaml_of(tmp_path, SOUND)
    assert list(table.columns) == AUDIT_COLUMNS
    assert set(verdicts(table).values()) == {"yes"}
    assert {"E1a", "E2", "E5", "E8", "E9", "E13", "E15", "M1", "M2", "M3", "M5"} <= set(verdicts(table))


@pytest.mark.parametrize(
    ("old", "new", "broken", "difference"),
    [
        ("Scopus: 60", "Scopus: 61", "E1a", "1"),
        ("duplicates: 20", "duplicates: 19", "E2", "1"),
        ("records_excluded: 60", "records_excluded: 61", "E5", "-1"),
        ("dbr_notretrieved_reports: 1", "dbr_notretrieved_reports: 2", "E8", "1"),
        ("design: 1", "design: 2", "E9", "-1"),
        ("new_studies: 8", "new_studies: 11", "E13", "1"),
        ("stated_studies: 8", "stated_studies: 9", "E15", "-1"),
    ],
)
def test_one_wrong_number_breaks_its_identity_and_says_by_how_much(tmp_path, old, new, broken, difference):
    table = yaml_of(tmp_path, SOUND.replace(old, new))
    assert row(table, broken)["holds"] == "no"
    assert row(table, broken)["difference"] == difference


class TestPublicSlips:
    """Figures of flows that were published, or that other tools accepted; the files are invented."""

    def test_number_of_databases_typed_instead_of_their_records(self, tmp_path):
        # Databases (n = 2) Registers (n = 3888): 2 + 3888 - 400 - 50 - 673 = 2767, not 2765
        table = csv_of(
            tmp_path,
            {
                "database_results": "2",
                "register_results": "3888",
                "duplicates": "400",
                "excluded_automatic": "50",
                "excluded_other": "673",
                "records_screened": "2765",
            },
        )
        assert (row(table, "E2")["left"], row(table, "E2")["right"], row(table, "E2")["holds"]) == (
            "2767",
            "2765",
            "no",
        )
        assert row(table, "W3")["holds"] == "warning"

    def test_more_studies_than_reports(self, tmp_path):
        table = yaml_of(tmp_path, "new_studies: 6\nnew_reports: 4\n")
        assert (row(table, "E13")["holds"], row(table, "E13")["difference"]) == ("no", "2")

    def test_a_total_that_is_no_sum(self, tmp_path):
        table = yaml_of(tmp_path, "previous_studies: 3\nnew_studies: 6\ntotal_studies: 100\n")
        assert (row(table, "E14a")["left"], row(table, "E14a")["right"], row(table, "E14a")["holds"]) == (
            "9",
            "100",
            "no",
        )

    def test_a_database_split_that_does_not_add_up(self, tmp_path):
        table = csv_of(tmp_path, {"database_results": "6347", "database_specific_results": "MEDLINE, 1; Embase, 2"})
        assert (row(table, "E1a")["left"], row(table, "E1a")["right"], row(table, "E1a")["holds"]) == (
            "3",
            "6347",
            "no",
        )

    def test_reasons_counted_once_per_failed_criterion(self, tmp_path):
        table = yaml_of(tmp_path, "dbr_excluded: 3\nreasons: {a: 2, b: 2, c: 1}\n")
        assert (row(table, "E10")["left"], row(table, "E10")["right"], row(table, "E10")["holds"]) == ("5", "3", "no")

    def test_a_reason_whose_count_cannot_be_read(self, tmp_path):
        cell = "MEDLINE, 2511; EMBASE. 1332; PsycInfo, 2504"
        table = csv_of(tmp_path, {"database_results": "6347", "database_specific_results": cell})
        broken = table[table["id"].eq("R1")]
        assert list(broken["holds"]) == ["no"]
        assert "EMBASE. 1332" in broken.iloc[0]["statement"]
        assert "n = NA" in broken.iloc[0]["note"]

    def test_minus_five_does_not_become_five(self, tmp_path):
        table = csv_of(tmp_path, {"duplicates": "-5", "database_results": "10", "records_screened": "5"})
        assert "negative" in row(table, "R1")["note"]
        assert row(table, "E2")["holds"] == "not_applicable"

    @pytest.mark.parametrize("blank", ["", "NA", "xxx"])
    def test_a_blank_is_not_zero(self, tmp_path, blank):
        table = csv_of(tmp_path, {"duplicates": blank, "database_results": "10", "records_screened": "10"})
        assert row(table, "R1")["holds"] == "yes"
        assert row(table, "E2")["holds"] == "not_applicable"

    @pytest.mark.parametrize("text", ["-", "about 20", "12.5"])
    def test_what_is_no_number_is_said(self, tmp_path, text):
        table = csv_of(tmp_path, {"duplicates": text, "database_results": "10", "records_screened": "10"})
        assert row(table, "R1")["holds"] == "no"
        assert row(table, "E2")["holds"] == "not_applicable"

    def test_a_comma_inside_a_reason(self, tmp_path):
        table = csv_of(
            tmp_path,
            {"dbr_excluded": "Wrong design, not random, 3; Other, 2", "dbr_assessed": "10", "new_reports": "5"},
        )
        assert row(table, "E9")["holds"] == "yes"
        assert "loses" in " ".join(table["note"]) or "lose its count" in " ".join(table["note"])


class TestMetapsy:
    FLOW = {
        "database.hits": 1000,
        "database.hits.duplicates.removed": 300,
        "records.screened": 700,
        "full.text.assessed.for.eligibility": 90,
        "full.text.excluded.reasons": {"a": 30, "b": "10"},
        "included": 50,
    }

    def test_a_sound_one_holds_with_numbers_typed_as_text(self, tmp_path):
        table = metapsy_of(tmp_path, self.FLOW, "50\n")
        assert set(verdicts(table).values()) == {"yes"}
        assert {"E2", "E9", "E15"} <= set(verdicts(table))

    def test_a_mislabelled_remainder_is_a_warning_with_the_implied_duplicates(self, tmp_path):
        table = metapsy_of(tmp_path, self.FLOW | {"database.hits.duplicates.removed": 700})
        assert row(table, "E2")["holds"] == "warning"
        assert "duplicates would be 300" in row(table, "E2")["note"]

    @pytest.mark.parametrize(("screened", "note"), [(700, "without"), (705, "with")])
    def test_additional_records_may_come_before_or_after_screening(self, tmp_path, screened, note):
        table = metapsy_of(tmp_path, self.FLOW | {"additional.records": 5, "records.screened": screened})
        assert row(table, "E2")["holds"] == "yes"
        assert row(table, "E2")["note"].startswith(note)

    def test_what_remained_after_removal_may_have_its_own_key(self, tmp_path):
        flow = {k: v for k, v in self.FLOW.items() if "duplicates" not in k} | {"records.after.duplicates.removed": 700}
        assert row(metapsy_of(tmp_path, flow), "E2")["holds"] == "yes"

    def test_reasons_that_are_all_zero_are_suspect(self, tmp_path):
        table = metapsy_of(tmp_path, self.FLOW | {"full.text.excluded.reasons": {"a": 0, "b": 0}})
        assert row(table, "R3")["holds"] == "warning"
        assert (row(table, "E9")["left"], row(table, "E9")["right"], row(table, "E9")["holds"]) == ("90", "50", "no")

    def test_analyses_hold_no_more_studies_than_the_review(self, tmp_path):
        table = metapsy_of(tmp_path, self.FLOW | {"Studies included in severity analysis": 51})
        assert row(table, "E16")["holds"] == "no"

    def test_a_key_that_stands_twice_and_one_that_is_unknown_are_said(self, tmp_path):
        path = tmp_path / "x.search_flow.json"
        path.write_text('{"records.screened": 5, "records.screened": 6, "colour": 3}', encoding="utf-8")
        notes = list(audit(path).query("id == 'R2'")["note"])
        assert any("second time" in note for note in notes)
        assert any("colour" in note for note in notes)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "x,y\n1,2\n"), ("a.json", "{"), ("a.json", "[1]"), ("a.yaml", "- 1\n"), ("a.yaml", "a: [")],
)
def test_a_file_that_is_none_of_the_forms_is_refused_with_what_was_expected(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputFaults) as caught:
        audit(path)
    assert caught.value.faults[0].code == "unreadable-flow"
    assert caught.value.faults[0].expected and caught.value.faults[0].mend


def test_lines_for_a_terminal_begin_with_what_breaks(tmp_path):
    lines = audit_lines(yaml_of(tmp_path, SOUND.replace("duplicates: 20", "duplicates: 19")))
    assert lines[0].startswith("BREAKS         E2") and "(by 1)" in lines[0]


REAL = {
    "bodily-distress-psyctr": {"E9": ("69", "74"), "E15": ("74", "72")},
    "borderline-psyctr": {},
    "depression-inpatients": {"E15": ("809", "34")},
    "depression-psiloctr": {"E2": ("2504", "1103")},
    "ed-psyctr": {},
    "gad-psyctr": {},
    "gambling-psyctr": {},
    "grief-psyctr": {"E9": ("181", "35")},
    "ocd-psyctr": {"E15": ("48", "47")},
    "psychosis-psyctr": {},
    "ptsd-psyctr": {"E9": ("98", "102")},
}


@pytest.mark.parametrize("name", REAL)
def test_the_flows_of_eleven_published_databases(shared_data, name):
    table = audit(shared_data / "flows" / f"metapsy-{name}.search_flow.json")
    broken = table[table["holds"].eq("no")]
    assert {r.id: (r.left, r.right) for r in broken.itertuples()} == REAL[name]
    mislabelled = name not in ("bodily-distress-psyctr", "depression-psiloctr")
    assert (row(table, "E2")["holds"] == "warning") == mislabelled


def test_a_reason_without_a_number_leaves_its_sum_open(tmp_path):
    table = yaml_of(tmp_path, SOUND.replace("design: 1", "design: "))
    assert row(table, "E9")["holds"] == "not_applicable"
    assert "design" in row(table, "R2")["note"]
    assert "no" not in set(table["holds"])


@pytest.mark.parametrize(
    "reasons", ["[{population: 3}, {design: 1}]", "[{reason: population, n: 3}, {reason: design, n: 1}]"]
)
def test_reasons_may_be_a_list(tmp_path, reasons):
    table = yaml_of(tmp_path, SOUND.replace("{population: 3, design: 1}", reasons))
    assert row(table, "E9")["holds"] == "yes"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 500)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["12", "n = 7", "1,234"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=4,
)


@settings(deadline=None, max_examples=50)
@given(flow=st.dictionaries(st.sampled_from([*TestMetapsy.FLOW, *COUNTS, *PARTS, "included", "x"]), VALUES, max_size=9))
def test_whatever_a_file_says_gets_a_verdict(flow):
    table = audit_published(from_names(flow, "YAML"))
    assert set(table["holds"]) <= {"yes", "no", "warning", "not_applicable"}
    assert audit_lines(table)


ODD = [
    None, "", "NR", "1,234", "1.234", "1 234", "n = 5", "-5", "\u22125", "5-7", "about 40", "12*", "\u00b2", "9" * 400, True,
    3.5, -2, float("nan"), 10**400, {"a": {"b": 2}}, {"a": None, "b": "x"}, [1, 2], [{"n": 3}], [[1]], [], {}, [None],
    [{"reason": None, "n": None}], "\x00", "<b>5</b>", "12;13",
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda value: repr(value)[:24])
def test_no_odd_value_anywhere_stops_the_audit(tmp_path, odd):
    for name in [
        *COUNTS,
        *PARTS,
        "boxes",
        "analyses",
        "duplicates removed",
        "Full-text articles excluded, with reasons",
    ]:
        path = tmp_path / "x.search_flow.json"
        path.write_text(json.dumps({"records_screened": 5, name: odd}), encoding="utf-8")
        assert len(audit(path))
    path.write_text(json.dumps({"boxes": {"duplicates": odd}, "databases": odd, "reasons": odd}), encoding="utf-8")
    assert len(audit(path))


@pytest.mark.parametrize(
    ("typed", "verdict", "words"),
    [
        ("1,234", "yes", ""),
        ("\u00a01 234 ", "yes", ""),
        ("n=1,234", "yes", ""),
        ("1.234", "yes", ""),  # no count has a fraction: a German or Dutch 1,234
        ("1.23", "no", "not a whole number"),
        ("\u00b2", "no", "not a number"),
        ("9" * 40, "no", "too large"),
        ("NR", "yes", ""),
    ],
)
def test_a_typed_number_is_read_or_named(tmp_path, typed, verdict, words):
    found = csv_of(tmp_path, {"records_screened": typed})
    assert row(found, "R1")["holds"] == verdict and words in row(found, "R1")["note"]


def test_a_prisma2020_csv_with_whatever_in_its_cells_gets_a_verdict(tmp_path):
    cells = ["A, 1; B, 2", "A, B, 3", "EMBASE. 1332", "x,", "; ;", "A, -5", "A, 1,234; B", "xxx, 3", "", "NA", "7"]
    for cell in cells:
        assert len(csv_of(tmp_path, {"dbr_excluded": cell, "database_specific_results": cell, "duplicates": cell}))


def test_what_holds_does_not_say_by_how_much(tmp_path):
    lines = audit_lines(yaml_of(tmp_path, "database_results: 10\nrecords_screened: 8\nduplicates: 2\n"))
    assert "holds          M1    Screened <= identified: 8 against 10" in lines


@pytest.mark.parametrize("name", ["n", "Total", "all"])
def test_a_total_among_its_parts_is_the_total(tmp_path, name):
    found = yaml_of(tmp_path, f"databases: {{{name}: 5114, PubMed: 5000, PsycINFO: 100}}")
    assert row(found, "E1a")["holds"] == "no" and row(found, "E1a")["difference"] == "-14"
