"""What runs beside a change that was decided once results were known."""

import pytest
from prismake.protocol import overlay

REGISTERED = {
    "effect_measure": "SMD",
    "effect_options": {"shared_control": "split", "measures": {"response": "OR"}},
    "direction": "positive_favours_intervention",
    "comparisons": {"intervention": ["new"], "comparators": ["old"]},
    "outcomes": {"mood": {"label": "Mood", "instruments": ["A", "B"]}, "response": {"label": "Response"}},
    "risk_of_bias": {"tool": "rob2", "some_concerns_limit": 2, "raters": 2},
    "screening": {"title_abstract": {"reviewers": 2}},
    "analyses": {
        "mood": {"title": "Mood", "role": "confirmatory", "effects": {"construct": "mood"}, "test": "z",
                 "sensitivity": ["without_high_risk_of_bias"]},
        "response": {"title": "Response", "role": "confirmatory", "effects": {"construct": ["response"]}, "method": "DL"},
        "all": {"title": "All", "role": "sensitivity"},
    },
}  # fmt: skip


def change(leaf, value, timing="after synthesis", id="D1"):
    return {"id": id, "leaf": leaf, "value": value, "timing": timing}


def names(*deviations):
    return sorted(overlay.analyses_as_registered(REGISTERED, deviations))


@pytest.mark.parametrize(
    ("leaf", "value", "again"),
    [
        ("effect_measure", "MD", ["all", "mood", "response"]),
        ("direction", "as_reported", ["all", "mood", "response"]),
        ("effect_options.shared_control", "covariance", ["all", "mood", "response"]),
        ("effect_options.pre_post_correlation", 0.7, ["all", "mood", "response"]),
        ("effect_options.icc", 0.05, ["all", "mood", "response"]),
        ("effect_options.medians", False, ["all", "mood", "response"]),
        ("effect_options.change_scores", "prefer", ["all", "mood", "response"]),
        ("effect_options.analysis_sets", ["completers"], ["all", "mood", "response"]),
        ("effect_options.measures.response", "RR", ["all", "response"]),
        ("comparisons.comparators", ["old", "none"], ["all", "mood", "response"]),
        ("outcomes.mood.instruments", ["B", "A"], ["all", "mood"]),
        ("outcomes.mood.timepoints", ["post"], ["all", "mood"]),
        ("outcomes.mood.label", "Feeling", []),
        ("outcomes.mood.role", "secondary", []),
        ("risk_of_bias.some_concerns_limit", 1, ["mood"]),
        ("risk_of_bias.overall", "worst", ["mood"]),
        ("risk_of_bias.tool", "custom", []),
        ("risk_of_bias.raters", 1, []),
        ("screening.title_abstract.reviewers", 1, []),
        ("analyses.mood.test", "knha", ["mood"]),
        ("analyses.response", None, ["response"]),
        ("analyses.response.not_run", "no data", ["response"]),
        ("analyses.brand_new", {"title": "T", "role": "sensitivity"}, []),
    ],
)
def test_a_late_change_runs_every_registered_analysis_again_that_it_can_move(leaf, value, again):
    assert names(change(leaf, value)) == [f"{name}_as_registered" for name in again]
    assert names(change(leaf, value, "before synthesis")) == []


def test_what_runs_again_has_its_registered_setting():
    specs = overlay.analyses_as_registered(REGISTERED, [change("analyses.mood.test", "knha")])
    assert specs["mood_as_registered"] == {
        **REGISTERED["analyses"]["mood"], "role": "sensitivity", "title": "Mood, as registered"
    }  # fmt: skip


def test_effects_are_computed_again_only_for_a_late_change_of_theirs():
    assert overlay.effects_as_registered(REGISTERED, [change("analyses.mood.test", "t")]) is None
    assert overlay.effects_as_registered(REGISTERED, [change("effect_measure", "MD", "before search")]) is None
    leaves = overlay.effects_as_registered(REGISTERED, [change("effect_measure", "MD")])
    assert leaves["effect_measure"] == "SMD" and leaves["risk_of_bias"] == REGISTERED["risk_of_bias"]


def test_what_was_changed_earlier_elsewhere_stays_changed_and_the_title_says_so():
    early = change("analyses.mood.test", "knha", "before synthesis", "D1")
    late = change("effect_measure", "MD", id="D2")
    specs = overlay.analyses_as_registered(REGISTERED, [early, late])
    assert specs["mood_as_registered"]["test"] == "knha"
    assert specs["mood_as_registered"]["title"] == "Mood, as registered but for D1"
    assert specs["all_as_registered"]["title"] == "All, as registered"


def test_a_leaf_that_was_changed_twice_goes_back_to_what_was_registered():
    twice = [change("analyses.mood.test", "knha", "before synthesis"), change("analyses.mood.test", "t", id="D2")]
    assert overlay.analyses_as_registered(REGISTERED, twice)["mood_as_registered"]["test"] == "z"
    branch = [change("effect_options.shared_control", "none", "before search"), change("effect_options", {}, id="D2")]
    assert overlay.effects_as_registered(REGISTERED, branch)["effect_options"] == REGISTERED["effect_options"]
