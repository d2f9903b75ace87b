"""The script that writes the report."""

import csv
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

from invented_results import PROTOCOL, SETTINGS, fabricate

TEMPLATES = Path(__file__).resolve().parents[2] / "workflow" / "templates"


@pytest.fixture
def run(script, tmp_path, monkeypatch):
    """Run it in a review folder with invented results, as its rule does."""
    fabricate(tmp_path)
    monkeypatch.chdir(tmp_path)

    def go(formats=("html",), manuscript=(), leave_out=(), bibliography=(), csl=()):
        declared = [p.as_posix() for p in sorted(Path("results").rglob("*.*")) if p.is_file()]
        script("report").main(
            results=[p for p in declared if not p.endswith(tuple(leave_out) or "\0")],
            manuscript=list(manuscript),
            templates=[str(p) for p in sorted(TEMPLATES.rglob("*.*")) if p.is_file()],
            bibliography=list(bibliography),
            csl=list(csl),
            formats=[f"results/report/report.{ending}" for ending in formats],
            numbers="results/report/numbers.csv",
            settings={**SETTINGS, "protocol": PROTOCOL, "analyses": PROTOCOL["analyses"]},
        )
        return Path("results/report")

    return go


def test_it_writes_every_format_with_peoples_texts(run):
    Path("background.md").write_text("Why: {{ n('flow.records_screened') }} reasons.", encoding="utf-8")
    folder = run(("html", "md"), ["background.md"])
    assert "Simulated example" in (folder / "report.html").read_text(encoding="utf-8")
    assert "Why: 40 reasons." in (folder / "report.md").read_text(encoding="utf-8")


def test_it_cites_from_peoples_own_bibliography(run):
    Path("references.bib").write_text("@book{roe, author={Roe, Jane}, title={A book}, year=2020}", encoding="utf-8")
    Path("background.md").write_text("As @roe [p. 3] and [@s000] say.", encoding="utf-8")
    text = (run(("html", "md"), ["background.md"], bibliography=["references.bib"]) / "report.md").read_text("utf-8")
    assert "As Roe (2020, p. 3) and (Müller & van der Berg, 2001" in text
    assert "Roe, J. (2020). *A book*." in text and "\\*Müller, A., & van der Berg, B. J. (2001" in text


def test_it_refuses_a_citation_of_nothing(run):
    from prismake.messages.faults import InputFaults

    Path("background.md").write_text("As @roe says.", encoding="utf-8")
    with pytest.raises(InputFaults, match="nothing is known of this cited source"):
        run(manuscript=["background.md"])


def test_it_writes_where_each_number_was_taken_from(run):
    with (run() / "numbers.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    screened = rows["flow.records_screened"]
    assert (screened["value"], screened["file"], screened["key"]) == ("40", "flow/flow.json", "boxes.records_screened")
    assert len(screened["sha256"]) == 64


def test_a_file_that_the_rule_does_not_declare_is_not_read(run):
    from prismake.report.results import UndeclaredFile

    with pytest.raises(UndeclaredFile, match="characteristics"):
        run(leave_out=("characteristics.csv",))
