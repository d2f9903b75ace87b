"""Stopping rules: what was never shown to a reviewer is excluded by automation only where the protocol has the rule and
the team says that it was reached.

Config says so at the source: `options: {stopping_rule: true}` stands for the protocol's own words, a text for the
rule as it was applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening.ledger import times
from prismake.screening.votes import PHASE_WORDS, typed_key

UNREGISTERED = "a rule that the protocol does not name"


def rule_of(source: Mapping[str, Any], registered: str) -> str:
    """The stopping rule that a source says was reached, "" where it says nothing."""
    stated = (source.get("options") or {}).get("stopping_rule")
    if stated is None or stated is False or stated == "":
        return ""
    return (registered or UNREGISTERED) if stated is True else str(stated)


def stop(votes: pd.DataFrame, source: Mapping[str, Any], registered: str, tool: str) -> pd.DataFrame:
    """Votes of a source in which what was not seen is excluded by automation, where it says that its rule was reached."""
    rule = rule_of(source, registered)
    unseen = votes["decision"] == "unseen"
    if not rule or not unseen.any():
        return votes
    votes = votes.copy()
    votes.loc[unseen, ["role", "decision", "note"]] = ["automation", "exclude", f"stopping rule: {rule}"]
    votes.loc[unseen, "reviewer"] = tool
    return votes


def registered_rules(protocol: Mapping[str, Any]) -> dict[str, str]:
    """Phase -> the protocol's stopping rule, for phases that have one."""
    leaves = protocol.get("screening") or {}
    return {
        phase: str(leaf["stopping_rule"]).strip()
        for phase, leaf in leaves.items()
        if isinstance(leaf, Mapping) and leaf.get("stopping_rule")
    }


def check_stopping(
    ledger: pd.DataFrame,
    sources: Sequence[Mapping[str, Any]],
    protocol: Mapping[str, Any],
    faults: Faults,
    *,
    final: bool,
) -> None:
    """A rule that was applied must be the protocol's (a draft warns, a final build fails); one that was not reached yet
    leaves its records waiting, which is said."""
    registered = registered_rules(protocol)
    for source in sources:
        name = str(source.get("id", ""))
        own = ledger[ledger["source"] == name]
        for phase, votes in own.groupby("phase", sort=True):
            rule = rule_of(source, registered.get(str(phase), ""))
            _check_rule(str(phase), name, rule, registered.get(str(phase), ""), faults, final=final)
            _say_where_it_stopped(votes, name, rule, registered.get(str(phase), ""), faults)


def _check_rule(phase: str, source: str, rule: str, registered: str, faults: Faults, *, final: bool) -> None:
    if not rule or typed_key(rule) == typed_key(registered):
        return
    (faults.error if final else faults.warning)(
        "stopping-rule-not-registered",
        f"Source {source!r} stopped by a rule that is not the protocol's for {PHASE_WORDS.get(phase, phase)}.",
        file="config/config.yaml",
        column="screening.sources.options.stopping_rule",
        value=rule,
        expected=registered or "no stopping rule, so every record is seen",
        mend=f"log a deviation of screening.{phase}.stopping_rule, or screen the rest",
    )


def _say_where_it_stopped(votes: pd.DataFrame, source: str, rule: str, registered: str, faults: Faults) -> None:
    """How many records nobody saw, and how many irrelevant ones came last before that."""
    unseen = int(((votes["decision"] == "unseen") | votes["note"].str.startswith("stopping rule: ")).sum())
    if not unseen or not (rule or registered):
        return
    seen = votes[(votes["role"] == "reviewer") & votes["decision"].isin(("include", "exclude", "maybe"))]
    seen = seen.assign(time=times(seen["decided_at"])).dropna(subset="time").sort_values("time", kind="stable")
    last = int((seen["decision"][::-1] == "exclude").cumprod().sum()) if len(seen) else 0
    run = f" The last {last} that were seen are irrelevant." if len(seen) else ""
    if rule:
        what = f"{unseen} records of source {source!r} were excluded unseen by its stopping rule ({rule}).{run}"
        faults.info("stopped", what)
    else:
        faults.info(
            "stopping-rule-not-reached",
            f"{unseen} records of source {source!r} were not seen yet.{run}",
            value=registered,
            mend="once the protocol's rule is reached, say options: {stopping_rule: true} at this source in config",
        )
