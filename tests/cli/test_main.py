"""The commands."""

import json
import shutil

import pytest
from click.testing import CliRunner
from prismake.cli.main import main


@pytest.fixture
def review(root, tmp_path):
    for name in ("config", "resources"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


def _run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_check_says_that_the_example_is_well_formed(review):
    done = _run("check", "-d", review)
    assert done.exit_code == 0 and "config/ is well formed" in done.output


def test_check_names_a_deleted_export(review):
    config = (review / "config/config.yaml").read_text()
    name = next(
        line.split("[")[1].split("]")[0] for line in config.splitlines() if "files: [resources/searches" in line
    )
    (review / name.split(",")[0]).unlink()
    done = _run("check", "-d", review)
    assert done.exit_code != 0 and name.split(",")[0] in str(done.exception)


def test_lock_writes_a_lock_that_check_accepts_and_an_edit_breaks(review):
    (review / "config/protocol.lock.json").unlink(missing_ok=True)
    assert _run("lock", "-d", review).exit_code == 0
    lock = json.loads((review / "config/protocol.lock.json").read_text())
    assert lock["leaves"]["effect_measure"]["value"] == "SMD"
    protocol = review / "config/protocol.yaml"
    protocol.write_text(protocol.read_text().replace("effect_measure: SMD", "effect_measure: MD"))
    done = _run("check", "-d", review)
    assert done.exit_code != 0 and "effect_measure" in str(done.exception)


def test_lock_refuses_to_replace_a_lock_that_differs(review):
    _run("lock", "-d", review)
    protocol = review / "config/protocol.yaml"
    protocol.write_text(protocol.read_text().replace("effect_measure: SMD", "effect_measure: MD"))
    done = _run("lock", "-d", review)
    assert done.exit_code != 0 and "deviations.yaml" in done.output
    done = _run("lock", "--again", "-d", review)
    assert done.exit_code != 0  # the version was not raised


def test_status_without_a_build_says_what_to_do(review):
    shutil.rmtree(review / "results", ignore_errors=True)
    done = _run("status", "-d", review)
    assert done.exit_code != 0 and "build the review first" in done.output


def test_audit_of_a_claims_file_alone(tmp_path):
    (tmp_path / "claims.yaml").write_text(
        "claims:\n"
        "  - {id: a, source: abstract, about: x, metric: studies, value: 17}\n"
        "  - {id: b, source: website, about: x, metric: studies, value: 30}\n"
    )
    done = _run("audit", tmp_path / "claims.yaml")
    assert done.exit_code == 0 and done.output.count("CONTRADICTED") == 2


def test_new_writes_a_review_that_check_accepts_and_overwrites_nothing(tmp_path):
    target = tmp_path / "mine"
    assert _run("new", target).exit_code == 0
    assert _run("check", "-d", target).exit_code == 0
    assert _run("new", target).exit_code != 0


def test_audit_of_a_flow_says_what_breaks_in_words(tmp_path):
    flow = tmp_path / "flow.yaml"
    flow.write_text("database_results: 100\nduplicates: 20\nrecords_screened: 70\n")
    done = _run("audit", flow)
    assert done.exit_code == 0 and done.output.startswith("BREAKS")


def test_audit_of_a_flow_against_the_number_of_studies_stated_elsewhere(tmp_path):
    flow = tmp_path / "flow.yaml"
    flow.write_text("records_screened: 70\ndbr_assessed: 20\ndbr_excluded: 3\nnew_studies: 17\n")
    assert "BREAKS" not in _run("audit", flow).output
    done = _run("audit", flow, "--studies", "30")
    assert any(line.startswith("BREAKS") and "E15" in line for line in done.output.splitlines())


def test_manuscript_is_checked_against_the_review_s_results(tmp_path):
    text = tmp_path / "paper.md"
    text.write_text("1,093 records were screened. It was d = 0.22, 95% CI [0.05, 0.39], *p* = .011.\n")
    alone = _run("manuscript", text, "-d", tmp_path)
    assert alone.exit_code == 0 and "in themselves only" in alone.output and "2 coherent" in alone.output
    (tmp_path / "results/flow").mkdir(parents=True)
    (tmp_path / "results/flow/flow.json").write_text(json.dumps({"boxes": {"records_screened": 1039}}))
    done = _run("manuscript", text, "-d", tmp_path)
    assert "CONTRADICTED" in done.output and "flow.records_screened = 1039" in done.output


def test_register_prints_the_protocol_as_a_form(review):
    done = _run("register", "-d", review)
    assert done.exit_code == 0 and "### Query strings" in done.output and "Ilka Brandmoor" in done.output
    assert _run("register", "--form", "prisma-p", "-d", review).output.count("\n## ") == 26
    assert _run("register", "--form", "other", "-d", review).exit_code != 0


def test_the_launcher_knows_every_command(root):
    text = (root / "review.py").read_text()
    assert set(main.commands) == set(json.loads("[" + text.split("COMMANDS = {")[1].split("}")[0] + "]"))


def test_check_says_all_faults_of_all_files_at_once(review):
    (review / "resources/searches/scopus.csv").unlink()
    (review / "config/claims.yaml").write_text("claims: wrong\n")
    protocol = review / "config/protocol.yaml"
    protocol.write_text(protocol.read_text().replace("effect_measure: SMD", "effect_measure: MD"))
    done = _run("check", "-d", review)
    told = str(done.exception)
    assert done.exit_code != 0 and "3 errors" in told
    assert all(code in told for code in ("missing-input", "wrong-value", "registered-leaf-edited"))
