"""Selection models with smooth weights: the integrals, the gradients, the optima."""

import numpy as np
import pytest
from prismake.synthesis.publication_bias.selection import TYPES, selection_model
from prismake.synthesis.publication_bias.step_function import step_selection
from prismake.synthesis.publication_bias.weight_functions import SMALLEST_P, WEIGHTS, SmoothSelection
from scipy import integrate, special

RNG = np.random.default_rng(11)
V = RNG.uniform(0.01, 0.3, 25)
Y = RNG.normal(0.2, np.sqrt(V + 0.05))

# Raudenbush (1985), J. Educ. Psychol. 76:85-97, as in Raudenbush (2009): teacher expectancy, 19 studies.
EXPECTANCY = np.array([.03, .12, -.14, 1.18, .26, -.06, -.02, -.32, .27, .80, .54, .18, -.02, .23, -.18, -.06, .30, .07, -.07])  # fmt: skip
ITS_VARIANCE = np.array([.0156, .0216, .0279, .1391, .1362, .0106, .0106, .0484, .0269, .0630, .0912, .0497, .0835, .0841, .0253, .0279, .0193, .0088, .0303])  # fmt: skip


def _weight(name, p, theta):
    """The weight as its authors write it."""
    if name == "beta":
        d1, d2 = np.exp(theta)
        return p ** (d1 - 1) * (1 - p) ** (d2 - 1)
    d = theta[0]
    return {
        "negexp": np.exp(-d * p),
        "halfnorm": np.exp(-d * p**2),
        "logistic": 2 * np.exp(-d * p) / (1 + np.exp(-d * p)),
        "power": (1 - p) ** d,
    }[name]


@pytest.mark.parametrize("name", sorted(WEIGHTS))
@pytest.mark.parametrize(("mu", "tau2"), [(0.2, 0.05), (-0.6, 0.0), (1.5, 3.0)])
def test_the_likelihood_is_that_of_the_definition(name, mu, tau2):
    theta = np.log([0.7, 2.5]) if name == "beta" else np.array([3.0])
    smallest = SMALLEST_P if name in ("beta", "power") else 0.0
    total = 0.0
    for y, v in zip(Y, V, strict=True):
        sd, sei = np.sqrt(v + tau2), np.sqrt(v)

        def density(x, sd=sd, sei=sei):
            p = np.clip(special.ndtr(-x / sei), smallest, 1 - smallest)
            return _weight(name, p, theta) * np.exp(-0.5 * ((x - mu) / sd) ** 2) / (np.sqrt(2 * np.pi) * sd)

        edges = sorted([mu - 12 * sd, -4.264890793922602 * sei, 0.0, 4.264890793922602 * sei, mu + 12 * sd])
        area = sum(
            integrate.quad(density, low, high, epsabs=1e-14, epsrel=1e-12, limit=400)[0]
            for low, high in zip(edges, edges[1:], strict=False)
        )
        total += np.log(density(y) / area)
    surface = SmoothSelection(Y, V, WEIGHTS[name], True)
    assert surface.value_and_gradient(np.array([mu, tau2, *theta]))[0] == pytest.approx(total, abs=1e-8)


@pytest.mark.parametrize("name", sorted(WEIGHTS))
def test_the_gradient_is_the_slope(name):
    surface = SmoothSelection(Y, V, WEIGHTS[name], True)
    at = np.array([0.1, 0.2, *(np.log([0.8, 1.7]) if name == "beta" else [2.0])])
    gradient = surface.value_and_gradient(at)[1]
    for i in range(at.size):
        step = 1e-5 * np.eye(at.size)[i]
        slope = (surface.value_and_gradient(at + step)[0] - surface.value_and_gradient(at - step)[0]) / 2e-5
        assert gradient[i] == pytest.approx(slope, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", sorted(WEIGHTS))
def test_no_other_start_leads_higher(name):
    found = selection_model(Y, V, type=name)
    surface = SmoothSelection(Y if found.alternative == "greater" else -Y, V, WEIGHTS[name], True)
    rng = np.random.default_rng(3)
    for _ in range(200):
        theta = rng.normal(0, 1.0, 2) if name == "beta" else rng.uniform(0, 30, 1)
        at = np.array([rng.normal(0, 0.7), rng.exponential(0.2), *theta])
        assert surface.value_and_gradient(at)[0] <= found.ll + 1e-9
    assert found.score < 1e-5


def test_teacher_expectancy_as_metafor_has_it():
    found = selection_model(EXPECTANCY, ITS_VARIANCE, type="negexp")
    # metafor 5.1: rma(method = "ML"), selmodel(type = "negexp"), by BFGS.
    assert found.ll == pytest.approx(-3.1075, abs=1e-4) and found.delta[0] == pytest.approx(0.382, abs=2e-3)
    assert found.tau2 == pytest.approx(0.01097, abs=2e-5)


def test_without_selection_a_weight_lies_on_its_bound_and_has_no_error():
    balanced = np.concatenate([0.5 + np.linspace(-2, 2, 20) * 0.1, [0.0, 1.0]])
    found = selection_model(-balanced, np.full(22, 0.04), type="negexp", alternative="greater")
    assert found.delta[0] >= 0 and (found.delta[0] > 0 or found.se_delta[0] is None)


def test_assumed_weights_are_kept_and_only_the_mean_is_estimated():
    found = selection_model(Y, V, steps=(0.025, 0.5), delta=(1.0, 0.5, 0.25), alternative="greater")
    assert found.delta == pytest.approx((1.0, 0.5, 0.25)) and found.se_delta == (None, None, None)
    assert found.LRT_df == 0 and found.LRT_p is None and found.se > 0
    surface = step_selection(Y, V, np.array([0.025, 0.5]), True, np.array([0.5, 0.25]))
    higher = [
        surface.value_and_gradient(np.array([mu, tau2, *np.log([0.5, 0.25])]))[0]
        for mu in np.linspace(-0.5, 0.5, 41)
        for tau2 in np.linspace(0, 0.3, 31)
    ]
    assert max(higher) <= found.ll + 1e-12


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"type": "gamma"}, "unknown type"),
        ({"delta": (1.0, 0.5, 0.5)}, "one for each interval"),
        ({"delta": (0.5, 0.5)}, "the first 1"),
    ],
)
def test_what_is_asked_wrongly_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        selection_model(Y, V, **options)
    assert TYPES[0] == "step"
