"""The specification curve, the GOSH plot and the L'Abbé plot."""

from __future__ import annotations

import numpy as np
import pandas as pd
from prismake.report.figures.drawn import Figures
from prismake.synthesis.analysis import run_analysis


def figures() -> Figures:
    """Six trials of two arms with events, pooled as log odds ratios, with every subset and every specification."""
    draw = np.random.default_rng(1)
    frame = pd.DataFrame({"study_id": [f"s{i}" for i in range(6)], "n1": 60, "n2": 60})
    frame["effect_id"], frame["label"], frame["measure"] = frame["study_id"], "Study " + frame["study_id"], "OR"
    frame["events1"], frame["events2"] = draw.integers(10, 30, 6), draw.integers(10, 40, 6)
    frame["yi"] = np.log(frame["events1"] / (60 - frame["events1"]) * (60 - frame["events2"]) / frame["events2"])
    frame["vi"] = sum(1 / n for e in ("events1", "events2") for n in (frame[e], 60 - frame[e]))
    spec = {"one_per_study": "average", "model": "random", "sensitivity": ["gosh", "multiverse"]}
    return Figures(run_analysis(frame, spec, "a"), frame.astype(str).to_dict("records"))


def test_each_says_what_it_shows() -> None:
    drawn = figures()
    assert "in 63 subsets of the studies (every subset)" in drawn.draw("gosh").description
    assert "specifications, estimates from" in drawn.draw("specification_curve").description
    assert drawn.draw("labbe").description.startswith("Risk in the two arms of 6 studies")


def test_where_they_failed_they_say_that_there_is_nothing() -> None:
    failed = {name: {"not_estimable": "an invented reason"} for name in ("gosh", "multiverse")}
    drawn = figures()
    bare = Figures({**drawn.result, "sensitivity": failed}, [{**e, "events1": ""} for e in drawn.effects])
    for name in ("gosh", "specification_curve", "labbe"):
        assert "Nothing to draw" in bare.draw(name).description
