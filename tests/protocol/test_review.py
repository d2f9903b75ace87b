"""A review's configuration: what runs is registered + deviations + exploratory."""

import pytest
from prismake.messages.faults import InputFaults
from prismake.protocol.review import load_review


def _write(folder, name, text):
    (folder / "config" / name).write_text(text)


def _faults(folder):
    with pytest.raises(InputFaults) as raised:
        load_review(folder)
    return list(raised.value.faults)


def test_without_deviations_what_is_configured_is_what_was_registered(folder):
    review = load_review(folder)
    assert review.configured == review.protocol["registered"]
    assert review.searches == ["scopus", "wos"]
    assert sorted(review.analyses) == ["by_age", "primary"]


def test_a_deviation_is_laid_over_the_registered_leaf_and_stamped(folder):
    _write(folder, "deviations.yaml", "deviations:\n  - {id: D1, leaf: analyses.primary.test, value: knha}\n")
    review = load_review(folder)
    assert review.analyses["primary"]["test"] == "knha"
    assert review.protocol["registered"]["analyses"]["primary"]["test"] == "z"
    assert review.stamp("primary") == "deviation"


def test_stamps_tell_preregistered_unspecified_and_exploratory_apart(folder):
    _write(folder, "exploratory.yaml", "analyses:\n  dose: {role: exploratory, title: Dose}\n")
    review = load_review(folder)
    assert review.stamp("primary") == "preregistered"
    assert review.stamp("by_age") == "unspecified"  # method was registered as null
    assert review.stamp("dose") == "exploratory"


def test_a_change_made_after_results_were_known_runs_the_registered_setting_too(folder):
    _write(
        folder,
        "deviations.yaml",
        "deviations:\n  - {id: D1, leaf: analyses.primary.test, value: knha, timing: after synthesis}\n",
    )
    review = load_review(folder)
    assert review.analyses["primary_as_registered"]["test"] == "z"
    assert review.analyses["primary_as_registered"]["role"] == "sensitivity"
    assert review.stamp("primary_as_registered") == "preregistered"


def test_an_unknown_key_names_its_line_and_the_nearest_known_one(folder):
    text = (folder / "config/config.yaml").read_text() + "fnal: true\n"
    _write(folder, "config.yaml", text)
    (fault,) = _faults(folder)
    assert (fault.code, fault.line, fault.column) == ("unknown-key", 5, "fnal")
    assert "final" in fault.mend


def test_all_faults_of_all_files_are_said_at_once(folder):
    _write(folder, "config.yaml", "review: {id: A B, title: t}\nsearches: []\nnew: 1\n")
    _write(folder, "protocol.yaml", "protocol_version: one\nregistered: {}\n")
    codes = sorted(f.code for f in _faults(folder))
    assert codes == ["missing-key"] * 3 + ["unknown-key", "wrong-value", "wrong-value"]


def test_two_searches_with_one_id_are_refused(folder):
    text = (folder / "config/config.yaml").read_text().replace("id: wos", "id: scopus")
    _write(folder, "config.yaml", text)
    assert [f.code for f in _faults(folder)] == ["id-given-twice"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("deviations:\n  - {id: D1, leaf: analysis.primary.test, value: t}\n", "unknown-leaf"),
        ("deviations:\n  - {id: D1, leaf: analyses.primary.test, value: z}\n", "deviation-changes-nothing"),
        ("deviations:\n  - {id: D1, leaf: question}\n  - {id: D1, leaf: question}\n", "id-given-twice"),
    ],
)
def test_deviations_that_cannot_be_meant_are_refused(folder, text, code):
    _write(folder, "deviations.yaml", text)
    assert [f.code for f in _faults(folder)] == [code]


def test_an_exploratory_analysis_cannot_take_a_registered_name(folder):
    _write(folder, "exploratory.yaml", "analyses:\n  primary: {role: exploratory, title: Again}\n")
    assert [f.code for f in _faults(folder)] == ["analysis-given-twice"]


def test_a_missing_protocol_is_named(folder):
    (folder / "config/protocol.yaml").unlink()
    (fault,) = _faults(folder)
    assert (fault.code, fault.file) == ("missing-file", "config/protocol.yaml")


def test_values_given_at_run_time_win(folder):
    assert load_review(folder, {"final": True}).config["final"] is True


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.csv", "resources/../../x", "C:/x.csv"])
def test_paths_stay_inside_the_review_folder(folder, path):
    with pytest.raises(ValueError):
        load_review(folder).find(path)


def test_an_input_may_lie_under_data_root(folder, tmp_path_factory, monkeypatch):
    root = tmp_path_factory.mktemp("data")
    (root / "export.ris").write_text("x")
    review = load_review(folder)
    assert review.find("export.ris") is None
    monkeypatch.setenv("PRISMAKE_DATA_ROOT", str(root))
    assert review.find("export.ris") == (root / "export.ris").as_posix()


def test_defaults_of_the_schema_are_filled_in_groups_and_in_list_items(folder):
    config = load_review(folder).config
    assert [search["kind"] for search in config["searches"]] == ["database", "database"]
    assert config["deduplication"]["mode"] == "careful" and config["final"] is False


def test_no_analysis_may_have_the_name_under_which_another_runs_as_registered(folder):
    _write(folder, "exploratory.yaml", "analyses:\n  primary_as_registered: {role: exploratory, title: T}\n")
    assert [f.code for f in _faults(folder)] == ["analysis-name-kept"]


def test_a_fault_in_one_file_hides_none_in_another(folder):
    _write(folder, "claims.yaml", "claims: wrong\n")
    _write(folder, "deviations.yaml", "deviations:\n  - {id: D1, leaf: nothing.there, value: t}\n")
    text = (folder / "config/config.yaml").read_text().replace("id: wos", "id: scopus")
    _write(folder, "config.yaml", text)
    assert sorted(f.code for f in _faults(folder)) == ["id-given-twice", "unknown-leaf", "wrong-value"]
