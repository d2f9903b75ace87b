"""Settings of the deduplication: three named modes, each of which can be changed in single points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from prismake.deduplication.rules import RULE_ORDER
from prismake.messages.faults import Faults

LEVELS = ("only exact", "careful", "eager")


@dataclass(frozen=True)
class Settings:
    """How far the rules go by themselves.

    `mode`: `only exact` joins what is equal in title, authors and place or DOI; `careful` what is so but for spelling, translation and
    blanks; `eager` also most of what `careful` leaves to a person. `join_preprints`, `join_dissertations`: join them with the article of the
    same title and authors instead of keeping them as related works. `without_rules`: names of rules that shall not join by themselves
    (their pairs go to a person). `largest_cluster`: in a cluster with more members, one sign against two of them keeps them apart.
    `queue_is_settled`: pairs that nobody ruled on count as different.
    """

    mode: str = "careful"
    join_preprints: bool = False
    join_dissertations: bool = False
    without_rules: tuple[str, ...] = ()
    largest_cluster: int = 12
    queue_is_settled: bool = False

    @property
    def level(self) -> int:
        """0, 1 or 2 for the three modes."""
        return LEVELS.index(self.mode)


def settings_from(given: Mapping[str, Any] | None, file: str = "") -> Settings:
    """Settings from a configuration, keys with or without `deduplication.` before them; None means the default.

    Raises InputFaults naming every key and value that is not known. `searches` and `rulings` are no settings of the method and are passed over.
    """
    faults = Faults()
    known = {f.name for f in fields(Settings)}
    values: dict[str, Any] = {}
    for full, value in (given or {}).items():
        key = full.removeprefix("deduplication.")
        if key in ("searches", "rulings") or value is None:
            continue
        if key not in known:
            faults.error(
                "unknown-setting",
                f"deduplication has no setting {key!r}",
                file=file,
                column=key,
                expected=", ".join(sorted(known)),
            )
            continue
        values[key] = tuple(value) if isinstance(value, (list, tuple)) else value
    if values.get("mode", "careful") not in LEVELS:
        faults.error("unknown-mode", "the mode of the deduplication is not known", file=file, column="mode", value=str(values["mode"]),
                     expected=", ".join(LEVELS))  # fmt: skip
    if values.get("largest_cluster", 12) < 2:
        faults.error(
            "too-small",
            "no cluster has fewer than two members",
            file=file,
            column="largest_cluster",
            expected="2 or more",
        )
    for name in values.get("without_rules", ()):
        if name not in RULE_ORDER:
            faults.error("unknown-rule", f"no rule of the deduplication is named {name!r}", file=file, column="without_rules", value=name,
                         expected="a name as in the column rule of pairs.csv")  # fmt: skip
    faults.raise_errors()
    return replace(Settings(), **values)
