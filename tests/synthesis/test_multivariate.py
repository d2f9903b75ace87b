"""Multivariate models against published figures and metafor."""

import numpy as np
import pytest
from prismake.synthesis.multivariate import fit_multivariate

# Berkey et al. (1998), Stat. Med. 17:2537-2550, Table I: probing depth and attachment level in five trials.
TRIAL = np.repeat([1, 2, 3, 4, 5], 2)
KIND = np.tile(["PD", "AL"], 5)
YI = np.array([0.47, -0.32, 0.20, -0.60, 0.40, -0.12, 0.26, -0.31, 0.56, -0.39])
VI = np.array([0.0075, 0.0077, 0.0057, 0.0008, 0.0021, 0.0014, 0.0029, 0.0015, 0.0148, 0.0304])
V = np.diag(VI)
for trial, covariance in enumerate((0.0030, 0.0009, 0.0007, 0.0009, 0.0072)):
    V[2 * trial, 2 * trial + 1] = V[2 * trial + 1, 2 * trial] = covariance
X = np.column_stack([KIND == "AL", KIND == "PD"]).astype(float)


def test_berkey_1998_by_restricted_maximum_likelihood():
    fitted = fit_multivariate(YI, V, X, TRIAL, KIND)
    # Page 2544: -0.338 (0.080) and 0.353 (0.061) by generalised least squares; here metafor 3.8's REML.
    assert fitted.b == pytest.approx([-0.3392, 0.3534], abs=5e-5)
    assert np.sqrt(np.diag(fitted.vb)) == pytest.approx([0.0879, 0.0588], abs=5e-5)
    assert fitted.tau2 == pytest.approx([0.0327, 0.0117], abs=5e-5) and fitted.rho == pytest.approx([0.6088], abs=5e-5)
    assert fitted.ll == pytest.approx(3.69176769437, abs=1e-9) and fitted.score < 1e-10


@pytest.mark.parametrize(
    ("structure", "variances", "rho"),
    [("CS", [0.02502042689] * 2, 0.52904096133), ("DIAG", [0.03222858704, 0.01158825663], 0.0)],
)
def test_other_structures_as_metafor_has_them(structure, variances, rho):
    fitted = fit_multivariate(YI, V, X, TRIAL, KIND, structure=structure)
    # metafor 3.8, whose optimiser stops at about 1e-5.
    assert fitted.tau2 == pytest.approx(variances, rel=2e-5) and fitted.rho == pytest.approx([rho], abs=1e-5)


def test_with_two_kinds_unequal_variances_and_one_correlation_are_everything():
    one, other = (fit_multivariate(YI, V, X, TRIAL, KIND, structure=structure) for structure in ("UN", "HCS"))
    assert one.ll == pytest.approx(other.ll, abs=1e-10) and pytest.approx(other.G, rel=1e-6) == one.G


def test_a_correlation_of_one_is_reached_and_no_failure():
    common = np.repeat([0.9, -0.8, 0.4, -0.5, 0.1], 2)
    fitted = fit_multivariate(common + np.tile([0.5, 0.0], 5), np.eye(10) * 0.01, X, TRIAL, KIND)
    assert fitted.rho == pytest.approx([1.0], abs=1e-6) and np.linalg.eigvalsh(fitted.G)[0] > -1e-12


def test_no_start_leads_higher():
    fitted = fit_multivariate(YI, V, X, TRIAL, KIND)
    rng = np.random.default_rng(2)
    from prismake.synthesis.blocks import evaluate, groups_of
    from prismake.synthesis.multivariate import _entries

    groups = groups_of(YI, VI, X, TRIAL, V=V)
    matrices = _entries(groups, (KIND == "PD").astype(int), 2)
    for _ in range(300):
        L = np.tril(rng.normal(0, 0.2, (2, 2)))
        assert evaluate(groups, matrices, (L @ L.T)[np.tril_indices(2)], True).ll <= fitted.ll + 1e-9


def test_three_kinds_not_all_in_every_study():
    rng = np.random.default_rng(5)
    study = np.repeat(np.arange(20), 3)
    kind = np.tile(["a", "b", "c"], 20)
    keep = rng.random(60) < 0.7
    G = np.array([[0.2, 0.1, 0.0], [0.1, 0.1, -0.05], [0.0, -0.05, 0.3]])
    y = (rng.multivariate_normal(np.zeros(3), G, 20)).ravel() + rng.normal(0, 0.2, 60)
    design = np.column_stack([kind == one for one in "abc"]).astype(float)[keep]
    fitted = fit_multivariate(y[keep], np.eye(keep.sum()) * 0.04, design, study[keep], kind[keep])
    assert fitted.kinds == ("a", "b", "c") and fitted.rho.shape == (3,) and fitted.score < 1e-7
    expected = fitted.G / np.sqrt(np.outer(fitted.tau2, fitted.tau2))
    assert fitted.rho == pytest.approx([expected[1, 0], expected[2, 0], expected[2, 1]])
    assert fitted.robust().df.shape == (3,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"structure": "AR"}, "unknown structure"),
        ({"method": "DL"}, "REML or ML"),
        ({"kind": ["PD"] * 10}, "two kinds"),
        ({"cluster": [1] * 10}, "two studies"),
    ],
)
def test_what_cannot_be_fitted_says_why(change, words):
    given = {"cluster": TRIAL, "kind": KIND} | {key: change[key] for key in change if key in ("cluster", "kind")}
    options = {key: value for key, value in change.items() if key not in given}
    with pytest.raises(ValueError, match=words):
        fit_multivariate(YI, V, X, given["cluster"], given["kind"], **options)


def test_a_covariance_that_is_none_is_refused():
    wrong = V.copy()
    wrong[0, 1] = wrong[1, 0] = 5.0
    with pytest.raises(ValueError, match="no covariance matrix"):
        fit_multivariate(YI, wrong, X, TRIAL, KIND)
