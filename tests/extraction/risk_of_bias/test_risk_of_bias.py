"""Risk of bias: tools, sheets, settling, algorithms, overrides, agreement."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from prismake.extraction.risk_of_bias.agreement import agreement, compare
from prismake.extraction.risk_of_bias.judgements import read_judgements, robvis
from prismake.extraction.risk_of_bias.overall import algorithm, settle, study_level, summary
from prismake.extraction.risk_of_bias.stage import assess
from prismake.extraction.risk_of_bias.tools import SYMBOLS, TOOLS, tool_of

CUSTOM = tool_of(
    {
        "tool": "custom",
        "levels": ["low", "moderate", "high"],
        "domains": {"allocation": "Allocation", "attrition": "Missing data"},
    }
)
ROB2 = TOOLS["rob2"]


def written(tmp_path: Path, text: str, tool=CUSTOM):  # type: ignore[no-untyped-def]
    """A sheet with this text, read."""
    path = tmp_path / "rob.csv"
    path.write_text(text)
    return read_judgements(path, tool)


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_every_tool_has_domains_levels_and_distinct_symbols(name: str) -> None:
    tool = TOOLS[name]
    assert tool.domains and tool.source
    assert len({lv.symbol for lv in tool.levels}) == len(tool.levels)
    assert [lv.severity for lv in tool.graded] == list(range(len(tool.graded)))


@pytest.mark.parametrize(
    ("typed", "level"),
    [
        ("Low", "low"),
        ("LOW RISK", "low"),
        ("Some concerns", "some_concerns"),
        ("+", "low"),
        ("NI", "no_information"),
        ("H", "high"),
    ],
)
def test_levels_are_read_in_the_usual_spellings(typed: str, level: str) -> None:
    found = ROB2.level(typed)
    assert found is not None and found.id == level


def test_a_custom_scheme_is_not_equated_with_another_tools_levels() -> None:
    assert CUSTOM.level("some concerns") is None
    assert [lv.id for lv in CUSTOM.graded] == ["low", "moderate", "high"]


def test_weights_of_a_robvis_sheet_come_in_and_go_out(tmp_path: Path) -> None:
    path = tmp_path / "rob.csv"
    path.write_text(
        "Study,D1,D2,D3,D4,D5,Overall,Weight\nKern 2001,Low,Low,Low,Low,Low,Low,33.3\nWolf 2002,High,Low,Low,Low,Low,High,66.7\n"
    )
    included = pd.DataFrame({"study_id": ["Kern 2001", "Wolf 2002"], "label": ["Kern (2001)", "Wolf (2002)"]})
    result = assess([str(path)], ROB2, included)
    assert not result.findings.errors
    out = robvis(result.settled.final, result.settled.overall, ROB2, None, result.weights)
    assert out.to_csv(index=False) == path.read_text()
    path.write_text(path.read_text().replace("66.7", ""))
    assert [(f.code, f.line) for f in assess([str(path)], ROB2, included).findings.errors] == [("wrong-weight", 3)]


@pytest.mark.parametrize(
    ("levels", "overall"),
    [
        ("low low low low low", "low"),
        ("low low some_concerns low low", "some_concerns"),
        ("some_concerns some_concerns low low low", "some_concerns"),
        ("some_concerns some_concerns some_concerns low low", "high"),
        ("low low low high low", "high"),
        ("low no_information low low low", "some_concerns"),
    ],
)
def test_rob2_algorithm(levels: str, overall: str) -> None:
    assert algorithm(ROB2, dict(zip(ROB2.domains, levels.split(), strict=True))) == overall


@pytest.mark.parametrize(
    ("tool", "levels", "overall"),
    [
        ("robins_i", "low low low low low low low", "low"),
        ("robins_i", "low moderate low low low low low", "moderate"),
        ("robins_i", "low moderate low low no_information low low", "no_information"),
        ("robins_i", "serious low low low no_information low low", "serious"),
        ("robins_i", "serious low critical low low low low", "critical"),
        ("robins_e", "low low low low low low low", "low"),
        ("robins_e", "low low low low no_information low low", "some_concerns"),
        ("robins_e", "low high low low no_information low low", "high"),
        ("robins_e", "low very_high low low low low low", "very_high"),
        ("cochrane1", "low unclear low low low low low", "unclear"),
        ("cochrane1", "low unclear high low low low low", "high"),
        ("rob2_cluster", "low not_applicable low low low low", "low"),
        ("rob2_crossover", "low some_concerns low low low low", "some_concerns"),
    ],
)
def test_the_overall_judgement_of_the_other_tools(tool: str, levels: str, overall: str) -> None:
    assert algorithm(TOOLS[tool], dict(zip(TOOLS[tool].domains, levels.split(), strict=True))) == overall


def test_the_limit_of_some_concerns_is_the_protocols() -> None:
    four = dict(zip(ROB2.domains, ["some_concerns"] * 4 + ["low"], strict=True))
    assert algorithm(tool_of({"tool": "rob2", "some_concerns_limit": 4}), four) == "some_concerns"


def test_other_tools_take_the_worst_domain() -> None:
    tool = TOOLS["robins_i"]
    levels = ["low", "moderate", "serious", "low", "no_information", "low", "low"]
    assert algorithm(tool, dict(zip(tool.domains, levels, strict=True))) == "serious"
    cluster = TOOLS["rob2_cluster"]
    assert algorithm(cluster, {d: "not_applicable" if d == "D1b" else "low" for d in cluster.domains}) == "low"


LONG = "study_id,rater,domain,judgement,support\n"


def test_two_raters_agree_disagree_and_settle(tmp_path: Path) -> None:
    text = LONG + "A,x,allocation,low,\nA,y,allocation,low,\nA,x,attrition,low,\nA,y,attrition,high,\n"
    open_case, _ = written(tmp_path, text)
    settled, _ = written(tmp_path, text + "A,consensus,attrition,moderate,as in the appendix\n")
    waiting = settle(open_case, CUSTOM)
    assert waiting.overall.loc[0, ["overall", "basis"]].tolist() == ["", "waiting: raters disagree"]
    assert waiting.conflicts["judgements"].tolist() == ["x: low; y: high"]
    done = settle(settled, CUSTOM)
    assert done.overall.loc[0, ["overall", "basis"]].tolist() == ["moderate", "algorithm"]
    assert done.final["basis"].tolist() == ["agreement", "consensus"]


def test_an_overall_judgement_waits_for_all_domains(tmp_path: Path) -> None:
    long, _ = written(tmp_path, LONG + "A,x,allocation,low,\n")
    assert settle(long, CUSTOM).overall.loc[0, "basis"] == "waiting: attrition not judged"


@pytest.mark.parametrize(
    ("judged", "reason", "codes"),
    [
        ("high", "all authors sell the product", []),
        ("high", "", ["override-without-reason"]),
        ("low", "it matters little", ["override-below-worst"]),
        ("low", "", ["override-without-reason", "override-below-worst"]),
        ("moderate", "", []),
    ],
)
def test_overrides(tmp_path: Path, judged: str, reason: str, codes: list[str]) -> None:
    long, _ = written(tmp_path, LONG + f"A,,allocation,low,\nA,,attrition,moderate,\nA,,overall,{judged},{reason}\n")
    result = settle(long, CUSTOM)
    assert [f.code for f in result.faults] == codes
    if judged != "moderate":
        assert result.overall.loc[0, ["by_algorithm", "basis", "override_reason"]].tolist() == [
            "moderate",
            "override",
            reason,
        ]


def test_robvis_sheets_are_read_and_written(tmp_path: Path) -> None:
    text = "Study,D1,D2,D3,D4,D5,Overall,Weight\nA 2001,Low,Low,Some concerns,Low,Low,Some concerns,1\n"
    text += "B 2002,High,Low,Low,Low,Low,High,1\n"
    long, faults = written(tmp_path, text, ROB2)
    assert not list(faults)
    result = settle(long, ROB2)
    assert result.overall["overall"].tolist() == ["some_concerns", "high"]
    assert robvis(result.final, result.overall, ROB2).to_csv(index=False, lineterminator="\n") == text


# The headers and words of the example data that robvis ships (R/rob_data.R of its repository), with invented judgements.
ROBVIS = {
    "rob2": ("D1,D2,D3,D4,D5", ["Low", "High", "Some concerns", "No information", "Low"]),
    "rob2_cluster": ("D1,D1b,D2,D3,D4,D5", ["Low", "Not applicable", "Some concerns", "Low", "Low", "Low"]),
    "robins_i": ("D1,D2,D3,D4,D5,D6,D7", ["Low", "Moderate", "Serious", "Critical", "No information", "Low", "Low"]),
    "robins_e": ("D1,D2,D3,D4,D5,D6,D7", ["Low", "Some concerns", "High", "Very high", "Low", "Low", "Low"]),
    "cochrane1": (
        "Random.sequence.generation.,Allocation.concealment.,Blinding.of.participants.and.personnel.,"
        "Blinding.of.outcome.assessment,Incomplete.outcome.data,Selective.reporting.,Other.sources.of.bias.",
        ["Low", "Unclear", "High", "No information", "Not applicable", "Low", "Low"],
    ),
    "quadas2": ("D1,D2,D3,D4", ["Low", "Some concerns", "High", "No information"]),
    "quips": ("D1,D2,D3,D4,D5,D6", ["Low", "Moderate", "High", "No information", "Low", "Low"]),
}


@pytest.mark.parametrize("name", ROBVIS)
def test_robvis_sheets_of_all_its_tools_there_and_back(tmp_path: Path, name: str) -> None:
    headers, words = ROBVIS[name]
    tool = TOOLS[name]
    worst = tool.graded[-1].label
    text = f"Study,{headers},Overall,Weight\nKern 2001,{','.join(words)},{worst},33.3\n"
    long, faults = written(tmp_path, text, tool)
    assert not list(faults)
    assert dict(
        zip(long["domain"], long["judgement"].map({lv.id: lv.label for lv in tool.levels}), strict=True)
    ) == dict(zip([*tool.domains, "overall"], [*words, worst], strict=True))
    result = settle(long.assign(override_reason="weighed"), tool)
    out = robvis(result.final, result.overall, tool)
    assert out.loc[0, list(tool.domains)].tolist() == words
    (tmp_path / "out").mkdir()
    again, faults = written(tmp_path / "out", out.to_csv(index=False), tool)
    assert not list(faults)
    assert again[["domain", "judgement"]].equals(long[["domain", "judgement"]])


def test_a_column_of_judgements_that_names_no_domain_is_said(tmp_path: Path) -> None:
    text = "Study,D1,D2,D3,D4,Selection bias,Overall,Comment\nA,Low,Low,Low,Low,High,,fine\n"
    _, faults = written(tmp_path, text, ROB2)
    assert [(f.level, f.code, f.column) for f in faults] == [("warning", "unknown-domain", "Selection bias")]


def test_rob2s_rule_is_for_three_levels() -> None:
    four = tool_of({"tool": "custom", "levels": ["low", "moderate", "serious", "critical"], "overall": "rob2"})
    assert algorithm(four, {"a": "moderate", "b": "serious"}) == "serious"


def test_faults_of_a_sheet_come_at_once(tmp_path: Path) -> None:
    _, faults = written(
        tmp_path, LONG + "A,x,allocation,lowish,\nA,x,blinding,low,\nA,x,attrition,low,\nA,x,attrition,high,\n"
    )
    assert [(f.code, f.line) for f in faults] == [("unknown-level", 2), ("unknown-domain", 3), ("judged-twice", 5)]


def test_a_sheet_without_studies_says_so(tmp_path: Path) -> None:
    _, faults = written(tmp_path, "trial,D1\nA,low\n", ROB2)
    assert [f.code for f in faults] == ["missing-column"]


def test_the_worst_result_is_the_studys_level() -> None:
    overall = pd.DataFrame(
        {
            "study_id": ["A", "A", "B"],
            "outcome_id": ["x", "y", "x"],
            "overall": ["low", "high", "low"],
            "basis": ["algorithm"] * 3,
        }
    )
    assert study_level(overall, ROB2) == {"A": "high", "B": "low"}
    final = pd.DataFrame(columns=["study_id", "outcome_id", "domain", "judgement"])
    counts = summary(final, overall, ROB2)
    assert (
        counts["overall"]["high"],
        counts["overall"]["low"],
        counts["studies_assessed"],
        counts["by_unit"]["low"],
    ) == (1, 1, 2, 2)
    assert sum(counts["overall"].values()) == counts["studies_assessed"]


def test_kappa_of_a_table_worked_by_hand() -> None:
    # 20 both low, 5 and 10 apart, 15 both high (Cohen, 1960): Po .70, Pe .50, kappa .40.
    a = ["low"] * 25 + ["high"] * 25
    b = ["low"] * 20 + ["high"] * 5 + ["low"] * 10 + ["high"] * 15
    result = compare(a, b, ["low", "moderate", "high"])
    assert (result["agreement"], result["kappa"]) == (pytest.approx(0.7), pytest.approx(0.4))


def test_kappa_of_one_level_is_not_estimable() -> None:
    result = compare(["low"] * 4, ["low"] * 4, ["low", "high"])
    assert (result["kappa"], result["agreement"], result["reason"]) == (None, 1.0, "only one level was used")


def test_consensus_rows_are_no_rater(tmp_path: Path) -> None:
    long, _ = written(tmp_path, LONG + "A,x,allocation,low,\nA,y,allocation,high,\nA,consensus,allocation,low,\n")
    assert agreement(long, CUSTOM)["raters"] == ["x", "y"]


def test_pending_names_who_must_do_what(tmp_path: Path) -> None:
    path = tmp_path / "rob.csv"
    path.write_text(
        LONG
        + "A,x,allocation,low,\nA,y,allocation,high,\nA,x,attrition,low,\nA,y,attrition,low,\nZ,x,allocation,low,\n"
    )
    included = pd.DataFrame({"study_id": ["A", "B"], "label": ["A (2001)", "B (2002)"]})
    result = assess([str(path)], CUSTOM, included, raters=2)
    assert result.pending[["id", "who"]].values.tolist() == [["B", "rater"], ["A", "adjudicator"], ["Z", "rater"]]
    assert [f.code for f in result.findings] == ["not-included"]
    assert assess([], CUSTOM, included, wanted=False).pending.empty


def test_a_level_has_one_sign_in_every_tool() -> None:
    signs = {(level.label.lower(), level.symbol) for tool in TOOLS.values() for level in tool.levels}
    assert len(signs) == len(SYMBOLS)


def test_a_custom_scheme_takes_the_signs_of_the_levels_that_tools_know() -> None:
    known = tool_of({"levels": ["low", "moderate", "serious", "critical"]})
    own = tool_of({"levels": ["strong", "moderate", "weak"]})
    assert [level.symbol for level in known.graded] == ["+", "~", "−", "!"]
    assert [level.symbol for level in own.graded] == ["+", "~", "−"]
