"""What publications print comes out of the engine."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from prismake.synthesis.distributions import critical, two_sided_p
from prismake.synthesis.heterogeneity import q_profile
from prismake.synthesis.model import fit
from scipy.special import ndtri


def test_borenstein_2009_chapter_14(oracle):
    # Borenstein, Hedges, Higgins & Rothstein 2009, Introduction to Meta-Analysis, Table 14.1 and pp. 87-91 (six
    # studies).
    content = oracle("pub_borenstein2009_ch14")
    y, v = (np.asarray(content["inputs"][key], dtype=float) for key in ("yi", "vi"))
    fixed, random = fit(y, v, method="EE"), fit(y, v, method="DL")
    assert fixed.b[0] == pytest.approx(0.4142, abs=1e-4) and fixed.se[0] == pytest.approx(0.0640, abs=5e-4)
    assert random.b[0] == pytest.approx(0.3582, abs=1e-4) and random.se[0] == pytest.approx(0.1052, abs=5e-4)


def figures(oracle):
    """The printed figures that stand in the oracle, with the publication and page of each."""
    return [
        item for item in oracle("published")["items"] if not item["oracle"].startswith(("ml_", "metapsy", "escalc"))
    ]


def value_at(content, path):
    """Our own number for a path such as fits.REML.z.b."""
    y, v = (np.asarray(content["inputs"][key], dtype=float) for key in ("yi", "vi"))
    parts = path.replace("]", "").replace("[", ".").split(".")
    if parts[0] == "fits":
        fitted = fit(y, v, method=parts[1], test=parts[2] if parts[2] != "het" else "z")
        names = {"stat": "statistic", "p": "pval"}
        found = getattr(fitted, names.get(parts[3], parts[3]))
        return float(found if np.ndim(found) == 0 else found[0])
    if parts[0] == "confint" and not parts[1].startswith("PL") and parts[2] == "tau2" and parts[3] != "0":
        interval = q_profile(y, v)
        return interval.lb if parts[3] == "1" else interval.ub
    return None


def test_figures_that_publications_print(oracle):
    checked = 0
    for item in figures(oracle):
        content = oracle(item["oracle"])
        for path, printed, allowed in item["checks"]:
            found = value_at(content, path.split(":", 1)[-1])
            if found is None:
                continue
            back = np.exp(found) if path.startswith("exp:") else found
            assert back == pytest.approx(printed, abs=allowed), f"{item['src']}: {path}"
            checked += 1
    assert checked >= 50


def interval_from(estimate, p):
    """The 95 % interval that an estimate and a two-sided normal p imply."""
    se = abs(estimate) / -ndtri(p / 2)
    return estimate - 1.959964 * se, estimate + 1.959964 * se


def test_the_model_reviews_abstract_is_coherent_under_z_tests():
    # Nye, Delgadillo & Barkham 2023, J Consult Clin Psychol 91(7):389, abstract: d = 0.22 [0.05, 0.39], p = .011;
    # without high risk of bias d = 0.14 [0.08, 0.20], p < .001. All numbers are rounded to what is printed.
    ranges = [interval_from(d, p) for d in (0.215, 0.22, 0.225) for p in (0.0105, 0.011, 0.0115)]
    assert min(low for low, _ in ranges) <= 0.055 and max(low for low, _ in ranges) >= 0.045
    assert min(high for _, high in ranges) <= 0.395 and max(high for _, high in ranges) >= 0.385
    # The second interval implies a standard error between 0.0280 and 0.0332, so z is at least 4 and p below .001.
    worst = 0.135 / ((0.205 - 0.075) / (2 * 1.959964))
    assert float(two_sided_p(worst)) < 0.001
    # A t test with nine studies' eight degrees of freedom would give this interval another p.
    se = (0.39 - 0.05) / (2 * float(critical(95, 8)))
    assert float(two_sided_p(0.22 / se, 8)) > 0.0115


def test_every_published_analysis_is_listed_with_how_its_print_is_known():
    # The tests' names begin with a publication of the list in published/README.md, so that no figure stands without its source.
    folder = Path(__file__).parent
    page = (folder / "published" / "README.md").read_text(encoding="utf-8").partition("## Data")[0]
    listed = [
        re.split(r"[,:]", line.strip("| ").partition(" | ")[0])[0]
        for line in page.splitlines()
        if line.startswith("| ")
    ]
    slugs = {re.sub(r"\W+", "_", name.lower()) for name in listed[1:]}
    names = [
        name.removeprefix("test_")
        for path in sorted(folder.glob("test_published_*.py"))
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    used = {slug for slug in slugs if any(name.startswith(slug) for name in names)}
    assert [name for name in names if not any(name.startswith(slug) for slug in slugs)] == []
    assert used == slugs and len(slugs) >= 40
