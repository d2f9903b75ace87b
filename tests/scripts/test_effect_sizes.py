"""The script effect_sizes: from canonical sheets to effects.csv."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from prismake.extraction.codebook import read_codebook
from prismake.extraction.tables import empty
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv, write_csv

NAMES = ("studies", "arms", "outcomes", "results", "effects_reported", "sources")
REVMAN = ("study_information", "study_arms", "study_results", "risk_of_bias")
SETTINGS = {
    "effect_measure": "SMD",
    "effect_options": None,
    "direction": None,
    "comparisons": {"intervention": ["intervention"], "comparators": ["control"]},
    "as_registered": None,
}


def run(root: Path, folder: Path, settings: dict) -> dict[str, str]:
    """Run the script on the sheets in `folder`; those that are not there are empty."""
    spec = importlib.util.spec_from_file_location("effect_sizes", root / "workflow/scripts/effect_sizes.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    codebook = root / "workflow/schemas/codebook.yaml"
    for name, frame in empty(read_codebook(codebook)).tables.items():
        if not (folder / f"{name}.csv").exists():
            write_csv(frame, folder / f"{name}.csv")
    (folder / "overall.csv").write_text("study_id,outcome_id,overall\nKern 2001,,high\n")
    (folder / "given.csv").write_text(
        "study_id,outcome_id,rater,domain,judgement,support,override_reason,line\n"
        + "".join(f"Kern 2001,,A,D{n},{'some_concerns' if n < 3 else 'low'},,,2\n" for n in range(1, 6))
    )
    (folder / "judgements.csv").write_text("study_id,outcome_id,domain,judgement\nKern 2001,,D1,high\n")
    outputs = {
        n: str(folder / f"out/{n}.csv")
        for n in ("effects", "as_registered", "not_computed", "findings", "wide", "metapsy", *REVMAN)
    }
    module.main(
        sheets={n: str(folder / f"{n}.csv") for n in NAMES},
        rob=str(folder / "overall.csv"),
        judgements=str(folder / "judgements.csv"),
        given=str(folder / "given.csv"),
        codebook=str(codebook),
        own_codebook=[],
        outputs=outputs,
        settings=settings,
    )
    return outputs


def write(folder: Path, outcome: str = "") -> None:
    """One trial with means."""
    (folder / "studies.csv").write_text("study_id,label\nKern 2001,Kern (2001)\n")
    (folder / "arms.csv").write_text("study_id,arm_id,role\nKern 2001,new,intervention\nKern 2001,old,control\n")
    (folder / "outcomes.csv").write_text(
        "study_id,outcome_id,construct,direction\nKern 2001,bdi,depression,higher_worse\n"
    )
    rows = "".join(
        f"Kern 2001,bdi,{a},,post,{s},{v}\n"
        for a, m in (("new", "12"), ("old", "16"))
        for s, v in (("mean", m), ("sd", "8"), ("n", "38"))
    )
    (folder / "results.csv").write_text("study_id,outcome_id,arm_id,contrast,timepoint,stat,value\n" + rows + outcome)


def test_effects_are_written_with_their_columns(root: Path, tmp_path: Path) -> None:
    write(tmp_path)
    out = run(root, tmp_path, SETTINGS)
    row = read_csv(out["effects"]).iloc[0]
    assert (row["effect_id"], row["rob"], row["measure"]) == ("Kern 2001|bdi|post|new|old", "high", "SMD")
    assert float(row["yi"]) == pytest.approx(0.4949, abs=1e-4)
    assert Path(out["metapsy"]).read_text().startswith('"study";')
    assert read_csv(out["wide"])["study"].tolist() == ["Kern (2001)"]
    assert read_csv(out["study_results"])[["Arm", "Mean", "SD", "Sample size"]].values.tolist() == [
        ["new", "12", "8", "38"],
        ["old", "16", "8", "38"],
    ]
    assert read_csv(out["risk_of_bias"])["Domain (judgement): D1"].tolist() == ["high"]


def test_no_sheets_give_empty_tables_with_headers(root: Path, tmp_path: Path) -> None:
    out = run(root, tmp_path, SETTINGS)
    assert read_csv(out["effects"]).columns.tolist()[:2] == ["effect_id", "study_id"]
    assert read_csv(out["not_computed"]).empty


def test_a_turned_sign_stops_the_build(root: Path, tmp_path: Path) -> None:
    write(tmp_path, "Kern 2001,bdi,,new vs old,post,d,0.50\n")
    with pytest.raises(InputFaults, match="sign-turned"):
        run(root, tmp_path, SETTINGS)
    assert not (tmp_path / "out").exists()


def test_an_unknown_option_stops_the_build(root: Path, tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="unknown-option"):
        run(root, tmp_path, {**SETTINGS, "effect_options": {"vtypo": "LS"}})


def test_without_a_late_change_no_effects_stand_beside_the_configured_ones(root: Path, tmp_path: Path) -> None:
    write(tmp_path)
    out = run(root, tmp_path, SETTINGS)
    registered = read_csv(out["as_registered"])
    assert registered.empty and registered.columns.tolist() == read_csv(out["effects"]).columns.tolist()


def test_the_registered_measure_and_rule_of_overall_bias_stand_beside_the_late_ones(root: Path, tmp_path: Path) -> None:
    write(tmp_path)
    late = {**SETTINGS, "effect_measure": "MD"}
    bias = {"tool": "rob2", "some_concerns_limit": 1}
    out = run(root, tmp_path, late | {"as_registered": {**SETTINGS, "risk_of_bias": bias}})
    now, registered = read_csv(out["effects"]).iloc[0], read_csv(out["as_registered"]).iloc[0]
    assert (now["measure"], float(now["yi"]), now["rob"]) == ("MD", 4.0, "high")
    assert registered["measure"] == "SMD" and float(registered["yi"]) == pytest.approx(0.4949, abs=1e-4)
    assert registered["rob"] == "high"  # two domains with some concerns, one more than the registered limit
    out = run(root, tmp_path, late | {"as_registered": {**SETTINGS, "risk_of_bias": {"tool": "rob2"}}})
    assert read_csv(out["as_registered"])["rob"].tolist() == ["some_concerns"]


def test_a_registered_setting_that_the_sheets_do_not_allow_says_so_and_stops_nothing(
    root: Path, tmp_path: Path
) -> None:
    write(tmp_path)
    out = run(root, tmp_path, SETTINGS | {"as_registered": {**SETTINGS, "effect_options": {"vtypo": "LS"}}})
    assert len(read_csv(out["effects"])) == 1 and read_csv(out["as_registered"]).empty
    (found,) = read_csv(out["findings"]).to_dict("records")
    assert (found["level"], found["code"]) == ("warning", "unknown-option")
    assert found["what"].startswith("With what was registered")


# What the contrast reports, and g worked out by hand for 38 and 36 people, the new arm's mean being lower: t = -2.2 gives
# d = -2.2 sqrt(1/38 + 1/36) = -0.51169, times J(72) = 0.98954.
REPORTED = {
    "by t": ([("t", "-2.2")], 0.50633),
    "by F": ([("F", "4.84"), ("df", "1"), ("df2", "72")], 0.50633),
    "by F, its denominator alone": ([("F", "4.84"), ("df", "72")], 0.50633),
    "by p": ([("p", ".031")], 0.50638),  # the two-sided p of t = 2.2 with 72 df is .03102
    "by a bounded p": ([("p", "<.05")], 0.45879),  # t of .05 is 1.99346
    "by r": ([("r", "-0.2510")], 0.50638),  # t / sqrt(t^2 + 72)
    "by d": ([("d", "-0.5117")], 0.50635),
    "by a difference and its interval": ([("md", "-4"), ("md_ci_lb", "-7.62449"), ("md_ci_ub", "-0.37551")], 0.50633),
    "by chi-squared": ([("chi2", "4.6554")], 0.51279),  # phi .25082, 2 phi / sqrt(1 - phi^2) is .51821
}


def test_a_sheet_of_tests_gives_one_effect_each(root: Path, tmp_path: Path) -> None:
    studies = "".join(f'"{name}",x\n' for name in REPORTED)
    arms = "".join(f'"{name}",{arm},{role},{n}\n' for name in REPORTED for arm, role, n in ARMS)
    outcomes = "".join(f'"{name}",bdi,depression,higher_worse\n' for name in REPORTED)
    results = "".join(
        [f'"{n}",bdi,{a},,post,mean,{m}\n' for n in REPORTED for a, m in (("new", 12), ("old", 16)) if n != "by r"]
        + [f'"{n}",bdi,,new vs old,post,{s},{v}\n' for n, (given, _) in REPORTED.items() for s, v in given]
    )
    (tmp_path / "studies.csv").write_text("study_id,label\n" + studies)
    (tmp_path / "arms.csv").write_text("study_id,arm_id,role,n_analysed\n" + arms)
    (tmp_path / "outcomes.csv").write_text("study_id,outcome_id,construct,direction\n" + outcomes)
    (tmp_path / "results.csv").write_text("study_id,outcome_id,arm_id,contrast,timepoint,stat,value\n" + results)
    out = run(root, tmp_path, {**SETTINGS, "effect_options": {"mix_dichotomous": True}})
    found = read_csv(out["effects"]).set_index("study_id")
    assert not read_csv(out["not_computed"]).to_dict("records")
    for name, (_, expected) in REPORTED.items():
        assert float(found.loc[name, "yi"]) == pytest.approx(expected, abs=2e-5), name


ARMS = (("new", "intervention", 38), ("old", "control", 36))
