"""A dozen changes, each followed by a real build: what ran is what the plan said, and in the end every byte is that of a fresh build."""

import re

import pytest

from .conftest import copy_built, copy_review
from .dry_run import dry_run
from .test_determinism import _differing

SCOPUS = "resources/searches/scopus.csv"
VOTES = "resources/screening/votes.csv"

# What changes, in which file (old text, new text), a rule that has to run and one that must not (everything follows an export).
CHANGES = [
    ("a title in an export of more than 1 MB", SCOPUS, ("Choosing one's own treatment", "Choosing one's treatment" + " " * 1_100_000),
     "import_search", ""),
    ("the date of a search", "config/config.yaml", ('date: "2024-03-01"\n    hits: 7', 'date: "2024-03-02"\n    hits: 7'),
     "combine_searches", "import_search"),
    ("how duplicates are found", "config/config.yaml",
     ("screening:\n", "deduplication: {join_preprints: true}\nscreening:\n"), "deduplicate", "combine_searches"),
    ("one decision", VOTES, ("full_text,scopus:2-s2.0-99100000003,Bo Judge,reviewer,exclude,comparator",
                             "full_text,scopus:2-s2.0-99100000003,Bo Judge,reviewer,exclude,not_randomised"),
     "merge_screening", "deduplicate"),
    ("the date of a retrieval", "resources/retrieval/retrieval.csv", ("2024-03-20", "2024-03-21"),
     "retrieve_reports", "combine_searches"),
    ("a study's label", "resources/studies/studies.csv", ("Alderwick (2015)", "Alderwick 2015"),
     "retrieve_reports", "deduplicate"),
    ("a mean", "resources/extraction/results.csv", ("T1,bdi,a,,post,12,mean,10.0", "T1,bdi,a,,post,12,mean,10.5"),
     "extract", "count_flow"),
    ("a judgement", "resources/risk_of_bias/risk_of_bias.csv", ("T2,,Ann Reader,attrition,high", "T2,,Ann Reader,attrition,low"),
     "risk_of_bias", "extract"),
    ("the test of an analysis", "config/protocol.yaml", ("test: z", "test: t"), "analysis", "effect_sizes"),
    ("a format of the report", "config/config.yaml", ("screening:\n", "report: {formats: [markdown]}\nscreening:\n"),
     "report", "analysis"),
    ("a deleted figure", "results/flow/flow.pdf", None, "draw_flow", "count_flow"),
    ("people's text", "resources/manuscript/discussion.md", ("", "We found little.\n"), "report", "analysis"),
]  # fmt: skip


def _ran(text):
    """rule -> jobs, of the jobs that a build says it starts."""
    return {rule for rule in re.findall(r"(?m)^(?:local)?rule (\w+):", text)} - {"all"}


@pytest.fixture(scope="module")
def changing(tiny, tmp_path_factory):
    return copy_built(tiny, tmp_path_factory.mktemp("changing"))


@pytest.mark.parametrize(("what", "file", "texts", "has_to", "must_not"), CHANGES, ids=[case[0] for case in CHANGES])
def test_a_change_reruns_what_was_planned(root, changing, build, what, file, texts, has_to, must_not):
    path = changing / file
    if texts is None:
        path.unlink()
    elif texts[0]:
        text = path.read_bytes().decode()
        assert texts[0] in text
        path.write_bytes(text.replace(texts[0], texts[1], 1).encode())
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(texts[1], encoding="utf-8")
    planned = {job.split(":")[0] for job in dry_run(root / "Snakefile", changing).jobs}
    done = build(changing)
    ran = _ran(done.stdout + done.stderr)
    assert ran == planned
    assert has_to in ran and must_not not in ran
    path.touch()
    assert dry_run(root / "Snakefile", changing).jobs == {}


def test_a_build_on_a_result_that_was_edited_by_hand_is_refused(changing, build):
    numbers = changing / "results/report/numbers.csv"
    numbers.write_text(numbers.read_text(encoding="utf-8").replace("12", "13", 1), encoding="utf-8")
    said = build(changing, fails=True).stderr
    assert "results/report/numbers.csv: this result was changed since the build that made it" in said
    numbers.unlink()
    done = build(changing)
    assert _ran(done.stdout + done.stderr) == {"report", "bundle"}


def test_after_all_changes_every_byte_is_that_of_a_fresh_build(changing, tmp_path, build):
    fresh = copy_review(changing, tmp_path / "fresh")
    build(fresh)
    assert _differing(changing, fresh) == []
