"""The claims audit on the shipped case: a published abstract and a website's account of the same paper."""

import pytest
from prismake.audit.claims import audit_claims

PAPER = "doi:10.1037/ccp0000820"


def _claim(source, metric, value, subject="", about=PAPER, **more):
    return {"id": f"{source}-{metric}-{subject}", "source": source, "about": about, "metric": metric,
            "subject": subject, "value": value, **more}  # fmt: skip


@pytest.fixture
def published():
    abstract = [
        _claim("abstract", "studies", 17),
        _claim("abstract", "participants", 7617),
        _claim("abstract", "studies_in_meta_analysis", 9),
        _claim("abstract", "participants_in_meta_analysis", 5134),
        _claim("abstract", "risk_of_bias", {"high": 8, "moderate": 8, "low": 1}),
        _claim("abstract", "effect", 0.22, "overall", measure="d", ci=[0.05, 0.39], p=0.011),
    ]
    website = [
        _claim("website", "studies", 30),
        _claim("website", "participants", 4200),
        _claim("website", "effect", 0.47, "overall", measure="SMD", ci=[0.35, 0.59]),
    ]
    return {"claims": abstract + website}


def _verdicts(claims, numbers=None):
    table = audit_claims(claims, numbers or {})
    return {(row.claim, row.check): row.verdict for row in table.itertuples()}


def test_the_abstract_is_coherent_in_itself(published):
    table = audit_claims(published, {})
    inside = table[(table.source == "abstract") & (table.check != "against another source")]
    assert set(inside.verdict) == {"coherent"}
    assert len(inside) == 5  # middle, p, risk-of-bias sum, pooled studies and pooled participants among all


@pytest.mark.parametrize("claim", ["website-studies-", "website-participants-", "website-effect-overall"])
def test_the_website_contradicts_it_in_k_n_and_effect(published, claim):
    assert _verdicts(published)[(claim, "against another source")] == "contradicted"


def test_claims_about_another_review_never_meet_this_review_s_results(published):
    numbers = {"primary.estimate": 0.22, "flow.new_studies": 17.0}
    assert not any("this review" in check for _, check in _verdicts(published, numbers))


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.3, "within rounding"), (0.31, "confirmed"), (0.4, "contradicted"), (0.32, "contradicted")]
)
def test_a_claim_about_this_review_is_held_against_its_result(value, verdict):
    claims = {"claims": [_claim("abstract", "effect", value, about="this review", **{"is": "primary.estimate"})]}
    assert set(_verdicts(claims, {"primary.estimate": 0.31}).values()) == {verdict}


def test_a_claim_without_a_number_is_not_computable():
    claims = {"claims": [_claim("abstract", "effect", 0.3, about="this review", **{"is": "none.such"})]}
    assert set(_verdicts(claims).values()) == {"not computable"}


def test_an_estimate_outside_its_interval_is_incoherent():
    claims = {"claims": [_claim("press", "effect", 0.6, ci=[0.1, 0.5])]}
    assert set(_verdicts(claims).values()) == {"incoherent"}


def test_risk_of_bias_levels_that_do_not_sum_to_the_studies_are_incoherent(published):
    published["claims"][0]["value"] = 18
    assert _verdicts(published)[("abstract-risk_of_bias-", "risk-of-bias levels sum to the studies")] == "incoherent"


def test_two_sources_that_agree_confirm_each_other():
    claims = {"claims": [_claim("a", "studies", 17), _claim("b", "studies", 17)]}
    assert set(_verdicts(claims).values()) == {"confirmed"}


def test_an_empty_claims_file_makes_an_empty_table():
    assert len(audit_claims({}, {})) == 0


def test_counts_are_never_within_rounding_of_each_other():
    claims = {"claims": [_claim("a", "studies", 9), _claim("b", "studies", 10)]}
    assert set(_verdicts(claims).values()) == {"contradicted"}
    own = {"claims": [_claim("a", "studies", 9, about="this review", **{"is": "primary.k"})]}
    assert set(_verdicts(own, {"primary.k": 10}).values()) == {"contradicted"}
