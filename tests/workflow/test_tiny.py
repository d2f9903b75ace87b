"""The tiny review: every count as expected_tiny.md works it out by hand."""

import json

import pandas as pd
import pytest

from .conftest import copy_review


@pytest.fixture(scope="module")
def read(tiny):
    def table(name):
        return pd.read_csv(tiny / "results" / name, dtype=str, keep_default_na=False)

    return table


@pytest.fixture(scope="module")
def boxes(tiny):
    return json.loads((tiny / "results/flow/flow.json").read_text())["boxes"]


@pytest.fixture(scope="module")
def result(tiny):
    return json.loads((tiny / "results/analyses/depression/result.json").read_text())


def test_source_records_of_each_search(read):
    searches = read("searches/searches.csv").set_index("search")
    assert searches["records"].to_dict() == {"scopus": "7", "psycinfo": "5"}
    assert searches["set_aside"].to_dict() == {"scopus": "0", "psycinfo": "0"}


def test_four_works_stand_in_both_databases(read):
    membership = read("deduplication/membership.csv")
    assert len(membership) == 12 and membership["record_id"].nunique() == 8
    joined = membership[membership.duplicated("record_id", keep=False)]
    numbers = sorted(joined[joined["search"] == "scopus"]["source_record_id"].str[-2:])
    assert numbers == ["01", "02", "03", "04"]  # S1 to S4
    assert joined.groupby("record_id")["search"].apply(lambda s: sorted(s) == ["psycinfo", "scopus"]).all()


@pytest.mark.parametrize(
    ("box", "count"),
    [
        ("database_results", 12),
        ("duplicates", 4),
        ("excluded_automatic", 0),
        ("excluded_other", 0),
        ("records_screened", 8),
        ("records_excluded", 3),
        ("dbr_sought_reports", 5),
        ("dbr_notretrieved_reports", 1),
        ("dbr_assessed", 4),
        ("new_studies", 2),
        ("new_reports", 3),
    ],
)
def test_boxes_of_the_flow(boxes, box, count):
    assert boxes[box] == count


def test_one_report_was_excluded_for_the_wrong_comparator(tiny):
    flow = json.loads((tiny / "results/flow/flow.json").read_text())
    assert [(r["id"], r["n"]) for r in flow["reasons"] if r["n"]] == [("comparator", 1)]


def test_every_identity_holds(read):
    identities = read("flow/identities.csv")
    assert set(identities["holds"]) <= {"yes", "not_applicable"}
    assert (identities["holds"] == "yes").sum() >= 12


def test_every_vote_is_in_the_ledger_and_the_conflict_was_adjudicated(read):
    ledger = read("screening/ledger.csv")
    assert ledger["phase"].value_counts().to_dict() == {"title_abstract": 17, "full_text": 8}
    decisions = read("screening/decisions.csv")
    first = decisions[decisions["phase"] == "title_abstract"]
    assert first["decision"].value_counts().to_dict() == {"include": 5, "exclude": 3}
    assert first["basis"].value_counts().to_dict() == {"agreement": 7, "adjudication": 1}


def test_agreement_before_adjudication(tiny):
    phases = json.loads((tiny / "results/screening/agreement.json").read_text())["phases"]
    (pair,) = phases["title_abstract"]["overall"]["pairs"]
    assert [pair[cell] for cell in "abcd"] == [4, 1, 0, 3] and pair["n"] == 8
    assert pair["po"]["estimate"] == pytest.approx(7 / 8)
    assert pair["kappa"]["estimate"] == pytest.approx(0.75)
    assert pair["pabak"]["estimate"] == pytest.approx(0.75)
    assert pair["p_pos"]["estimate"] == pytest.approx(8 / 9)
    assert pair["p_neg"]["estimate"] == pytest.approx(6 / 7)


def test_the_worst_domain_is_the_risk_of_bias(read):
    assert read("risk_of_bias/overall.csv").set_index("study_id")["overall"].to_dict() == {"T1": "low", "T2": "high"}


def test_effects(read):
    effects = read("effects/effects.csv").set_index("study_id")
    assert effects["yi"].astype(float).to_dict() == {"T1": 4, "T2": 1}
    assert effects["vi"].astype(float).to_dict() == {"T1": 4, "T2": 8}


def test_the_pooled_estimate(result):
    assert (result["k"], result["N"], result["not_estimable"]) == (2, 150, None)
    assert sorted(result["studies"]) == ["T1", "T2"]
    estimate, heterogeneity = result["estimate"], result["heterogeneity"]
    assert estimate["b"] == pytest.approx(3)
    assert estimate["se"] == pytest.approx((8 / 3) ** 0.5)
    assert (estimate["ci_lb"], estimate["ci_ub"]) == (
        pytest.approx(-0.200607, abs=1e-6),
        pytest.approx(6.200607, abs=1e-6),
    )
    assert heterogeneity["QE"] == pytest.approx(0.75)
    assert heterogeneity["tau2"] == 0 and heterogeneity["I2"] == pytest.approx(0)


def test_leaving_one_out_leaves_nothing_to_pool(result):
    rows = {row["left_out"]: row for row in result["sensitivity"]["leave_one_out"]}
    assert sorted(rows) == ["T1", "T2"]
    for row in rows.values():
        assert (row["k"], row["estimate"]) == (1, None)
        assert row["not_estimable"] == "with one effect the between-study variance cannot be estimated"


def test_a_build_that_stops_says_why_in_its_last_lines(root, tmp_path, build):
    folder = copy_review(root / "tests/example/tiny", tmp_path / "review")
    config = folder / "config/config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("hits: 7", "hits: 6"), encoding="utf-8")
    done = build(folder, "results/searches/scopus/records.parquet", fails=True)
    last = "\n".join(done.stderr.splitlines()[-12:])
    assert "The build stopped:" in last and "Scopus reported 6 hits, but the export holds 7 records" in last
