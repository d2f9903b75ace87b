"""Published reviews, by their abstracts: the engine pools their studies to what they print.

The studies' data are read from the folder of R's results beside this checkout, and a test skips where that is not there.
Every abstract was opened; README.md in `published` says where.
"""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.model import fit
from prismake.synthesis.moderation import explained
from prismake.synthesis.two_by_two import mantel_haenszel, peto


@pytest.fixture
def effects(oracle):
    """The effects and variances of a data set."""

    def read(name: str) -> tuple[np.ndarray, np.ndarray]:
        inputs = oracle(name)["inputs"]
        return np.asarray(inputs["yi"], dtype=float), np.asarray(inputs["vi"], dtype=float)

    return read


@pytest.fixture
def counts(oracle):
    """Events and sizes of both arms of a data set: ai, n1i, ci, n2i."""

    def read(name: str) -> tuple[np.ndarray, ...]:
        raw = oracle(name)["inputs"]["raw"]
        return tuple(np.asarray(raw[key], dtype=float) for key in ("ai_", "n1_", "ci_", "n2_"))

    return read


@pytest.fixture
def design(oracle):
    """The model matrix of a meta-regression of a data set."""

    def read(name: str, formula: str) -> np.ndarray:
        block = oracle(name)["outputs"]["metareg"][formula]
        return np.asarray(block["model_matrix"]["X"], dtype=float)

    return read


def interval(found):
    """Estimate and interval, one number each."""
    return np.ravel([found.b, found.ci_lb, found.ci_ub])


def test_lehmann_2018_red_and_attractiveness(effects, design, printed):
    # Lehmann, Elliot & Calin-Jageman 2018, Evol Psychol 16(4):1, abstract. Men rating women: d = 0.26 [0.12, 0.40],
    # p = .0004, Q(44) = 172.5, I2 = 89 %; women rating men: 0.13 [0.01, 0.25], p = .03, Q(35) = 73.0 (p = .0002), I2 = 53 %.
    # REML with Knapp and Hartung's interval gives all of it.
    y, v = effects("lehmann2018_all")
    men = design("lehmann2018_all", "~Gender+Preregistered")[:, 1] == 1
    for rows, line, p, q, share in ((men, "0.26 0.12 0.40", "0.0004", "172.5", "89"), (~men, "0.13 0.01 0.25", "0.03", "73.0", "53")):  # fmt: skip
        found = fit(y[rows], v[rows], test="knha")
        printed(interval(found), line)
        printed(found.pval, p)
        printed(found.QE, q)
        printed(found.I2, share)
    assert (men.sum(), (~men).sum()) == (45, 36)
    printed(fit(y[~men], v[~men]).QEp, "0.0002")


def test_chiarito_2020_myocardial_infarction(effects, printed):
    # Chiarito et al. 2020, Lancet 395:1487, abstract: odds ratio 0.81 (0.66 to 0.99), I2 = 10.9 %; random effects.
    found = fit(*effects("chiarito2020_mi_OR"), method="DL")
    printed(np.exp(interval(found)), "0.81 0.66 0.99")
    # The abstract's I2 cuts 10.84 one digit up.
    printed(found.I2, "10.9", units=0.7)


def test_nissen_and_wolski_2007_myocardial_infarction(counts, printed):
    # Nissen & Wolski 2007, N Engl J Med 356:2457, abstract: 42 trials, odds ratio by Peto 1.43 (1.03 to 1.98), p = .03.
    cells = counts("nissen2007_mi_OR")
    found = peto(*cells)
    assert len(cells[0]) == 42
    printed(np.exp(interval(found)), "1.43 1.03 1.98")
    printed(found.p, "0.03")


def test_cannon_2006_intensive_statins(counts, printed):
    # Cannon et al. 2006, J Am Coll Cardiol 48:438, abstract: 27,548 patients, the odds of coronary death or infarction
    # 16 % lower by Mantel and Haenszel (its p < .00001 is not what these counts give: .00003).
    cells = counts("cannon2006_ep1_OR")
    assert cells[1].sum() + cells[3].sum() == 27548
    printed(100 * (1 - np.exp(mantel_haenszel(*cells).b)), "16")


def test_greb_2008_complete_response(counts, printed):
    # Greb et al. 2008, Cochrane Database Syst Rev CD004024, abstract: 13 studies, 2,018 patients, odds ratio of complete
    # response 1.32 (1.09 to 1.59), p = .004. The data set has a fourteenth trial; without that of 108 patients the 2,018
    # are left. Mantel-Haenszel; the lower bound is 1.097 and p = .0034 by these counts, which the abstract has as 1.09 and .004.
    cells = counts("greb2008_RR")
    kept = cells[1] + cells[3] != 108
    cells = tuple(column[kept] for column in cells)
    assert (kept.sum(), cells[1].sum() + cells[3].sum()) == (13, 2018)
    found = mantel_haenszel(*cells)
    printed(np.exp([found.b, found.ci_ub]), "1.32 1.59")
    printed(np.exp(found.ci_lb), "1.09", units=0.8)


def test_pignon_2000_chemotherapy_of_head_and_neck_cancer(effects, printed):
    # Pignon et al. 2000, Lancet 355:949, abstract: hazard ratio of death 0.90 (0.85 to 0.94), p < .0001; log-rank O - E.
    found = fit(*effects("pignon2000"), method="EE")
    printed(np.exp(interval(found)), "0.90 0.85 0.94")
    assert found.pval[0] < 0.0001


def test_moore_1998_topical_nsaids_in_acute_pain(effects, printed):
    # Moore et al. 1998, BMJ 316:333, abstract: relative benefit 1.7 (1.5 to 1.9) in placebo controlled trials of acute pain.
    printed(np.exp(interval(fit(*effects("moore1998_RR"), method="DL"))), "1.7 1.5 1.9")


def test_spooner_2002_nedocromil(effects, printed):
    # Spooner, Saunders & Rowe, Cochrane Database Syst Rev CD001183, abstract of the version of 2000: the maximum fall in
    # FEV1 is smaller by 15.6 % (13.2 to 18.1); random effects, so DerSimonian and Laird's.
    printed(-interval(fit(*effects("spooner2002_MD"), method="DL"))[[0, 2, 1]], "15.6 13.2 18.1")


def test_michael_2013_brain_images(effects, printed):
    # Michael et al. 2013, Psychon Bull Rev 20:720, as its authors report it to PsychFileDrawer: raw mean
    # difference 0.07 [0.00, 0.14]. Their z of 1.84 is not that of this interval, whose half width gives 1.94 (0.0680 / 0.0351).
    found = fit(*effects("michael2013_MD"), method="DL")
    printed(interval(found), "0.07 0.00 0.14")
    printed(found.statistic, "1.94")


def test_crede_2010_class_attendance(oracle, printed):
    # Crede, Roch & Kieszczynka 2010, Rev Educ Res 80:272, abstract: correlation of attendance with class grade .44 (k = 69,
    # N = 21,195; the data set has 67 of them), the mean weighted by sample size.
    raw = oracle("crede2010_grade_ZCOR")["inputs"]["raw"]
    r, n = (np.asarray(raw[key], dtype=float) for key in ("ri", "ni"))
    assert (r.size, n.sum()) == (67, 21094)
    printed(fit(r, 1 / n, method="EE").b, "0.44")


def test_thompson_and_sharp_1999_by_harbord_and_higgins_2008(effects, design, printed):
    # Lowering cholesterol, 28 trials: Thompson & Sharp 1999, Stat Med 18:2693, the example of Harbord & Higgins 2008, Stata J
    # 8:493 (metareg). A published rerun in R has 0.1467 (SE 0.1237) and -0.5057 (0.1651; z = -3.063; -0.829 to -0.182);
    # metareg itself has Knapp and Hartung's standard errors 0.1375 and 0.1835, R2 69.02 % and 31.34 % residual I2 by Q.
    y, v = effects("thompson1999_OR")
    x = design("thompson1999_OR", "~cholr")
    found, adjusted = fit(y, v, x), fit(y, v, x, test="knha")
    printed([*found.b, *found.se], "0.1467 -0.5057 0.1237 0.1651")
    printed([found.statistic[1], found.ci_lb[1], found.ci_ub[1]], "-3.063 -0.829 -0.182")
    printed(adjusted.se, "0.1375 0.1835")
    printed([explained(y, v, x, found, fit(y, v)), 100 * (found.QE - 26) / found.QE], "69.02 31.34")
