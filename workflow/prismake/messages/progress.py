"""How far a long stage is: one short line at the bottom of a terminal, after a few seconds, and nowhere else.

Without a terminal nothing is drawn, imported or timed, so that logs stay as they are. Of jobs that run side by side one
has the line at a time, and of stages within stages the outermost. The line is drawn when something was done: there is
no thread, and no cursor is hidden.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import IO, TypeVar

AFTER = 3.0
"""Seconds before a stage counts as long."""
BETWEEN = 0.2
"""Seconds between two drawings."""
_CLEAR = "\r\x1b[2K"

T = TypeVar("T")


class Progress:
    """How much of a stage is done; `step` says so. This one draws nothing."""

    def step(self, done: float = 1, doing: str = "") -> None:
        """So much more is done; `doing` is what comes next."""

    def close(self) -> None:
        """Take the line away."""


class _Line(Progress):
    """Draws on a terminal that is this process's alone as long as it draws."""

    def __init__(self, stage: str, total: float | None, terminal: IO[str]) -> None:
        self._stage, self._total, self._doing, self._done = stage, total, "", 0.0
        self._started = self._drawn = monotonic()
        self._terminal = terminal
        self._hold: IO[str] | None = None

    def step(self, done: float = 1, doing: str = "") -> None:
        self._done += done
        self._doing = doing or self._doing
        now = monotonic()
        if now - self._started < AFTER or (now - self._drawn < BETWEEN and not doing):
            return
        self._drawn = now
        if self._hold is None:
            self._hold = _alone(self._terminal)
        if self._hold is not None:
            self._write(_CLEAR + self._line(now - self._started) + "\r")

    def close(self) -> None:
        if self._hold is not None:
            self._write(_CLEAR)
            self._hold.close()
            self._hold = None

    def _write(self, text: str) -> None:
        try:
            self._terminal.write(text)
            self._terminal.flush()
        except (OSError, ValueError):  # the terminal was closed meanwhile: the work goes on
            self._total = None

    def _line(self, seconds: float) -> str:
        """`Reading exports  ━━━━━━━━  34% of 0:41`, cut to the terminal's width."""
        from rich.console import Console
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        console = Console(file=self._terminal, highlight=False)
        row = Table.grid(padding=(0, 1))
        row.add_column(no_wrap=True, overflow="ellipsis")
        words = Text(f"{self._stage}: {self._doing}" if self._doing else self._stage)
        passed = f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
        if self._total:
            share = min(1.0, self._done / self._total)
            bar = ProgressBar(total=1.0, completed=share, width=20)
            row.add_row(words, bar, Text(f"{share:.0%}", no_wrap=True), Text(passed, no_wrap=True))
        else:
            row.add_row(words, Text(f"{int(self._done):,}", no_wrap=True), Text(passed, no_wrap=True))
        with console.capture() as drawn:
            console.print(row, width=max(20, console.width - 1), no_wrap=True, crop=True)
        return drawn.get().split("\n")[0].rstrip()


class _Within(Progress):
    """A stage within a stage: the line around it goes on counting seconds."""

    def __init__(self, around: Progress) -> None:
        self._around = around

    def step(self, done: float = 1, doing: str = "") -> None:
        self._around.step(0)


_drawing: list[Progress] = []


def _terminal() -> IO[str] | None:
    """The terminal that a line may be drawn on, if there is one."""
    if os.environ.get("TERM", "") in ("", "dumb"):
        return None
    try:
        return sys.stderr if sys.stderr.isatty() else None
    except (AttributeError, ValueError):
        return None


def _alone(terminal: IO[str]) -> IO[str] | None:
    """Something to close afterwards if no other process draws on this terminal, else None."""
    try:
        import fcntl

        hold = open(os.ttyname(terminal.fileno()), "w")  # noqa: SIM115 - held until the line goes
    except (ImportError, AttributeError, OSError, ValueError):  # no such terminals here
        return None
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        hold.close()
        return None
    return hold


@contextmanager
def progress(stage: str, total: float | None = None) -> Iterator[Progress]:
    """A stage whose steps are told; `total` is the sum of all its steps, None where nobody knows."""
    if _drawing:
        yield _Within(_drawing[0])
        return
    terminal = _terminal()
    if terminal is None:
        yield Progress()
        return
    line = _Line(stage, total, terminal)
    _drawing.append(line)
    try:
        yield line
    finally:
        _drawing.remove(line)
        line.close()


def watched(items: Iterable[T], stage: str, total: float | None = None) -> Iterator[T]:
    """The items, each a step of the stage."""
    if total is None and isinstance(items, Collection):
        total = len(items)
    with progress(stage, total) as shown:
        for item in items:
            yield item
            shown.step()
