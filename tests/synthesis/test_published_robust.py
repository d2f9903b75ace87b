"""Published examples of robust variance estimation: the engine gives what the pages print."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.robust import robust_wald
from prismake.synthesis.robust_moments import correlated_effects, hierarchical_effects


@pytest.fixture
def of_r():
    """Reads a data set that an R package of this machine holds; the test is skipped where it is not there."""

    def read(package: str, name: str) -> pd.DataFrame:
        if shutil.which("Rscript") is None:
            pytest.skip("R is not on this machine")
        code = f'data({name}, package = "{package}"); write.csv({name}, row.names = FALSE)'
        found = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
        if found.returncode or not found.stdout:
            pytest.skip(f"the R package {package} is not on this machine")
        return pd.read_csv(io.StringIO(found.stdout))

    return read


def test_fisher_and_tipton_2015_pages_9_and_10_correlated_effects(published, printed):
    # Fisher & Tipton 2015, robumeta: an R-package for robust variance estimation in meta-analysis, arXiv 1503.02220, p. 9:
    # nine studies of Oswald et al. 2013, J Pers Soc Psychol 105:171, with 32 correlations between implicit attitudes and
    # brain activity or response times; small-sample corrections.
    t = published("oswald2013")
    y, v = escalc("ZCOR", {"ri": t["ri"], "ni": t["ni"]})
    one = np.ones((y.size, 1))
    weighed = correlated_effects(y, v, one, t["study"], rho=0.8)
    printed([weighed.I2, weighed.tau2], "82.05272 0.1849812")
    found = weighed.robust(y, one, t["study"])
    assert (found.clusters, y.size) == (9, 32)
    printed([found.b[0], found.se[0], found.tval[0], found.df[0], found.pval[0]], "0.277 0.181 1.53 7.84 0.164")
    printed([found.ci_lb[0], found.ci_ub[0]], "-0.141 0.695")
    # p. 10: the sensitivity to rho.
    for rho, tau2 in ((0.0, "0.184"), (0.2, "0.184"), (0.4, "0.184"), (0.6, "0.185"), (0.8, "0.185"), (1.0, "0.185")):
        other = correlated_effects(y, v, one, t["study"], rho=rho)
        again = other.robust(y, one, t["study"])
        printed([again.b[0], again.se[0], other.tau2], f"0.277 0.181 {tau2}")


def test_fisher_and_tipton_2015_pages_13_and_14_hierarchical_effects(of_r, printed):
    # pp. 13-14: 68 invented effects of 15 centres (Tanner-Smith & Tipton 2014, Res Synth Methods 5:13) on the length of
    # follow-up within and between centres and on binge drinking.
    t = of_r("robumeta", "hierdat")
    mean = t.groupby("studyid").followup.transform("mean")
    x = np.column_stack([np.ones(len(t)), t.followup - mean, mean, t.binge])
    y, centre = t.effectsize.to_numpy(), t.studyid.to_numpy()
    weighed = hierarchical_effects(y, t["var"].to_numpy(), x, centre)
    printed([weighed.omega2, weighed.tau2], "0.1650524 0.02479249")
    found = weighed.robust(y, x, centre)
    for i, line in enumerate(
        (
            "-0.154226 0.147671 -1.044 6.07 0.3361 -0.51461 0.20615",
            "-0.000162 0.000695 -0.233 1.30 0.8470 -0.00534 0.00502",
            "0.003467 0.002320 1.495 3.28 0.2243 -0.00357 0.01050",
            "0.666645 0.115623 5.766 4.33 0.0035 0.35514 0.97815",
        )
    ):
        printed(
            [each[i] for each in (found.b, found.se, found.tval, found.df, found.pval, found.ci_lb, found.ci_ub)], line
        )


DROPOUT = """
0.016899 0.615399 0.0275 16.9 0.97841541 -1.28228 1.31608
-0.002626 0.185142 -0.0142 40.5 0.98875129 -0.37667 0.37141
-0.086872 0.140044 -0.6203 38.6 0.53869676 -0.37024 0.19650
0.118889 0.247228 0.4809 15.5 0.63732597 -0.40666 0.64444
0.502463 0.195838 2.5657 28.7 0.01579282 0.10174 0.90318
-0.322480 0.125413 -2.5713 33.8 0.01470796 -0.57741 -0.06755
0.097059 0.139842 0.6941 16.5 0.49727848 -0.19862 0.39274
0.147643 0.134938 1.0942 30.2 0.28253825 -0.12786 0.42315
0.258034 0.169134 1.5256 16.3 0.14632629 -0.10006 0.61613
-0.765085 0.399109 -1.9170 6.2 0.10212896 -1.73406 0.20389
-0.920874 0.346536 -2.6574 5.6 0.04027061 -1.78381 -0.05794
-0.916673 0.304303 -3.0124 4.7 0.03212299 -1.71432 -0.11903
0.167965 0.181538 0.9252 16.4 0.36824526 -0.21609 0.55202
0.022915 0.149394 0.1534 21.8 0.87950385 -0.28704 0.33287
0.037102 0.027053 1.3715 21.2 0.18458247 -0.01913 0.09333
0.411779 0.128898 3.1946 26.7 0.00358205 0.14714 0.67642
0.658570 0.123874 5.3164 34.6 0.00000635 0.40699 0.91015
0.444384 0.172635 2.5741 28.6 0.01550504 0.09109 0.79768
0.426658 0.159773 2.6704 37.4 0.01115192 0.10303 0.75028
0.262517 0.160519 1.6354 30.1 0.11236814 -0.06525 0.59028
0.000427 0.000873 0.4895 36.7 0.62736846 -0.00134 0.00220
-0.003434 0.005012 -0.6852 36.7 0.49752503 -0.01359 0.00672
"""


def test_pustejovsky_2022_dropout_prevention(of_r, printed):
    # Pustejovsky, clubSandwich, vignette "Meta-analysis with cluster-robust variance estimation": 385 effects of 152 studies
    # of programmes against dropping out of school (Wilson et al. 2011, Campbell Syst Rev 2011:8), hierarchical effects.
    t = of_r("clubSandwich", "dropoutPrevention")

    def dummies(column, *levels):
        return [t[column] == level for level in levels]

    x = np.column_stack(
        [
            np.ones(len(t)),
            *dummies("study_design", "Non-random, non-matched", "Randomized"),
            t.attrition,
            t.group_equivalence,
            *dummies("adjusted", "adjusted data"),
            *dummies("outcome", "enrolled", "graduation", "graduation/ged"),
            *dummies("evaluator_independence", "Indirect, influential", "Planning", "Delivery"),
            *(t.male_pct, t.white_pct, t.average_age),
            *dummies("implementation_quality", "Possible problems", "No apparent problems"),
            *dummies("program_site", "mixed", "school classroom", "school, outside of classroom"),
            *(t.duration, t.service_hrs),
        ]
    ).astype(float)
    y, study = t.LOR1.to_numpy(), t.studyID.to_numpy()
    weighed = hierarchical_effects(y, t.varLOR.to_numpy(), x, study)
    printed([weighed.omega2, weighed.tau2], "0.24907 0.1024663")
    found = weighed.robust(y, x, study)
    assert found.clusters == 152
    columns = np.column_stack([found.b, found.se, found.tval, found.df, found.pval, found.ci_lb, found.ci_ub])
    printed(columns.ravel(), " ".join(DROPOUT.split()))
    # Whether the evaluator's independence matters: the approximate Hotelling test.
    test = robust_wald(found, [9, 10, 11])
    printed([test.F, test.df_num, test.df_denom, test.p], "2.78 3 16.8 0.0732")
