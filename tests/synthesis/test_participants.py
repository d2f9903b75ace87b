"""N of an analysis counts people, each once."""

import pandas as pd
from prismake.synthesis.pooling import participants, pool


def _effects(rows):
    columns = ["effect_id", "study_id", "arm_1", "arm_2", "n1", "n2", "people_1", "people_2", "cluster", "ni"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(yi=0.1, vi=0.02, sei=0.02**0.5, label=table["study_id"], measure="SMD")


def _n(rows):
    return participants(pool(_effects(rows), "average", 0.5))


def test_a_cluster_trial_counts_its_people_and_not_its_effective_number():
    assert _n([["e", "S", "a", "b", 116.5, 117.2, 151, 152, "S", 233.7]]) == 303


def test_a_shared_arm_counts_once_and_whole_where_it_was_split():
    rows = [["e1", "S", "a", "c", 50, 23, 50, 46, "S", 73], ["e2", "S", "b", "c", 54, 23, 54, 46, "S", 77]]
    assert _n(rows) == 50 + 54 + 46


def test_several_outcomes_of_the_same_people_count_them_once():
    rows = [["e1", "S", "a", "b", 50, 48, 50, 48, "S", 98], ["e2", "S", "a", "b", 47, 48, 47, 48, "S", 95]]
    assert _n(rows) == 98


def test_several_samples_of_one_study_are_different_people():
    rows = [
        ["e1", "S", "", "", None, None, None, None, "S:1", 100],
        ["e2", "S", "", "", None, None, None, None, "S:2", 40],
    ]
    assert _n(rows) == 140


def test_without_people_the_numbers_of_the_effect_count():
    assert _n([["e", "S", "a", "b", 20, 30, None, None, "S", 50]]) == 50
