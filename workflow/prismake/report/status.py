"""Where a review stands, and who waits for whom: one value, shown as JSON, as a page and in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.report.formats import count
from prismake.report.results import Row
from prismake.report.words import label_of, noun_for

STAGES = ["deduplication", "screening", "retrieval", "extraction", "risk_of_bias"]

# What the flow counts at each stage, shown as progress.
_PROGRESS = [
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
    pending: Mapping[str, Sequence[Row]],
    flow: Mapping[str, Any],
    analyses: Sequence[Row],
    *,
    title: str = "",
    final: bool = False,
) -> dict[str, Any]:
    """The status: counts of the flow, what is pending by stage, person and kind, and which analyses ran.

    Args:
        pending: stage -> the rows of its pending.csv (stage, id, title, who, what).
        flow: the content of flow.json.
        analyses: the rows of results/protocol/analyses.csv.
    """
    boxes = flow.get("boxes") or {}
    stages = []
    for stage in [*(s for s in STAGES if s in pending), *(s for s in pending if s not in STAGES)]:
        groups = Counter((row.get("what", ""), row.get("who", "")) for row in pending[stage])
        waiting = [
            {"what": what, "who": who, "n": n}
            for (what, who), n in sorted(groups.items(), key=lambda item: (-item[1], item[0]))
        ]
        stages.append({"stage": stage, "pending": sum(groups.values()), "waiting": waiting})
    people = Counter(row.get("who", "") for rows in pending.values() for row in rows)
    total = sum(len(rows) for rows in pending.values())
    return {
        "title": title,
        "final": final,
        "complete": total == 0 and not flow.get("interim"),
        "pending": total,
        "stages": stages,
        "people": [{"who": who, "n": n} for who, n in sorted(people.items())],
        "flow": [
            {"box": box, "words": words, "n": boxes.get(box)} for box, words in _PROGRESS if boxes.get(box) is not None
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


def sentence_of(waiting: Mapping[str, Any]) -> str:
    """`342 waiting for Reviewer 2: title and abstract decision`."""
    who = f" for {waiting['who']}" if waiting["who"] else ", nobody assigned"
    return f"{count(waiting['n'])} {noun_for(waiting['n'], 'waits', 'wait')}{who}: {waiting['what'] or 'not said what'}"


def headline(status: Mapping[str, Any]) -> str:
    """The status in one line."""
    if status["complete"]:
        return "Nothing is pending: the review can be final."
    return f"Interim: {count(status['pending'])} {noun_for(status['pending'], 'task')} pending."


def text_of(status: Mapping[str, Any]) -> str:
    """The status as plain text, for a terminal or a log."""
    lines = [status["title"] or "Review", headline(status), ""]
    width = max([len(count(f["n"])) for f in status["flow"]], default=0)
    lines += [f"  {count(f['n']):>{width}}  {f['words']}" for f in status["flow"]]
    for stage in status["stages"]:
        if stage["pending"]:
            lines += ["", label_of(stage["stage"]).capitalize()]
            lines += [f"  {sentence_of(w)}" for w in stage["waiting"]]
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
