"""What the diagram says."""

from __future__ import annotations

from prismake.flow.diagram import Content, diagram_content


def words(content: Content) -> str:
    return "\n".join(entry.text for cell in content.cells for entry in cell.entries).replace("\u00a0", " ")


def test_every_database_register_and_reason_has_its_line(summary):
    said = words(diagram_content(summary))
    for part in [*summary["databases"], *summary["registers"]]:
        assert f"{part['name']} (n = {part['n']:,})" in said
    for reason in summary["reasons"]:
        assert f"{reason['label']} (n = {reason['n']})" in said


def test_the_boxes_of_the_template_are_all_there(summary):
    named = {entry.box for cell in diagram_content(summary).cells for entry in cell.entries}
    wanted = {"database_results", "duplicates", "records_screened", "records_excluded", "dbr_sought_reports",
              "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded", "new_studies", "new_reports"}  # fmt: skip
    if summary["template"].startswith("updated"):
        wanted |= {"previous_studies", "previous_reports", "total_studies", "total_reports"}
    if summary["template"].endswith("other"):
        wanted |= {
            "website_results",
            "other_sought_reports",
            "other_notretrieved_reports",
            "other_assessed",
            "other_excluded",
        }
    assert wanted <= named


def test_a_review_in_progress_says_what_is_pending(make_summary):
    content = diagram_content(make_summary(pending=342))
    assert content.banner == "INTERIM: 342 records still to be decided"
    assert "still to be decided (n = 342)" in words(content)
    assert diagram_content(make_summary()).banner == ""


def test_a_box_that_the_review_does_not_have_is_not_a_zero(make_summary):
    assert "Registers" not in words(diagram_content(make_summary()))
    assert "Registers (n = 31)" in words(diagram_content(make_summary(registers=1)))


def test_lines_that_count_nothing_can_be_hidden(make_summary):
    summary = make_summary()
    summary["boxes"]["excluded_automatic"] = 0
    assert "automation tools (n = 0)" in words(diagram_content(summary))
    assert "marked as ineligible" not in words(diagram_content(summary, hide_zero=True))


def test_a_new_review_calls_nothing_new_or_total(make_summary):
    said = words(diagram_content(make_summary(), synthesis={"total_studies_ma": 9}))
    assert "Studies included in review (n = 12)" in said and "Studies in meta-analysis (n = 9)" in said
    assert "New studies" not in said and "Total" not in said


def test_exclusions_by_automation_are_told_apart_from_those_by_people(make_summary):
    assert "by automation tools (n = 12)" in words(diagram_content(make_summary()))


def test_a_simulated_example_says_so(make_summary):
    assert diagram_content(make_summary(), simulated=True).footers[0].startswith("Simulated example")


def test_reasons_of_title_and_abstract_are_given_on_demand(make_summary):
    summary = make_summary() | {"screening_reasons": [{"id": "", "label": "No reason given", "n": 3}]}
    assert "No reason given (n = 3)" in words(diagram_content(summary, screening_reasons=True))
    assert "No reason given" not in words(diagram_content(summary))
