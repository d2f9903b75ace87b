"""Rerun only what changed, and all that changed. Each case names the rules that read the change; all that depends on
them, and nothing else, has to run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from .conftest import copy_built
from .dry_run import CHECKSUM_LIMIT, TRIGGERS, Plan, dry_run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the whole project with the example review built in it: paths are the folder's own, so nothing is due in it."""
    return copy_built(example, tmp_path_factory.mktemp("project"))


@pytest.fixture
def changed(project: Path) -> Iterator[Callable[[str, str, str], None]]:
    """Replaces text in a file of the project until the test is over."""
    before: dict[Path, tuple[bytes, os.stat_result]] = {}

    def change(name: str, old: str, new: str) -> None:
        path = project / name
        text = path.read_bytes()
        assert old.encode() in text, f"{name} does not hold {old!r}"
        before.setdefault(path, (text, path.stat()))
        path.write_bytes(text.replace(old.encode(), new.encode(), 1))

    yield change
    for path, (text, stat) in before.items():
        path.write_bytes(text)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def plan(project: Path, config: dict[str, object] | None = None) -> Plan:
    return dry_run(project / "Snakefile", project, config)


def first_vote(project: Path) -> tuple[str, str, str]:
    """A file of full-text votes, a row that excludes, and the same row with an include."""
    name = "resources/screening/title_abstract/asreview_brandmoor.csv"
    text = (project / name).read_text(encoding="utf-8-sig")
    row = next(line for line in text.splitlines()[1:] if re.search(r",0,", line))
    return name, row, re.sub(r",0,", ",1,", row, count=1)


def test_the_plan_asks_what_the_default_profile_asks(root):
    profile = yaml.safe_load((root / "profiles/default/config.yaml").read_text())
    assert {trigger.name.lower() for trigger in TRIGGERS} == {t.replace("-", "_") for t in profile["rerun-triggers"]}
    assert profile["max-checksum-file-size"] == CHECKSUM_LIMIT


def test_nothing_changed_reruns_nothing(project):
    assert plan(project).jobs == {}


def test_a_touched_tree_reruns_nothing(project):
    for path in [*(project / "resources").rglob("*.*"), *(project / "workflow").rglob("*.py")]:
        path.touch()
    assert plan(project).jobs == {}


def test_one_screening_decision(project, changed):
    changed(*first_vote(project))
    found = plan(project)
    assert set(found.jobs) == found.reached_from("merge_screening", "record_provenance")
    assert not {"deduplicate", "combine_searches", "export_for_screening"} & set(found.jobs)


def test_one_effect_size(project, changed):
    text = (project / "resources/extraction/results.csv").read_text(encoding="utf-8-sig")
    row = next(line for line in text.splitlines()[1:] if re.search(r"\d+[.,]\d+", line))
    number = re.search(r"\d+[.,]\d+", row).group(0)
    other = number[:-1] + ("1" if number[-1] != "1" else "2")
    changed("resources/extraction/results.csv", row, row.replace(number, other, 1))
    found = plan(project)
    assert set(found.jobs) == found.reached_from("extract", "bundle")
    assert not {"deduplicate", "merge_screening", "count_flow", "risk_of_bias"} & set(found.jobs)


# A module of each package, and the rules whose scripts import it, directly or through others.
MODULES = {
    "audit/claims.py": ["audit_claims"],
    "audit/three_way.py": ["check_protocol"],
    "deduplication/decide.py": ["deduplicate"],
    "drawing/typeset.py": [
        "deduplicate",
        "draw_drift",
        "draw_flow",
        "risk_of_bias",
        "narrative_synthesis",
        "draw_analysis",
    ],
    "extraction/plausibility.py": ["extract"],
    "flow/diagram.py": ["draw_flow"],
    "protocol/leaves.py": ["audit_claims", "check_protocol"],
    "records/wos.py": ["import_search"],
    "report/docx.py": ["report"],
    "report/bundle.py": ["bundle"],
    "report/figures/render.py": ["draw_analysis"],
    "screening/drift.py": ["merge_screening", "draw_drift"],
    "screening/studies.py": ["merge_screening", "retrieve_reports"],
    "synthesis/certainty.py": ["summarise_findings"],
    "synthesis/tau2.py": ["analysis"],
    "synthesis/trim_and_fill.py": ["analysis"],
}

# The provenance records the code of every rule, so each change of code is recorded anew.
RECORDING = "record_provenance"

# What shows or records the configuration reads the file itself.
SHOWING = ["check_protocol", "record_provenance", "bundle"]


# A key of config, the key or value put in its place, and the rules that read it.
CONFIG = {
    "deduplication.mode": ("mode: careful", "mode: only exact", ["deduplicate"]),
    "deduplication.join_preprints": ("join_preprints: false", "join_preprints: true", ["deduplicate"]),
    "deduplication.without_rules": (
        "join_preprints: false",
        "join_preprints: false\n  without_rules: [same DOI and title]",
        ["deduplicate"],
    ),
    "deduplication.largest_cluster": (
        "join_preprints: false",
        "join_preprints: false\n  largest_cluster: 6",
        ["deduplicate"],
    ),
    "deduplication.rulings": (
        "deduplication/rulings.csv",
        "deduplication/other.csv",
        ["deduplicate", "merge_screening"],
    ),
    "report": ("formats: [html]", "formats: [html]\n  show_abstracts: true", ["report"]),
    "final": (
        "final: false",
        "final: true",
        ["merge_screening", "retrieve_reports", "extract", "check_identities", "report", "status"],
    ),
    "grade.sheet": ("grade/grade.csv", "grade/other.csv", ["summarise_findings"]),
    "seed": ("seed: 20230901", "seed: 20230902", ["merge_screening", "analysis"]),
    "bundle": ("abstracts: true", "abstracts: false", []),  # those of SHOWING read it
    "review.published": ("2026-06-30", "2026-07-01", ["report", "status"]),
    "review.title": ("(simulated example)", "(simulated)", ["report", "status"]),
    "review.simulated": (
        "simulated: true",
        "simulated: false",
        [
            "deduplicate",
            "draw_drift",
            "risk_of_bias",
            "narrative_synthesis",
            "draw_analysis",
            "draw_flow",
            "report",
            "status",
        ],
    ),
    "searches.hits": ("hits: 18", "hits: 19", ["import_search:register", "combine_searches", "report"]),
    "searches.string": ("personalised OR tailored", "personalised", ["combine_searches", "report"]),
    "searches.to": ("    hits: 18\n", '    hits: 18\n    to: "2025-09-18"\n', ["combine_searches", "report"]),
    "searches.kind": ("kind: register\n", "kind: database\n", ["combine_searches", "retrieve_reports", "report"]),
    "searches.columns": (
        "title: Public title",
        "title: URL",
        ["import_search:register", "combine_searches", "report"],
    ),
    "before_screening": ("entry_type: [erratum]", "entry_type: [editorial]", ["export_for_screening"]),
    "screening.reviewers": ("Ilka: Ilka Brandmoor", "Ilka: I. Brandmoor", ["merge_screening"]),
    "flow.hide_zero": ("final: false\n", "final: false\nflow: {hide_zero: true}\n", ["draw_flow"]),
    "flow.screening_reasons": ("final: false\n", "final: false\nflow: {screening_reasons: true}\n", ["draw_flow"]),
    "screening.values": ("nein: exclude", "nein: maybe", ["merge_screening"]),
    "two values swapped": (
        "{ja: include, nein: exclude, vielleicht: maybe}",
        "{ja: exclude, nein: include, vielleicht: maybe}",
        ["merge_screening"],
    ),
    "two files of a search in the other order": (
        "[resources/searches/savedrecs.txt, resources/searches/savedrecs_2.txt]",
        "[resources/searches/savedrecs_2.txt, resources/searches/savedrecs.txt]",
        ["import_search:wos", "combine_searches", "report"],
    ),
}


@pytest.mark.parametrize("key", CONFIG)
def test_one_config_key(project, changed, key):
    old, new, readers = CONFIG[key]
    changed("config/config.yaml", old, new)
    found = plan(project)
    assert set(found.jobs) == found.reached_from(*readers, *SHOWING)


def _leaves(node, at=()):
    """Dotted paths of the keys that hold values in a schema."""
    for key, child in node.get("properties", {}).items():
        yield from _leaves(child, (*at, key)) if "properties" in child else [".".join((*at, key))]


def test_every_setting_is_held_by_a_rule(project):
    schema = yaml.safe_load((project / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    held = plan(project).settings
    # These name sheets, which are inputs; SHEETS holds who reads them.
    sheets = {"deduplication.rulings", "retrieval", "other_methods", "previous_review", "retractions"}
    free = {leaf for leaf in _leaves(schema) if not any(leaf == key or leaf.startswith(f"{key}.") for key in held)}
    assert free == sheets


def test_searches_in_another_order_rerun_what_depends_on_the_order(project, changed):
    text = (project / "config/config.yaml").read_text(encoding="utf-8")
    searches = text[text.index("  - id: scopus") : text.index("  - id: wos")]
    first, second = searches.split("  - id: psycinfo")
    changed("config/config.yaml", searches, "  - id: psycinfo" + second + first)
    found = plan(project)
    assert set(found.jobs) == found.reached_from("combine_searches", "deduplicate", "report", *SHOWING)
    assert not [job for job in found.jobs if job.startswith("import_search")]


# A leaf of the protocol, or an entry beside it, and the rules that read it.
PROTOCOL = {
    "analyses.primary.rho": ("protocol", "rho: 0.5", "rho: 0.6", ["analysis:primary", "narrative_synthesis"]),
    "screening.stopping_rule": (
        "protocol",
        "stopping_rule: null",
        "stopping_rule: 100 irrelevant in a row",
        ["merge_screening"],
    ),
    "screening.maybe_as": ("protocol", "maybe_as: include", "maybe_as: exclude", ["merge_screening"]),
    "exclusion_reasons": (
        "protocol",
        "label: Wrong comparator",
        "label: The wrong comparator",
        ["merge_screening", "retrieve_reports", "count_flow"],
    ),
    "exclusion_reasons in another order": (
        "protocol",
        "    - {id: comparator, label: Wrong comparator}\n    - {id: outcome, label: No eligible outcome}",
        "    - {id: outcome, label: No eligible outcome}\n    - {id: comparator, label: Wrong comparator}",
        ["merge_screening", "retrieve_reports", "count_flow"],
    ),
    "effect_options": ("protocol", "vtype: LS", "vtype: UB", ["effect_sizes"]),
    "direction": ("protocol", "direction: positive_favours_intervention", "direction: as_reported", ["effect_sizes"]),
    "comparisons": (
        "protocol",
        "comparators: [standardised, usual_care, waiting_list]",
        "comparators: [usual_care, standardised, waiting_list]",
        ["extract", "effect_sizes"],
    ),
    "risk_of_bias": (
        "protocol",
        "attrition: Missing outcome data",
        "attrition: Missing data",
        ["risk_of_bias", "narrative_synthesis", "check_identities"],
    ),
    "question": ("protocol", "question: >-", "question: >", []),
    "deviations": ("deviations", "value: knha", "value: t", ["analysis:primary", "narrative_synthesis"]),
    "words of a deviation": ("deviations", "too few for", "not enough for", []),
    "exploratory": ("exploratory", "test: knha", "test: t", ["analysis:any_control"]),
    "claims": ("claims", "claims:", "claims: ", ["audit_claims"]),
}


@pytest.mark.parametrize("key", PROTOCOL)
def test_one_leaf_of_the_protocol(project, changed, key):
    file, old, new, readers = PROTOCOL[key]
    changed(f"config/{file}.yaml", old, new)
    found = plan(project)
    # The report shows all that is configured; the claims file is no part of it.
    shown = {"protocol": ["report", "check_protocol"], "deviations": ["report", "check_protocol"]}
    shown |= {"exploratory": ["check_protocol"], "claims": []}
    if key == "words of a deviation":
        shown["deviations"] = ["check_protocol"]
    assert set(found.jobs) == found.reached_from(*readers, *shown[file], "record_provenance", "bundle")


# A file that people write, and the rules that read it; what is bundled as it was written reruns the bundle.
SHEETS = {
    "searches/scopus.csv": ["import_search:scopus"],
    "searches/psycinfo_ovid.ris": ["import_search:psycinfo"],
    "searches/savedrecs_2.txt": ["import_search:wos"],
    "searches/register.csv": ["import_search:register"],
    "deduplication/rulings.csv": ["deduplicate", "merge_screening", "bundle"],
    "screening/title_abstract/calibration.csv": ["merge_screening"],
    "screening/title_abstract/rayyan/articles.csv": ["merge_screening"],
    "screening/title_abstract/rayyan/customizations_log.csv": ["merge_screening"],
    "screening/title_abstract/asreview_vettergrund.csv": ["merge_screening"],
    "screening/title_abstract/register.csv": ["merge_screening"],
    "screening/title_abstract/adjudication.csv": ["merge_screening"],
    "screening/full_text/full_text.csv": ["merge_screening"],
    "retrieval/retrieval.csv": ["merge_screening", "retrieve_reports", "bundle"],
    "other_methods/other_methods.csv": ["merge_screening", "retrieve_reports", "bundle"],
    "studies/studies.csv": ["retrieve_reports", "bundle"],
    "retractions/retractions.csv": ["check_identities"],
    "extraction/studies.csv": ["extract", "bundle"],
    "extraction/arms.csv": ["extract", "bundle"],
    "extraction/outcomes.csv": ["extract", "bundle"],
    "extraction/effects_reported.csv": ["extract", "bundle"],
    "extraction/sources.csv": ["extract", "bundle"],
    "extraction_second/results.csv": ["extract"],
    "extraction_adjudicated/adjudicated.csv": ["extract"],
    "risk_of_bias/risk_of_bias.csv": ["risk_of_bias", "bundle"],
    "grade/grade.csv": ["summarise_findings", "bundle"],
    "manuscript/discussion.md": ["report"],
    "manuscript/references.bib": ["report"],
}


@pytest.mark.parametrize("name", SHEETS)
def test_one_byte_of_a_sheet(project, changed, name):
    sheet = f"resources/{name}"
    last = (project / sheet).read_text(encoding="utf-8-sig").rstrip()[-12:]
    changed(sheet, last, last[:-1] + ("x" if last[-1] != "x" else "y"))
    found = plan(project)
    assert set(found.jobs) == found.reached_from(*SHEETS[name], "record_provenance")


def test_every_sheet_of_the_example_is_read_by_a_rule(project):
    written = {p.relative_to(project / "resources").as_posix() for p in (project / "resources").rglob("*.*")}
    read = {path.removeprefix("resources/") for path in plan(project).inputs}
    assert written - read == {"README.md"}


def test_a_word_template_of_ones_own_is_read(project, changed):
    changed("config/config.yaml", "formats: [html]", "formats: [html]\n  reference_docx: resources/README.md")
    assert "resources/README.md" in plan(project).inputs


def test_a_citation_style_of_ones_own_is_read(project, changed):
    changed("config/config.yaml", "formats: [html]", "formats: [html]\n  csl: resources/README.md")
    assert "resources/README.md" in plan(project).inputs


def test_a_bibliography_under_another_name_is_read(project, changed):
    changed("config/config.yaml", "formats: [html]", "formats: [html]\n  bibliography: resources/README.md")
    found = plan(project)
    assert "resources/README.md" in found.inputs
    assert set(found.jobs) == found.reached_from("report", *SHOWING)


def test_a_sheet_that_comes_to_be_is_read(project):
    sheet = project / "resources/screening/changes.csv"
    sheet.write_text("record_id,what,date,who,note\n", encoding="utf-8")
    try:
        found = plan(project)
    finally:
        sheet.unlink()
    assert set(found.jobs) == found.reached_from("merge_screening", "record_provenance")


def test_metafor_is_asked_only_by_name_and_its_numbers_then_are_shown(project):
    assert not [job for job in plan(project).after if job.startswith("crosscheck")]
    folder = project / "results/crosscheck"
    folder.mkdir()
    for name in ("crosscheck.csv", "crosscheck.json"):
        (folder / name).write_text("{}\n", encoding="utf-8")
    try:
        found = plan(project)
    finally:
        shutil.rmtree(folder)
    assert set(found.jobs) == found.reached_from("report", "record_provenance", "bundle")


@pytest.mark.parametrize(
    ("template", "readers"),
    [
        ("schemas/codebook.yaml", ["extract", "effect_sizes"]),
        ("schemas/claims.schema.yaml", ["check_protocol"]),
        ("templates/report/status.html.j2", ["report", "status"]),
        ("templates/report/report.md.j2", ["report"]),
    ],
)
def test_one_template_or_schema(project, changed, template, readers):
    text = (project / "workflow" / template).read_text(encoding="utf-8")
    changed(f"workflow/{template}", text[:40], text[:40] + " ")
    found = plan(project)
    assert set(found.jobs) == found.reached_from(*readers)


@pytest.mark.parametrize(
    ("deleted", "maker"),
    [
        ("searches/register/records.parquet", "import_search:register"),
        ("searches/source_records.parquet", "combine_searches"),
        ("deduplication/pairs.csv", "deduplicate"),
        ("screening/export/eppi.ris", "export_for_screening"),
        ("screening/ledger.csv", "merge_screening"),
        ("retrieval/to_link.csv", "retrieve_reports"),
        ("flow/ids/records_screened.csv", "count_flow"),
        ("extraction/outcomes.csv", "extract"),
        ("effects/effects.csv", "effect_sizes"),
        ("analyses/primary/effects.csv", "analysis:primary"),
        ("figures/primary/funnel.png", "draw_analysis:primary"),
        ("provenance/numbers.csv", "record_provenance"),
        ("report/numbers.csv", "report"),
    ],
)
def test_a_deleted_result_is_made_again(project, deleted, maker):
    path = project / "results" / deleted
    aside = path.with_name("set_aside_by_a_test")
    path.rename(aside)
    try:
        found = plan(project)
    finally:
        aside.rename(path)
    assert set(found.jobs) == found.reached_from(maker)


@pytest.mark.parametrize("module", MODULES)
def test_one_line_of_a_library_module(project, changed, module):
    path = project / "workflow/prismake" / module
    if not path.exists():
        pytest.fail(f"{module} is gone; name another module here")
    changed(
        f"workflow/prismake/{module}", "from __future__ import annotations", "from __future__ import annotations  # "
    )
    found = plan(project)
    recording = [] if MODULES[module] == ["bundle"] else [RECORDING]  # it records the rules before it
    assert set(found.jobs) == found.reached_from(*MODULES[module], *recording)


@pytest.mark.parametrize("script", sorted(p.stem for p in (ROOT / "workflow/scripts").glob("*.py")))
def test_one_line_of_a_script_reruns_its_rule(project, changed, script):
    changed(f"workflow/scripts/{script}.py", "def main(", "def  main(")
    found = plan(project)
    assert set(found.jobs) == found.reached_from(script, RECORDING if script != "bundle" else script)


def test_lost_records_are_noticed_once_a_setting_changed(project, changed, build):
    records = project / ".snakemake"
    records.rename(project / "records_set_aside_by_a_test")

    def said():  # a dry run speaks on standard output
        return build(project, "--snakefile", str(project / "Snakefile"), "--dry-run").stdout

    try:
        assert "are gone" not in said()
        changed("config/config.yaml", "seed: 20230901", "seed: 20230902")
        assert ".snakemake/metadata) are gone, and since then config/config.yaml changed" in said()
    finally:
        shutil.rmtree(records, ignore_errors=True)
        (project / "records_set_aside_by_a_test").rename(records)


def test_after_the_changes_were_undone_nothing_is_left_to_do(project):
    assert plan(project).jobs == {}
