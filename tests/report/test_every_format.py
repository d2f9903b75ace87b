"""One datum of each stage is changed in turn: the number changes wherever it stands, in every format, and no other does."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from invented_reports import TEMPLATES, document_of, facts_of
from invented_results import fabricate, write_csv
from prismake.report.formats_written import write_formats
from prismake.report.numbers import descend
from prismake.report.paper import typst_source

pytest.importorskip("pypandoc")
pytest.importorskip("typst")

Change = Callable[[Path, Any], None]


def in_json(file: str, *keys: str) -> Change:
    """Sets the values at dotted keys of a JSON file."""

    def change(results: Path, value: Any) -> None:
        path = results / file
        content = json.loads(path.read_text(encoding="utf-8"))
        for key in keys:
            parent, _, last = key.rpartition(".")
            holder = descend(content, parent) if parent else content
            holder[int(last) if isinstance(holder, list) else last] = value
        path.write_text(json.dumps(content), encoding="utf-8")

    return change


def in_csv(file: str, row: int, column: str) -> Change:
    """Sets a cell of a CSV file."""

    def change(results: Path, value: Any) -> None:
        path = results / file
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        rows[row][column] = value
        write_csv(path, rows)

    return change


# Stage -> where its datum stands, then two raw values and how each is written: nothing else in the report looks so.
DATA: dict[str, tuple[Change, tuple[Any, str], tuple[Any, str]]] = {
    "search": (in_json("flow/flow.json", "sources.scopus", "databases.0.n"), (48171, "48,171"), (48272, "48,272")),
    "deduplication": (in_json("flow/flow.json", "boxes.duplicates"), (39181, "39,181"), (39282, "39,282")),
    "screening": (in_json("flow/flow.json", "boxes.records_excluded"), (27191, "27,191"), (27292, "27,292")),
    "agreement": (
        in_json("screening/agreement.json", "phases.title_abstract.overall.pairs.0.n"),
        (31201, "31,201"),
        (31302, "31,302"),
    ),
    "full text": (in_json("flow/flow.json", "reasons.0.n"), (61211, "61,211"), (61312, "61,312")),
    "studies": (in_json("flow/flow.json", "boxes.total_studies"), (71221, "71,221"), (71322, "71,322")),
    "extraction": (in_csv("extraction/characteristics.csv", 1, "n_randomised"), ("81231", "81231"), ("81332", "81332")),
    "effects": (in_csv("effects/effects.csv", 0, "m1"), ("91241.5", "91,241.50"), ("91342.5", "91,342.50")),
    "risk of bias": (
        in_csv("risk_of_bias/overall.csv", 0, "overall"),
        ("quite invented", "quite invented"),
        ("wholly made up", "wholly made up"),
    ),
    "analysis": (in_json("analyses/primary/result.json", "estimate.b"), (7123.451, "7,123.45"), (7224.561, "7,224.56")),
    "claims": (in_csv("claims/claims.csv", 0, "stated"), ("g 0.61234", "g 0.61234"), ("g 0.72345", "g 0.72345")),
}


def set_data(results: Path, changed: str = "") -> None:
    """Every stage's datum at its first value, that of `changed` at its second."""
    for stage, (change, first, second) in DATA.items():
        change(results, (second if stage == changed else first)[0])


def texts_of(results: Path, folder: Path) -> dict[str, str]:
    """Format -> the words of the report in it."""
    facts = facts_of(results)
    document = document_of(facts)
    paths = {ending: folder / f"report.{ending}" for ending in ("html", "docx", "pdf", "tex", "md")}
    write_formats(document, facts, TEMPLATES, list(paths.values()))
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", paths["html"].read_text(encoding="utf-8"), flags=re.S)
    with zipfile.ZipFile(paths["docx"]) as archive:
        word = archive.read("word/document.xml").decode("utf-8")
    texts = {
        "html": html.unescape(re.sub(r"<[^>]+>", "|", page)),
        "docx": html.unescape(re.sub(r"<[^>]+>", "", word.replace("</w:p>", "|"))),
        "tex": paths["tex"].read_text(encoding="utf-8").replace("{,}", ","),
        "md": paths["md"].read_text(encoding="utf-8"),
        "typst": typst_source(document, facts, "", {}),
    }
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-layout", paths["pdf"], "-"], capture_output=True, check=True)
        texts["pdf"] = done.stdout.decode("utf-8")
    return {ending: re.sub(r"\s+", " ", text) for ending, text in texts.items()}


def counted(texts: dict[str, str]) -> Counter[tuple[str, str]]:
    """(format, value as written) -> how often it stands there."""
    written = [said for _, first, second in DATA.values() for _, said in (first, second)]
    return Counter({(ending, said): text.count(said) for ending, text in texts.items() for said in written})


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fabricate(tmp_path_factory.mktemp("changing"), records=8, studies=2, pooled=2)


@pytest.fixture(scope="module")
def before(review: Path, tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[str, str]]:
    set_data(review)
    return counted(texts_of(review, tmp_path_factory.mktemp("before")))


def test_every_datum_stands_in_every_format(before: Counter[tuple[str, str]]) -> None:
    for stage, (_, (_, first), (_, second)) in DATA.items():
        found = {ending: n for (ending, said), n in before.items() if said == first}
        # The printed page breaks lines, and the HTML page alone draws the boxes of the flow with numbers.
        assert all(n > 0 for n in found.values()), (stage, found)
        assert all(n == 0 for (_, said), n in before.items() if said == second), stage


@pytest.mark.parametrize("stage", DATA)
def test_a_changed_datum_changes_wherever_it_stands(
    review: Path, before: Counter[tuple[str, str]], tmp_path: Path, stage: str
) -> None:
    set_data(review, stage)
    after = counted(texts_of(review, tmp_path))
    _, (_, first), (_, second) = DATA[stage]
    swapped = Counter({(e, {first: second, second: first}.get(said, said)): n for (e, said), n in before.items()})
    assert {key: n for key, n in after.items() if n != swapped[key]} == {}
