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


@pytest.mark.parametrize(
    ("sentence", "check", "verdict"),
    [
        ("t(8) = 3.08, p = .015", "p value from t and its df", "coherent"),
        ("t(8) = 3.08, p = .15", "p value from t and its df", "incoherent"),
        ("t(8) = 3.08, p = .008", "p value from t and its df", "not computable"),
        ("one-tailed t(8) = 3.08, p = .008", "p value from t and its df", "coherent"),
        ("F(2, 30) = 4.50, p = .02", "p value from F and its df", "coherent"),
        ("F(2, 30) = 4.50, p = .2", "p value from F and its df", "incoherent"),
        ("r(28) = .45, p = .013", "p value from r and its df", "coherent"),
        ("χ²(8) = 11.96, p = .153", "p value from chi2 and its df", "coherent"),
        ("χ²(8) = 11.96, p < .001", "p value from chi2 and its df", "incoherent"),
        ("z = 3.08, p = .002", "p value from z", "coherent"),
        ("z = 3.08, p = .02", "p value from z", "incoherent"),
        ("RR 0.75; 95% CI 0.60, 0.94; P=0.01", "p value from estimate and interval (z)", "coherent"),
        ("RR 0.75; 95% CI 0.60, 0.94; P=0.1", "p value from estimate and interval (z)", "incoherent"),
        ("r = .30, 95% CI [.18, .41], p < .001", "estimate in the middle of its interval", "coherent"),
        ("Hedges' g = 0,33 (95 %-KI 0,12 bis 0,54; p = 0,002)", "p value from estimate and interval (z)", "coherent"),
    ],
)
def test_more_ways_of_writing_checked_in_themselves(sentence, check, verdict):
    from prismake.audit.sentences import normal

    assert {key[1]: v for key, v in _verdicts(normal(sentence)).items()}[check] == verdict


TRUE = """\
The searches and the register gave records, of which 475 duplicates were removed. We screened 1,039 titles and abstracts.
After that, 88 full-text articles were assessed for eligibility, and 12 reports were assessed that other methods had found.
Seventeen RCTs met inclusion criteria; nine studies (N = 1,803) were pooled. Of the 17 studies, 8 (47%) were at high risk.
Personalised treatment did significantly better than standardised treatment (k = 9, Hedges' g = 0.41, 95% CI 0.27 to 0.54,
t(8) = 7.13, p < .001). Heterogeneity was not significant, Q(8) = 11.96, p = .153, I² = 32%. In the words of Harrow et al.
(2019), who screened 2,400 records, d = 0.80, 95% CI [0.60, 1.00], the effect may be larger. Treatments lasted 12 to 16
sessions; participants were 38.3 years old on average (SD = 11.2). Table 2 lists 17 studies. The alpha level was .05.
"""
WRONG = [("475", "457"), ("1,039", "1,093"), ("88 full", "78 full"), ("Seventeen RCTs", "Eighteen RCTs"), ("(47%)", "(74%)"),
         ("p < .001)", "p = .09)"), ("p = .153", "p = .513"), ("did significantly better", "did not significantly better")]  # fmt: skip


def _alarms(text, tmp_path):
    from prismake.audit.sentences import read_sentences

    path = tmp_path / "paper.md"
    path.write_text(text, encoding="utf-8")
    found = check_manuscript(read_sentences(path), NUMBERS)
    return found[found.verdict.isin(["contradicted", "incoherent"])]


def test_a_true_manuscript_gives_no_false_alarm(tmp_path):
    assert _alarms(TRUE, tmp_path).to_dict("records") == []


@pytest.mark.parametrize(("right", "wrong"), WRONG)
def test_each_wrong_figure_or_word_in_it_is_found_with_its_sentence(tmp_path, right, wrong):
    assert right in TRUE
    found = _alarms(TRUE.replace(right, wrong), tmp_path)
    assert len(found) >= 1 and all(wrong.strip("()").split(")")[0] in sentence for sentence in found.sentence)
