"""Effect-size calculators: every measure with every option of metafor's `escalc` that the oracle has, conversions of other
packages, and a whole sheet through metapsyTools' calculator.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from prismake.extraction.codebook import read_codebook
from prismake.extraction.formats.metapsy import from_wide
from prismake.synthesis import clinical
from prismake.synthesis.effect_sizes import conversions as c
from prismake.synthesis.effect_sizes import dependence, quantiles
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.effect_sizes.quantiles import Quantiles

from oracle.comparison import Argued, Comparison, Missing, Refused
from oracle.univariate import Tree

_NAMES = {
    "t": "ti",
    "n1": "n1i",
    "n2": "n2i",
    "p_signed": "pi",
    "d": "di",
    "n": "ni",
    "m": "mi",
    "r2": "r2i",
    "r": "ri",
    "alpha": "ai",
    "x": "xi",
    "sd": "sdi",
}
_AS_METAFOR = ("continuous", "prepost", "binary", "rates")
_PARTS = (
    *_AS_METAFOR,
    "single_prop",
    "single_rate",
    "single_mean",
    "correlation",
    "from_t",
    "from_p",
    "from_d",
    "correlation_from_t",
    "correlation_from_p",
    "partial_cor",
    "prepost_from_t",
    "reliability",
)
_TETRACHORIC = ("RTET", "ZTET")


def _inputs(content: Tree, whole: Tree, part: str) -> Tree:
    """Inputs of a part under metafor's argument names."""
    inputs = content.get("inputs") or whole["inputs"].get(part)
    if part in _AS_METAFOR:
        return inputs
    names = {"x": "xi", "t": "ti"} if part == "single_rate" else _NAMES
    return {names.get(key, key): value for key, value in inputs.items() if key != "sign"}


def _options(words: list[str]) -> dict[str, Any]:
    """escalc's options from a case's name: SMD_LS_corrected, OR_only0_keep00."""
    options: dict[str, Any] = {}
    for word in words:
        if word in ("corrected", "uncorrected"):
            options["correct"] = word == "corrected"
        elif word in ("only0", "all", "if0all", "none"):
            options["to"] = word
        elif word in ("keep00", "drop00"):
            options.update(drop00=word == "drop00", add=0.5)
        else:
            options["vtype"] = word
    return options


def _cases(content: Tree) -> Iterator[tuple[str, str, dict[str, Any], Tree]]:
    for name, expected in content.items():
        if name in ("inputs", "note") or not isinstance(expected, dict):
            continue
        measure, *words = name.split("_")
        yield name, measure, _options(words), expected


def _vectors(rows: Iterable[Sequence[Any]], names: Sequence[str]) -> Tree:
    """Rows of results as one list a name."""
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _from_f(block: Tree) -> Tree:
    given = block["inputs"]
    t = [s * c.t_from_f(f) for s, f in zip(given["sign"], given["F"], strict=True)]
    yi, vi = escalc("SMD", {"ti": t, "n1i": given["n1"], "n2i": given["n2"]})
    return {"SMD": {"yi": yi.tolist(), "vi": vi.tolist()}}


def _transformed(block: Tree) -> Tree:
    d = np.array(block["inputs"])
    r = clinical.correlation_of(d)
    found = {
        "d2r": r,
        "d2or_hh": np.exp(d / c.d_from_log_or(1.0)),
        "d2u3": clinical.cohen_u3(d),
        "d2cles": clinical.probability_of_superiority(d),
        "d2besd": clinical.binomial_effect_size_display(r)[0],
    }
    scales = {"ztor": [math.tanh(z) for z in (0.1, 0.8)], "rtoz": [math.atanh(r) for r in (0.1, 0.8)]}
    return {name: values.tolist() for name, values in found.items()} | scales


def _needed_to_treat(block: Tree) -> Tree:
    d = np.array(block["d"])
    risks = {"furukawa_leucht_CER0.2": 0.2, "furukawa_leucht_CER0.4": 0.4}
    differences = {name: clinical.event_rate_from_d(d, risk) - risk for name, risk in risks.items()}
    differences["kraemer_kupfer"] = clinical.success_rate_difference(d)
    return {name: clinical.number_needed_to_treat(x).tolist() for name, x in differences.items()}


def _five_numbers(block: Tree) -> Tree:
    """metafor refuses what its test finds skewed; we take it and say so."""
    rows = []
    for low, q1, median, q3, high, n in zip(*(block["inputs"][k] for k in _FIVE), strict=True):
        given = Quantiles(n, median, q1, q3, low, high)
        refused = quantiles.skewed(given)
        rows.append(
            (None, None) if refused else (quantiles.mean_from_quantiles(given), quantiles.sd_from_quantiles(given))
        )
    return _vectors(rows, ("luo_wan_shi_mean", "sd"))


def _wald(block: Tree) -> Tree:
    ratios, differences = block["from_or_ci"]["inputs"], block["from_est_p"]["inputs"]
    of_ratios = [
        (math.log(x), c.se_from_ci(math.log(low), math.log(high)) ** 2)
        for x, low, high in zip(*(ratios[k] for k in ("or", "lb", "ub")), strict=True)
    ]
    of_differences = [(x, c.se_from_p(x, p) ** 2) for x, p in zip(differences["md"], differences["p"], strict=True)]
    return {
        "from_or_ci": {"inputs": ratios} | _vectors(of_ratios, ("yi", "vi")),
        "from_est_p": {"inputs": differences} | _vectors(of_differences, ("yi", "vi")),
    }


def _tables(block: Tree) -> Tree:
    given = block["inputs"]
    rows = []
    for phi, odds, chi2, *margins in zip(
        *(given[k] for k in ("phi", "or", "x2", "n", "n1_row", "n1_col")), strict=True
    ):
        if phi is not None:
            rows.append(c.table_from_phi(phi, *margins))
        elif odds is not None:
            rows.append(c.table_from_or(odds, *margins))
        else:
            rows.append(c.table_from_chi2(chi2, *margins, yates=True))
    return _vectors(rows, "abcd")


def _clusters(block: Tree) -> Tree:
    effects = [c.design_effect(m, icc) for m, icc in zip(block["m"], block["icc"], strict=True)]
    return {"deff": effects, "n1_eff": [n / e for n, e in zip(block["n1_raw"], effects, strict=True)]}


def _shared_control(block: Tree) -> Tree:
    i = block["inputs"]
    arms = i["study"], i["t"], i["c"]
    weighted = dependence.correlation_of_shared_arms(*arms, np.array(i["n1"]), np.array(i["n2"]))
    equal = dependence.correlation_of_shared_arms(*arms)
    pairs = (("V_weighted", weighted), ("V_equal", equal))
    return {name: dependence.covariance_matrix(i["vi"], r).tolist() for name, r in pairs}


def _type_and_time(block: Tree) -> Tree:
    i = block["inputs"]
    r = dependence.correlation_by_type_and_time(
        i["study"], kind=i["type"], time=i["time"], rho=block["rho"], phi=block["phi"]
    )
    return {"V": dependence.covariance_matrix(i["vi"], r).tolist()}


def _morris(block: Tree) -> Tree:
    """Changes of two groups, their difference, and its mean over the studies by inverse variances (Morris, 2008)."""
    arms = {name: block["inputs"][name] for name in ("T", "C")}
    tree: Tree = {}
    for measure in ("SMCR", "SMCRH"):
        found = {
            name: escalc(
                measure,
                {
                    "m1i": a["m_post"],
                    "m2i": a["m_pre"],
                    "sd1i": a["sd_pre"],
                    "sd2i": a["sd_post"],
                    "ni": a["ni"],
                    "ri": a["ri"],
                },
            )
            for name, a in arms.items()
        }
        each = {name: {"yi": yi.tolist(), "vi": vi.tolist()} for name, (yi, vi) in found.items()}
        difference = (found["T"][0] - found["C"][0], found["T"][1] + found["C"][1])
        pooled = float(np.average(difference[0], weights=1 / difference[1]))
        tree[measure] = each | {"yi": difference[0].tolist(), "vi": difference[1].tolist(), "EE": pooled}
    columns = ("m_pre", "m_post", "sd_pre", "ni")
    pairs = ([tuple(a[k][i] for k in columns) for a in arms.values()] for i in range(len(arms["T"]["ni"])))
    tree["dppc2"] = [c.d_ppc2(*pair, r, "approximate")[0] for pair, r in zip(pairs, arms["T"]["ri"], strict=True)]
    return tree


def _esc(block: Tree) -> Tree:
    """The documented examples of R's esc 0.5.1, whose inputs its help pages print; two were computed from others."""
    del block
    calls = {
        "t_g": {"ti": 3.3, "n1i": 50, "n2i": 50},
        "t_p": {"pi": 0.03, "n1i": 50, "n2i": 50},
        "f_g": {"ti": c.t_from_f(5.5), "n1i": 100, "n2i": 100},
        "rpb": {"di": c.d_from_r(0.3), "n1i": 50, "n2i": 50},
        "B": {"di": 3.3 / c.sd_within_from_total(5, 3.3, 100, 150), "n1i": 100, "n2i": 150},
        "beta": {"di": c.d_from_r(0.7, 70, 80), "n1i": 70, "n2i": 80},
    }
    found = {}
    for name, given in calls.items():
        yi, vi = escalc("SMD", {k: [v] for k, v in given.items()}, correction="approximate", vtype="ESC")
        found[name] = (yi[0], vi[0])
    for name, (d, v), df in (("chisq", c.d_from_chi2(9.9, 100), 98), ("phi", c.d_from_phi(0.67, 187), 185)):
        found[name] = (c.g_from_d(d, df, "approximate"), v)
    table = {"ai": [30], "n1i": [80], "ci": [40], "n2i": [85]}
    (logit, v), (d, v_d) = escalc("OR", table), escalc("OR2D", table)
    found |= {"t22_logit": (logit[0], v[0]), "t22_g": (c.g_from_d(d[0], 163, "approximate"), v_d[0])}
    found["bin_prop"] = found["t22_g"]
    return {name: _as_esc(float(yi), float(vi)) for name, (yi, vi) in found.items()}


def _as_esc(yi: float, vi: float) -> Tree:
    half = 1.959963984540054 * math.sqrt(vi)
    return {"es": yi, "se": math.sqrt(vi), "var": vi, "lo": yi - half, "hi": yi + half, "w": 1 / vi}


_FIVE = ("min", "q1", "median", "q3", "max", "n")
# What a block was computed from stands beside its results.
_GIVEN = ("inputs", "note", "source", "d", "icc", "m", "n1_raw", "rho", "phi")
_CONVERSIONS = {
    "from_F": _from_f,
    "morris2008": _morris,
    "transf": _transformed,
    "nnt": _needed_to_treat,
    "conv_fivenum": _five_numbers,
    "conv_wald": _wald,
    "conv_2x2": _tables,
    "cluster_design_effect": _clusters,
    "vcalc_shared_control": _shared_control,
    "vcalc_type_time": _type_and_time,
    "esc_pkg": _esc,
}


def compare_calculators(out: Comparison, file: str, content: Tree) -> None:
    """escalc by part, conversions, and the examples of other packages."""
    for part, block in content["outputs"].items():
        kind = f"escalc {part}"
        if part not in _PARTS:
            known = _CONVERSIONS.get(part)
            found = Missing() if known is None else known(block)
            expected = {k: v for k, v in block.items() if k not in _GIVEN}
            out.walk(kind, file, found, expected, _limits, part)
            continue
        inputs = _inputs(block, content, part)
        for name, measure, options, expected in _cases(block):
            tree: Any
            try:
                yi, vi = escalc(measure, inputs, **options)
                tree = {"yi": _plain(yi, measure), "vi": _plain(vi, measure)}
            except (ValueError, KeyError):
                tree = Missing()
            out.walk(kind, file, tree, expected, _limits, f"{part} {name}")


def refused_by_both(content: Tree) -> Iterator[tuple[str, bool]]:
    """Each call of `escalc` that metafor refuses, and whether ours does too."""
    for part in _PARTS:
        inputs = _inputs(content["outputs"][part], content, part)
        for name, measure, options, expected in _cases(content["outputs"][part]):
            if "error" in expected:
                try:
                    escalc(measure, inputs, **options)
                except (ValueError, KeyError):
                    yield f"{part} {name}", True
                else:
                    yield f"{part} {name}", False


def compare_metapsy_calculator(out: Comparison, file: str, content: Tree) -> None:
    """metapsyTools' calculateEffectSizes, row by row through the Metapsy reader and the routes from a sheet to its effects.

    It takes events as what is hoped for and turns the g of counts, so that it has the sign of a score that is the worse the
    higher it is.
    """
    book = read_codebook(Path(__file__).resolve().parents[3] / "workflow/schemas/codebook.yaml")
    frame = pd.DataFrame(content["inputs"]).fillna("")
    found: dict[str, list[float | None]] = {name: [] for name in ("g", "g_se", "log_rr", "log_rr_se")}
    for position in range(len(frame)):
        row = frame.iloc[[position]].reset_index(drop=True)
        sheets = from_wide(row, book, file, {"direction": "higher_worse"})
        roles = sheets["arms"]["role"].tolist()
        usual: dict[str, Any] = {"direction": "as_reported", "intervention": (roles[0],), "comparators": (roles[1],)}
        counted = bool(row["event_arm1"].iloc[0])
        smd = Choices("SMD", correction="approximate", vtype="ESC", mix_dichotomous=True, **usual)
        for names, choices, sign in ((("g", "g_se"), smd, -1 if counted else 1), (_LOG_RR, Choices("RR", **usual), 1)):
            effects = assemble(sheets, choices).effects
            values = (sign * effects["yi"].iloc[0], effects["sei"].iloc[0]) if len(effects) else (None, None)
            for name, value in zip(names, values, strict=True):
                found[name].append(None if value is None else float(value))
    expected = {name: content["outputs"][name] for name in found}
    out.walk("calculateEffectSizes", file, found, expected, _limits)


_LOG_RR = ("log_rr", "log_rr_se")


def _plain(values: np.ndarray, measure: str) -> list[Any]:
    found = [None if np.isnan(value) else float(value) for value in np.atleast_1d(values)]
    if measure not in _TETRACHORIC:
        return found
    reason = "metafor maximises the tetrachoric likelihood by Nelder-Mead to about 1e-5, ours is solved exactly"
    edge = Refused("with an empty cell the tetrachoric correlation lies on its boundary and has no variance")
    return [edge if value is None else Argued(value, reason) for value in found]


def _limits(kind: str, leaf: str) -> tuple[float, float]:
    del kind, leaf
    return 1e-11, 1e-6
