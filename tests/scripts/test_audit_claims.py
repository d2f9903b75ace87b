"""The script audit_claims."""

import json

import pandas as pd
import pytest


@pytest.fixture
def run(script, tmp_path):
    (tmp_path / "flow.json").write_text(json.dumps({"boxes": {"new_studies": 17}}))
    result = tmp_path / "analyses/primary/result.json"
    result.parent.mkdir(parents=True)
    result.write_text(json.dumps({"estimate": {"b": 0.314}, "k": 9, "not_estimable": None}))

    def go(text=None):
        claims = []
        if text is not None:
            (tmp_path / "claims.yaml").write_text(text)
            claims = [str(tmp_path / "claims.yaml")]
        script("audit_claims").main(
            claims=claims,
            flow=str(tmp_path / "flow.json"),
            results=[str(result)],
            table=str(tmp_path / "claims.csv"),
            summary=str(tmp_path / "claims.json"),
        )
        return pd.read_csv(tmp_path / "claims.csv", dtype=str, keep_default_na=False)

    return go


def test_claims_about_this_review_are_held_against_its_results(run):
    table = run(
        "claims:\n"
        "  - {id: a, source: s, about: this review, metric: effect, value: 0.31, is: primary.estimate}\n"
        "  - {id: b, source: s, about: this review, metric: studies, value: 18, is: flow.new_studies}\n"
        "  - {id: c, source: s, about: this review, metric: pooled, value: 9, is: primary.k}\n"
    ).set_index("claim")
    assert table["verdict"].to_dict() == {"a": "within rounding", "b": "contradicted", "c": "confirmed"}


def test_no_claims_make_an_empty_table_with_its_header(run):
    table = run()
    assert len(table) == 0 and "verdict" in table.columns
