"""Inputs of rules: what config names must exist, code closures, and what is missing is named."""

import os
import subprocess
from types import SimpleNamespace

import pytest
from prismake.messages.faults import InputFaults
from prismake.protocol.closure import Library
from prismake.protocol.inputs import Inputs, quotable
from prismake.protocol.review import load_review


def test_a_deleted_raw_export_is_named_before_anything_runs(folder, root):
    (folder / "resources/wos.txt").unlink()
    with pytest.raises(InputFaults) as raised:
        Inputs(load_review(folder), root / "workflow").check_declared()
    (fault,) = raised.value.faults
    assert (fault.code, fault.value, fault.line) == ("missing-input", "resources/wos.txt", 4)


@pytest.mark.parametrize("key", ["reference_docx", "bibliography", "csl", "earlier_bundle"])
def test_a_file_named_for_the_report_must_exist(folder, root, key):
    config = folder / "config/config.yaml"
    config.write_text(config.read_text() + f"\nreport:\n  {key}: resources/gone.csl\n")
    with pytest.raises(InputFaults, match=rf"report\.{key}") as raised:
        Inputs(load_review(folder), root / "workflow").check_declared()
    (fault,) = raised.value.faults
    assert (fault.code, fault.value) == ("missing-input", "resources/gone.csl")


def test_a_bibliography_that_nobody_named_may_still_be_missing(folder, root):
    review = load_review(folder)
    assert review.config["report"]["bibliography"] and not review.find(review.config["report"]["bibliography"])
    Inputs(review, root / "workflow").check_declared()


def test_a_path_that_leaves_the_folder_is_refused(folder, root):
    text = (folder / "config/config.yaml").read_text().replace("resources/wos.txt", "../wos.txt")
    (folder / "config/config.yaml").write_text(text)
    with pytest.raises(InputFaults, match="leaves the review folder"):
        Inputs(load_review(folder), root / "workflow").check_declared()


def test_optional_sheets_are_inputs_only_where_they_exist(folder, root):
    inputs = Inputs(load_review(folder), root / "workflow")
    assert inputs.optional("resources/none.csv") == []
    assert inputs.optional("resources/scopus.csv") == ["resources/scopus.csv"]
    assert inputs.optional(None) == []


def test_a_sheet_may_be_put_back_as_a_workbook_but_not_twice(folder, root):
    inputs = Inputs(load_review(folder), root / "workflow")
    (folder / "resources/sheet.xlsx").write_bytes(b"")
    assert inputs.optional("resources/sheet.csv") == ["resources/sheet.xlsx"]
    (folder / "resources/sheet.csv").write_text("")
    with pytest.raises(InputFaults, match="sheet.csv, resources/sheet.xlsx"):
        inputs.optional("resources/sheet.csv")


def test_folder_files_are_sorted_and_filtered(folder, root):
    for name in ("b.csv", "a.csv", "c.txt"):
        (folder / "resources" / name).write_text("")
    inputs = Inputs(load_review(folder), root / "workflow")
    assert inputs.folder_files("resources", ".csv") == [
        "resources/a.csv", "resources/b.csv", "resources/scopus.csv",
    ]  # fmt: skip


def test_search_files_follow_the_wildcard(folder, root):
    inputs = Inputs(load_review(folder), root / "workflow")
    assert inputs.search_files(SimpleNamespace(search="wos")) == ["resources/wos.txt"]


def test_code_is_the_digest_of_the_closure(folder, root):
    inputs = Inputs(load_review(folder), root / "workflow")
    library = Library(root / "workflow")
    assert inputs.code("check_protocol") == library.digest("scripts/check_protocol.py")
    names = library.closure("scripts/check_protocol.py")
    assert {"scripts/check_protocol.py", "prismake/audit/lock.py"} <= set(names)
    assert "prismake/protocol/leaves.py" in names  # through audit/lock.py
    assert not any("report" in name for name in names)


def test_without_a_registration_nothing_is_called_preregistered(folder, root):
    wildcards = SimpleNamespace(analysis="primary")
    assert Inputs(load_review(folder), root / "workflow").figure_settings(wildcards)["stamp"] == "preregistered"
    protocol = folder / "config/protocol.yaml"
    text = protocol.read_text()
    protocol.write_text("\n".join(line for line in text.splitlines() if not line.startswith("registration:")))
    assert Inputs(load_review(folder), root / "workflow").figure_settings(wildcards)["stamp"] == "planned"


def test_exports_are_known_with_what_their_records_are(folder, root):
    path = folder / "config/config.yaml"
    path.write_text(
        path.read_text().replace("files: [resources/wos.txt]", "files: [resources/wos.txt], lookup: [resources/l.csv]")
    )
    (folder / "resources/l.csv").write_text("x")
    found = Inputs(load_review(folder), root / "workflow").exports()
    assert found["resources/wos.txt"] == {"database": "Web of Science", "format": "auto", "columns": None}
    assert set(found) == {"resources/scopus.csv", "resources/wos.txt", "resources/l.csv"}
    (folder / "resources/l.csv").unlink()
    assert "resources/l.csv" not in Inputs(load_review(folder), root / "workflow").exports()


@pytest.mark.skipif(os.name == "nt", reason="how a shell of Unix reads a path")
@pytest.mark.parametrize("folder", ["review", "Jürgen/My review (copy)", "it's here", "$HOME"])
def test_a_program_is_found_by_a_shell_in_a_folder_of_any_name(folder):
    path = f"/{folder}/.venv/bin/python"
    said = subprocess.run(["sh", "-c", f"printf %s {quotable(path)}"], capture_output=True, check=True)
    assert said.stdout.decode() == path
    assert quotable(quotable(path)) == quotable(path)  # a workflow may take in another one
