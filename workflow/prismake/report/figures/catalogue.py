"""Which figures there are: drawn by this stage for every analysis, and by the stages before."""

from __future__ import annotations

from prismake.drawing.text import clean
from prismake.report.blocks import Figure
from prismake.report.facts import Facts
from prismake.report.figures.names import ANALYSIS_FIGURES

# Where in the report an analysis' figures stand: before its tables, after them, and in the appendix.
GROUPS = {
    "forest": ["forest"],
    "other": ["subgroups", "funnel"],
    "further": [
        "leave_one_out",
        "cumulative",
        "influence",
        "baujat",
        "bubble",
        "orchard",
        "drapery",
        "p_curve",
        "labbe",
        "gosh",
        "specification_curve",
    ],
}

_NARRATIVE = [
    Figure(
        "effect-direction",
        "Effect direction plot",
        "narrative/effect_direction.svg",
        "Direction of effect of each study and construct; the table gives the same in words.",
    ),
    Figure(
        "albatross",
        "Albatross plot",
        "narrative/albatross.svg",
        "Sample size against p value of each effect, with contours of equal effect size.",
    ),
    Figure(
        "harvest",
        "Harvest plot",
        "narrative/harvest.svg",
        "Studies by direction of effect; the height of a bar shows the risk of bias.",
    ),
]


def figures_of(facts: Facts, what: str, which: str = "") -> list[Figure]:
    """The figures of an analysis (`which`: a name of `GROUPS`, or all), or of risk_of_bias or narrative."""
    if what == "risk_of_bias":
        known = [
            Figure(
                "rob-traffic-light",
                "Risk of bias, study by study",
                "risk_of_bias/traffic_light.svg",
                "Judgements of each domain, study by study; the table gives the same in words.",
            ),
            Figure(
                "rob-summary",
                "Risk of bias, by domain",
                "risk_of_bias/summary.svg",
                "Share of studies at each level of risk of bias, by domain.",
            ),
        ]
        return [f for f in known if facts.results.table("risk_of_bias/overall.csv") and facts.results.knows(f.path)]
    if what == "narrative":
        return [
            f for f in _NARRATIVE if facts.results.table("narrative/directions.csv") and facts.results.knows(f.path)
        ]
    analysis = next(a for a in facts.analyses if a.name == what)
    kinds = GROUPS[which] if which else list(ANALYSIS_FIGURES)
    found = []
    for kind in kinds:
        path = f"figures/{what}/{kind}.svg"
        if not facts.results.knows(path) or NOTHING in facts.results.text(path):
            continue
        alt = description_in(facts.results.text(path))
        found.append(
            Figure(
                f"{kind}-{what}", f"{ANALYSIS_FIGURES[kind]}: {analysis.title}", path, alt, stamp=analysis.stamp_words
            )
        )
    return found


# In the description of a drawing that has nothing to show.
NOTHING = clean("Nothing to draw")


def description_in(svg: str) -> str:
    """The description that a drawing carries."""
    from html import unescape

    start = svg.find("<desc")
    return unescape(svg[svg.find(">", start) + 1 : svg.find("</desc>")]) if start >= 0 else ""
