"""Effect-size calculators: every measure with every option of metafor's `escalc` that the oracle has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from prismake.synthesis.effect_sizes import conversions as c
from prismake.synthesis.effect_sizes import dependence, quantiles, transforms
from prismake.synthesis.effect_sizes.escalc import escalc

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
    def all_of(d: float) -> tuple[float, ...]:
        odds = math.exp(c.log_or_from_d(d))
        return c.r_from_d(d), odds, transforms.d_to_u3(d), transforms.d_to_cles(d), transforms.d_to_besd(d)

    names = ("d2r", "d2or_hh", "d2u3", "d2cles", "d2besd")
    scales = {"ztor": [math.tanh(z) for z in (0.1, 0.8)], "rtoz": [math.atanh(r) for r in (0.1, 0.8)]}
    return _vectors([all_of(d) for d in block["inputs"]], names) | scales


def _needed_to_treat(block: Tree) -> Tree:
    nnt, kraemer = transforms.nnt_furukawa_leucht, transforms.nnt_kraemer_kupfer
    names = ("furukawa_leucht_CER0.2", "furukawa_leucht_CER0.4", "kraemer_kupfer")
    return _vectors([(nnt(d, 0.2), nnt(d, 0.4), kraemer(d)) for d in block["d"]], names)


def _five_numbers(block: Tree) -> Tree:
    """metafor refuses what its test finds skewed; we take it and say so."""
    rows = []
    for low, q1, median, q3, high, n in zip(*(block["inputs"][k] for k in _FIVE), strict=True):
        given = {"q1": q1, "q3": q3, "low": low, "high": high}
        if quantiles.skewed(n, median, **given):
            rows.append((None, None))
            continue
        rows.append((quantiles.mean_from_quantiles(n, median=median, **given), quantiles.sd_from_quantiles(n, **given)))
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
    """Changes of two groups and their difference (Morris, 2008); `Missing` for what is left."""
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
        tree[measure] = each | {"yi": difference[0].tolist(), "vi": difference[1].tolist()}
    columns = ("m_pre", "m_post", "sd_pre", "ni")
    pairs = ([tuple(a[k][i] for k in columns) for a in arms.values()] for i in range(len(arms["T"]["ni"])))
    tree["dppc2"] = [c.d_ppc2(*pair, r, "approximate")[0] for pair, r in zip(pairs, arms["T"]["ri"], strict=True)]
    return tree


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
}


def compare_calculators(out: Comparison, file: str, content: Tree) -> None:
    """escalc by part, and conversions; what the file has of other packages is held by tests/synthesis/effect_sizes."""
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
