"""Numbers found beside known quantities."""

import pytest
from prismake.audit.sentences import normal
from prismake.audit.statements import Number, number, statements


def _one(sentence, quantity):
    found = [s for s in statements(normal(sentence)) if s.quantity == quantity]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,039", Number(1039, 0)), (".20", Number(0.2, 2)), ("-0.5", Number(-0.5, 1)), ("Nine", Number(9, 0))],
)
def test_printed_numbers(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The effect was d = 0.22, 95% CI [0.05, 0.39], p = .011.",
        "The effect was d = 0.22 (95% CI 0.05 to 0.39; p=0.011).",
        "Cohen's d = 0.22 [95% CI: 0.05–0.39, p = .011]",
        "There was d=.22 (95 % confidence interval = [.05; .39]), z = 2.5, p = .011",
        "SMD 0.22 [0.05, 0.39], p = .011",
    ],
)
def test_estimate_interval_and_p_in_many_ways_of_writing(sentence):
    found = _one(sentence, "effect")
    assert {role: n.value for role, n in found.numbers.items()} == {"value": 0.22, "low": 0.05, "high": 0.39}
    assert float(found.p) == 0.011 and found.level == 95


def test_negative_estimates_and_other_levels():
    found = _one("g = −0.30, 90% CI [−0.50, −0.10]", "effect")
    assert found.numbers["value"].value == -0.3 and found.numbers["high"].value == -0.1 and found.level == 90


def test_two_effects_in_a_sentence_keep_their_own_p():
    found = [s for s in statements("g = 0.2 [0.1, 0.3], p < .001, and g = 0.1 [-0.1, 0.3], p = .33.")]
    assert [s.p for s in found] == ["<.001", ".33"]


def test_the_p_of_another_test_is_not_the_effect_s():
    found = statements("g = 0.20, 95% CI [0.10, 0.30], Q(8) = 11.96, p = .153")
    assert [(s.quantity, s.p) for s in found] == [("effect", None), ("Q", ".153")]


def test_k_of_a_single_effect_comes_from_its_sentence():
    found = _one("In nine studies (1,803 participants) it was g = 0.41, 95% CI [0.27, 0.54].", "effect")
    assert found.numbers["k"] == Number(9, 0)


@pytest.mark.parametrize(
    ("sentence", "q", "df", "p"),
    [
        ("Cochran’s Q(8) = 11.96, p = .153", 11.96, 8, ".153"),
        ("(Q = 11.96, df = 8, p = .153)", 11.96, 8, ".153"),
        ("Q(df = 8) = 11.96", 11.96, 8, None),
    ],
)
def test_q_with_its_df(sentence, q, df, p):
    found = _one(sentence, "Q")
    assert (found.numbers["q"].value, found.numbers["df"].value, found.p) == (q, df, p)


@pytest.mark.parametrize(
    ("sentence", "quantity", "n"),
    [
        ("1,039 records were screened", "records_screened", 1039),
        ("We screened 1,039 records on title and abstract", "records_screened", 1039),
        ("Records screened (n = 1,039)", "records_screened", 1039),
        ("After removing 475 duplicates", "duplicates", 475),
        ("475 duplicate records were removed", "duplicates", 475),
        ("Duplicates removed (n = 475)", "duplicates", 475),
        ("The searches identified 1,520 records", "records_identified", 1520),
        ("945 records were excluded", "records_excluded", 945),
        ("6 reports could not be retrieved", "reports_not_retrieved", 6),
        ("88 full texts were assessed for eligibility", "reports_assessed", 88),
        ("Seventeen studies were included", "studies_included", 17),
        ("We included 17 studies", "studies_included", 17),
        ("17 trials met the inclusion criteria", "studies_included", 17),
        ("Nine studies were pooled", "studies_in_meta_analysis", 9),
        ("9 studies (1,803 participants) entered this analysis", "studies_in_meta_analysis", 9),
        ("nine studies were included in the meta-analysis", "studies_in_meta_analysis", 9),
        ("(N = 5,134)", "N", 5134),
        ("k = 9", "k", 9),
        ("I² = 32.0%", "I2", 32),
        ("τ² = 0.009", "tau2", 0.009),
    ],
)
def test_counts_and_heterogeneity(sentence, quantity, n):
    assert _one(sentence, quantity).numbers["n"].value == n


def test_a_share_has_three_numbers():
    found = _one("8 of 17 studies (47%) had a high risk of bias", "percentage")
    assert [found.numbers[role].value for role in ("part", "whole", "percent")] == [8, 17, 47]


@pytest.mark.parametrize("sentence", ["In 2023 we met.", "Table 3 lists 4 domains.", "It took 3-4 weeks.", "p < .05"])
def test_other_numbers_are_left_alone(sentence):
    assert statements(sentence) == []
