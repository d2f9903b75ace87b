"""The names of the figures that are drawn for every analysis: what the rule's outputs are, so it imports nothing."""

# In the order of the report, each with its title. The forest plot leads; the others follow the tables.
ANALYSIS_FIGURES = {
    "forest": "Forest plot",
    "subgroups": "Forest plot by subgroup",
    "funnel": "Funnel plot",
    "leave_one_out": "Leave-one-out",
    "cumulative": "Cumulative meta-analysis",
    "influence": "Influence diagnostics",
    "baujat": "Baujat plot",
    "bubble": "Bubble plot",
    "orchard": "Orchard plot",
    "drapery": "Drapery plot",
    "p_curve": "p-curve",
    "labbe": "L’Abbé plot",
    "gosh": "GOSH plot",
    "specification_curve": "Specification curve",
}

ENDINGS = ("svg", "pdf", "png")
