"""A bundle built again, compared file by file. The builds themselves are tested in tests/workflow/test_verify.py."""

import json

import pytest
from prismake.cli.rebuild import CannotBuild, build, compare, left_out, unpack
from prismake.report.bundle import pack

PROVENANCE = "results/provenance/provenance.json"


def _bundle(path, **entries):
    path.write_bytes(pack({name: text.encode() for name, text in entries.items()}))
    return path


@pytest.fixture
def pair(tmp_path):
    def make(one, other):
        return compare(_bundle(tmp_path / "1.zip", **one), _bundle(tmp_path / "2.zip", **other))

    return make


def test_each_file_is_held_against_its_like(pair):
    found = pair({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"})
    assert found.files == {"a": "same", "b": "differs", "c": "not made", "d": "only made"}
    assert not found.same and found.lines()[-1] == "1 of 4 files were built again to the same bytes."
    assert [line.split()[-1] for line in found.lines(everything=True)[:-1]] == ["a", "b", "c", "d"]


CLEARED = "file,sha256_before,sha256,taken_out\nresources/x.ris,aa,bb,abstracts\n"
DEDUPLICATION = "results/deduplication"


@pytest.mark.parametrize(
    ("cleared", "members", "same"),
    [(CLEARED, "m", True), (CLEARED, "others", False), ("file,sha256_before,sha256,taken_out\n", "m", False)],
)
def test_only_what_rests_on_abstracts_may_differ_where_they_were_taken_out(pair, cleared, members, same):
    def made(evidence, members):
        return {
            "CLEARED.csv": cleared, f"{DEDUPLICATION}/membership.csv": members, f"{DEDUPLICATION}/pairs.csv": evidence,
            "results/provenance/numbers.csv": f"x,1\n{DEDUPLICATION}/summary.json,{evidence}\n",
            "ro-crate-metadata.json": f"hash of {evidence}",
        }  # fmt: skip

    found = pair(made("same abstract", "m"), made("", members))
    assert found.same == same
    assert ("3 differ in what the deduplication saw in abstracts" in "\n".join(found.lines())) == same


def test_a_result_elsewhere_is_never_excused(pair):
    one = {"CLEARED.csv": CLEARED, f"{DEDUPLICATION}/membership.csv": "m", "results/flow/flow.json": "1"}
    assert not pair(one, {**one, "results/flow/flow.json": "2"}).same


def test_other_software_is_named_where_something_differs(pair):
    def made(version, code, more):
        rules = [{"rule": "analysis", "code": code}]
        return {PROVENANCE: json.dumps({"prismake": "1", "packages": {"numpy": version}, "rules": rules}), "a": more}

    assert (
        "numpy 2 in place of 1; the code of the rule analysis"
        in pair(made("1", "x", ""), made("2", "y", "")).lines()[-1]
    )
    assert pair(made("1", "x", ""), made("1", "x", "!")).software == []


def test_inputs_are_unpacked_and_results_are_not(tmp_path):
    path = _bundle(tmp_path / "b.zip", **{"config/config.yaml": "a: 1", "resources/x/y.csv": "", "results/z.csv": ""})
    unpack(path, tmp_path / "review")
    found = sorted(
        p.relative_to(tmp_path / "review").as_posix() for p in (tmp_path / "review").rglob("*") if p.is_file()
    )
    assert found == ["config/config.yaml", "resources/x/y.csv"]


@pytest.mark.parametrize("name", ["resources/../../x", "resources/..", "config/C:/x", "config/a\\b"])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    with pytest.raises(CannotBuild, match="leads out"):
        unpack(_bundle(tmp_path / "b.zip", **{"config/config.yaml": "", name: ""}), tmp_path / "review")


def test_a_bundle_without_a_configuration_cannot_be_built(tmp_path):
    with pytest.raises(CannotBuild, match="no config/config.yaml"):
        unpack(_bundle(tmp_path / "b.zip", a=""), tmp_path / "review")


def test_a_build_that_fails_says_how_it_ended(tmp_path):
    with pytest.raises(CannotBuild, match="the build failed"):
        build(tmp_path, tmp_path / "no Snakefile")


def test_inputs_that_were_left_out_are_known(tmp_path):
    text = "file,sha256_before,sha256,taken_out\na.xls,,,the file: a workbook\nb.csv,1,2,abstracts\n"
    assert left_out(_bundle(tmp_path / "b.zip", **{"CLEARED.csv": text})) == ["a.xls"]
    assert left_out(_bundle(tmp_path / "c.zip", a="")) == []
