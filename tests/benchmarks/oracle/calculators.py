"""Effect-size calculators: every measure with every option of metafor's `escalc` that the oracle has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
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


def compare_calculators(out: Comparison, file: str, content: Tree) -> None:
    """escalc by part; what the file has beyond escalc is left to its own packages."""
    for part, block in content["outputs"].items():
        kind = f"escalc {part}"
        if part not in _PARTS:
            out.walk(kind, file, Missing(), block, _limits, part)
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
