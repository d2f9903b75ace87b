"""A line that says how far a long stage is, on a terminal and nowhere else."""

import io
import os
import subprocess
import sys
import time

import pytest
from prismake.messages import progress as module
from prismake.messages.progress import progress, watched

pty = pytest.importorskip("pty", reason="terminals of this kind are there on Unix alone")

STAGE = """
import sys, time
from prismake.messages import progress as module
module.AFTER, module.BETWEEN = 0.0, 0.0
done = []
for item in module.watched(range(4), {name!r}):
    with module.progress("inner", 2) as inner:
        inner.step()
    done.append(item)
    time.sleep({pause})
print("rich" in sys.modules, done)
"""


def on_terminals(root, *programs, term="xterm"):
    """The programs side by side with one pseudo terminal as stderr: what it received, and what each wrote to stdout."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(root / "workflow"), "TERM": term, "COLUMNS": "70"}
    environment.pop("NO_COLOR", None)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=theirs, env=environment, text=True
        )
        for text in programs
    ]
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # every other end was closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    said = [one.communicate(timeout=60)[0] for one in running]
    assert [one.returncode for one in running] == [0] * len(running)
    return seen.decode(), said


def test_a_terminal_sees_one_line_that_goes_away(root):
    seen, said = on_terminals(root, STAGE.format(name="Reading wos", pause=0))
    assert said == ["True [0, 1, 2, 3]\n"]
    drawn = [line for line in seen.split("\x1b[2K") if "Reading wos" in line]
    assert "25%" in seen and "100%" in seen and len(drawn) >= 4
    assert "\n" not in seen and "inner" not in seen  # one line, and the outermost stage has it
    assert seen.endswith("\r\x1b[2K")
    assert "\x1b[?25l" not in seen  # a killed job leaves no terminal without a cursor


def test_jobs_side_by_side_take_turns(root):
    names = ["Reading wos", "Reading embase"]
    seen, said = on_terminals(root, *(STAGE.format(name=name, pause=0.1) for name in names))
    assert len(said) == 2
    drawn = [next(name for name in names if name in part) for part in seen.split("\x1b[2K") if "Reading" in part]
    turns = [name for number, name in enumerate(drawn) if number == 0 or drawn[number - 1] != name]
    assert len(turns) == len(set(turns)), "two jobs wrote over each other's line"


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_erase_sees_nothing(root, term):
    assert on_terminals(root, STAGE.format(name="Reading", pause=0), term=term) == ("", ["False [0, 1, 2, 3]\n"])


def test_a_log_sees_nothing_and_rich_is_not_even_imported(root):
    done = subprocess.run(
        [sys.executable, "-c", STAGE.format(name="Reading", pause=0)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root / "workflow"), "TERM": "xterm"},
        check=True,
    )
    assert (done.stdout, done.stderr) == ("False [0, 1, 2, 3]\n", "")


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of this process, which nobody else uses."""
    made = io.StringIO()
    monkeypatch.setattr(module, "_terminal", lambda: made)
    monkeypatch.setattr(module, "_alone", lambda terminal: io.StringIO())
    return made


def test_a_short_stage_is_not_worth_a_line(terminal):
    assert list(watched("abc", "Reading")) == ["a", "b", "c"] and terminal.getvalue() == ""


def test_without_a_total_it_counts(terminal, monkeypatch):
    monkeypatch.setattr(module, "AFTER", 0.0)
    monkeypatch.setattr(module, "BETWEEN", 0.0)
    with progress("Reading wos") as shown:
        shown.step(12_000, doing="page 2")
    assert "Reading wos: page 2 12,000 0:00" in terminal.getvalue()


def test_an_error_goes_through_and_the_line_is_taken_away(terminal, monkeypatch):
    monkeypatch.setattr(module, "AFTER", 0.0)
    monkeypatch.setattr(module, "BETWEEN", 0.0)
    with pytest.raises(ValueError, match="bad"), progress("Reading", 2) as shown:
        shown.step()
        raise ValueError("bad")
    assert terminal.getvalue().endswith("\r\x1b[2K") and module._drawing == []


def test_it_costs_next_to_nothing_without_a_terminal():
    started = time.process_time()
    for _ in watched(range(200_000), "Reading"):
        pass
    assert time.process_time() - started < 2.0
