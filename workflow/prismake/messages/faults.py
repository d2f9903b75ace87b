"""Faults: what is wrong in what a person gave, said so that the person can mend it.

A fault names the file, the line, the column, the value, what was expected and how to mend it. Readers and validators
collect every fault of a file in a `Faults` and raise once, so that nobody mends a sheet one line at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Level = Literal["error", "warning", "info"]

MESSAGE_COLUMNS = ["level", "code", "what", "file", "line", "column", "value", "expected", "mend"]

_LONGEST_VALUE = 120


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or worth knowing.

    `code` is a stable short name ("unknown-record"), `what` a sentence, `line` 1-based as a person opens the file.
    """

    level: Level
    code: str
    what: str
    file: str = ""
    line: int | None = None
    column: str = ""
    value: str = ""
    expected: str = ""
    mend: str = ""

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                f"line {self.line}" if self.line is not None else "",
                f"column {self.column!r}" if self.column else "",
            )
            if part
        )
        what = self.what if self.what.endswith((".", "!", "?")) else self.what + "."
        value = self.value if len(self.value) <= _LONGEST_VALUE else self.value[: _LONGEST_VALUE - 1] + "…"
        sentences = [
            f"{place}: {what}" if place else what,
            f"Value: {value!r}." if value else "",
            f"Expected: {self.expected.removesuffix('.')}." if self.expected else "",
            f"To mend it: {self.mend}." if self.mend else "",
        ]
        return f"{self.level.upper()} [{self.code}] " + " ".join(s for s in sentences if s)


class InputFaults(Exception):
    """Raised once with every error found. `faults` holds them all, warnings included."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        errors = [f for f in self.faults if f.level == "error"]
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__(f"{count} in the input:\n" + "\n".join(f"  {f}" for f in errors))


class Faults:
    """An ordered collection of faults."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)

    def add(self, fault: Fault) -> None:
        """Append one fault."""
        self._faults.append(fault)

    def extend(self, faults: Iterable[Fault]) -> None:
        """Append several, in their order."""
        self._faults.extend(faults)

    def error(self, code: str, what: str, **where: object) -> None:
        """Add an error; `where` takes file, line, column, value, expected, mend."""
        self._faults.append(Fault("error", code, what, **where))  # type: ignore[arg-type]

    def warning(self, code: str, what: str, **where: object) -> None:
        """Add a warning."""
        self._faults.append(Fault("warning", code, what, **where))  # type: ignore[arg-type]

    def info(self, code: str, what: str, **where: object) -> None:
        """Add an information."""
        self._faults.append(Fault("info", code, what, **where))  # type: ignore[arg-type]

    @property
    def errors(self) -> list[Fault]:
        """Those of level error."""
        return [f for f in self._faults if f.level == "error"]

    def raise_errors(self) -> None:
        """Raise `InputFaults` with all faults if one of them is an error."""
        if self.errors:
            raise InputFaults(self._faults)

    def frame(self) -> pd.DataFrame:
        """All faults as a table with `MESSAGE_COLUMNS`, blanks as empty text."""
        import pandas as pd

        rows = [{k: "" if v is None else str(v) for k, v in asdict(f).items()} for f in self._faults]
        return pd.DataFrame(rows, columns=MESSAGE_COLUMNS, dtype=str)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    def __bool__(self) -> bool:
        return bool(self._faults)
