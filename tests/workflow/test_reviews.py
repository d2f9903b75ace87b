"""Real reviews from their authors' own files: every number of tests/reviews/README.md that Prismake counts."""

import json

import pytest

from .conftest import copy_review


@pytest.fixture(scope="module")
def built(root, shared_data, tmp_path_factory, build):
    made = {}

    def review(name):
        if name not in made:
            folder = copy_review(root / "tests/reviews" / name, tmp_path_factory.mktemp("review") / name)
            build(folder, environment={"PRISMAKE_DATA_ROOT": str(shared_data / "reviews" / name)})
            made[name] = folder / "results"
        return made[name]

    return review


def _flow(results):
    return json.loads((results / "flow/flow.json").read_text())


def _kappas(results, phase):
    found = json.loads((results / "screening/agreement.json").read_text())["phases"][phase]
    return {r["round"]: r["pairs"][0]["kappa"]["estimate"] for r in found["rounds"] if r["pairs"]}


@pytest.mark.parametrize(
    ("name", "boxes"),
    [
        (
            "toffalini-taxometrics",
            {
                "database_results": 110, "duplicates": 67, "excluded_other": 5, "records_screened": 38,
                "records_excluded": 19, "records_pending": 0, "dbr_sought_reports": 19, "dbr_notretrieved_reports": 0,
                "dbr_assessed": 19, "dbr_excluded": 7, "other_sought_reports": 4, "other_excluded": 2,
                "new_studies": 14, "new_reports": 14,
            },
        ),
        (
            "dimitrov-snhl",
            {
                "database_results": 2695, "duplicates": 1089, "records_screened": 1606, "records_pending": 124,
                "records_excluded": 1466, "dbr_sought_reports": 16, "dbr_retrieval_pending": 1, "dbr_assessed": 15,
                "dbr_excluded": 9, "other_sought_reports": 3, "other_excluded": 2, "new_studies": 7,
            },
        ),
        (
            "reimer-sengupta-ironic",
            {
                "database_results": 2610, "duplicates": 12, "records_screened": 2598, "records_excluded": 2357,
                "dbr_sought_reports": 219, "dbr_assessed": 219, "dbr_excluded": 106, "dbr_included_reports": 113,
            },
        ),
    ],
)  # fmt: skip
def test_the_flow(built, name, boxes):
    found = _flow(built(name))["boxes"]
    assert {box: found[box] for box in boxes} == boxes


def test_reasons_of_taxometrics(built):
    reasons = {r["id"]: r["n"] for r in _flow(built("toffalini-taxometrics"))["reasons"]}
    assert reasons == {"methodological": 0, "no_taxometric": 4, "no_neurodevelopmental": 3}


def test_searches_of_dimitrov(built):
    counted = {d["name"]: d["n"] for d in _flow(built("dimitrov-snhl"))["databases"]}
    assert list(counted.values()) == [859, 58, 568, 168, 93, 709, 155, 85]


def test_kappas_that_were_published(built):
    (kappa,) = _kappas(built("toffalini-taxometrics"), "title_abstract").values()
    assert kappa == pytest.approx(0.791, abs=5e-4)
    (kappa,) = _kappas(built("dimitrov-snhl"), "title_abstract").values()
    assert kappa == pytest.approx(0.822, abs=1e-3)
    trials = _kappas(built("reimer-sengupta-ironic"), "title_abstract")
    assert [round(trials[f"Trial {n}"], 2) for n in (1, 2, 3)] == [0.56, 0.6, 0.79]


@pytest.mark.parametrize(
    ("analysis", "samples", "studies", "n", "r"),
    [
        ("perceived_injustice", 126, 86, 203_637, (-0.070, -0.099, -0.040)),
        ("collective_action", 37, 24, 119_085, (-0.049, -0.096, -0.002)),
        ("policy_support", 19, 14, 13_703, (-0.070, -0.129, -0.011)),
    ],
)
def test_the_correlations_of_reimer_and_sengupta(built, analysis, samples, studies, n, r):
    path = built("reimer-sengupta-ironic") / f"analyses/{analysis}/result.json"
    result = json.loads(path.read_text())
    assert (result["n_effects"], result["k"], result["N"]) == (samples, studies, n)
    pooled = result["transformed"]
    assert (pooled["b"], pooled["ci_lb"], pooled["ci_ub"]) == pytest.approx(r, abs=6e-4)
