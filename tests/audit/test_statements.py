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


@pytest.mark.parametrize(
    ("sentence", "measure", "numbers", "p"),
    [
        ("SMD −0·33, 95% CI −0·54 to −0·12; p=0·0020", "SMD", (-0.33, -0.54, -0.12), "0.0020"),
        ("We found OR = 1.85 (95% CI = 1.20–2.85), P = .005.", "OR", (1.85, 1.2, 2.85), ".005"),
        ("Der Effekt betrug g = 0,33 (95 %-KI 0,12 bis 0,54; p = 0,002).", "g", (0.33, 0.12, 0.54), "0.002"),
        ("d = 0,33, 95%-KI [0,12; 0,54], p < 0,01", "d", (0.33, 0.12, 0.54), "<0.01"),
        ("The mean difference was 2.3 points (95% CI 1.1 to 3.5).", "MD", (2.3, 1.1, 3.5), None),
        ("Hedges' g = 0.33, CI95% = 0.12–0.54", "g", (0.33, 0.12, 0.54), None),
        ("ES = 0.33, 95% CI [0.12, 0.54]", "ES", (0.33, 0.12, 0.54), None),
        ("g = 0.33, SE = 0.11, 95% CI [0.12, 0.54], p = .003", "g", (0.33, 0.12, 0.54), ".003"),
        ("HR=0.71 [95%CI 0.52-0.97]", "HR", (0.71, 0.52, 0.97), None),
        ("the odds ratio was 1.85 (1.20, 2.85)", "OR", (1.85, 1.2, 2.85), None),
    ],
)
def test_effects_in_the_manner_of_many_journals(sentence, measure, numbers, p):
    found = _one(sentence, "effect")
    assert (found.measure, found.p) == (measure, p)
    assert tuple(found.numbers[role].value for role in ("value", "low", "high")) == numbers


@pytest.mark.parametrize(
    "sentence",
    ["Larger at post (k = 9, g = 0.41, 95% CI [0.27, 0.54]) than later (k = 4, g = 0.20, 95% CI [-0.01, 0.41]).",
     "At post, g = 0.41, 95% CI [0.27, 0.54], k = 9; later, g = 0.20, 95% CI [-0.01, 0.41], k = 4."],
)  # fmt: skip
def test_each_of_two_effects_keeps_its_own_k_on_either_side(sentence):
    found = [s.numbers["k"].value for s in statements(normal(sentence)) if s.quantity == "effect"]
    assert found == [9, 4]


@pytest.mark.parametrize(
    ("sentence", "kind", "value", "df", "p"),
    [
        ("t(8) = −3.08, p = .015", "t", -3.08, 8, ".015"),
        ("F(2, 30) = 4.50, p = .02", "F", 4.5, 2, ".02"),
        ("r(28) = .45, p = .013", "r", 0.45, 28, ".013"),
        ("χ²(1, N = 200) = 4.10, p = .043", "chi2", 4.1, 1, ".043"),
        ("Chi² = 11.96, df = 8 (P = 0.15)", "chi2", 11.96, 8, "0.15"),
        ("z = 3.08, p = .002", "z", 3.08, None, ".002"),
    ],
)
def test_tests_with_their_df_and_p(sentence, kind, value, df, p):
    found = _one(sentence, "test")
    assert (found.measure, found.numbers["value"].value, found.p) == (kind, value, p)
    assert (found.numbers["df"].value if df else None) == df


@pytest.mark.parametrize(
    "sentence",
    [
        "Of the 17 studies, 8 (47%) were small.",
        "47% (8/17) of studies were small.",
        "8/17 (47%) studies",
        "47% (n = 8 of 17)",
    ],
)
def test_shares_in_other_orders(sentence):
    found = _one(sentence, "percentage")
    assert [found.numbers[role].value for role in ("part", "whole", "percent")] == [8, 17, 47]


def test_thousands_with_thin_spaces():
    assert _one("1\u202f039 records were screened", "records_screened").numbers["n"].value == 1039


@pytest.mark.parametrize(
    "sentence",
    ["Table 2 lists 17 outcomes (see Figure 1).", "Participants were 38.3 years old (SD = 11.2), 49% female.",
     "The alpha level was p < .05.", "Treatment lasted 12 to 16 sessions.", "beta = 0.02, SE = 0.01, p = .04",
     "Cohen's kappa was .78 (95% CI .72 to .84).", "scores on the PHQ-9 (0-27)"],
)  # fmt: skip
def test_more_numbers_that_are_left_alone(sentence):
    assert statements(normal(sentence)) == []
