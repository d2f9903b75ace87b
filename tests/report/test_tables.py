"""The report's tables and checklists."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from invented_reports import CHECKLISTS, TEMPLATES, facts_of
from prismake.report import tables
from prismake.report.all_effects import all_effects
from prismake.report.bibliography import name_of
from prismake.report.blocks import Cell, Column, Table, sort_key, text_of
from prismake.report.checklist_needs import NEEDS, SECTIONS, met
from prismake.report.checklists import checklist_table, checklists, read_checklist
from prismake.report.document import headings_of
from prismake.report.effect_tables import effects
from prismake.report.facts import Facts
from prismake.report.numbers import Number, Numbers
from prismake.report.plan_tables import codebook, entering
from prismake.report.references import author_list, initials
from prismake.report.results import Results
from prismake.report.results_tables import agreement, not_pooled, registration, risk_of_bias
from prismake.report.robustness_tables import publication_bias, sensitivity

Make = Callable[..., Facts]


def words(table: Table) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in table.rows]


def test_effects_stand_one_a_row_and_the_weight_once_a_study(facts: Facts) -> None:
    table = effects(facts, facts.analyses[0])
    assert len(table.rows) == 13
    weight = [c.label for c in table.columns].index("Weight")
    assert sum(bool(row[weight]) for row in words(table)) == 9
    assert table.stamp == "Preregistered"


def test_a_number_of_an_effect_says_where_it_was_read(facts: Facts) -> None:
    table = effects(facts, facts.analyses[0])
    n1 = table.rows[0][[c.label for c in table.columns].index("n₁")]
    mean = table.rows[0][[c.label for c in table.columns].index("M₁")]
    assert isinstance(n1, Number) and n1.origin == "scopus:1, p. 5, Table 2, “94”, reported"
    assert isinstance(mean, Number) and mean.origin == ""


def test_blank_columns_are_left_out(facts: Facts) -> None:
    heads = [c.label for c in effects(facts, facts.analyses[0]).columns]
    assert "events₁" not in heads and "n₁" in heads


def test_every_computed_effect_stands_in_one_table(facts: Facts) -> None:
    table = all_effects(facts)
    effects_file = facts.results.table("effects/effects.csv")
    heads = [c.label for c in table.columns]
    assert len(table.rows) == len(effects_file)
    assert heads == ["Study", "Outcome", "Time point", "Comparison", "n₁", "n₂", "Measure", "Effect", "SE", "95% CI",
                     "Computed from", "Read in"]  # fmt: skip
    row, first = dict(zip(heads, words(table)[0], strict=True)), effects_file[0]
    low, high = (float(first["yi"]) + sign * 1.959964 * float(first["sei"]) for sign in (-1, 1))
    assert row["95% CI"] == f"[{low:.2f}, {high:.2f}]".replace("-", "−")
    assert row["Read in"] == "scopus:1, p. 5, Table 2"
    assert row["Computed from"] == "g"


def test_sensitivity_shows_the_extremes_of_leave_one_out(facts: Facts) -> None:
    rows = words(sensitivity(facts, facts.analyses[0]))
    assert rows[0][0].startswith("Leave one out, lowest: without ")
    assert rows[1][0].startswith("Leave one out, highest: without ")
    assert float(rows[0][2].replace("−", "-")) <= float(rows[1][2].replace("−", "-"))


def test_publication_bias_says_its_caution(facts: Facts) -> None:
    rows = words(publication_bias(facts, facts.analyses[0]))
    assert [row[0] for row in rows] == ["Egger", "Begg", "Trim and fill"] or len(rows) == 3
    assert any("at least 10 are advised" in cell for row in rows for cell in row)


def test_calibration_rounds_have_rows_of_their_own(make: Callable[..., Facts]) -> None:
    facts = make(studies=3, pooled=0)
    path = facts.results.folder / "screening/agreement.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    phase = content["phases"]["title_abstract"]
    pair = {**phase["overall"]["pairs"][0], "n": 17}
    phase["rounds"] = [{"round": "1", "calibration": True, "pairs": [pair]}, {"round": "2", "calibration": False}]
    path.write_text(json.dumps(content), encoding="utf-8")
    rows = words(agreement(facts))
    assert [row[0] for row in rows] == ["Title and abstract, calibration round 1", "Title and abstract"]
    assert rows[0][2] == "17"


def test_agreement_that_a_tool_counted_has_its_row(make: Callable[..., Facts]) -> None:
    facts = make(studies=3, pooled=0)
    path = facts.results.folder / "screening/agreement.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    phase = content["phases"]["title_abstract"]
    reported = [{**phase["overall"]["pairs"][0], "n": 7977, "source": "Covidence"}]
    content["phases"] = {"title_abstract": {**phase, "rounds": [], "overall": None, "reported": reported}}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert [row[2] for row in words(agreement(facts))] == ["7,977"]


def test_kappa_that_is_not_estimable_is_said_beside_positive_agreement(facts: Facts) -> None:
    table = agreement(facts)
    row = dict(zip((c.label for c in table.columns), words(table)[0], strict=True))
    assert row["κ"] == "not estimable"
    assert row["P⁺"] == ".90 [.80, .95]"


def test_risk_of_bias_has_a_column_a_domain_and_signs(facts: Facts) -> None:
    table = risk_of_bias(facts)
    assert [c.label for c in table.columns] == ["Study", "Randomisation", "Missing data", "Overall"]
    assert isinstance(table.rows[0][1], Cell) and table.rows[0][1].mark == "low"


def test_excluded_reports_have_their_reason_in_words(facts: Facts) -> None:
    assert {row[2] for row in words(tables.excluded_reports(facts))} == {"Not a randomised trial"}


def test_analyses_that_were_not_run_say_why(make: Make) -> None:
    facts = make(pooled=0)
    row = words(tables.analyses(facts))[0]
    assert any(cell.endswith(".") and cell for cell in row[3:])
    assert words(registration(facts))


def test_every_table_of_an_empty_review_is_a_sentence(make: Make) -> None:
    facts = make(records=0, studies=0, pooled=0)
    for build in (
        tables.characteristics,
        tables.excluded_reports,
        tables.studies_and_reports,
        tables.deviations,
        risk_of_bias,
    ):
        table = build(facts)
        assert table.rows == [] and table.empty.endswith(".")


def test_a_row_that_does_not_fit_its_columns_is_an_error() -> None:
    with pytest.raises(ValueError, match="a row of 2 cells under 1 columns"):
        Table("x", "X", [Column("a")], [["1", "2"]])


def test_cells_sort_by_their_value(facts: Facts) -> None:
    assert sort_key(facts.numbers.n("flow.records_screened")) == "40"
    assert sort_key(Cell("[0.1, 0.2]", 0.1)) == "0.1"
    assert sort_key("b") == "b"


@pytest.mark.parametrize(
    ("authors", "text"),
    [
        ("Müller, Jean-Paul", "Müller, J.-P."),
        ("WHO", "WHO"),
        ("A, B; C, D; E, F", "A, B., C, D., & E, F."),
        ("", ""),
    ],
)
def test_authors_are_listed_as_apa_lists_them(authors: str, text: str) -> None:
    assert author_list([name_of(a) for a in authors.split("; ") if a]) == text


def test_more_than_twenty_authors_are_shortened() -> None:
    text = author_list([name_of(f"F{i}, G") for i in range(25)])
    assert "F18, G., … F24, G." in text and "F19" not in text
    assert initials("J. A.") == "J. A."


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda p: p.stem)
def test_checklists_are_complete_and_lead_to_headings(path, facts: Facts) -> None:  # type: ignore[no-untyped-def]
    content = read_checklist(path)
    n = {"prisma_2020": 42, "prisma_2020_abstract": 12, "prisma_s": 16, "swim": 9, "mars": 37}[path.stem]
    assert len(content["items"]) == n
    headings = headings_of([TEMPLATES])
    assert {item["where"] for item in content["items"]} <= {"told", *headings}
    assert set(SECTIONS.values()) <= set(headings)
    assert len(checklist_table(path.stem, content, facts, headings).rows) == n


def test_what_is_not_reported_stands_first(facts: Facts) -> None:
    table = next(t for t in checklists(facts, CHECKLISTS, headings_of([TEMPLATES])) if t.id == "checklist-prisma_2020")
    marks = [isinstance(row[3], Cell) and row[3].mark == "not reported" for row in table.rows]
    assert marks == sorted(marks, reverse=True) and marks[0]
    assert any("write background.md" in text_of(row[3]) for row in table.rows)


def test_swim_is_filled_only_for_a_narrative_synthesis(facts: Facts) -> None:
    assert "checklist-swim" in {t.id for t in checklists(facts, CHECKLISTS, {})}
    facts.protocol = {**facts.protocol, "narrative_synthesis": {"planned": False}}
    assert "checklist-swim" not in {t.id for t in checklists(facts, CHECKLISTS, {})}


def test_studies_outside_the_plan_that_an_exploratory_analysis_pools_say_so(make: Make) -> None:
    facts = make()
    pooled, alone = facts.pooled_studies[0], "a study in none"
    left = [{"study_id": i, "label": i, "reason": "other comparator"} for i in (pooled, alone)]
    (facts.results.folder / "narrative/narrative.json").write_text(json.dumps({"not_pooled": left}), encoding="utf-8")
    table = not_pooled(facts)
    assert table.columns[2].label == "Pooled all the same in"
    assert [row[2] for row in table.rows] == [facts.run[0].title, ""]


def test_an_empty_review_reports_no_item(tmp_path: Path) -> None:
    reader = Results(tmp_path)
    facts = Facts(reader, Numbers(reader), {"review": {"title": "Untitled"}})
    assert [need for need, there in met(facts).items() if there] == ["limits_explained"]
    assert set(met(facts)) == set(NEEDS)


@pytest.mark.parametrize(
    ("checklist", "item", "lacking", "told"),
    [
        ("prisma_2020", "13d", "A random-effects model.", "A random-effects model was chosen because effects differ."),
        ("swim", "4", "Studies were rated for bias.", "No study takes precedence over another."),
        ("prisma_s", "10", "Strings stand below.", "No published search filter was used."),
        ("prisma_s", "14", "Strings stand below.", "A librarian read the strategies."),
        ("prisma_s", "12", "Strings stand below.", "The searches were not updated."),
    ],
)
def test_items_that_only_people_can_tell_follow_from_their_texts(
    make: Make, checklist: str, item: str, lacking: str, told: str
) -> None:
    path = next(path for path in CHECKLISTS if path.stem == checklist)
    facts, found = make(), []
    for text in (lacking, told):
        facts.manuscript = {"methods": text}
        table = checklist_table(checklist, read_checklist(path), facts, {})
        found += [row[3].mark for row in table.rows if text_of(row[0]) == item and isinstance(row[3], Cell)]
    assert found == ["not reported", ""]


def test_an_item_leads_to_the_text_that_tells_it(make: Make) -> None:
    path = next(path for path in CHECKLISTS if path.stem == "mars")
    facts = make({"results": "No adverse event was reported."})
    where = next(r[3] for r in checklist_table("mars", read_checklist(path), facts, {}).rows if text_of(r[0]) == "31")
    assert isinstance(where, Cell) and where.href == "#narrative-synthesis"
    facts.manuscript = {"discussion": "No adverse event was reported."}
    where = next(r[3] for r in checklist_table("mars", read_checklist(path), facts, {}).rows if text_of(r[0]) == "31")
    assert isinstance(where, Cell) and where.href == "#discussion"


def test_the_effects_that_enter_an_analysis_are_told(make: Make) -> None:
    facts = make()
    rule = {"construct": ["depression", "anxiety"], "timepoint": {"not": "post"}, "study_age": {"min": 18, "max": 65}}
    planned = {"primary": {**facts.analyses[0].result, "effects": rule}}
    facts.protocol = {**facts.protocol, "analyses": planned, "outcomes": {"depression": {"label": "Low mood"}}}
    (row,) = entering(facts).rows
    assert row[1] == "construct: low mood or anxiety; timepoint: not post; age: at least 18 and at most 65"


def test_the_codebook_stands_in_the_appendix(make: Make) -> None:
    facts = make()
    assert codebook(facts).rows == []
    variable = {"name": "n", "definition": "People analysed.", "allowed": [], "unit": "people"}
    chapter = {"missing_codes": {"NR": "Not reported."}, "sheets": [{"name": "results", "fields": [variable]}]}
    path = facts.results.folder / "extraction/codebook.json"
    path.write_text(json.dumps({"chapter": chapter}), encoding="utf-8")
    table = codebook(facts_of(facts.results.folder))
    assert table.rows == [["results", "n", "People analysed.", "people"]]
    assert "NR: Not reported" in table.note
