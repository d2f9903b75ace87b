"""Where a script's messages go: to the rule's log and to the terminal, both."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import TracebackType

from prismake.messages.faults import InputFaults


def log_errors_to(log: str) -> None:
    """From now on an uncaught error is written to `log` and to the terminal.

    Faults in people's input are shown in their own words; everything else with its traceback, for it is our mistake.
    """
    path = Path(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", encoding="utf-8")

    def say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        words = (
            str(error) if isinstance(error, InputFaults) else "".join(traceback.format_exception(kind, error, trace))
        )
        path.write_text(words.rstrip("\n") + "\n", encoding="utf-8")
        print(words, file=sys.stderr)

    sys.excepthook = say
