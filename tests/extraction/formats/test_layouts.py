"""Other projects' layouts: Metapsy, RevMan, wide sheets, ready effects."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pandas as pd
import pytest
from prismake.extraction.codebook import Codebook, read_codebook
from prismake.extraction.formats.metapsy import metapsy_rows, read_metapsy, write_metapsy
from prismake.extraction.formats.revman import read_revman, wide_rows
from prismake.extraction.formats.revman_writer import revman_tables
from prismake.extraction.load import load_extraction, load_reconciled
from prismake.extraction.numerals import pointed
from prismake.extraction.plausibility import check_plausibility
from prismake.extraction.structure import check_structure
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number
from prismake.messages.faults import InputFaults
from prismake.records.tables import write_csv
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import Choices

METAPSY = (
    '"";"study";"condition_arm1";"condition_arm2";"multi_arm1";"multi_arm2";"outcome_type";"instrument";"time";"time_weeks";"rating";'
    '"mean_arm1";"sd_arm1";"n_arm1";"mean_arm2";"sd_arm2";"n_arm2";"precalc_g";"precalc_g_se";"year";"rob";".g";".g_se"\n'
    '"1";"Kern, 2001";"cbt";"wl";"group";NA;"msd";"bdi";"post";8;"self-report";'
    "12,5;8,25;38;16;8;36;NA;NA;2001;1;NA;NA\n"
    '"2";"Kern, 2001";"cbt";"wl";"individual";NA;"msd";"bdi";"post";8;"self-report";'
    "11,5;8,1;40;16;8;36;NA;NA;2001;1;NA;NA\n"
    '"3";"Ost, 2002";"ipt";"cau";NA;NA;"other";"hrsd";"post";NA;"clinician";NA;NA;NA;NA;NA;NA;-0,40;0,2;2002;3;NA;NA\n'
)


@pytest.fixture(scope="session")
def book(root: Path) -> Codebook:
    """The shipped codebook."""
    return read_codebook(root / "workflow/schemas/codebook.yaml")


def metapsy(tmp_path: Path, book: Codebook):  # type: ignore[no-untyped-def]
    """The invented Metapsy file, read."""
    return read_metapsy_with(tmp_path, book, {"direction": "higher_worse"})


def read_metapsy_with(tmp_path: Path, book: Codebook, options: dict[str, str]) -> Extraction:
    """The invented Metapsy file, read with options."""
    path = tmp_path / "data.csv"
    path.write_text(METAPSY)
    return read_metapsy({"data": str(path)}, book, {"options": options})


def test_metapsy_becomes_canonical_sheets(tmp_path: Path, book: Codebook) -> None:
    tables = metapsy(tmp_path, book)
    assert not list(tables.faults) and not list(check_structure(tables, book))
    assert tables["arms"]["arm_id"].tolist() == ["cbt group", "wl", "cbt individual", "ipt", "cau"]
    assert tables["results"].loc[0, ["arm_id", "stat", "value"]].tolist() == ["cbt group", "mean", "12.5"]
    assert tables["studies"]["rob"].tolist() == ["1", "3"]
    effects = assemble(tables, Choices(comparators=("wl", "cau"))).effects
    assert effects["yi"].round(3).tolist() == [0.426, 0.553, 0.4]
    assert effects["shared_group"].tolist() == ["Kern, 2001:wl", "Kern, 2001:wl", ""]


def test_a_direction_for_each_instrument(tmp_path: Path, book: Codebook) -> None:
    tables = read_metapsy_with(tmp_path, book, {"directions": {"HRSD": "higher_better"}})
    assert tables["outcomes"]["direction"].tolist() == ["higher_worse", "higher_better"]
    assert not list(tables.faults)
    assumed = read_metapsy_with(tmp_path, book, {})
    assert [(f.level, f.code) for f in assumed.faults] == [("info", "direction-assumed")]
    assert set(assumed["outcomes"]["direction"]) == {"higher_worse"}
    path = tmp_path / "study-results.csv"
    path.write_text("Study,Outcome,Arm,Mean,SD,Sample size\nKern,Sleep,CBT,4,1,20\nKern,Pain,CBT,4,1,20\n")
    tables = load_extraction(
        [str(path)], book, {"format": "revman", "options": {"directions": {"sleep": "higher_better"}}}
    )
    assert tables["outcomes"]["direction"].tolist() == ["higher_better", "higher_worse"]
    tables = load_extraction([str(path)], book, {"format": "revman"})
    assert [f.code for f in tables.faults] == ["direction-assumed"]


def test_headers_of_the_standard_in_another_spelling(tmp_path: Path, book: Codebook) -> None:
    header, rest = METAPSY.split("\n", 1)
    path = tmp_path / "otherwise.csv"
    path.write_text(header.title().replace("_Arm", ".arm") + "\n" + rest)
    effects = [
        assemble(t, Choices(comparators=("wl", "cau"))).effects[["yi", "vi"]]
        for t in (metapsy(tmp_path, book), read_metapsy({"data": str(path)}, book))
    ]
    pd.testing.assert_frame_equal(*effects)
    path.write_text("study;condition_arm1;condition_arm2;M1\nKern;cbt;wl;12,5\n")
    found = read_metapsy({"data": str(path)}, book).faults
    assert [(f.code, f.level) for f in found] == [("missing-column", "error")]


def test_rows_are_selected_by_a_column_that_must_be_there(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "data.csv"
    path.write_text(METAPSY)
    chosen = read_metapsy({"data": str(path)}, book, {"where": {"Study": "Ost, 2002"}})
    assert chosen["studies"]["study_id"].tolist() == ["Ost, 2002"]
    faults = read_metapsy({"data": str(path)}, book, {"where": {"wave": 1}}).faults
    assert [(f.code, f.column) for f in faults] == [("missing-column", "wave")]


def test_metapsy_is_written_as_it_is_published(tmp_path: Path, book: Codebook) -> None:
    effects = assemble(metapsy(tmp_path, book), Choices(comparators=("wl", "cau"))).effects
    out = tmp_path / "out.csv"
    write_metapsy(metapsy_rows(effects), out)
    header, first = out.read_text().splitlines()[:2]
    assert header.startswith('"study";"condition_arm1";"condition_arm2"')
    assert ";12,5;" in first and ";NA;" in first
    again = read_metapsy({"data": str(out)}, book)
    assert again["results"]["value"].tolist()[:2] == ["12.5", "8.25"]


def test_means_changes_counts_and_ready_effects_come_back_from_a_metapsy_file(
    tmp_path: Path, book: Codebook, trial
) -> None:  # type: ignore[no-untyped-def]
    shapes = {
        "msd": [("mean", "12", "16"), ("sd", "8", "7.5"), ("n", "38", "36")],
        "change": [("mean_change", "-8", "-4"), ("sd_change", "6", "6.5"), ("n_change", "38", "36")],
        "dich": [("events", "12", "20"), ("total", "38", "36")],
        "precalc": [],
    }
    ready = {"study_id": "Kern 2001", "outcome_id": "bdi", "contrast": "new vs old", "timepoint": "post"}
    for kind, numbers in shapes.items():
        rows = [(arm, stat, values[i]) for stat, *values in numbers for i, arm in enumerate(("new", "old"))]
        reported = [] if rows else [{**ready, "measure": "g", "value": "-0.4", "se": "0.2"}]
        choices = {"measure": "RR" if kind == "dich" else "SMD", "direction": "as_reported"}
        before = assemble(
            trial(*rows, effects_reported=reported), Choices(comparators=("standardised",), **choices)
        ).effects
        written = metapsy_rows(before)
        write_metapsy(written, tmp_path / "data.csv")
        again = read_metapsy({"data": str(tmp_path / "data.csv")}, book)
        after = assemble(again, Choices(comparators=("old",), **choices)).effects
        assert written["outcome_type"].tolist() == [kind]
        assert after[["yi", "vi"]].values.tolist() == [pytest.approx(v) for v in before[["yi", "vi"]].values.tolist()]


# What metapsyTools does otherwise: zero cells enlarge the n of its small-sample correction; one old data set
# corrects the SE of an
# effect from events as well, and holds one uncorrected d.
KNOWN = {"borderline-psyctr": 2, "depression-inpatients": 4, "ed-psyctr": 4}


@pytest.fixture(scope="session")
def metapsy_sets(shared_data: Path, book: Codebook) -> dict[str, Extraction]:
    """The published Metapsy data sets by name."""
    files = sorted((shared_data / "metapsy").glob("*/data.csv"))
    return {path.parent.name: read_metapsy({"data": str(path)}, book) for path in files}


def test_metapsys_own_effects_come_out_of_its_data(metapsy_sets: dict[str, Extraction]) -> None:
    total = right = 0
    for name, tables in metapsy_sets.items():
        roles = tuple(sorted(set(tables["arms"]["role"]) - {"intervention"}))
        choices = Choices(
            direction="as_reported", correction="approximate", vtype="ESC", mix_dichotomous=True, comparators=roles
        )
        rows = assemble(tables, choices).effects.to_dict("records")
        ours = {tuple(r[c] for c in ("study_id", "outcome_id", "arm_1", "arm_2", "timepoint")): r for r in rows}
        wrong = 0
        for place in tables.origin:
            g, se = (number(pointed(place[c], True)) for c in (".g", ".g_se"))
            if g != g:
                continue
            row = ours[tuple(place[c] for c in ("study_id", "outcome_id", "arm_1", "arm_2", "timepoint"))]
            total += 1
            # The data sets differ in the sign of .g: some turn it so that positive is better.
            good = abs(abs(row["yi"]) - abs(g)) < 5e-4 and abs(row["sei"] - se) < 5e-4
            wrong += not good
            right += good
        assert wrong == KNOWN.get(name, 0), name
    print(f"{right} of {total} effects of the Metapsy data sets agree within rounding")


def test_log_risk_ratios_are_metapsys_own_but_where_a_cell_is_zero(metapsy_sets: dict[str, Extraction]) -> None:
    # metapsyTools adds 1/2 to the events and to the totals of a table with a zero, metafor 1/2 to each of its cells.
    total = 0
    for tables in metapsy_sets.values():
        if not any(place[".log_rr"] for place in tables.origin):
            continue
        roles = tuple(sorted(set(tables["arms"]["role"]) - {"intervention"}))
        rows = assemble(tables, Choices(measure="RR", direction="as_reported", comparators=roles)).effects
        keys = ["study_id", "outcome_id", "arm_1", "arm_2", "timepoint"]
        ours = {tuple(r[c] for c in keys): r for r in rows.to_dict("records")}
        for place in tables.origin:
            log_rr, se = (number(pointed(place[c], True)) for c in (".log_rr", ".log_rr_se"))
            if log_rr != log_rr:
                continue
            row = ours[tuple(place[c] for c in keys)]
            yi, sei = row["yi"], row["sei"]
            a, n1, c, n2 = (row[x] for x in ("events1", "n1", "events2", "n2"))
            if 0 in (a, c, n1 - a, n2 - c):
                a, n1, c, n2 = a + 0.5, n1 + 0.5, c + 0.5, n2 + 0.5
                yi, sei = math.log(a * n2 / (n1 * c)), math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
            assert (yi, sei) == (pytest.approx(log_rr, abs=5e-4), pytest.approx(se, abs=5e-4)), place
            total += 1
    print(f"{total} log risk ratios of the Metapsy data sets")
    assert total == 150


def test_a_wide_sheet_in_its_own_words(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(
        "trial;exp;ctrl;M1;S1;N1;M2;S2;N2;scale;Wave\nKern;cbt;wl;12,5;8;38;16;8;36;bdi;post\nKern;cbt;wl;13;8;30;15;8;30;bdi;later\n"
    )
    columns = {
        "study": "trial",
        "condition_arm1": "exp",
        "condition_arm2": "ctrl",
        "mean_arm1": "M1",
        "sd_arm1": "S1",
        "n_arm1": "N1",
        "mean_arm2": "M2",
        "sd_arm2": "S2",
        "n_arm2": "N2",
        "instrument": "scale",
        "time": "Wave",
    }
    tables = load_extraction([str(path)], book, {"format": "wide", "columns": columns, "where": {"time": "post"}})
    effects = assemble(tables, Choices(comparators=("wl",))).effects
    assert effects[["m1", "sd1", "n2", "timepoint"]].values.tolist() == [[12.5, 8.0, 36.0, "post"]]


EFFECTS = (
    "id,wave,y,r,n,rank,country\n1,1,pi,-.20,103,1,DE\n1,1,pi,-.30,103,2,DE\n1,2,pi,.10,53,1,DE\n"
    "2,1,ca,-.10,203,1,NL\n2,1,ca,-.20,203,1,NL\n3,1,pi,NA,40,1,NL\n"
)
SETTINGS = {
    "format": "effects",
    "columns": {"study_id": "id", "sample": "wave", "construct": "y", "value": "r", "n": "n"},
    "options": {
        "measure": "r",
        "study_prefix": "db:",
        "lowest": {"columns": ["rank"], "by": ["id", "wave", "y"]},
        "average": ["study_id", "sample", "construct"],
    },
}


def test_ready_correlations_without_arms(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "r.csv"
    path.write_text(EFFECTS)
    tables = load_extraction([str(path)], book, SETTINGS)
    assert not list(check_structure(tables, book))
    effects = assemble(tables, Choices(measure="ZCOR", direction="as_reported")).effects
    assert effects["study_id"].tolist() == ["db:1", "db:1", "db:2"]
    assert effects["ri"].round(3).tolist() == [-0.2, 0.1, -0.15]
    assert effects["vi"].tolist() == [0.01, 0.02, 0.005]
    assert effects["cluster"].tolist() == ["db:1:1", "db:1:2", "db:2:1"]
    assert effects["outcome_country"].tolist() == ["DE", "DE", "NL"]
    assert effects["source"].tolist() == ["S1", "S2", "S3"]


def test_ready_effects_of_any_measure_with_their_variance(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "effects.csv"
    path.write_text("study;what;yi;vi\nA;memory;0,25;0,04\nB;memory;-0,10;0,09\n")
    columns = {"study_id": "study", "construct": "what", "value": "yi", "vi": "vi"}
    tables = load_extraction(
        [str(path)], book, {"format": "effects", "columns": columns, "options": {"measure": "gen"}}
    )
    effects = assemble(tables, Choices(measure="SMD", direction="as_reported")).effects
    assert effects[["yi", "sei", "measure"]].values.tolist() == [[0.25, 0.2, "SMD"], [-0.1, 0.3, "SMD"]]


def test_a_column_that_is_not_there_is_named(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "r.csv"
    path.write_text(EFFECTS)
    tables = load_extraction([str(path)], book, {**SETTINGS, "columns": {"study_id": "paper", "value": "r"}})
    assert [(f.code, f.column) for f in tables.faults] == [("missing-column", "paper")]


def test_published_samples_of_the_review_of_correlations(shared_data: Path, book: Codebook) -> None:
    # Reimer & Sengupta (2023): 126 samples of 86 studies, N 203,637; 37 of 24, 119,085; 19 of 14, 13,703.
    settings = {
        "format": "effects",
        "columns": {"study_id": "id", "sample": "sample", "construct": "y_var", "value": "r", "n": "n"},
        "where": {"x_var": "ic", "y_var": ["pi", "ca", "ps"]},
        "options": {
            "measure": "r",
            "moderators": ["country"],
            "lowest": {"columns": ["x_rank", "y_rank"], "by": ["id", "sample", "y_var"]},
            "average": ["study_id", "sample", "construct"],
        },
    }
    tables = load_extraction([str(shared_data / "reviews/reimer-sengupta-ironic/data/csv/dl.csv")], book, settings)
    effects = assemble(tables, Choices(measure="ZCOR", direction="as_reported")).effects
    found = {c: (len(g), g["study_id"].nunique(), int(g["ni"].sum())) for c, g in effects.groupby("construct")}
    assert found == {"pi": (126, 86, 203_637), "ca": (37, 24, 119_085), "ps": (19, 14, 13_703)}


def test_revmans_four_files_there_and_back(tmp_path: Path, book: Codebook) -> None:
    tables = metapsy(tmp_path, book)
    judgements = pd.DataFrame({"study_id": ["Kern, 2001"], "domain": ["D1"], "judgement": ["low"]})
    for name, frame in revman_tables(tables.tables, judgements).items():
        write_csv(frame, tmp_path / "revman" / f"{name}.csv")
    files = {p.stem: str(p) for p in sorted((tmp_path / "revman").glob("*.csv"))}
    assert sorted(files) == ["risk_of_bias", "study_arms", "study_information", "study_results"]
    again = read_revman(files, book)
    keys = ["study_id", "outcome_id", "arm_id", "timepoint", "stat", "value"]
    assert sorted(again["results"][keys].values.tolist()) == sorted(tables["results"][keys].values.tolist())
    assert again["arms"]["role"].tolist() == tables["arms"]["role"].tolist()
    effects = ["study_id", "outcome_id", "contrast", "timepoint", "measure", "value", "se"]
    assert again["effects_reported"][effects].values.tolist() == tables["effects_reported"][effects].values.tolist()
    told = ["study_id", "outcome_id", "construct", "instrument", "direction", "rater"]
    assert again["outcomes"][told].values.tolist() == tables["outcomes"][told].values.tolist()
    assert revman_tables(tables.tables)["risk_of_bias"].empty


def test_study_data_under_revmans_own_headers(tmp_path: Path, book: Codebook) -> None:
    sheets = {
        "CD000000-study-information.csv": "Study,Char: Participants,ID: CRS\nKern 2001,74 adults,1\n",
        "CD000000-study-arms.csv": "Study,Arm,Description,Intervention\nKern 2001,CBT,12 sessions,Cognitive therapy\n"
        "Kern 2001,WL,,Waitlist\n",
        "CD000000-study-results.csv": "Study,Outcome,Data type,Effect measure,Arm,Reference arm,Sample size,Cases,Mean,SD,SE,"
        "CI level,CI start,CI end,Exp mean,Exp CI start,Exp CI end,P value,Footnotes\n"
        "Kern 2001,Depression,Continuous,,CBT,,38,,12.5,8,,,,,,,,,\n"
        "Kern 2001,Relapse,Dichotomous,,CBT,,38,4,,,,,,,,,,,\n"
        "Kern 2001,Relapse,Dichotomous,OR,CBT,WL,74,,,,,95%,,,0.35,0.1,1.26,0.11,adjusted\n"
        "Kern 2001,Response,Dichotomous,RR,CBT,WL,,,0.4,,0.2,,,,,,,,\n",
    }
    for name, text in sheets.items():
        (tmp_path / name).write_text(text)
    tables = read_revman({name: str(tmp_path / name) for name in sheets}, book)
    assert not list(check_structure(tables, book))
    assert tables["studies"]["population"].tolist() == ["74 adults"]
    assert tables["arms"][["arm_id", "condition"]].values.tolist() == [["CBT", "Cognitive therapy"], ["WL", "Waitlist"]]
    found = tables["results"][["outcome_id", "arm_id", "stat", "value"]].values.tolist()
    assert found == [
        ["Depression", "CBT", "mean", "12.5"],
        ["Depression", "CBT", "sd", "8"],
        ["Depression", "CBT", "n", "38"],
        ["Relapse", "CBT", "events", "4"],
        ["Relapse", "CBT", "total", "38"],
    ]
    columns = ["contrast", "measure", "value", "se", "ci_lb", "ci_ub", "ci_level", "p", "n", "note"]
    assert tables["effects_reported"][columns].values.tolist() == [
        ["CBT vs WL", "or", "0.35", "", "0.1", "1.26", "95", "0.11", "74", "adjusted"],
        ["CBT vs WL", "log_rr", "0.4", "0.2", "", "", "", "", "", ""],
    ]


def test_revmans_headers_are_written_and_what_has_no_column_is_a_footnote(tmp_path: Path, book: Codebook) -> None:
    tables = metapsy(tmp_path, book).tables
    results = tables["results"].copy()
    results.loc[0, "stat"] = "median"
    written = revman_tables({**tables, "results": results}, None)
    assert written["study_arms"].columns.tolist() == ["Study", "Arm", "Description", "Intervention"]
    first = written["study_results"].iloc[0]
    assert (first["Mean"], first["SD"]) == ("", "8.25")
    assert first["Footnotes"] == (
        "construct: msd; instrument: bdi; direction: higher_worse; rater: self-report; median: 12.5"
    )
    assert first["Outcome"].endswith(" [post]")
    bias = pd.DataFrame({"study_id": ["Kern, 2001"], "domain": ["D1"], "judgement": ["low"]})
    assert revman_tables(tables, bias)["risk_of_bias"].columns.tolist() == ["Study", "Domain (judgement): D1"]


def test_the_direction_of_an_outcome_survives_revman(tmp_path: Path, book: Codebook) -> None:
    tables = read_metapsy_with(tmp_path, book, {"direction": "higher_better", "precalc_favours": "arm1"})
    medians = tables["results"]
    medians.loc[0, "stat"] = "median"
    before = assemble(tables, Choices(comparators=("wl", "cau"))).effects
    for name, frame in revman_tables(tables.tables).items():
        write_csv(frame, tmp_path / "revman" / f"{name}.csv")
    again = read_revman({p.stem: str(p) for p in (tmp_path / "revman").glob("*.csv")}, book)
    assert set(again["outcomes"]["direction"]) == {"higher_better"}
    assert again["effects_reported"]["favours"].tolist() == ["ipt"]
    assert sorted(again["results"]["stat"]) == sorted(medians["stat"])
    after = assemble(again, Choices(comparators=("wl", "cau"))).effects
    assert sorted(after["yi"]) == pytest.approx(sorted(before["yi"]))


@pytest.mark.parametrize(
    ("typed", "direction"),
    [
        ("Higher is better", "higher_better"),
        ("lower scores = worse", "higher_better"),
        ("High scores are bad", "higher_worse"),
        ("Lower is better", "higher_worse"),
        ("", "higher_better"),  # what config says
    ],
)
def test_a_direction_that_somebody_typed_beside_revmans_columns(
    tmp_path: Path, book: Codebook, typed, direction
) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "study-results.csv"
    path.write_text(f"Study,Outcome,Direction,Arm,Mean,SD,Sample size\nKern,Sleep,{typed},CBT,4,1,20\n")
    tables = load_extraction([str(path)], book, {"format": "revman", "options": {"direction": "higher_better"}})
    assert tables["outcomes"]["direction"].tolist() == [direction]


def test_rows_of_a_published_cochrane_review(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "CD000000-data-rows.csv"
    path.write_text(
        "Analysis group,Analysis number,Analysis name,Subgroup,Study,Study year,"
        "Experimental mean,Experimental SD,Experimental cases,Experimental N,"
        "Control mean,Control SD,Control cases,Control N\n1,1,Depression,,Kern 2001,2001,12.5,8,0,38,16,8,0,36\n"
        "1,2,Relapse,,Kern 2001,2001,0,,4,38,0,,9,36\n"
    )
    tables = read_revman({"rows": str(path)}, book)
    assert tables["results"]["stat"].tolist() == [
        "mean",
        "sd",
        "n",
        "mean",
        "sd",
        "n",
        "events",
        "total",
        "events",
        "total",
    ]


def test_ready_effects_log_rank_statistics_and_repeated_studies_of_a_cochrane_review(
    tmp_path: Path, book: Codebook
) -> None:
    path = tmp_path / "CD000000-data-rows.csv"
    path.write_text(
        "Analysis group,Analysis number,Analysis name,Subgroup,Subgroup number,Applicability,Study,Study year,GIV Mean,GIV SE,"
        "Experimental cases,Experimental N,Control cases,Control N,O-E,Variance,Weight,Mean,CI start,CI end,Footnotes\n"
        "1,1,Relapse,Adults,1,SUBGROUP_AND_OVERALL,Kern 2001,2001,,,4,38,9,36,,,50,0.42,0.14,1.25,\n"
        "1,1,Relapse,Adults,1,SUBGROUP_AND_OVERALL,Kern 2001,2001,,,6,20,7,36,,,50,1.5,0.6,3.9,second dose\n"
        "1,2,Survival,,,OVERALL,Kern 2001,2001,,,,38,,36,-8,20,100,0.67,0.43,1.04,\n"
        "1,3,Depression,,,OVERALL,Ost 2002,2002,-0.4,0.2,,30,,31,,,100,-0.4,-0.79,-0.01,\n"
    )
    tables = read_revman({"rows": str(path)}, book)
    assert not list(check_structure(tables, book))
    assert tables["outcomes"]["outcome_id"].tolist() == ["1.1.1 Adults", "1.1.1 Adults #2", "1.2", "1.3"]
    choices = {"comparators": ("control",), "direction": "as_reported"}
    found = assemble(tables, Choices(measure="RR", measures={"Survival": "HR", "Depression": "GEN"}, **choices)).effects
    assert found["yi"].round(3).tolist() == [-0.865, 0.434, -0.4, -0.4]
    assert found["measure"].tolist() == ["RR", "RR", "HR", "GEN"]
    assert tables.where("results", 4, "value")["line"] == 3
    assert tables.where("results", 0, "value")["column"] == "Experimental cases"


PACKAGE = (
    "Analysis group,Analysis number,Analysis name,Subgroup,Applicability,Study,Study year,GIV Mean,GIV SE,Experimental mean,"
    "Experimental SD,Experimental cases,Experimental N,Control mean,Control SD,Control cases,Control N,O-E,Variance,Weight,"
    "Mean,CI start,CI end,Footnotes,Bias arising from the randomization process (judgement)\n"
    '1,1,Relapse,,SUBGROUP_AND_OVERALL,Kern 2001,2001,0,0,0,0,4,38,0,0,9,36,0,0,100,-0.14,-0.32,0.03,"",Low risk\n'
    '1,1,Relapse,,SUBGROUP_AND_OVERALL,Ost 2002,2002,0,0,0,0,0,17,0,0,0,18,0,0,21.6,0,-0.1,0.1,"",Low risk\n'
    '1,2,Depression,,SUBGROUP_AND_OVERALL,Kern 2001,2001,0,0,12.5,8,0,38,16,8,0,36,0,0,100,-3.5,-7.1,0.1,"",High risk\n'
    '1,3,Survival,,SUBGROUP_AND_OVERALL,Kern 2001,2001,0,0,0,0,0,38,0,0,0,36,-8,20,100,0.67,0.43,1.04,"",\n'
    '1,4,Anxiety,,SUBGROUP_AND_OVERALL,Kern 2001,2001,-0.4,0.2,0,0,0,38,0,0,0,36,0,0,100,-0.4,-0.79,-0.01,"",\n'
)


@pytest.mark.parametrize("dotted", [False, True])
def test_what_a_row_of_a_data_package_does_not_use_is_zero_there(tmp_path: Path, book: Codebook, dotted) -> None:  # type: ignore[no-untyped-def]
    # As the package of CD000478.pub5 has it: nothing is blank. R writes the same headers with dots.
    path = tmp_path / "CD000000-data-rows.csv"
    head, rest = PACKAGE.split("\n", 1)
    path.write_text((re.sub("[ ()-]", ".", head) if dotted else head) + "\n" + rest)
    tables = load_extraction([str(path)], book, {"format": "revman"})
    assert not tables.faults.errors
    measures = {"Relapse": "RD", "Survival": "HR", "Anxiety": "GEN"}
    choices = Choices(measure="MD", measures=measures, comparators=("control",), direction="as_reported")
    result = assemble(tables, choices)
    effects = result.effects.set_index(["construct", "study_id"])
    assert effects["yi"].round(4).to_dict() == {
        ("Relapse", "Kern 2001"): round(4 / 38 - 9 / 36, 4),
        ("Depression", "Kern 2001"): -3.5,
        ("Survival", "Kern 2001"): -0.4,
        ("Anxiety", "Kern 2001"): -0.4,
        ("Relapse", "Ost 2002"): round(0.5 / 18 - 0.5 / 19, 4),  # 1/2 in each cell, as escalc adds it
    }
    assert (effects.loc[("Anxiety", "Kern 2001"), "n1"], effects.loc[("Survival", "Kern 2001"), "vi"]) == (
        38,
        pytest.approx(0.05),
    )
    assert result.not_computed.empty


def test_a_finding_names_the_files_own_line_and_column(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "data.csv"
    path.write_text(METAPSY.replace("16;8;36", "16;-8;36", 1))
    tables = read_metapsy({"data": str(path)}, book)
    fault = next(f for f in check_plausibility(tables) if f.code == "sd-not-positive")
    assert (fault.file, fault.line, fault.column, fault.value) == (str(path), 2, "sd_arm2", "-8")


def test_a_second_extraction_in_another_layout(tmp_path: Path, book: Codebook) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(METAPSY)
    second.write_text(METAPSY.replace("12,5;8,25", "12,5;8,52"))
    found = load_reconciled([str(first)], [str(second)], [], book, {"format": "metapsy"})
    rows = found.differences.query("status == 'conflict'")
    assert rows[["value_1", "value_2"]].values.tolist() == [["8.25", "8.52"]]
    assert found.where("results", 1, "value") == {"file": str(first), "line": 2, "column": "sd_arm1", "value": ""}


def test_a_plain_sheet_for_other_programs(tmp_path: Path, book: Codebook) -> None:
    wide = wide_rows(assemble(metapsy(tmp_path, book), Choices(comparators=("wl", "cau"))).effects)
    assert wide.columns[:3].tolist() == ["effect_id", "study", "construct"]


@pytest.mark.parametrize(
    ("layout", "name", "columns"),
    [("wide", "data.csv", ["study", "condition_arm1", "condition_arm2"]), ("revman", "CD1-data-rows.csv", ["Study"])],
)
def test_a_file_without_its_columns_is_named(tmp_path: Path, book: Codebook, layout, name, columns) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / name
    path.write_text("a,b\n1,2\n")
    faults = load_extraction([str(path)], book, {"format": layout}).faults
    assert [(f.code, f.column, f.file) for f in faults] == [("missing-column", c, str(path)) for c in columns]


def test_an_unknown_layout_is_refused(tmp_path: Path, book: Codebook) -> None:
    with pytest.raises(InputFaults, match="unknown-layout"):
        load_extraction([], book, {"format": "napkin"})
