"""Named checks of publication bias and small-study effects: each takes a pool and gives a block for result.json.

Each says when there are too few effects for it to mean anything: below ten, tests of funnel-plot asymmetry have little
power and are advised against (Sterne et al. 2011, BMJ 343:d4002).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from prismake.synthesis.failsafe import general, orwin, rosenberg, rosenthal
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.pooling import Pool
from prismake.synthesis.publication_bias.blocks import BIAS_MODELS
from prismake.synthesis.rank_test import rank_test
from prismake.synthesis.regression_test import regression_test
from prismake.synthesis.result import estimate_block, plain
from prismake.synthesis.specification import DEPENDENT, Specification
from prismake.synthesis.trim_and_fill import trim_and_fill

FEW = 10


def few_effects(k: int) -> str | None:
    """A warning where there are fewer effects than the advised ten."""
    return f"with {k} effects the test has little power; at least {FEW} are advised" if k < FEW else None


def _independent_only(spec: Specification, what: str) -> None:
    """Refuse a check that takes every effect for independent where the analysis does not."""
    if spec.model in DEPENDENT:
        instead = (
            "egger_multilevel is the test" if "fill" not in what and "safe" not in what else "pet_peese allows for it"
        )
        raise NotEstimable(f"{what} takes effects of one study for independent; with the model {spec.model} {instead}")


def egger_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Egger's regression test in its classical form."""
    _independent_only(spec, "Egger's regression")
    found = regression_test(pooled.yi, pooled.vi, model="lm", predictor="sei", level=spec.level)
    return plain(asdict(found)) | {"k": int(pooled.yi.size), "caution": few_effects(pooled.yi.size)}


def egger_random_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Egger's regression test as a random-effects meta-regression on the standard error."""
    _independent_only(spec, "Egger's regression")
    found = regression_test(
        pooled.yi, pooled.vi, model="rma", predictor="sei", method=spec.method, test=spec.test, level=spec.level
    )
    return plain(asdict(found)) | {"k": int(pooled.yi.size), "caution": few_effects(pooled.yi.size)}


def begg_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Begg and Mazumdar's rank correlation test."""
    _independent_only(spec, "the rank test")
    found = rank_test(pooled.yi, pooled.vi)
    return plain(asdict(found)) | {"k": int(pooled.yi.size), "caution": few_effects(pooled.yi.size)}


def trim_and_fill_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Trim and fill; options: trim_and_fill_estimator (L0, R0, Q0), trim_and_fill_side (left, right)."""
    _independent_only(spec, "trim and fill")
    side = spec.options.get("trim_and_fill_side")
    found = trim_and_fill(
        pooled.yi,
        pooled.vi,
        side=None if side is None else str(side),
        estimator=str(spec.options.get("trim_and_fill_estimator", "L0")),
        method=spec.method,
        test=spec.test,
        level=spec.level,
    )
    return plain(
        {
            "side": found.side,
            "estimator": found.estimator,
            "k0": found.k0,
            "se_k0": found.se_k0,
            "p_k0": found.p_k0,
            "filled": [{"yi": y, "vi": v} for y, v in zip(found.filled_yi, found.filled_vi, strict=True)],
            "estimate": estimate_block(found.fit),
            "tau2": found.fit.tau2,
            "I2": found.fit.I2,
            "k": int(pooled.yi.size),
            "caution": few_effects(pooled.yi.size),
        }
    )


def fail_safe_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Rosenthal's, Orwin's, Rosenberg's and the general fail-safe N; options: fail_safe_target (Orwin's average)."""
    _independent_only(spec, "fail-safe N")
    target = spec.options.get("fail_safe_target")
    wanted: dict[str, Callable[[], Any]] = {
        "rosenthal": lambda: rosenthal(pooled.yi, pooled.vi),
        "orwin": lambda: orwin(pooled.yi, pooled.vi, None if target is None else float(target)),
        "rosenberg": lambda: rosenberg(pooled.yi, pooled.vi),
        "general": lambda: general(pooled.yi, pooled.vi, method=spec.method),
    }
    found: dict[str, Any] = {}
    for name, work in wanted.items():
        try:
            found[name] = asdict(work())
        except NotEstimable as reason:
            found[name] = {"not_estimable": str(reason)}
    caution = "a large number is no evidence against publication bias, and depends on assumptions nobody can check"
    return plain(found | {"k": int(pooled.yi.size), "caution": caution})


PUBLICATION_BIAS: dict[str, Callable[[Pool, Specification], dict[str, Any]]] = {
    "egger": egger_block,
    "egger_random": egger_random_block,
    "begg": begg_block,
    "trim_and_fill": trim_and_fill_block,
    "fail_safe": fail_safe_block,
    **BIAS_MODELS,
}
"""Every check by the name that a protocol gives it."""
