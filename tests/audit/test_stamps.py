"""How each number stands to the registration."""

import pytest
from prismake.audit.stamps import Stamps, branch_stamp

LEAVES = [
    {"leaf": leaf, "registered": registered, "verdict": verdict, "deviation": deviation}
    for leaf, registered, verdict, deviation in (
        ("databases.scopus.string", '"x"', "deviation", "D1"),
        ("screening.reviewers", "2", "preregistered", ""),
        ("screening_more.reviewers", "2", "deviation", "D9"),
        ("risk_of_bias.tool", "null", "unspecified", ""),
        ("effect_measure", '"SMD"', "deviation", "D3"),
        ("exclusion_reasons", "[]", "preregistered", ""),
    )
]
ANALYSES = [
    {"analysis": "primary", "stamp": "preregistered", "deviations": ""},
    {"analysis": "by_age", "stamp": "deviation", "deviations": "D2"},
    {"analysis": "dose", "stamp": "exploratory", "deviations": ""},
    {"analysis": "gone", "stamp": "not run", "deviations": "D4"},
]


@pytest.fixture
def stamps():
    return Stamps(ANALYSES, LEAVES, registered=True)


@pytest.mark.parametrize(
    ("branches", "stamp"),
    [(["databases", "screening"], ("deviation", "D1")), (["screening"], ("preregistered", "")),
     (["risk_of_bias"], ("unspecified", "")), (["eligibility"], ("unspecified", "")),
     (["screening.reviewers"], ("preregistered", ""))],
)  # fmt: skip
def test_counts_are_stamped_by_the_branches_that_they_rest_on(branches, stamp):
    assert branch_stamp(LEAVES, branches) == stamp


@pytest.mark.parametrize(
    ("file", "key", "stamp"),
    [
        ("analyses/primary/result.json", "estimate.b", ("preregistered", "")),
        ("analyses/by_age/effects.csv", "row study_id=a; column weight", ("deviation", "D2")),
        ("analyses/dose/result.json", "k", ("exploratory", "")),
        ("analyses/dose/result.json; analyses/by_age/result.json", "different studies", ("deviation", "D2")),
        ("analyses/dose/result.json; analyses/primary/result.json", "different studies", ("exploratory", "")),
        ("grade/summary_of_findings.csv", "row analysis=by_age, outcome=x; column k", ("deviation", "D2")),
        ("grade/summary_of_findings.csv", "number of rows", ("unspecified", "")),
        ("flow/flow.json", "boxes.records_screened", ("deviation", "D1")),
        ("screening/agreement.json", "phases.kappa", ("preregistered", "")),
        ("effects/effects.csv", "row effect_id=a; column yi", ("deviation", "D3")),
        ("risk_of_bias/overall.csv", "number of rows", ("unspecified", "")),
        ("claims/claims.json", "contradicted", ("unspecified", "")),
        ("config/protocol.yaml", "registered.screening.reviewers, as configured", ("preregistered", "")),
        ("config/protocol.yaml", "registered.effect_measure, as configured", ("deviation", "D3")),
        ("", "different studies in at least one analysis", ("unspecified", "")),
    ],
)
def test_a_number_bears_the_stamp_of_what_it_rests_on(stamps, file, key, stamp):
    assert stamps.of(file, key) == stamp


def test_each_name_has_a_stamp_and_an_analysis_its_own(stamps):
    found = stamps.by_name()
    assert found["flow"] == found["deduplication"] == ("deviation", "D1")
    assert found["agreement"] == ("preregistered", "") and found["risk_of_bias"] == ("unspecified", "")
    assert found["by_age"] == ("deviation", "D2")


def test_where_nothing_was_registered_nothing_is_preregistered():
    stamps = Stamps(ANALYSES, LEAVES, registered=False)
    assert stamps.of("analyses/primary/result.json", "k") == ("planned", "")
    assert stamps.of("analyses/dose/result.json", "k") == ("exploratory", "")
    assert stamps.by_name()["agreement"] == ("planned", "")
