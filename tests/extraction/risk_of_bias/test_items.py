"""The items of the Metapsy tool: what their answers make of the domains."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from prismake.extraction.risk_of_bias.items import ITEM_DOMAINS, domain_levels
from prismake.extraction.risk_of_bias.judgements import read_items, read_judgements
from prismake.extraction.risk_of_bias.stage import assess
from prismake.extraction.risk_of_bias.tools import TOOLS

TOOL = TOOLS["metapsy"]
WORDS = {"Y": "Yes/PY", "N": "No/PN", "?": "NI"}
FIRST = {"D1": 1, "D2": 5, "D3": 10, "D4": 15, "D5": 19}


def answered(domain: str, letters: str) -> dict[str, str]:
    """Item -> answer of a domain's items in order, "-" for none."""
    numbers = range(FIRST[domain], FIRST[domain] + len(letters))
    given = zip(numbers, letters, strict=True)
    return {f"{domain.lower()}_{number}": WORDS[letter] for number, letter in given if letter != "-"}


def test_there_are_24_items_in_five_domains() -> None:
    assert len(ITEM_DOMAINS) == 24
    assert set(ITEM_DOMAINS.values()) == set(TOOL.domains)


@pytest.mark.parametrize(
    ("domain", "letters", "level"),
    [
        ("D1", "YNYY", "high"),
        ("D1", "Y?NY", "high"),
        ("D1", "Y?YY", "some_concerns"),
        ("D1", "NYYY", "some_concerns"),
        ("D1", "YYYN", "some_concerns"),
        ("D1", "?YY?", "low"),
        ("D1", "Y-YY", None),
        ("D2", "YY---", "low"),
        ("D2", "NN?Y-", "low"),
        ("D2", "NNYNY", "some_concerns"),
        ("D2", "NNYN?", "high"),
        ("D2", "NNNYY", "high"),
        ("D2", "NNYN-", None),
        ("D3", "Y----", "low"),
        ("D3", "NNYYN", "some_concerns"),
        ("D3", "N?NYY", "some_concerns"),
        ("D3", "NNYNN", "high"),
        ("D3", "NYYYY", None),
        ("D4", "NYN-", "low"),
        ("D4", "NNYY", "low"),
        ("D4", "NYY?", "high"),
        ("D4", "N?YY", None),
        ("D5", "NYYYYY", "some_concerns"),
        ("D5", "YY?YYY", "some_concerns"),
        ("D5", "YYYYYN", "high"),
        ("D5", "YYYYYY", "low"),
        ("D5", "YYY?YY", "some_concerns"),
        ("D5", "YYYNYY", "high"),
    ],
)
def test_a_domain_follows_from_its_items(domain: str, letters: str, level: str | None) -> None:
    assert domain_levels(answered(domain, letters)).get(domain) == level


LOW = {**answered("D1", "YYYY"), **answered("D2", "YY"), **answered("D3", "Y"), **answered("D4", "NYN"), **answered("D5", "YYYYYY")}  # fmt: skip


def template(tmp_path: Path, *rows: dict[str, str]) -> Path:
    """The tool's sheet: one row a study and rater, a column an item, columns for notes."""
    columns = ["study", "rater", *ITEM_DOMAINS, *(f"d{i}_notes" for i in range(1, 6))]
    path = tmp_path / "rob.csv"
    pd.DataFrame([{c: row.get(c, "") for c in columns} for row in rows]).to_csv(path, index=False)
    return path


def test_the_template_gives_domains_and_the_overall_judgement(tmp_path: Path) -> None:
    path = template(
        tmp_path,
        {"study": "Kern 2001", **LOW, "d1_notes": "computer list"},
        {"study": "Wolf 2002", **LOW, **answered("D1", "YNYY")},
        {"study": "Lang 2003", **LOW, **answered("D3", "NYYYY")},
    )
    included = pd.DataFrame({"study_id": ["Kern 2001", "Wolf 2002", "Lang 2003"], "label": ["a", "b", "c"]})
    result = assess([str(path)], TOOL, included)
    assert not result.findings.errors
    overall = result.settled.overall.set_index("study_id")
    assert overall["overall"].to_dict() == {"Kern 2001": "low", "Wolf 2002": "high", "Lang 2003": ""}
    assert "D3 not judged" in overall.loc["Lang 2003", "basis"]
    assert result.pending["id"].tolist() == ["Lang 2003"]
    support = result.settled.final.query("study_id == 'Wolf 2002' and domain == 'D1'")["support"].iloc[0]
    assert "d1_2 No/PN" in support
    assert len(result.items) == 3 * len(LOW) + 4


def test_a_rater_judges_what_the_items_leave_open_and_gives_a_reason_for_another_judgement(tmp_path: Path) -> None:
    lines = ["study_id,domain,judgement,support"]
    lines += [f"Lang 2003,{item},{answer}," for item, answer in {**LOW, **answered("D3", "NYYYY")}.items()]
    path = tmp_path / "rob.csv"
    path.write_text("\n".join([*lines, "Lang 2003,D3,Low,sensitivity analyses agree", "Lang 2003,D1,Some concerns,"]))
    long, faults = read_judgements(path, TOOL)
    assert [f.code for f in faults.errors] == ["domain-differs-from-items"]
    assert long.set_index("domain")["judgement"].to_dict()["D3"] == "low"
    path.write_text(path.read_text() + "the list was kept by the therapist")
    assert not read_judgements(path, TOOL)[1].errors


def test_a_wrong_answer_names_its_cell(tmp_path: Path) -> None:
    path = template(tmp_path, {"study": "Kern 2001", **LOW, "d1_2": "perhaps"})
    fault = read_judgements(path, TOOL)[1].errors[0]
    assert (fault.code, fault.line, fault.column, fault.value) == ("unknown-answer", 2, "d1_2", "perhaps")


def test_two_raters_agree_item_by_item(tmp_path: Path) -> None:
    first, second = {"study": "Kern 2001", **LOW}, {"study": "Kern 2001", **LOW, "d1_3": "NI"}
    path = template(tmp_path, {**first, "rater": "AB"}, {**second, "rater": "CD"})
    included = pd.DataFrame({"study_id": ["Kern 2001"], "label": ["Kern"]})
    found = assess([str(path)], TOOL, included, raters=2).agreement["items"]["pairs"][0]["all_domains"]
    assert (found["n"], found["agreement"]) == (len(LOW), pytest.approx(1 - 1 / len(LOW)))
    assert len(read_items(path, TOOL)) == 2 * len(LOW)
    assert read_items(path, TOOLS["rob2"]).empty


def test_the_columns_of_cochranes_data_packages_are_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(
        "Study,Bias arising from the randomization process judgement,Bias arising from the randomization process support,"
        "Bias due to deviations from intended interventions judgement,Bias due to missing outcome data judgement,"
        "Bias in measurement of the outcome judgement,Bias in selection of the reported result judgement,"
        "Overall bias judgement,Overall bias support\n"
        "Kern 2001,Low risk of bias,computer list,Low risk of bias,Some concerns,Low risk of bias,Low risk of bias,Some concerns,\n"
    )
    long, faults = read_judgements(path, TOOLS["rob2"])
    assert not faults.errors
    rows = long.set_index("domain")
    assert rows["judgement"].to_dict() == {
        "D1": "low", "D2": "low", "D3": "some_concerns", "D4": "low", "D5": "low", "overall": "some_concerns",
    }  # fmt: skip
    assert rows["support"].to_dict()["D1"] == "computer list"


def test_the_domains_of_cochranes_older_data_packages_are_read(tmp_path: Path) -> None:
    path = tmp_path / "CD000000-risk-of-bias.csv"
    path.write_text(
        "Study,Domain (judgement): Random sequence generation (selection bias),Domain (support): Random sequence generation "
        "(selection bias),Domain (judgement): Blinding of outcome assessment (detection bias): All outcomes\n"
        "Kern 2001,Low risk,computer list,High risk\n"
    )
    long, faults = read_judgements(path, TOOLS["cochrane1"])
    assert not faults.errors
    found = long[["study_id", "domain", "judgement", "support"]].fillna("").values.tolist()
    assert found == [["Kern 2001", "D1", "low", "computer list"], ["Kern 2001", "D4", "high", ""]]
