"""Write the example review's resources: a whole simulated review, made by one seed.

    python tests/example/generate.py            rewrites resources/ of this repository, byte for byte
    python tests/example/generate.py FOLDER     writes them into FOLDER

All records, people, journals, studies and numbers are invented. The seed was chosen once and not for what came out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from certainty import grade_sheet
from dice import Dice
from double_extraction import doubled
from exports import Source, ovid_ris, register_csv, scopus_csv, sources_of, wos_text
from rulings import rulings_sheet
from screening import (
    Record,
    adjudications,
    asreview,
    calibration,
    full_text,
    other_methods,
    rayyan,
    records_of,
    register_sheet,
    reports_of,
    retrieval,
    studies_sheet,
    votes_of,
)
from studies import Extraction, risk_of_bias
from works import Work, literature

SEED = 20250917
README = """# The example review's material: simulated

Everything in this folder is **invented** by `tests/example/generate.py` from one seed: records, authors, journals,
DOIs, reviewers, decisions, studies and every number. It follows the shape of real exports and real teams' sheets so
that the workflow can be seen at work, and it says nothing about any real treatment. Nothing in it was tuned to a
published result; the mean effect was changed once, because a first draw came out near a published figure and would
have looked like a replication.

| folder | what it holds |
|---|---|
| searches/ | Scopus CSV, APA PsycInfo RIS (Ovid), Web of Science tagged text, a trial register's table |
| deduplication/ | a person's rulings on the pairs that no rule should decide |
| screening/title_abstract/ | a calibration round, Rayyan, two ASReview projects, the register's sheet, adjudications |
| screening/full_text/ | both reviewers' decisions with reasons, and adjudications |
| retrieval/, other_methods/ | reports sought and got, and reports found by other methods |
| studies/ | which report belongs to which study |
| extraction/ | the studies' data, each value with its source (arms.csv comes from a German Excel) |
| extraction_second/, extraction_adjudicated/ | the second extractor's sheets, and the rulings where the two differ |
| risk_of_bias/ | two raters' judgements, and consensus where they differed |
| grade/ | the certainty of the evidence of each confirmatory analysis, with the reason of every step |
| manuscript/ | the report's texts, written by hand: background, discussion, other information |
| retractions/ | an invented list of retracted publications to check included studies against |
"""


def exported(sources: list[Source]) -> dict[str, str]:
    """The four searches' files."""
    of = {search: [s for s in sources if s.search == search] for search in ("scopus", "psycinfo", "wos", "register")}
    half = len(of["wos"]) // 2 + 1  # Web of Science exports at most so many records a file
    return {
        "searches/scopus.csv": "\ufeff" + scopus_csv(of["scopus"], SEED),
        "searches/psycinfo_ovid.ris": ovid_ris(of["psycinfo"], SEED),
        "searches/savedrecs.txt": "\ufeff" + wos_text(of["wos"][:half], SEED),
        "searches/savedrecs_2.txt": "\ufeff" + wos_text(of["wos"][half:], SEED + 1),
        "searches/register.csv": register_csv(of["register"]),
    }


def screened(records: list[Record], works: list[Work]) -> dict[str, str]:
    """Decisions of both phases, retrieval and the links from reports to studies."""
    dice = Dice(SEED, "screening")
    eligible = [record for record in records if record.work.fate != "removed"]
    votes = {record.record_id: votes_of(record, dice) for record in eligible}
    by_tool: dict[str, list[Record]] = {"rayyan": [], "asreview": [], "register": []}
    for record in eligible:
        search = record.record_id.split(":")[0]
        by_tool[{"wos": "asreview", "register": "register"}.get(search, "rayyan")].append(record)
    articles, log = rayyan(by_tool["rayyan"], votes, Dice(SEED, "rayyan"))
    reports = reports_of(records, works)
    folder = "screening/title_abstract"
    return {
        f"{folder}/calibration.csv": calibration(by_tool["rayyan"], Dice(SEED, "calibration")),
        f"{folder}/rayyan/articles.csv": articles,
        f"{folder}/rayyan/customizations_log.csv": log,
        f"{folder}/asreview_brandmoor.csv": asreview(by_tool["asreview"], votes, 0, Dice(SEED, "asreview 0")),
        f"{folder}/asreview_vettergrund.csv": asreview(by_tool["asreview"], votes, 1, Dice(SEED, "asreview 1")),
        f"{folder}/register.csv": register_sheet(by_tool["register"], votes),
        f"{folder}/adjudication.csv": adjudications(
            by_tool["rayyan"] + by_tool["asreview"], votes, Dice(SEED, "adjudication")
        ),
        "screening/full_text/full_text.csv": full_text(records, Dice(SEED, "full text")),
        "retrieval/retrieval.csv": retrieval(records, Dice(SEED, "retrieval")),
        "other_methods/other_methods.csv": other_methods(reports, works, Dice(SEED, "other methods")),
        "studies/studies.csv": studies_sheet(reports),
    }


def files() -> dict[str, str]:
    """Path below resources/ -> text, of everything that the review's people wrote or downloaded."""
    works = literature(SEED)
    sources = sources_of(works, SEED)
    records = records_of(sources)
    extraction = Extraction(reports_of(records, works), SEED)
    made = {"README.md": README} | exported(sources) | screened(records, works)
    made["deduplication/rulings.csv"] = rulings_sheet(records)
    made |= doubled(extraction.sheets(), SEED)
    made["risk_of_bias/risk_of_bias.csv"] = risk_of_bias(SEED)
    made["grade/grade.csv"] = grade_sheet()
    made["retractions/retractions.csv"] = (
        "title,doi,date,note\nA retracted trial that nobody included,10.5555/sim.retracted.0001,2024-02-01,invented\n"
    )
    return made


def main(folder: Path) -> None:
    """Write all files below `folder`."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "resources")
