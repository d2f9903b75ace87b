"""The rules of a build as a record of them: what each does, with which code, what it needs and makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

RuleEntry = dict[str, Any]


def rule_book(rules: Iterable[Any], code: Callable[[str], str], shown: Callable[[str], str]) -> list[RuleEntry]:
    """One entry a rule that has a script, sorted by name: rule, does, script, code, needs, makes.

    Args:
        rules: the workflow's rules (name, docstring, script, input, output).
        code: script -> digest of its closure.
        shown: path -> the path as it is recorded.

    Paths are patterns with {wildcards}. Files of the workflow itself are covered by `code` and left out, as are inputs that
    are only known job by job.
    """
    return sorted(
        (
            {
                "rule": rule.name,
                "does": (rule.docstring or "").strip(),
                "script": Path(str(rule.script)).stem,
                "code": code(Path(str(rule.script)).stem),
                "needs": _paths(rule.input, shown),
                "makes": _paths(rule.output, shown),
            }
            for rule in rules
            if rule.script
        ),
        key=lambda entry: entry["rule"],
    )


# A wildcard with the constraint that Snakemake writes into it: {analysis,[a-z0-9]+}.
_CONSTRAINED = re.compile(r"\{\s*(\w+)\s*,(?:[^{}]|\{[^{}]*\})*\}")


def _paths(items: Iterable[Any], shown: Callable[[str], str]) -> list[str]:
    named = {_CONSTRAINED.sub(r"{\1}", shown(str(item))) for item in items if isinstance(item, str)}
    return sorted(path for path in named if not Path(path).is_absolute() and not path.startswith(("workflow/", "../")))


def shown_path(path: str, data_root: Path | None) -> str:
    """The path as it is recorded: below data_root as `data_root/...`, so that no folder of a machine is named."""
    if data_root is not None and Path(path).is_relative_to(data_root):
        return f"data_root/{Path(path).relative_to(data_root).as_posix()}"
    return path
