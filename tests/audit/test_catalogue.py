"""Names of numbers, and where each stands."""

from prismake.audit.catalogue import catalogue, scalars

RESULT = {"k": 9, "estimate": {"b": 0.2, "pval": None}, "studies": ["a", "b"], "heterogeneity": {"tau2": 0.04}}


def test_every_number_has_a_name_a_file_and_a_key():
    places = catalogue({"boxes": {"records_screened": 38}}, {"primary": RESULT})
    assert places["flow.records_screened"].value == 38
    assert (places["primary.k"].file, places["primary.k"].key) == ("results/analyses/primary/result.json", "k")
    assert places["primary.heterogeneity.tau2"].value == 0.04
    assert places["primary.studies.1"].value == "b"


def test_short_names_stand_beside_the_dotted_ones_and_keep_null():
    places = catalogue(None, {"primary": RESULT})
    assert places["primary.estimate"].key == "estimate.b"
    assert places["primary.pval"].value is None
    assert "primary.I2" not in places


def test_scalars_reach_through_lists():
    assert dict(scalars({"a": [{"b": 1}, {"b": 2}]})) == {"a.0.b": 1, "a.1.b": 2}
