"""Where a review stands, and who waits for whom: one value, shown as JSON, as a page and in the terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.report.formats import count
from prismake.report.results import Row
from prismake.report.words import label_of, noun_for

STAGES = ["deduplication", "screening", "retrieval", "extraction", "risk_of_bias"]

# What the flow counts at each stage, shown as progress.
PROGRESS = [
    ("database_results", "source records from databases"),
    ("register_results", "source records from registers"),
    ("duplicates", "duplicates removed"),
    ("records_screened", "records screened"),
    ("records_excluded", "records excluded"),
    ("dbr_sought_reports", "reports sought"),
    ("dbr_notretrieved_reports", "reports not retrieved"),
    ("dbr_assessed", "reports assessed in full text"),
    ("dbr_excluded", "reports excluded in full text"),
    ("other_assessed", "reports assessed from other methods"),
    ("total_studies", "studies included"),
]


def status_of(
    pending: Mapping[str, Mapping[tuple[str, ...], int]],
    flow: Mapping[str, Any],
    analyses: Sequence[Row],
    *,
    title: str = "",
    final: bool = False,
    searches: int | None = None,
    locked: bool = True,
) -> dict[str, Any]:
    """The status: counts of the flow, what is pending by stage, person and kind, and which analyses ran.

    Args:
        pending: stage -> how many tasks of its pending.csv wait: (what, who) -> rows.
        flow: the content of flow.json.
        analyses: the rows of results/protocol/analyses.csv.
        searches: how many searches are listed, None where that is not known.
        locked: whether the protocol is locked.
    """
    boxes = flow.get("boxes") or {}
    stages = []
    for stage in [*(s for s in STAGES if s in pending), *(s for s in pending if s not in STAGES)]:
        groups = pending[stage]
        waiting = [
            {"what": what, "who": who, "n": n}
            for (what, who), n in sorted(groups.items(), key=lambda item: (-item[1], item[0]))
        ]
        stages.append({"stage": stage, "pending": sum(groups.values()), "waiting": waiting})
    people: Counter[str] = Counter()
    for groups in pending.values():
        for (_, who), n in groups.items():
            people[who] += n
    total = people.total()
    return {
        "title": title,
        "final": final,
        "complete": total == 0 and not flow.get("interim") and searches != 0,
        "next": next_steps(searches, len(analyses), locked=locked),
        "pending": total,
        "stages": stages,
        "people": [{"who": who, "n": n} for who, n in sorted(people.items())],
        "flow": [
            {"box": box, "words": words, "n": boxes.get(box)} for box, words in PROGRESS if boxes.get(box) is not None
        ],
        "changes": [],
        "analyses": [
            {
                "analysis": a.get("analysis", ""),
                "title": a.get("title", ""),
                "run": a.get("run", ""),
                "reason": a.get("reason", ""),
            }
            for a in analyses
        ],
    }


def next_steps(searches: int | None, analyses: int, *, locked: bool) -> list[str]:
    """What the team has to write in config/ before anybody can wait for somebody, in the order in which it is done."""
    steps = []
    if not analyses:
        steps.append("Plan the analyses in config/protocol.yaml.")
    if not locked:
        steps.append("Register the protocol, then lock it with `review.py lock`.")
    if searches == 0:
        steps.append("Put the exports into resources/searches/ and list each search in config/config.yaml.")
    return steps


def sentence_of(waiting: Mapping[str, Any]) -> str:
    """`342 waiting for Reviewer 2: title and abstract decision`."""
    who = f" for {waiting['who']}" if waiting["who"] else ", nobody assigned"
    return f"{count(waiting['n'])} {noun_for(waiting['n'], 'waits', 'wait')}{who}: {waiting['what'] or 'not said what'}"


def headline(status: Mapping[str, Any]) -> str:
    """The status in one line."""
    if not status["complete"] and not status["pending"] and status.get("next"):
        return "Not begun: " + status["next"][-1]
    if status["complete"]:
        return "Nothing is pending: the review can be final."
    return f"Interim: {count(status['pending'])} {noun_for(status['pending'], 'task')} pending."


def last_line(folder: Path) -> str:
    """What a build of this review ends with: where the review stands; "" where no status of these results is written."""
    path = folder / "results/status/status.json"
    if not path.is_file():
        return ""
    counted = [*folder.glob("results/*/pending.csv"), folder / "results/flow/flow.json"]
    if any(file.is_file() and file.stat().st_mtime_ns > path.stat().st_mtime_ns for file in counted):
        return ""  # only a part was built, and the status is older than what it counts
    return f"{headline(json.loads(path.read_text(encoding='utf-8')))} See results/status/status.html."


def text_of(status: Mapping[str, Any]) -> str:
    """The status as plain text, for a terminal or a log."""
    lines = [status["title"] or "Review", headline(status), ""]
    width = max([len(count(f["n"])) for f in status["flow"]], default=0)
    lines += [f"  {count(f['n']):>{width}}  {f['words']}" for f in status["flow"]]
    if status["next"]:
        lines += ["", "Next", *(f"  {step}" for step in status["next"])]
    for stage in status["stages"]:
        if stage["pending"]:
            lines += ["", label_of(stage["stage"]).capitalize()]
            lines += [f"  {sentence_of(w)}" for w in stage["waiting"]]
    if status["changes"]:
        lines += ["", "Since the earlier bundle"]
        lines += [f"  {change['what']}: {change['then']} -> {change['now']}" for change in status["changes"]]
    not_run = [a for a in status["analyses"] if a["run"] == "no"]
    if not_run:
        lines += ["", "Analyses without a result"]
        lines += [f"  {a['title'] or a['analysis']}: {a['reason'] or 'no reason given'}" for a in not_run]
    return "\n".join(lines) + "\n"


def page_of(status: Mapping[str, Any], template: str, style: str, banner: str = "") -> str:
    """The status as a page of its own, from the template status.html.j2."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    page = environment.from_string(template)
    return page.render(
        status=status, headline=headline(status), style=style, banner=banner, words=label_of, count=count
    )
