"""One datum of what people hand in is changed in turn: its number changes wherever the report says it, in every format."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("pypandoc")
pytest.importorskip("typst")


class Datum(NamedTuple):
    """A line of an input as it is and as it becomes; what the report says of it (its number in a group), and how."""

    file: str
    old: str
    new: str
    said: str
    before: str
    after: str


# What has the shortest way to the report first, so that each build repeats little: the changes stay.
DATA = {
    "setting": Datum("config/protocol.yaml", "level: 95", "level: 90", r"(\d+)% CI \[", "95", "90"),
    "risk-of-bias rating": Datum(
        "resources/risk_of_bias/risk_of_bias.csv",
        "T2,,Ann Reader,attrition,high",
        "T2,,Ann Reader,attrition,moderate",
        r"was judged low in 1 study and (\w+) in 1 study",
        "high",
        "moderate",
    ),
    "extraction cell": Datum(
        "resources/extraction/results.csv",
        "T1,bdi,a,,post,12,mean,10.0",
        "T1,bdi,a,,post,12,mean,8.0",
        r"MD\W{,2} = (\d\.\d\d), \d\d% CI",
        "3.00",
        "3.90",
    ),
    "retrieval row": Datum(
        "resources/retrieval/retrieval.csv",
        "0005,,yes,no,",
        "0005,,yes,yes,",
        r"(\d)(?: reports from databases)? were assessed in full text",
        "4",
        "5",
    ),
    "vote": Datum(
        "resources/screening/votes.csv",
        "title_abstract,scopus:2-s2.0-99100000003,Bo Judge,reviewer,exclude",
        "title_abstract,scopus:2-s2.0-99100000003,Bo Judge,reviewer,include",
        r"both decided on 8 records and agreed on ([\d.]+)%",
        "87.5",
        "100.0",
    ),
    "full-text vote": Datum(
        "resources/screening/votes.csv",
        "full_text,scopus:2-s2.0-99100000003,Bo Judge,reviewer,exclude,comparator",
        "full_text,scopus:2-s2.0-99100000003,Bo Judge,reviewer,include,",
        r"both decided on 4 reports and agreed on ([\d.]+)%",
        "100.0",
        "75.0",
    ),
    # Another work, no more a duplicate of Scopus' fourth record.
    "search export row": Datum(
        "resources/searches/psycinfo_ovid.ris",
        "DO  - http://dx.doi.org/10.5555/sim.tiny.0004\nT1  - Gene panels and the dose of sertraline.",
        "DO  - http://dx.doi.org/10.5555/sim.tiny.0999\nT1  - Walking in winter woods.",
        r"After (\d) duplicates were removed",
        "4",
        "3",
    ),
}
FORMATS = ["html", "docx", "md", "tex"] + (["pdf"] if shutil.which("pdftotext") else [])


def words_of(path: Path) -> str:
    """The words of a report, without its format's own marks."""
    if path.suffix == ".pdf":
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    elif path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            xml = archive.read("word/document.xml").decode()
        text = html.unescape(re.sub(r"<[^>]+>", "", xml.replace("</w:p>", " ")))
    else:
        text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.S)
        text = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:a|em|i|strong|b|span)\b[^>]*>", "", text)))
    if path.suffix == ".tex":
        text = text.replace("~", " ").replace("{[}", "[")
    return " ".join(text.replace("\\", "").split())


@pytest.fixture(scope="module")
def said(tiny: Path, build, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Datum -> format -> the words of the report after its change; `nothing` before any."""
    folder = shutil.copytree(tiny, tmp_path_factory.mktemp("datum") / "tiny")
    config = folder / "config/config.yaml"
    formats = "\nreport: {formats: [html, docx, pdf, latex, markdown]}\n"
    config.write_text(config.read_text().replace("final: true", "final: false") + formats)
    found = {"nothing": {"html": words_of(tiny / "results/report/report.html")}}
    for name, datum in DATA.items():
        path = folder / datum.file
        text = path.read_text(encoding="utf-8")
        assert text.count(datum.old) == 1
        path.write_text(text.replace(datum.old, datum.new), encoding="utf-8")
        build(folder, "results/report/report.html")
        found[name] = {f: words_of(folder / f"results/report/report.{f}") for f in FORMATS}
    return found


@pytest.mark.parametrize("name", DATA)
def test_a_changed_input_changes_what_is_said_of_it(said: dict[str, dict[str, str]], name: str) -> None:
    datum, before = DATA[name], ["nothing", *DATA][list(DATA).index(name)]
    for when, value in ((before, datum.before), (name, datum.after)):
        for ending, words in said[when].items():
            assert set(re.findall(datum.said, words)) == {value}, (when, ending)
