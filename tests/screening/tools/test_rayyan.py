"""Rayyan's articles and log."""

from __future__ import annotations

import io
import zipfile

HEAD = "key,title,year,notes,doi\n"
LOG = (
    "created_at,user_id,user_email,article_id,key,value\n"
    '2024-01-01T10:00:00.000Z,1,ann@uni.example,7,"""__EXR__wrong population""",1\n'
    "2024-01-01T10:00:00.100Z,1,ann@uni.example,7,included,-1\n"
    "2024-01-01T11:00:00.000Z,2,bo@uni.example,7,included,1\n"
    "2024-01-01T12:00:00.000Z,2,bo@uni.example,7,included,0\n"
    "2024-01-02T12:00:00.000Z,2,bo@uni.example,8,included,deleted\n"
)


def quoted(notes: str) -> str:
    return '"' + notes.replace('"', '""') + '"'


def test_decisions_reasons_and_notes_inside_the_notes(reading, shown):
    notes = (
        'Export Date: 1 May\n a | b | RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo "=>"Excluded", "Cy"=>"Maybe"} | '
        "RAYYAN-LABELS: x,y | RAYYAN-EXCLUSION-REASONS: wrong population,no control | "
        'USER-NOTES: {"Bo "=>["see p. 3, \\"sic\\"", "again"]}'
    )
    votes, faults = reading(
        HEAD + f"rayyan-7,One,2001,{quoted(notes)},10.1/a\n", "rayyan", reasons={"wrong population": "population"}
    )
    assert shown(votes, "record_key", "reviewer", "decision", "reasons", "doi") == [
        ("rayyan-7", "Ann", "include", "", "10.1/a"),
        ("rayyan-7", "Bo", "exclude", "population; no control", "10.1/a"),
        ("rayyan-7", "Cy", "maybe", "", "10.1/a"),
    ]
    assert votes["note"].tolist()[1].startswith("see p. 3") and not faults.errors


def test_the_form_of_2018(reading, shown):
    notes = ' RAYYAN-INCLUSION: {"Ann"=>false} | RAYYAN-EXCLUSION-REASONS: lab'
    votes, _ = reading(HEAD + f"1460,One,2001,{quoted(notes)},\n", "rayyan")
    assert shown(votes, "record_key", "decision", "reasons") == [("1460", "exclude", "lab")]


def test_prismakes_own_id_comes_back_in_the_notes(reading):
    notes = 'prismake-record: scopus:2-s2.0-1 | RAYYAN-INCLUSION: {"Ann"=>"Included"}'
    votes, _ = reading(HEAD + f"rayyan-7,One,2001,{quoted(notes)},\n", "rayyan")
    assert votes["record_key"].tolist() == ["scopus:2-s2.0-1"]


def test_the_log_gives_each_vote_with_its_time_and_reasons(reading, shown):
    votes, _ = reading(LOG, "rayyan")
    assert shown(votes, "record_key", "reviewer", "decision", "reasons", "decided_at") == [
        ("rayyan-7", "ann@uni.example", "exclude", "wrong population", "2024-01-01T10:00:00.100Z"),
        ("rayyan-7", "bo@uni.example", "include", "", "2024-01-01T11:00:00.000Z"),
        ("rayyan-7", "bo@uni.example", "maybe", "", "2024-01-01T12:00:00.000Z"),
        ("rayyan-8", "bo@uni.example", "unseen", "", "2024-01-02T12:00:00.000Z"),
    ]


def test_with_both_files_votes_are_the_logs_and_titles_the_articles(reading, tmp_path, shown):
    (tmp_path / "articles.csv").write_text(
        HEAD + 'rayyan-7,One,2001,"x | RAYYAN-INCLUSION: {""Ann""=>""Included""}",\n'
    )
    votes, _ = reading(LOG, "rayyan", "customizations_log.csv", files=["articles.csv", "customizations_log.csv"])
    assert len(votes) == 4 and votes["title"].tolist() == ["One", "One", "One", ""]
    assert set(votes["file"]) == {"customizations_log.csv"}


def test_the_zip_that_rayyan_exports_is_read_as_it_is(reading):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("articles.csv", HEAD + "rayyan-7,One,2001,,\n")
        archive.writestr("customizations_log.csv", LOG)
    votes, _ = reading(stream.getvalue(), "rayyan", "export.zip")
    assert len(votes) == 4 and votes["title"].tolist()[0] == "One"


def test_bibtex_and_ris_hold_the_same_notes(reading, shown):
    bib = "@article{rayyan-7,\n  title={One},\n  year={2001},\n"
    bib += '  note={Export\nmore | RAYYAN-INCLUSION: {"Ann"=>"Excluded"}}\n}\n'
    assert shown(reading(bib, "rayyan", "a.bib")[0], "record_key", "title", "decision") == [
        ("rayyan-7", "One", "exclude")
    ]
    ris = 'TY  - JOUR\nAN  - rayyan-7\nTI  - One\nN1  - RAYYAN-INCLUSION: {"Ann"=>"Maybe"}\nER  - \n'
    assert shown(reading(ris, "rayyan", "a.ris")[0], "record_key", "title", "decision") == [
        ("rayyan-7", "One", "maybe")
    ]


def test_a_reason_on_an_include_is_an_error(reading):
    notes = 'RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-EXCLUSION-REASONS: lab'
    _, faults = reading(HEAD + f"rayyan-7,One,2001,{quoted(notes)},\n", "rayyan")
    assert [(f.code, f.line) for f in faults.errors] == [("include-with-reason", 2)]


def test_a_decision_in_an_unknown_form_is_an_error(reading):
    _, faults = reading(HEAD + "rayyan-7,One,2001," + quoted('RAYYAN-INCLUSION: {"Ann"=>"Perhaps"}') + ",\n", "rayyan")
    assert "unknown-decision" in [f.code for f in faults.errors]
    _, faults = reading(LOG.replace("deleted", "5"), "rayyan")
    assert "unknown-decision" in [f.code for f in faults.errors]


def test_an_import_file_has_no_votes_and_that_is_said(reading):
    votes, faults = reading("key,title\n1,One\n", "rayyan")
    assert not len(votes) and [f.code for f in faults] == ["no-decisions"]


def test_a_reason_that_stays_set_on_an_include_in_the_log_is_kept_to_be_seen(reading, invented):
    late = "2024-01-03T10:00:00.000Z,1,ann@uni.example,7,included,1\n"
    votes, _ = reading(LOG + late, "rayyan")
    result = invented.merge(votes, invented.records({"rayyan-7": ["rayyan-7"], "rayyan-8": ["rayyan-8"]}))
    assert "include-with-reason" in invented.codes(result.faults, "error")


def test_reasons_that_hold_a_comma_are_known_by_their_words_in_config(reading):
    notes = (
        'RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | '
        "RAYYAN-EXCLUSION-REASONS: Wrong population, e.g. children,no control, but waitlist,Language"
    )
    reasons = {"wrong population, e.g. children": "population", "no control, but waitlist": "control"}
    votes, _ = reading(HEAD + f"rayyan-7,One,2001,{quoted(notes)},\n", "rayyan", reasons=reasons)
    assert votes["reasons"].tolist() == ["population; control; Language"]


def test_odd_names_pipes_and_braces_are_kept_apart(reading, shown):
    notes = (
        'a {b} | c | RAYYAN-INCLUSION: {"O\'Brien, A. | B"=>"Included", "Zoë \\"Z\\" {x}"=>"Excluded"} | '
        "RAYYAN-LABELS: a=>b,{c} | RAYYAN-EXCLUSION-REASONS: design | or not"
    )
    votes, faults = reading(HEAD + f"rayyan-7,One,2001,{quoted(notes)},\n", "rayyan")
    assert shown(votes, "reviewer", "decision", "reasons") == [
        ("O'Brien, A. | B", "include", ""),
        ('Zoë "Z" {x}', "exclude", "design | or not"),
    ]
    assert not faults.errors


def test_of_two_reviews_in_one_note_the_last_counts_and_that_is_said(reading, shown):
    notes = (
        'RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: x | RAYYAN-INCLUSION: {"Bo"=>"Excluded"} | '
        "RAYYAN-EXCLUSION-REASONS: design"
    )
    votes, faults = reading(HEAD + f"rayyan-7,One,2001,{quoted(notes)},\n", "rayyan")
    assert shown(votes, "reviewer", "decision", "reasons") == [("Bo", "exclude", "design")]
    assert "earlier-decisions" in [fault.code for fault in faults]
