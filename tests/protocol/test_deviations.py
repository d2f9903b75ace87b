"""What a deviation can say: where, and what."""

import pytest
from prismake.messages.faults import InputFaults
from prismake.protocol.review import load_review


def _load(folder, *entries):
    lines = "".join(f"  - {{id: D{n}, {entry}}}\n" for n, entry in enumerate(entries, 1))
    (folder / "config/deviations.yaml").write_text(f"deviations:\n{lines}")
    return load_review(folder)


def _faults(folder, *entries):
    with pytest.raises(InputFaults) as raised:
        _load(folder, *entries)
    return list(raised.value.faults)


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        ("leaf: analysis.primary.test, value: t", "unknown-leaf", "did you mean analyses"),
        ("leaf: analyses.primary.tset, value: t", "unknown-leaf", "did you mean analyses.primary.test"),
        ("leaf: analyses.primery.test, value: t", "unknown-leaf", "did you mean analyses.primary"),
        ("leaf: question.text, value: t", "unknown-leaf", "copy the path"),
        ("leaf: registered.question, value: t", "unknown-leaf", "without `registered.`"),
        ("leaf: analyses.primary.test, value: z", "deviation-changes-nothing", "give the value that was used"),
        ("leaf: analyses.primary.test, value: knap", "wrong-value", "one of z, t, knha"),
        ("leaf: screening.title_abstract.reviewers, value: two", "wrong-value", "a whole number"),
        ("leaf: analyses.late, value: {title: Late}", "missing-key", "'role' is missing"),
        ("leaf: risk_of_bias, value: {raters: 2}", "missing-key", "'tool' is missing"),
        ("leaf: effect_measure, value: null", "wrong-value", "text"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_line_and_what_was_expected(folder, entry, code, words):
    (fault,) = _faults(folder, entry)
    assert fault.code == code and fault.line == 2 and words in str(fault)


@pytest.mark.parametrize(
    "entry",
    [
        "leaf: analyses.primary.test, value: knha",
        "leaf: analyses.primary.method, value: null",
        "leaf: analyses.primary.options, value: {anything: 1}",
        "leaf: analyses.late, value: {role: confirmatory, title: Late}",
        "leaf: other_methods, value: [citation searching]",
        "leaf: risk_of_bias, value: {tool: rob2}",
        "leaf: narrative.funding, value: None.",
        "leaf: eligibility.language, value: English",
        "leaf: databases.pubmed, value: {name: PubMed}",
        "leaf: whatever happened there, explanation: conduct",
    ],
)
def test_what_can_be_meant_is_taken_also_where_nothing_was_registered(folder, entry):
    assert len(_load(folder, entry).deviations) == 1


def test_null_takes_a_database_or_an_analysis_out(folder):
    review = _load(folder, "leaf: databases.wos, value: null", "leaf: analyses.by_age, value: null")
    assert list(review.configured["databases"]) == ["scopus"] and list(review.analyses) == ["primary"]


def test_every_deviation_is_checked_and_two_of_one_id_are_refused(folder):
    text = "deviations:\n  - {id: D1, leaf: question, value: A}\n  - {id: D1, leaf: questoin, value: B}\n"
    (folder / "config/deviations.yaml").write_text(text)
    with pytest.raises(InputFaults) as raised:
        load_review(folder)
    assert [fault.code for fault in raised.value.faults] == ["id-given-twice", "unknown-leaf"]
