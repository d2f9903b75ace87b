"""The status in a terminal: tables as wide as it is, in colour where it has any. Piped, the plain text is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from prismake.report.formats import count
from prismake.report.status import headline
from prismake.report.words import label_of


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> Table:
    """A table without markup: what people typed stands as it is."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if i in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def terminal_status(status: Mapping[str, Any]) -> Group:
    """The status as rich shows it: headline, who waits for whom, what changed, the flow, analyses without a result."""
    parts: list[Any] = [
        Text(status["title"] or "Review", style="bold"),
        Text(headline(status), style="green" if status["complete"] else "yellow"),
        Text(),
    ]
    if status["next"]:
        parts += [Text("Next", style="bold"), *(Text(f" {step}") for step in status["next"]), Text()]
    waiting = [
        (
            label_of(stage["stage"]).capitalize(),
            w["what"] or "not said what",
            w["who"] or "nobody assigned",
            count(w["n"]),
        )
        for stage in status["stages"]
        for w in stage["waiting"]
    ]
    changes = [(change["what"], change["then"], change["now"]) for change in status["changes"]]
    flow = [(count(item["n"]), item["words"]) for item in status["flow"]]
    failed = [
        (a["title"] or a["analysis"], a["reason"] or "no reason given") for a in status["analyses"] if a["run"] == "no"
    ]
    for title, heads, rows, numbers in (
        ("Who waits for whom", ("Stage", "What is missing", "Waits for", "How many"), waiting, (3,)),
        ("Since the earlier bundle", ("What", "Then", "Now"), changes, ()),
        ("The flow so far", ("n", "What is counted"), flow, (0,)),
        ("Analyses without a result", ("Analysis", "Why not"), failed, ()),
    ):
        if rows:
            parts += [Text(title, style="bold"), _table(heads, rows, numbers)]
    return Group(*parts)


def show(status: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the status to a terminal."""
    (console or Console()).print(terminal_status(status))
