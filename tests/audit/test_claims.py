"""The claims audit on the shipped case: a published abstract and a website's account of the same paper."""

import pytest
import yaml
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


@pytest.fixture(scope="module")
def shipped(root):
    return yaml.safe_load((root / "config/claims.yaml").read_text(encoding="utf-8"))


def test_the_shipped_abstract_is_coherent_and_the_website_contradicts_it_in_k_n_and_effect(shipped):
    table = audit_claims(shipped, {})
    paper = table[table.about == PAPER]
    assert set(paper[paper.check != "against another source"].verdict) == {"coherent"}
    across = paper[paper.check == "against another source"]
    assert set(across.verdict) == {"contradicted"}
    assert set(across.claim) == {"nye_studies", "website_studies", "nye_participants", "website_participants",
                                 "nye_effect", "website_effect"}  # fmt: skip


def test_the_shipped_abstract_s_k_and_n_are_those_pooled(shipped):
    found = _verdicts(shipped)
    assert found[("nye_effect", "studies of the effect among those pooled")] == "coherent"
    assert found[("nye_effect", "participants of the effect among those pooled")] == "coherent"
    assert found[("nye_effect", "p value from estimate and interval (z)")] == "coherent"
    assert found[("nye_effect_without_high_risk", "p value from estimate and interval (z)")] == "coherent"


@pytest.mark.parametrize(
    ("words", "more", "check", "verdict"),
    [
        ("did not significantly influence", {"p": 0.2}, "significance", "coherent"),
        ("did not significantly influence", {"p": 0.02}, "significance", "incoherent"),
        ("no significant publication bias", {"p": 0.2}, "significance", "coherent"),
        ("significantly better", {"value": 0.1, "ci": [-0.1, 0.3]}, "significance", "incoherent"),
        ("a non-significant effect", {"value": 0.1, "ci": [-0.1, 0.3]}, "significance", "coherent"),
        ("a positive effect", {"value": -0.1}, "sign", "incoherent"),
        ("reduced the odds", {"value": 0.8, "measure": "OR"}, "sign", "coherent"),
        ("reduced symptoms", {"value": -0.4, "measure": "SMD"}, "sign", "coherent"),
    ],
)
def test_words_are_held_against_the_figures_beside_them(words, more, check, verdict):
    claim = {"id": "a", "source": "s", "about": PAPER, "metric": "effect", "wording": words, **more}
    assert _verdicts({"claims": [claim]})[("a", f"{check} against wording")] == verdict


def test_two_sources_that_say_the_same_in_other_words_agree():
    claims = [_claim("a", "moderators", "not significant"), _claim("b", "moderators", "no significant influence")]
    assert set(_verdicts({"claims": claims}).values()) == {"confirmed"}
    claims[1]["value"] = "significant"
    assert set(_verdicts({"claims": claims}).values()) == {"contradicted"}


@pytest.mark.parametrize(("p", "verdict"), [(0.3, "confirmed"), (0.01, "contradicted")])
def test_words_about_this_review_are_held_against_its_p_value(p, verdict):
    claim = _claim("a", "publication_bias", "not significant", about="this review", **{"is": "primary.egger.p"})
    assert set(_verdicts({"claims": [claim]}, {"primary.egger.p": p}).values()) == {verdict}


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ({"metric": "percentage", "value": 47, "part": 8, "of": 17}, "coherent"),
        ({"metric": "percentage", "value": 74, "part": 8, "of": 17}, "incoherent"),
        ({"metric": "percentage", "value": 150, "part": 3, "of": 2}, "incoherent"),
        ({"metric": "I2", "value": 33.1, "q": 11.96, "k": 9}, "coherent"),
        ({"metric": "I2", "value": 70.0, "q": 11.96, "k": 9, "decimals": 1, "estimator": "DL"}, "incoherent"),
        ({"metric": "I2", "value": 70.0, "q": 11.96, "k": 9, "decimals": 1, "estimator": "REML"}, "not computable"),
        ({"metric": "Q", "value": 11.96, "df": 8, "p": 0.153}, "coherent"),
        ({"metric": "Q", "value": 11.96, "df": 8, "p": 0.015}, "incoherent"),
    ],
)
def test_figures_that_belong_together(claim, verdict):
    claim = {"id": "a", "source": "s", "about": PAPER, **claim}
    assert set(_verdicts({"claims": [claim]}).values()) == {verdict}


@pytest.mark.parametrize(("parts", "verdict"), [({"a": 4, "b": 5}, "coherent"), ({"a": 4, "b": 6}, "incoherent")])
def test_subgroups_sum_to_the_studies_pooled(parts, verdict):
    claims = [_claim("s", "studies_in_meta_analysis", 9), _claim("s", "subgroup_studies", parts)]
    assert set(_verdicts({"claims": claims}).values()) == {verdict}


def test_an_effect_about_this_review_is_held_against_its_interval_p_and_k():
    claim = _claim(
        "s", "effect", 0.41, about="this review", ci=[0.27, 0.45], p="<.001", k=10, **{"is": "primary.estimate"}
    )
    numbers = {"primary.estimate": 0.4055, "primary.ci_lb": 0.2748, "primary.ci_ub": 0.5362, "primary.pval": 1e-4,
               "primary.k": 9}  # fmt: skip
    found = {check: v for (_, check), v in _verdicts({"claims": [claim]}, numbers).items() if "results" in check}
    assert found == {
        "against this review's results": "within rounding",
        "lower bound against this review's results": "within rounding",
        "upper bound against this review's results": "contradicted",
        "k against this review's results": "contradicted",
        "p against this review's results": "within rounding",
    }


def test_the_new_keys_are_in_the_schema(root):
    text = (root / "workflow/schemas/claims.schema.yaml").read_text(encoding="utf-8")
    keys = yaml.safe_load(text)["properties"]["claims"]["items"]["properties"]
    assert {"part", "of", "q", "df", "estimator"} <= set(keys)


def test_the_k_of_a_subgroup_s_estimate_is_the_subgroup_s():
    name = "primary.subgroups.age.levels.0.estimate.b"
    claim = _claim("s", "effect", 0.4, about="this review", k=3, **{"is": name})
    found = _verdicts({"claims": [claim]}, {name: 0.4, "primary.k": 9, "primary.subgroups.age.levels.0.k": 3})
    assert set(found.values()) == {"confirmed"}
