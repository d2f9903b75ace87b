"""The example review is what its generator writes, and it holds what a whole review holds."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
RESOURCES = HERE.parents[1] / "resources"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the generator wrote just now, by its own command and under another hash seed."""
    folder = tmp_path_factory.mktemp("resources")
    subprocess.run(
        [sys.executable, str(HERE / "generate.py"), str(folder)],
        check=True, env={"PYTHONHASHSEED": "17", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    return folder


def table(folder: Path, name: str, delimiter: str = ",") -> list[dict[str, str]]:
    text = (folder / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def files(folder: Path) -> dict[str, bytes]:
    """Path -> content of all files but the texts of the manuscript, which are written by hand."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: content for name, content in found.items() if not name.startswith("manuscript/")}


def test_the_committed_resources_are_what_the_generator_writes(made: Path) -> None:
    new, old = files(made), files(RESOURCES)
    assert sorted(new) == sorted(old)
    assert [name for name in new if new[name] != old[name]] == []


def test_config_states_the_hits_that_the_exports_hold(made: Path) -> None:
    config = yaml.safe_load((HERE.parents[1] / "config" / "config.yaml").read_text(encoding="utf-8"))
    hits = {search["id"]: search["hits"] for search in config["searches"]}
    texts = {name: content.decode("utf-8-sig") for name, content in files(made).items() if name.startswith("searches/")}
    assert hits == {
        "scopus": len(table(made, "searches/scopus.csv")),
        "psycinfo": sum(line.startswith("TY  - ") for line in texts["searches/psycinfo_ovid.ris"].split("\n")),
        "wos": sum(line == "PT J" for name, text in texts.items() if "savedrecs" in name for line in text.split("\n")),
        "register": len(table(made, "searches/register.csv")),
    }
    assert 1450 <= sum(hits.values()) <= 1550


def test_each_export_begins_and_ends_as_its_database_writes_it(made: Path) -> None:
    assert (made / "searches/scopus.csv").read_bytes().startswith(b'\xef\xbb\xbf"Authors","Author full names"')
    wos = (made / "searches/savedrecs.txt").read_bytes()
    assert wos.startswith(b"\xef\xbb\xbfFN Clarivate Analytics Web of Science\nVR 1.0\nPT J\n")
    assert wos.endswith(b"\nER\n\nEF")
    ovid = (made / "searches/psycinfo_ovid.ris").read_text(encoding="utf-8")
    assert ovid.startswith("1. \nTY  - JOUR\nID  - ")
    assert "\nER  - \nNL  - " in ovid and "\n\nLink to the Ovid Full Text" in ovid and "\nSP  - No\n" in ovid


def test_two_reviewers_differ_on_five_to_eight_percent_and_a_third_settles_each(made: Path) -> None:
    votes: dict[str, set[str]] = {}
    words = {"1": "in", "0": "in", "-1": "out"}
    log = table(made, "screening/title_abstract/rayyan/customizations_log.csv")
    last = {(row["article_id"], row["user_id"]): row["value"] for row in log if row["key"] == "included"}
    for (article, _), value in last.items():
        votes.setdefault(f"rayyan-{article}", set()).add(words[value])
    for name in ("brandmoor", "vettergrund"):
        for row in table(made, f"screening/title_abstract/asreview_{name}.csv"):
            votes.setdefault(row["prismake_record_id"], set()).add("in" if row["asreview_label"] == "1" else "out")
    conflicts = sum(len(found) == 2 for found in votes.values())
    assert 0.05 <= conflicts / len(votes) <= 0.08
    adjudicated = table(made, "screening/title_abstract/adjudication.csv")
    assert len(adjudicated) == len({row["record_id"] for row in adjudicated}) == conflicts
    assert {row["reviewer"] for row in adjudicated} == {"Rosa Quellmann"}


def test_seventeen_studies_in_twenty_two_reports_of_which_nine_can_be_pooled(made: Path) -> None:
    links = table(made, "studies/studies.csv")
    assert len(links) == 22 and len({row["study_id"] for row in links}) == 17
    assert Counter(row["primary"] for row in links) == {"yes": 17, "no": 5}
    studies = table(made, "extraction/studies.csv")
    assert len(studies) == 17
    assert sum(row["narrative_only"] == "" for row in studies) == 9


def test_every_extracted_value_has_its_source(made: Path) -> None:
    keys = {row["cell_key"] for row in table(made, "extraction/sources.csv")}
    for row in table(made, "extraction/results.csv"):
        unit = row["arm_id"] or row["contrast"]
        key = f"results/{row['study_id']}/{row['outcome_id']}/{unit}/{row['timepoint']}/{row['stat']}"
        assert key in keys


def test_everything_is_marked_as_invented(made: Path) -> None:
    searches = [name for name in files(made) if name.startswith("searches/")]
    text = "".join((made / name).read_text(encoding="utf-8-sig") for name in searches)
    dois = {word for word in text.split('"') if word.startswith("10.")}
    assert dois and all(doi.startswith("10.5555/sim.") for doi in dois)
    assert "simulated" in (made / "README.md").read_text(encoding="utf-8")


def test_each_conflict_of_the_two_extractions_is_ruled_on(made: Path) -> None:
    first, second = (table(made, f"{folder}/results.csv") for folder in ("extraction", "extraction_second"))
    differ = [(one["value"], two["value"]) for one, two in zip(first, second, strict=True) if one != two]
    rulings = {(row["value_1"], row["value_2"]) for row in table(made, "extraction_adjudicated/adjudicated.csv")}
    rounded = [pair for pair in differ if pair not in rulings]
    assert len(rulings) == 5 and len(rounded) == 1
    assert abs(float(rounded[0][0]) - float(rounded[0][1])) <= 0.05
