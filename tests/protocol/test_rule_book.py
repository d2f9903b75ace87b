"""The record of a workflow's rules."""

from pathlib import Path
from types import SimpleNamespace

from prismake.protocol.rule_book import rule_book, shown_path


def _rule(name, needs=(), makes=(), script="../scripts/x.py", docstring="Does it."):
    return SimpleNamespace(name=name, input=list(needs), output=list(makes), script=script, docstring=docstring)


def test_each_rule_with_a_script_has_its_entry_sorted_by_name():
    book = rule_book([_rule("b"), _rule("a", script="../scripts/y.py"), _rule("all", script=None)], str.upper, str)
    assert [(entry["rule"], entry["script"], entry["code"]) for entry in book] == [("a", "y", "Y"), ("b", "x", "X")]
    assert book[0]["does"] == "Does it."


def test_paths_are_patterns_and_what_belongs_to_the_workflow_or_is_known_by_job_is_left_out():
    needs = [
        "results/{search}/a.csv",
        "workflow/schemas/x.yaml",
        "/elsewhere/workflow/y.yaml",
        "../lock",
        lambda w: "z",
    ]
    (entry,) = rule_book([_rule("a", needs, ["results/b.csv"])], str, str)
    assert entry["needs"] == ["results/{search}/a.csv"] and entry["makes"] == ["results/b.csv"]


def test_a_wildcard_s_constraint_is_no_part_of_its_pattern():
    made = ["results/analyses/{analysis,[a-z0-9]{1,9}[a-z_]*}/{x, y}.json"]
    (entry,) = rule_book([_rule("a", makes=made)], str, str)
    assert entry["makes"] == ["results/analyses/{analysis}/{x}.json"]


def test_no_folder_of_a_machine_is_named():
    assert shown_path("/somewhere/data/x.ris", Path("/somewhere/data")) == "data_root/x.ris"
    assert shown_path("resources/x.ris", None) == "resources/x.ris"
