"""Claims as abstracts, press releases and websites print them; each with the gravest verdict that it deserves.

Worked out by hand: z = estimate / SE with SE = width / 2z; ratios on the log scale; shares and sums by counting.
"""

import pytest
from prismake.audit.claims import VERDICTS, audit_claims

PAPER = "doi:10.1234/example"
OK, WRONG, OPEN, NEAR, SAME, OTHER = (
    "coherent", "incoherent", "not computable", "within rounding", "confirmed", "contradicted",
)  # fmt: skip


def gravest(*claims):
    """The gravest verdict on some claims, the second and later ones of another source where they name it."""
    items = [
        {"id": f"c{place}", "source": "s", "about": PAPER, "metric": "effect", **claim}
        for place, claim in enumerate(claims)
    ]
    return min(audit_claims({"claims": items}, {})["verdict"], key=VERDICTS.index)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        # p values: z, t, one-sided, bounds, many digits.
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": "< .001"}, OK),  # z = 3.67
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": "p<0.001"}, OK),
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": ".05"}, WRONG),
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": ".02"}, OPEN),  # t with 1 or 2 df
        ({"measure": "g", "value": 0.30, "ci": [0.02, 0.58], "p": 0.036}, OK),  # z = 2.10
        ({"measure": "g", "value": 0.30, "ci": [-0.02, 0.62], "p": 0.033, "wording": "one-tailed p = .033"}, OK),  # z = 1.84
        ({"measure": "g", "value": 0.30, "ci": [-0.02, 0.62], "p": 0.033}, OPEN),  # as half of the two-sided p
        ({"measure": "g", "value": 0.30, "ci": [-0.02, 0.62], "p": 0.008}, WRONG),
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": 0.00001}, WRONG),  # z = 3.67 gives .0002
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": 0.0002}, OK),
        ({"measure": "g", "value": 0.60, "ci": [0.40, 0.80], "p": "4.1e-9"}, OK),  # z = 5.88
        ({"measure": "g", "value": 0.60, "ci": [0.40, 0.80], "p": "< 10^-3"}, OK),
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": ".000"}, OK),
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": "<.001***"}, OK),
        ({"measure": "g", "value": 0.45, "ci": [0.21, 0.69], "p": "0.0002 (two-sided)"}, OK),
        ({"measure": "g", "value": 0.41, "ci": [0.14, 0.68], "p": 0.008, "k": 9}, OK),  # t(8): 0.41 / (0.27 / 2.306) = 3.50
        ({"measure": "g", "value": 0.41, "ci": [0.14, 0.68], "p": 0.008}, OPEN),  # df not stated
        ({"measure": "g", "value": 0.41, "ci": [0.14, 0.68], "p": 0.008, "df": 8}, OK),
        ({"measure": "g", "value": 0.41, "ci": [0.14, 0.68], "p": 0.2, "k": 9}, WRONG),
        ({"measure": "SMD", "value": 0.10, "ci": [-0.10, 0.30], "p": "n.s."}, OK),
        ({"measure": "SMD", "value": 0.10, "ci": [-0.10, 0.30], "p": "> .05"}, OK),
        ({"measure": "SMD", "value": 0.10, "ci": [-0.10, 0.30], "p": "< .05", "decimals": 2}, WRONG),
        # Levels, also where only the wording has them.
        ({"measure": "d", "value": 0.22, "ci": [0.08, 0.36], "p": 0.011, "wording": "d = 0.22 (90% CI 0.08 to 0.36), p = .011"}, OK),
        ({"measure": "d", "value": 0.22, "ci": [0.08, 0.36], "p": 0.011, "wording": "90 %-KI"}, OK),
        ({"measure": "d", "value": 0.22, "ci": [-0.003, 0.443], "p": 0.011, "level": 99}, OK),  # z = 2.54
        ({"measure": "d", "value": 0.22, "ci": [0.08, 0.36], "p": 0.011}, OPEN),  # as a 95 % interval z = 3.08; t with few df
        ({"measure": "d", "value": 0.22, "ci": [0.08, 0.36], "p": 0.3}, WRONG),
        # Ratios.
        ({"measure": "OR", "value": 1.50, "ci": [1.10, 2.05], "p": 0.01}, OK),  # log: 0.405, SE 0.159
        ({"measure": "OR", "value": 1.50, "ci": [1.10, 1.90], "p": 0.01, "wording": "OR = 1.50 [1.10, 1.90]"}, WRONG),  # in the middle of no log scale
        ({"measure": "hazard ratio", "value": 0.75, "ci": [0.60, 0.94], "p": 0.012}, OK),
        ({"measure": "RR", "value": 1.20, "ci": [0.90, 1.60], "wording": "significantly more dropout"}, WRONG),
        ({"measure": "RR", "value": 0.80, "ci": [-0.10, 1.70]}, WRONG),  # no ratio is negative
        ({"measure": "OR", "value": 12.3, "ci": [1.02, 148]}, OK),  # log: middle of 0.0198 and 4.997 is 2.508, exp 12.29
        ({"measure": "IRR", "value": 0.5, "ci": [0.25, 1.0], "wording": "halved the rate"}, OK),
        ({"measure": "log OR", "value": 0.41, "ci": [0.10, 0.72], "p": 0.0095}, OK),
        # Correlations are pooled as Fisher's z or as they are.
        ({"measure": "r", "value": 0.50, "ci": [0.30, 0.66]}, OK),
        ({"measure": "r", "value": 0.50, "ci": [0.30, 0.70]}, OK),
        ({"measure": "r", "value": 0.50, "ci": [0.30, 0.80], "decimals": 2}, WRONG),
        ({"measure": "r", "value": 1.20, "ci": [0.90, 1.50]}, WRONG),
        # Other kinds of intervals.
        ({"measure": "SMD", "value": 0.40, "ci": [0.10, 0.80], "wording": "0.40, 95% credible interval 0.10 to 0.80"}, OPEN),
        ({"measure": "SMD", "value": 0.40, "ci": [0.10, 0.80], "decimals": 2, "wording": "bootstrapped 95% CI"}, OPEN),
        ({"measure": "SMD", "value": 0.40, "ci": [0.10, 0.80], "wording": "SMD 0.40 (0.10 to 0.80)"}, WRONG),
        ({"measure": "NNT", "value": 6, "ci": [4, 12]}, OK),
        ({"measure": "NNT", "value": 25, "ci": [8, -22]}, OPEN),  # through infinity
        ({"measure": "NNT", "value": 3, "ci": [4, 12]}, WRONG),
        ({"measure": "kappa", "metric": "agreement", "value": 0.71, "ci": [0.60, 0.82]}, OK),
        ({"measure": "kappa", "metric": "agreement", "value": 1.71}, WRONG),
        ({"metric": "kappa", "value": 0.64}, OPEN),
        # Writing.
        ({"measure": "g", "value": "−.30", "ci": ["−0.50", "−.10"], "p": ".003"}, OK),
        ({"measure": "g", "value": "–0,30", "ci": ["–0,50", "–0,10"], "p": "0,003"}, OK),
        ({"measure": "g", "value": "0.30", "ci": "0.10 to 0.50", "p": ".003"}, OK),
        ({"measure": "g", "value": "0.30", "ci": "[0.10, 0.50]", "p": ".3"}, WRONG),
        ({"measure": "g", "value": "0,30", "ci": "0,10–0,50", "p": "0,003"}, OK),
        ({"measure": "g", "value": "0.30", "ci": "−0.50 to −0.10"}, WRONG),
        ({"measure": "g", "value": "small"}, OPEN),
        ({"measure": "g", "value": "0.30", "ci": "wide"}, OPEN),
        ({"measure": "g", "value": "0.35 (95% CI 0.12 to 0.58)", "p": ".003"}, OK),
        ({"measure": "g", "value": "0.35 [0.12; 0.58]", "p": "p = .3, two-tailed"}, WRONG),
        # An interval that holds no effect has a p above .05, and no other one has.
        ({"measure": "RR", "value": 0.78, "ci": [0.61, 1.01], "p": 0.04}, WRONG),
        ({"measure": "RR", "value": 0.78, "ci": [0.61, 0.99], "p": 0.06}, WRONG),
        ({"measure": "RR", "value": 0.78, "ci": [0.61, 0.99], "p": 0.04}, OK),
        ({"measure": "RR", "value": 0.78, "ci": [0.61, 1.00], "p": 0.05}, OK),
        # Words on significance.
        ({"measure": "d", "value": 0.22, "ci": [0.05, 0.39], "wording": "significant, with no evidence of publication bias"}, OK),
        ({"measure": "d", "value": 0.22, "ci": [0.05, 0.39], "wording": "no evidence of heterogeneity"}, OK),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "did not differ"}, OK),
        ({"measure": "d", "value": 0.25, "ci": [0.10, 0.40], "wording": "the groups did not differ"}, WRONG),
        ({"measure": "d", "value": 0.25, "ci": [0.10, 0.40], "wording": "failed to reach significance"}, WRONG),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "failed to reach significance"}, OK),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "lack of a significant effect"}, OK),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "did not reach statistical significance"}, OK),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "significance was set at .05"}, OK),
        ({"measure": "d", "value": 0.15, "ci": [-0.02, 0.32], "wording": "marginally significant"}, OK),
        ({"measure": "d", "value": 0.15, "ci": [-0.02, 0.32], "wording": "a trend towards significance"}, OK),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "significant for depression but not for anxiety"}, OK),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "there was no effect"}, OK),
        ({"measure": "d", "value": 0.50, "ci": [0.34, 0.67], "wording": "no effect on depression"}, WRONG),
        ({"measure": "d", "value": 0.50, "ci": [0.34, 0.67], "wording": "a large effect"}, OK),
        ({"measure": "d", "value": 0.50, "ci": [0.34, 0.67], "wording": "did not improve outcomes"}, WRONG),
        ({"measure": "d", "value": 0.50, "ci": [0.34, 0.67], "wording": "was ineffective"}, WRONG),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "no more effective than usual care"}, OK),
        ({"metric": "subgroups", "value": "effects differed between subgroups", "p": 0.6}, WRONG),
        ({"metric": "subgroups", "value": "effects differed between subgroups", "p": 0.01}, OK),
        ({"measure": "d", "value": 0.05, "ci": [-0.10, 0.20], "wording": "no significant differences were found"}, OK),
        ({"measure": "d", "value": 0.35, "ci": [0.10, 0.60], "wording": "not all studies found significant effects"}, OK),
        ({"metric": "moderators", "value": "neither age nor gender moderated outcomes", "p": 0.4}, OK),
        ({"metric": "moderators", "value": "did not moderate", "p": 0.004}, WRONG),
        ({"metric": "publication_bias", "value": "Egger's test was not significant", "p": 0.23}, OK),
        ({"metric": "publication_bias", "value": "no indication of publication bias", "p": 0.01}, WRONG),
        ({"metric": "heterogeneity", "value": "significant heterogeneity", "p": 0.6}, WRONG),
        # Words on the sign: lower can be better, and other things can be high or low.
        ({"measure": "SMD", "value": -0.40, "ci": [-0.60, -0.20], "wording": "reduced depressive symptoms"}, OK),
        ({"measure": "SMD", "value": 0.40, "ci": [0.20, 0.60], "wording": "reduced depressive symptoms"}, OPEN),
        ({"measure": "OR", "value": 0.70, "ci": [0.55, 0.89], "wording": "in studies of higher quality"}, OK),
        ({"measure": "OR", "value": 0.70, "ci": [0.55, 0.89], "wording": "higher odds of dropout"}, WRONG),
        ({"measure": "OR", "value": 0.70, "ci": [0.55, 0.89], "wording": "lower odds of dropout"}, OK),
        ({"measure": "OR", "value": 0.70, "ci": [0.55, 0.89], "wording": "increased the risk"}, WRONG),
        ({"measure": "r", "value": -0.30, "ci": [-0.41, -0.18], "wording": "positively associated"}, WRONG),
        ({"measure": "SMD", "value": -0.30, "ci": [-0.50, -0.10], "wording": "positive affect and positive symptoms"}, OK),
        ({"measure": "SMD", "value": 0.30, "ci": [0.10, 0.50], "wording": "negative symptoms of schizophrenia"}, OK),
        # Shares and heterogeneity.
        ({"metric": "percentage", "value": "53%", "part": 9, "of": 17}, OK),  # 52.94
        ({"metric": "percentage", "value": "52%", "part": 9, "of": 17}, WRONG),
        ({"metric": "percentage", "value": 12.5, "part": 1, "of": 8}, OK),
        ({"metric": "percentage", "value": 13, "part": 1, "of": 8}, OK),
        ({"metric": "percentage", "value": 12, "part": 1, "of": 8}, OK),
        ({"metric": "percentage", "value": 0.53, "part": 9, "of": 17}, OK),  # as a proportion
        ({"metric": "percentage", "value": "52,9 %", "part": 9, "of": 17}, OK),
        ({"metric": "percentage", "value": "33%", "part": "nine", "of": "twenty-seven"}, OK),
        ({"metric": "percentage", "value": "12%", "part": "1,234", "of": "10.283"}, OK),
        ({"metric": "percentage", "value": "about half", "part": 9, "of": 17}, OPEN),
        ({"metric": "percentage", "value": "more than 50%", "part": 9, "of": 17}, OK),
        ({"metric": "percentage", "value": "more than 60%", "part": 9, "of": 17}, WRONG),
        ({"metric": "I2", "value": "67%", "q": 24.0, "k": 9}, OK),  # 1 - 8 / 24
        ({"metric": "I2", "value": 0, "q": 6.1, "k": 9}, OK),
        ({"metric": "I2", "value": "76%", "q": 24.0, "k": 9, "estimator": "DL"}, WRONG),
        ({"metric": "I2", "value": "76%", "q": 24.0, "k": 9}, OPEN),
        ({"metric": "Q", "value": 24.0, "k": 9, "p": 0.002}, OK),
        ({"metric": "Q", "value": 24.0, "k": 9, "p": "<.001"}, WRONG),
        ({"metric": "tau2", "value": -0.1}, WRONG),
    ],
)  # fmt: skip
def test_one_claim(claim, verdict):
    assert gravest(claim) == verdict


@pytest.mark.parametrize(
    ("claims", "verdict"),
    [
        # Sums, also with parts that are not there.
        ([{"metric": "studies", "value": 17}, {"metric": "risk_of_bias", "value": {"high": 8, "moderate": 8, "low": 1}}], OK),
        ([{"metric": "studies", "value": 17}, {"metric": "risk_of_bias", "value": {"high": 8, "moderate": 7, "low": 1}}], WRONG),
        ([{"metric": "studies", "value": 17}, {"metric": "risk_of_bias", "value": {"high": 8}}], OPEN),
        ([{"metric": "studies", "value": 17}, {"metric": "risk_of_bias", "value": {"high": 18}}], WRONG),
        ([{"metric": "studies", "value": 17}, {"metric": "risk_of_bias", "value": {"high": 8, "moderate": 8, "low": None}}], OPEN),
        ([{"metric": "studies", "value": 17}, {"metric": "risk_of_bias", "value": {"high": 9, "moderate": 9, "low": None}}], WRONG),
        ([{"metric": "studies", "value": "seventeen"},
          {"metric": "risk_of_bias", "value": {"high": "eight", "moderate": "eight", "low": "one"}}], OK),
        ([{"metric": "studies_in_meta_analysis", "value": 9},
          {"metric": "subgroup_studies", "value": {"adults": 5, "children": 3}}], WRONG),
        ([{"metric": "studies_in_meta_analysis", "value": 9},
          {"metric": "subgroup_studies", "value": {"adults": 5, "children": 3}, "wording": "one study did not report age"}], OPEN),
        ([{"metric": "studies", "value": 17}, {"metric": "studies_in_meta_analysis", "value": 9}], OK),
        ([{"metric": "studies", "value": 9}, {"metric": "studies_in_meta_analysis", "value": 17}], WRONG),
        ([{"metric": "studies_in_meta_analysis", "value": 9}, {"value": 0.2, "k": 12}], WRONG),
        ([{"metric": "studies_in_meta_analysis", "value": 9}, {"value": 0.2, "k": 31, "wording": "31 effect sizes"}], OPEN),
        ([{"metric": "participants", "value": 7617}, {"metric": "participants_in_meta_analysis", "value": "5,134"}], OK),
        # One source that says two things.
        ([{"metric": "studies", "value": 17}, {"metric": "studies", "value": 18}], WRONG),
        ([{"metric": "studies", "value": 17}, {"metric": "studies", "value": 9, "subject": "depression"}], OPEN),
        ([{"metric": "tau2", "value": 0.04}, {"metric": "tau", "value": 0.20}], OK),
        ([{"metric": "tau2", "value": 0.04}, {"metric": "tau", "value": 0.40}], WRONG),
        ([{"measure": "g", "value": 0.30, "ci": [0.10, 0.50]},
          {"metric": "prediction_interval", "measure": "g", "value": 0.30, "ci": [-0.20, 0.80]}], OK),
        ([{"measure": "g", "value": 0.30, "ci": [0.10, 0.50]},
          {"metric": "prediction_interval", "measure": "g", "value": 0.30, "ci": [0.20, 0.40],
           "decimals": 2}], WRONG),
    ],
)  # fmt: skip
def test_claims_of_one_source(claims, verdict):
    assert gravest(*claims) == verdict


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "7.617"}, SAME),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "7 617"}, SAME),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "over 7,000"}, NEAR),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "more than 8,000"}, OTHER),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "at least 7617"}, NEAR),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "nearly 8,000"}, NEAR),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "about 7,600"}, NEAR),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": "about 4,200"}, OTHER),
        ({"metric": "participants", "value": 7617}, {"metric": "participants", "value": 7600}, OTHER),
        ({"metric": "studies", "value": 23}, {"metric": "studies", "value": "twenty-three"}, SAME),
        ({"metric": "studies", "value": 23}, {"metric": "studies", "value": "Twenty-three studies"}, SAME),
        ({"metric": "studies", "value": 23}, {"metric": "studies", "value": "thirty"}, OTHER),
        ({"metric": "studies", "value": 17}, {"metric": "studies", "value": "15 to 20"}, NEAR),
        ({"metric": "studies", "value": 17}, {"metric": "studies", "value": "20–25"}, OTHER),
        ({"metric": "studies", "value": 17}, {"metric": "studies", "value": "dozens of studies"}, OPEN),
        ({"value": 0.22, "measure": "d"}, {"value": "0,22", "measure": "SMD"}, SAME),
        ({"value": 0.22, "measure": "d"}, {"value": ".2", "measure": "SMD"}, NEAR),
        ({"value": 0.225, "measure": "d"}, {"value": 0.22, "measure": "d"}, NEAR),
        ({"value": 0.225, "measure": "d"}, {"value": 0.23, "measure": "d"}, NEAR),
        ({"value": 0.22, "measure": "d"}, {"value": 0.24, "measure": "d"}, OTHER),
        ({"value": 0.22, "measure": "d"}, {"value": "a small effect"}, OPEN),
        ({"metric": "publication_bias", "value": "not significant"},
         {"metric": "publication_bias", "value": "no evidence of publication bias"}, SAME),
        ({"metric": "moderators", "value": "did not significantly influence outcomes"},
         {"metric": "moderators", "value": "age moderated outcomes significantly"}, OTHER),
        ({"metric": "I2", "value": "67%"}, {"metric": "I2", "value": 66.7}, NEAR),
        ({"metric": "I2", "value": "67%"}, {"metric": "I2", "value": 0.67}, SAME),
        ({"metric": "preregistered", "value": True}, {"metric": "preregistered", "value": "yes"}, SAME),
    ],
)  # fmt: skip
def test_two_sources(one, other, verdict):
    found = gravest(one, {**other, "source": "t"})
    assert found == verdict
