"""What stopped a build, said once more at its end."""

from __future__ import annotations

from pathlib import Path

from prismake.messages.faults import Faults, InputFaults
from prismake.messages.logs import last_words

LINE = "=" * 80


def log_with(folder: Path, *told: str) -> str:
    """Snakemake's log of a build whose jobs left these texts in their logs."""
    jobs = [f"Error in rule x:\nLogfile results/logs/x.log:\n{LINE}\n{words}\n{LINE}" for words in told]
    path = folder / "build.log"
    path.write_text("\n".join(["Building DAG of jobs...", *jobs, "Shutting down, this might take some time."]))
    return str(path)


def wrong(*files: str) -> str:
    faults = Faults()
    for file in files:
        faults.error("hits-differ", "Scopus reported 6 hits, but the export holds 7 records.", file=file)
    try:
        faults.raise_errors()
    except InputFaults as error:
        return str(error)
    raise AssertionError("no fault was raised")


def test_what_is_wrong_in_the_input_is_said_once(tmp_path: Path) -> None:
    said = last_words(log_with(tmp_path, wrong("scopus.csv"), wrong("scopus.csv"), wrong("a.ris", "b.ris")))
    assert said.count("scopus.csv: Scopus reported 6 hits") == 1
    assert "2 errors in the input" in said and "b.ris" in said
    assert said.endswith("Mend this and build again.")


def test_other_errors_are_left_to_their_traceback(tmp_path: Path) -> None:
    assert last_words(log_with(tmp_path, "Traceback (most recent call last):\nZeroDivisionError")) == ""
    assert last_words([log_with(tmp_path), str(tmp_path / "none.log")]) == ""
