"""Where a script's messages go: to the rule's log and to the terminal, both."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Sequence
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


_IN_THE_INPUT = re.compile(r"\A\d+ errors? in the input:$", re.MULTILINE)
_LOG_OF_A_JOB = re.compile(r"^Logfile .*?:\n=+\n(.*?)\n=+$", re.MULTILINE | re.DOTALL)


def last_words(build_log: str | Sequence[str]) -> str:
    """What stopped a build, from Snakemake's own log of it (one or several files), "" where no job says so.

    Snakemake ends with lines that name no reason; people read the last ones first.
    """
    files = [build_log] if isinstance(build_log, str) else build_log
    texts = [Path(file).read_text(encoding="utf-8", errors="replace") for file in files if Path(file).is_file()]
    told = [words.strip() for text in texts for words in _LOG_OF_A_JOB.findall(text)]
    wrong = list(dict.fromkeys(words for words in told if _IN_THE_INPUT.search(words)))
    if not wrong:
        return ""
    return "\n".join(["", "The build stopped:", *wrong, "What was done so far is kept. Mend this and build again."])
