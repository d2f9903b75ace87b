"""A result that somebody edited stops the next build; what jobs made, and what is gone or only touched, does not."""

import os
from base64 import urlsafe_b64encode

import pytest
from prismake.messages.faults import InputFaults
from prismake.protocol.edited import RECORD, note_results, refuse_edited_results

EFFECTS = "results/effects/effects.csv"


@pytest.fixture
def built(tmp_path):
    for name in (EFFECTS, "results/flow/flow.json"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("0.5")
    for name in ("metadata", "incomplete"):
        (tmp_path / ".snakemake" / name).mkdir(parents=True)
    note_results(tmp_path, [EFFECTS, "results/flow/flow.json", "results/not/there.csv"])
    return tmp_path


def _of_snakemake(folder, kind):
    """Snakemake's own note of a job's output, later than the last build."""
    path = folder / ".snakemake" / kind / urlsafe_b64encode(EFFECTS.encode()).decode()
    path.write_text("")
    later = (folder / RECORD).stat().st_mtime_ns + 1
    os.utime(path, ns=(later, later))


def test_an_edited_result_is_named(built):
    (built / EFFECTS).write_text("0.9")
    os.utime(built / EFFECTS, (0, 0))
    with pytest.raises(InputFaults, match="changed since the build that made it") as stopped:
        refuse_edited_results(built)
    assert EFFECTS in str(stopped.value) and "flow.json" not in str(stopped.value)


def test_touched_copied_and_deleted_results_are_nobodys_edits(built):
    os.utime(built / EFFECTS, (0, 0))
    (built / "results/flow/flow.json").unlink()
    refuse_edited_results(built)


@pytest.mark.parametrize("kind", ["metadata", "incomplete"])
def test_what_a_job_of_an_interrupted_build_made_is_no_edit(built, kind):
    (built / EFFECTS).write_text("0.75")
    _of_snakemake(built, kind)
    refuse_edited_results(built)


def test_after_the_next_build_what_it_made_is_what_holds(built):
    (built / EFFECTS).write_text("0.75")
    note_results(built, [EFFECTS])
    refuse_edited_results(built)


def test_many_edits_are_said_in_few_lines(built):
    names = [f"results/{number}.csv" for number in range(12)]
    for name in names:
        (built / name).write_text("1")
    note_results(built, names)
    for name in names:
        (built / name).write_text("one")
    with pytest.raises(InputFaults) as stopped:
        refuse_edited_results(built)
    assert "2 other results were changed as well" in str(stopped.value)


@pytest.mark.parametrize("record", [None, "not JSON"])
def test_without_a_record_nothing_is_known(built, record):
    (built / EFFECTS).write_text("0.9")
    (built / RECORD).unlink() if record is None else (built / RECORD).write_text(record)
    refuse_edited_results(built)
