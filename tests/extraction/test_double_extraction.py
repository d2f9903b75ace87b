"""Two people's sheets as they save them, compared, decided in a third, and read back: three invented reviews."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from prismake.extraction.codebook import Codebook
from prismake.extraction.load import load_reconciled
from prismake.extraction.stage import check_extraction
from prismake.records.tables import read_csv, write_csv

STUDIES = "study_id,label,country,design\n"
HEAD = "study_id,outcome_id,arm_id,contrast,timepoint,stat,value\n"


def extracted(folder: Path, studies: str, results: str, *, head: str = HEAD, encoding: str = "utf-8") -> list[str]:
    """One person's folder."""
    folder.mkdir()
    semicolons = ";" in results
    for name, text in (("studies", STUDIES + studies), ("results", head + results)):
        separated = text.replace(",", ";") if semicolons and name == "studies" else text
        (folder / f"{name}.csv").write_bytes(separated.encode(encoding))
    return [str(p) for p in sorted(folder.iterdir())]


def cells(extraction) -> dict[str, tuple[str, str, str]]:  # type: ignore[no-untyped-def]
    """Status and both values of each cell that differs, by the end of its key and its column."""
    frame = extraction.differences
    return {
        f"{r['key'].rsplit(' | ', 1)[-1] if r['sheet'] == 'results' else r['column']}": (
            r["status"],
            r["value_1"],
            r["value_2"],
        )
        for r in frame.to_dict("records")
    }


ANNA = "Kern 2001,bdi,new,,post,{}\n"


def test_a_comma_sheet_and_a_german_one_in_windows_1252(tmp_path: Path, book: Codebook) -> None:
    # Anna saves with commas and points, Björn in a German Excel: semicolons, decimal commas, Windows-1252.
    first = extracted(
        tmp_path / "anna",
        "Kern 2001,Kern (2001),Österreich,RCT\n",
        "".join(
            ANNA.format(x)
            for x in ("mean,14.2", "sd,8.10", "n,38", "median,NR", "q1,n/a", "q3,unclear", "min,3", "events,12")
        ),
    )
    second = extracted(
        tmp_path / "bjoern",
        "Kern 2001,Kern (2001),Österreich,rct\n",
        "".join(
            f"kern 2001;bdi;new;;Post;{x}\n"
            for x in ("mean;14,2", "sd;8,13", "n;83", "median;nr", "q1;NA", "q3;NR", "max;41", "events;")
        ),
        head=HEAD.replace(",", ";"),
        encoding="cp1252",
    )
    found = load_reconciled(first, second, [], book, {})
    assert not found.faults.errors
    assert cells(found) == {
        "sd": ("conflict", "8.10", "8.13"),
        "n": ("conflict", "38", "83"),
        "q3": ("conflict", "unclear", "NR"),
        "min": ("only_1", "3", ""),
        "max": ("only_2", "", "41"),
        "events": ("only_1", "12", ""),
    }
    values = dict(zip(found["results"]["stat"], found["results"]["value"], strict=True))
    assert values == {
        "mean": "14.2", "sd": "", "n": "", "median": "NR", "q1": "n/a", "q3": "", "min": "3", "events": "12", "max": "41",
    }  # fmt: skip
    assert found["studies"]["country"].tolist() == ["Österreich"]


def test_what_was_decided_in_a_spreadsheet_is_read_back(tmp_path: Path, book: Codebook) -> None:
    lines = ("mean,14.2", "sd,8.1", "n,38")
    first = extracted(tmp_path / "a", "Kern 2001,K,,\n", "".join(ANNA.format(x) for x in lines))
    second = extracted(
        tmp_path / "b",
        "Kern 2001,K,,\n",
        "".join(ANNA.format(x) for x in ("mean,12.4", "sd,9.1", "n,40")),
    )
    listed = load_reconciled(first, second, [], book, {}).differences
    assert listed is not None and listed["status"].tolist() == ["conflict"] * 3
    # The adjudicator opens the list in a German Excel, fills in decision and who, and saves it there.
    filled = listed.assign(decision=["14,2", "8,6", ""], who="CD", date="2024-05-01")
    sheet = tmp_path / "decided.csv"
    text = "\r\n".join(";".join(row) for row in [list(filled.columns), *filled.values.tolist()])
    sheet.write_bytes(text.replace("  ", " ").encode("cp1252"))
    found = load_reconciled(first, second, [str(sheet)], book, {})
    assert not list(found.faults)
    assert found["results"]["value"].tolist() == ["14.2", "8.6", ""]
    assert found.differences["decision"].tolist() == ["14.2", "8.6", ""]
    assert found.differences["who"].tolist() == ["CD", "CD", ""]
    # The same as a workbook with numbers in its cells.
    workbook = openpyxl.Workbook()
    for row in [list(filled.columns), *filled.assign(decision=[14.2, 8.6, ""]).values.tolist()]:
        workbook.active.append(row)
    workbook.save(tmp_path / "decided.xlsx")
    again = load_reconciled(first, second, [str(tmp_path / "decided.xlsx")], book, {})
    assert again["results"]["value"].tolist() == ["14.2", "8.6", ""]


@pytest.mark.parametrize(
    ("decisions", "code"),
    [
        (["14.2,38", "14.2,39"], "decided-twice"),
        (["14.2,38", "14.2,38"], None),
        (["99,38"], "decision-on-other-values"),
    ],
)
def test_decisions_that_cannot_all_hold(tmp_path: Path, book: Codebook, decisions, code) -> None:  # type: ignore[no-untyped-def]
    first = extracted(tmp_path / "a", "Kern 2001,K,,\n", ANNA.format("mean,14.2"))
    second = extracted(tmp_path / "b", "Kern 2001,K,,\n", ANNA.format("mean,12.4"))
    listed = load_reconciled(first, second, [], book, {}).differences
    assert listed is not None
    key = listed["key"].iloc[0]
    rows = [
        {"sheet": "results", "key": key, "column": "value", "value_1": d.split(",")[0], "value_2": "12.4"}
        | {"decision": d.split(",")[1]}
        for d in decisions
    ]
    write_csv(type(listed)(rows), tmp_path / "decided.csv")
    faults = list(load_reconciled(first, second, [str(tmp_path / "decided.csv")], book, {}).faults)
    assert [f.code for f in faults] == ([code] if code else [])
    assert all(f.line and f.file.endswith("decided.csv") for f in faults)


def test_a_sheet_of_decisions_without_its_columns_says_so(tmp_path: Path, book: Codebook) -> None:
    first = extracted(tmp_path / "a", "Kern 2001,K,,\n", ANNA.format("mean,14.2"))
    second = extracted(tmp_path / "b", "Kern 2001,K,,\n", ANNA.format("mean,12.4"))
    (tmp_path / "decided.csv").write_text("sheet,key,value\nresults,x,1\n")
    faults = load_reconciled(first, second, [str(tmp_path / "decided.csv")], book, {}).faults
    assert sorted(f.column for f in faults.errors) == ["column", "decision"]


def test_a_row_that_stands_twice_in_one_sheet_is_not_lost_in_silence(tmp_path: Path, book: Codebook) -> None:
    first = extracted(tmp_path / "a", "Kern 2001,K,,\n", ANNA.format("mean,14.2") + ANNA.format("mean,15.0"))
    second = extracted(tmp_path / "b", "Kern 2001,K,,\n", ANNA.format("mean,14.2"))
    (fault,) = load_reconciled(first, second, [], book, {}).faults.errors
    assert (fault.code, fault.line) == ("row-twice", 3)
    assert "line 2" in fault.expected


def test_agreement_for_each_variable_as_worked_out_by_hand(tmp_path: Path, book: Codebook) -> None:
    # Of five studies the first reader has a mean more. Means of 10, 12, 14, 16 against 10, 12, 15, 16: 3 of 5 cells agree.
    # Cluster trial or not: no, no, yes, yes, no against no, yes, yes, yes, no: 4 of 5; expected .6 x .4 + .4 x .6 = .48, so
    # kappa is .32 / .52.
    def sheets(folder: str, means: list[str], clusters: list[str]) -> list[str]:
        studies = "".join(f"S{i},S{i},,{d}\n" for i, d in enumerate(clusters))
        results = "".join(f"S{i},bdi,new,,post,mean,{m}\nS{i},bdi,new,,post,n,40\n" for i, m in enumerate(means) if m)
        made = extracted(tmp_path / folder, studies, results)
        path = tmp_path / folder / "studies.csv"
        path.write_text(path.read_text().replace("country,design", "country,cluster_randomised"))
        return made

    first = sheets("a", ["10", "12", "14", "16", "9"], ["no", "no", "yes", "yes", "no"])
    second = sheets("b", ["10", "12", "15", "16", ""], ["no", "yes", "yes", "yes", "no"])
    table = load_reconciled(first, second, [], book, {}).agreement
    assert table is not None
    rows = table.set_index(["sheet", "column"])
    mean = rows.loc[("results", "value of mean")]
    assert (mean["cells"], mean["agree"], mean["conflict"], mean["one_sided"]) == (5, 3, 1, 1)
    assert mean["percent_agreement"] == 60
    # Pairs (10, 10), (12, 12), (14, 15), (16, 16): grand mean 13.125. Mean squares of studies 2 x (9.765625 + 1.265625 +
    # 1.890625 + 8.265625) / 3 = 14.125, of people 4 x 2 x 0.125^2 = 0.125, of error 0.375 / 3 = 0.125.
    assert mean["icc"] == pytest.approx((14.125 - 0.125) / (14.125 + 0.125 + 2 * (0.125 - 0.125) / 4))
    assert rows.loc[("results", "value of n"), "percent_agreement"] == 80
    assert mean["kappa"] != mean["kappa"]
    cluster = rows.loc[("studies", "cluster_randomised")]
    assert (cluster["percent_agreement"], cluster["kappa"]) == (80, pytest.approx(0.32 / 0.52))


def test_two_remarks_both_stay(tmp_path: Path, book: Codebook) -> None:
    head = HEAD.strip() + ",note\n"
    first = extracted(tmp_path / "a", "S1,S1,,\n", "S1,bdi,new,,post,mean,4,from a figure\n", head=head)
    second = extracted(tmp_path / "b", "S1,S1,,\n", "S1,bdi,new,,post,mean,4,checked\n", head=head)
    found = load_reconciled(first, second, [], book, {})
    assert found["results"]["note"].tolist() == ["from a figure; checked"]
    assert found.differences is not None and found.differences.empty


def test_what_is_read_back_was_written_by_the_script(tmp_path: Path, book: Codebook) -> None:
    first = extracted(tmp_path / "a", "S1,S1,,\n", "S1,bdi,new,,post,mean,=4+1\n")
    second = extracted(tmp_path / "b", "S1,S1,,\n", "S1,bdi,new,,post,mean,5\n")
    listed = load_reconciled(first, second, [], book, {}).differences
    assert listed is not None
    write_csv(listed, tmp_path / "differences.csv")
    back = read_csv(tmp_path / "differences.csv")
    assert back["key"].tolist() == listed["key"].tolist()


def test_cells_on_which_the_two_differ_wait_and_are_no_blanks(tmp_path: Path, book: Codebook) -> None:
    lines = ("mean,14.2", "sd,8.1", "n,38", "q1,")
    first = extracted(tmp_path / "a", "Kern 2001,K,,\n", "".join(ANNA.format(x) for x in lines))
    second = extracted(tmp_path / "b", "Kern 2001,K,,\n", "".join(ANNA.format(x) for x in ("mean,12.4", *lines[1:])))
    extraction = load_reconciled(first, second, [], book, {})
    included = pd.DataFrame({"study_id": ["Kern 2001"], "label": ["K"]})
    checked = check_extraction(extraction, book, included)
    blank = [(f.line, f.column) for f in checked.findings if f.code == "required" and f.column == "value"]
    assert blank == [(5, "value")]  # the quartile that both left blank, not the mean
    assert "decide between '14.2' and '12.4'" in checked.pending["what"].tolist()
