"""The manuscript check."""

import pytest
from prismake.audit.manuscript import check_manuscript, finding_lines
from prismake.audit.sentences import Sentence

NUMBERS = {
    "flow.records_screened": 1039, "flow.duplicates": 475, "flow.total_studies": 17, "flow.dbr_assessed": 88,
    "flow.other_assessed": 12, "primary.k": 9, "primary.N": 1803, "primary.estimate.b": 0.4055,
    "primary.estimate.ci_lb": 0.2748, "primary.estimate.ci_ub": 0.5362, "primary.estimate.pval": 0.0000967,
    "primary.heterogeneity.I2": 32.03, "primary.heterogeneity.QE": 11.961, "equal.k": 9,
}  # fmt: skip


def _verdicts(sentence, numbers=None):
    found = check_manuscript([Sentence(1, sentence)], numbers)
    return {(row.quantity, row.check): row.verdict for row in found.itertuples()}


REVIEW = "against this review's results"


@pytest.mark.parametrize(
    ("sentence", "quantity", "verdict"),
    [
        ("1,039 records were screened.", "records_screened", "confirmed"),
        ("1,093 records were screened.", "records_screened", "contradicted"),
        ("Smith et al. (2020) reported that 500 records were screened.", "records_screened", "not found"),
        ("Of these, 100 reports were assessed.", "reports_assessed", "confirmed"),  # databases and other methods
        ("18 studies were included.", "studies_included", "contradicted"),
        ("Nine studies were pooled.", "studies_in_meta_analysis", "confirmed"),
        ("It was g = 0.41, 95% CI [0.27, 0.54], p < .001.", "effect", "within rounding"),
        ("It was g = 0.41, 95% CI [0.27, 0.54], p = .03.", "effect", "contradicted"),
        ("It was g = 0.41, 95% CI [0.25, 0.54].", "effect", "not found"),
        ("I2 = 32.0%", "I2", "within rounding"),
        ("I2 = 40%", "I2", "not found"),
        ("The sample was N = 1,803.", "N", "confirmed"),
        ("tau2 = 0.01", "tau2", "not computable"),
    ],
)
def test_against_the_review(sentence, quantity, verdict):
    assert _verdicts(sentence, NUMBERS)[(quantity, REVIEW)] == verdict


@pytest.mark.parametrize(
    ("sentence", "check", "verdict"),
    [
        ("d = 0.22, 95% CI [0.05, 0.39], p = .011", "p value from estimate and interval (z)", "coherent"),
        ("d = 0.22, 95% CI [0.05, 0.39], p = .11", "p value from estimate and interval (z)", "incoherent"),
        ("d = 0.22, 95% CI [0.25, 0.39]", "estimate inside its interval", "incoherent"),
        ("d = 0.22, 95% CI [0.05, 0.49]", "estimate in the middle of its interval", "incoherent"),
        ("OR = 2.00, 95% CI [1.00, 4.00]", "estimate in the middle of its interval", "coherent"),
        ("The effect was not significant, d = 0.22, 95% CI [0.05, 0.39]", "significance against wording", "incoherent"),
        ("8 of 17 studies (47%) were small", "percentage from its counts", "coherent"),
        ("8 of 17 studies (74%) were small", "percentage from its counts", "incoherent"),
        ("Q(8) = 11.96, p = .153", "p value from Q and its df", "coherent"),
        ("Q(8) = 11.96, p = .513", "p value from Q and its df", "incoherent"),
        ("Q(8) = 11.96, p = .153, I2 = 33.1%", "I2 from Q and its df", "coherent"),
        ("Q(8) = 11.96, p = .153, I2 = 32.0%", "I2 from Q and its df", "not computable"),
    ],
)
def test_inside_itself_without_a_review(sentence, check, verdict):
    assert {key[1]: v for key, v in _verdicts(sentence).items()}[check] == verdict


def test_a_t_test_is_recognised_where_k_is_known():
    found = _verdicts("In 7 studies (800 participants) it was g = 0.37, 95% CI [0.16, 0.59], p = .006.")
    assert found[("effect", "p value from estimate and interval (t, 6 df)")] == "coherent"


def test_the_lines_show_the_sentence_and_the_sum_of_verdicts():
    found = check_manuscript(
        [Sentence(4, "1,093 records were screened."), Sentence(5, "Nine studies were pooled.")], NUMBERS
    )
    lines = finding_lines(found)
    assert lines[0].startswith("CONTRADICTED") and "1039" in lines[0]
    assert "paragraph 4: 1,093 records were screened." in lines[1]
    assert lines[-1] == "2 checks: 1 contradicted, 1 confirmed"
    assert len(finding_lines(found, everything=True)) == 5


def test_a_text_without_numbers_is_said_to_have_none():
    assert finding_lines(check_manuscript([Sentence(1, "Nothing here.")]))[-1].startswith("No number")
