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
    inside = paper[~paper.check.isin(["against another source", "any check"])]
    assert set(inside.verdict) == {"coherent"}
    across = paper[paper.check == "against another source"]
    assert set(across.verdict) == {"contradicted"}
    assert set(across.claim) == {"nye_studies", "website_studies", "nye_participants", "website_participants",
                                 "nye_effect", "website_effect"}  # fmt: skip


ACROSS, ALONE = ("against another source", "contradicted"), ("any check", "not computable")
MIDDLE, BY_Z = (
    ("estimate in the middle of its interval", "coherent"),
    ("p value from estimate and interval (z)", "coherent"),
)
EXPECTED = {
    "nye_studies": {ACROSS},
    "nye_participants": {ACROSS},
    "nye_pooled": {("studies in meta analysis among all", "coherent")},
    "nye_pooled_participants": {("participants in meta analysis among all", "coherent")},
    "nye_risk_of_bias": {("risk-of-bias levels sum to the studies", "coherent")},
    "nye_effect": {ACROSS, MIDDLE, BY_Z, ("studies of the effect among those pooled", "coherent"),
                   ("participants of the effect among those pooled", "coherent")},
    "nye_effect_without_high_risk": {MIDDLE, BY_Z},
    "nye_publication_bias": {ALONE},
    "nye_preregistered": {ALONE},
    "website_studies": {ACROSS},
    "website_participants": {ACROSS},
    "website_effect": {ACROSS, MIDDLE},
    "website_anxiety": {MIDDLE},
    "website_depression": {MIDDLE},
    "website_preference_alliance": {MIDDLE},
    "website_moderators": {ALONE},
}  # fmt: skip


@pytest.mark.parametrize("claim", EXPECTED)
def test_every_claim_of_both_sources_gets_the_expected_verdicts_and_no_others(shipped, claim):
    found = audit_claims(shipped, {"primary.estimate": 0.4, "flow.total_studies": 17.0})
    rows = found[found.claim == claim]
    assert set(zip(rows.check, rows.verdict, strict=True)) == EXPECTED[claim] and len(rows) == len(EXPECTED[claim])


def test_no_claim_of_both_sources_is_left_out_of_the_expectations(shipped):
    assert {c["id"] for c in shipped["claims"] if c["about"] == PAPER} == set(EXPECTED)


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
    metric = "publication_bias" if "bias" in words else "effect"
    claim = {"id": "a", "source": "s", "about": PAPER, "metric": metric, "wording": words, **more}
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


def _one(**claim):
    """Verdicts by check of a single claim."""
    claim = {"id": "a", "source": "s", "about": PAPER, "metric": "effect", **claim}
    return {check: verdict for (_, check), verdict in _verdicts({"claims": [claim]}).items()}


P, MID, WORDS, SIGN = (
    "p value from estimate and interval (z)", "estimate in the middle of its interval", "significance against wording",
    "sign against wording",
)  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "check", "verdict"),
    [
        # Numbers as people type them.
        ({"value": "−0.30", "ci": [-0.5, -0.1], "measure": "g"}, MID, "coherent"),
        ({"value": "0,22", "ci": [0.05, 0.39], "measure": "d", "p": "0,011"}, P, "coherent"),
        ({"value": -0.30, "ci": [-0.50, -0.10], "decimals": 2, "p": 0.003, "measure": "g"}, P, "coherent"),
        ({"value": -0.30, "ci": [-0.50, -0.10], "decimals": 2, "p": 0.3, "measure": "g"}, P, "incoherent"),
        ({"value": 0.5, "ci": [0.3, 0.7], "p": "n.s.", "measure": "g"}, P, "incoherent"),
        ({"value": 0.5, "ci": [-0.3, 1.3], "p": "n.s.", "measure": "g"}, P, "coherent"),
        ({"value": 0.5, "ci": [0.3, 0.7], "p": "≤ .05", "measure": "g"}, P, "coherent"),
        ({"value": 0.5, "ci": [0.3, 0.7], "p": ">.05", "measure": "g"}, P, "incoherent"),
        ({"value": 0.5, "ci": [0.3, 0.7], "p": 1.2, "measure": "g"}, "p value", "incoherent"),
        ({"value": 0.5, "ci": [0.3, 0.7], "p": "not given", "measure": "g"}, "p value", "not computable"),
        # Scales and levels.
        ({"value": 2.0, "ci": [1.0, 4.0], "measure": "odds ratio", "decimals": 2}, MID, "coherent"),
        ({"value": 2.0, "ci": [1.0, 3.0], "measure": "SMD", "decimals": 2}, MID, "coherent"),
        ({"value": 2.0, "ci": [1.0, 4.0], "measure": "SMD", "decimals": 2}, MID, "incoherent"),
        ({"value": 0.5, "ci": [0.3, 0.66], "measure": "r", "decimals": 2}, MID, "coherent"),
        ({"value": 0.5, "ci": [0.3, 0.86], "measure": "r", "decimals": 2}, MID, "incoherent"),
        ({"value": 0.7, "ci": [0.6, 0.9], "measure": "AUC", "decimals": 2}, MID, "not computable"),
        ({"value": 0.22, "ci": [0.08, 0.36], "p": 0.011, "level": 90, "measure": "d", "decimals": 2}, P, "coherent"),
        ({"value": 0.22, "ci": [0.39, 0.05], "measure": "d"}, "bounds in their order", "incoherent"),
        # Words.
        ({"value": 0.4, "ci": [0.2, 0.6], "wording": "not only significant but large"}, WORDS, "coherent"),
        ({"value": 0.1, "ci": [-0.1, 0.3], "wording": "nicht signifikant"}, WORDS, "coherent"),
        ({"value": 0.1, "ci": [-0.1, 0.3], "wording": "signifikant besser"}, WORDS, "incoherent"),
        ({"value": 0.1, "ci": [-0.1, 0.3], "wording": "small, with significant heterogeneity"}, WORDS, None),
        ({"value": 0.1, "ci": [-0.1, 0.3], "wording": "clinically significant"}, WORDS, None),
        ({"value": 0.1, "ci": [-0.1, 0.3], "wording": "significant, with non-significant heterogeneity"}, WORDS, "incoherent"),
        ({"value": 0.8, "ci": [0.7, 0.91], "measure": "risk ratio", "wording": "reduced the risk"}, SIGN, "coherent"),
        ({"value": 1.8, "ci": [1.5, 2.16], "measure": "risk ratio", "wording": "reduced the risk"}, SIGN, "incoherent"),
        ({"value": 0.4, "ci": [0.2, 0.6], "measure": "g", "wording": "lower symptoms"}, SIGN, "not computable"),
        ({"value": -0.4, "measure": "g", "wording": "a positive effect"}, SIGN, "incoherent"),
        ({"metric": "moderators", "value": "was not moderated significantly", "p": 0.03}, WORDS, "incoherent"),
        ({"metric": "publication_bias", "value": "no evidence of publication bias", "p": 0.3}, WORDS, "coherent"),
        # Sums and shares.
        ({"metric": "percentage", "value": "47 %", "part": 8, "of": 17}, "percentage from its counts", "coherent"),
        ({"metric": "percentage", "value": "47.1%", "part": 8, "of": 17}, "percentage from its counts", "coherent"),
        ({"metric": "percentage", "value": "47.2%", "part": 8, "of": 17}, "percentage from its counts", "incoherent"),
        ({"metric": "percentage", "value": 62, "part": 5, "of": 8}, "percentage from its counts", "coherent"),
        ({"metric": "percentage", "value": 0, "part": 0, "of": 0}, "percentage from its counts", "not computable"),
        ({"metric": "I2", "value": 0.33, "q": 11.96, "k": 9, "estimator": "DL"}, "I2 from Q and its df", "coherent"),
        ({"metric": "I2", "value": 133, "q": 11.96, "k": 9}, "I2 from Q and its df", "incoherent"),
        ({"metric": "Q", "value": 11.96, "df": 8, "p": 2}, "p value", "incoherent"),
        # Nothing to hold it against.
        ({"metric": "preregistered", "value": True}, "any check", "not computable"),
        ({"metric": "studies", "value": 17}, "any check", "not computable"),
    ],
)  # fmt: skip
def test_claims_of_many_kinds(claim, check, verdict):
    assert _one(**claim).get(check) == verdict


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ({"metric": "participants", "value": "7,617"}, {"metric": "participants", "value": 7617}, "confirmed"),
        ({"metric": "participants", "value": 4000, "wording": "about 4,000"}, {"metric": "participants", "value": 4200},
         "within rounding"),
        ({"metric": "participants", "value": 4000, "wording": "4,000"}, {"metric": "participants", "value": 4200},
         "contradicted"),
        ({"value": 0.22, "measure": "g"}, {"value": 1.49, "measure": "OR"}, "not computable"),
        ({"value": 0.22, "measure": "Hedges' g"}, {"value": 0.47, "measure": "SMD"}, "contradicted"),
        ({"value": 0.3, "subject": "Anxiety"}, {"value": 0.9, "subject": "anxiety "}, "contradicted"),
        ({"value": 0.3, "subject": "anxiety"}, {"value": 0.9, "subject": "depression"}, None),
        ({"value": 3, "metric": "studies", "about": "doi:10.1234/AB"},
         {"value": 9, "metric": "studies", "about": "https://doi.org/10.1234/ab"}, "contradicted"),
        ({"value": 3, "metric": "studies", "about": "doi:10.1234/a"}, {"value": 9, "metric": "studies", "about": "doi:10.1234/b"},
         None),
        ({"value": 0.22, "decimals": 2}, {"value": 0.2, "decimals": 1}, "within rounding"),
        ({"value": 0.22, "ci": [0.05, 0.39]}, {"value": 0.22, "ci": [0.05, 0.49]}, "contradicted"),
        ({"metric": "preregistered", "value": True}, {"metric": "preregistered", "value": False}, "contradicted"),
    ],
)  # fmt: skip
def test_two_sources_of_many_kinds(one, other, verdict):
    base = {"about": PAPER, "metric": "effect"}
    claims = [{**base, "id": "a", "source": "s", **one}, {**base, "id": "b", "source": "t", **other}]
    assert _verdicts({"claims": claims}).get(("a", "against another source")) == verdict


def test_the_same_size_with_the_other_sign_is_contradicted_and_that_is_said():
    table = audit_claims({"claims": [_claim("a", "effect", 0.22), _claim("b", "effect", -0.22)]}, {})
    assert table.verdict.eq("contradicted").all() and table.why.str.endswith("opposite signs").all()


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [({"high": "47%", "moderate": "47%", "low": "6%"}, "coherent"), ({"high": "47%", "low": "47%"}, "incoherent"),
     ({"high": "most", "low": 1}, "not computable")],
)  # fmt: skip
def test_levels_of_risk_of_bias_in_per_cent_or_words(parts, verdict):
    claims = [_claim("s", "studies", 17), _claim("s", "risk_of_bias", parts)]
    assert verdict in _verdicts({"claims": claims}).values()


def test_an_empty_list_of_claims_is_no_fault():
    assert len(audit_claims({"claims": None}, {})) == 0
