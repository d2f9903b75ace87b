"""Checks of dependent effects beside an analysis of one effect a study, so that one protocol entry asks for both.

A check that knows the models multilevel and che (leave-one-out by study, Egger's test, PET-PEESE) is run on every effect
of the pool under one of them, whatever the model of the analysis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from prismake.synthesis.model import NotEstimable
from prismake.synthesis.pooling import Pool, pool
from prismake.synthesis.specification import Specification

LIKELIHOODS = ("ML", "REML")


def dependent_specification(spec: Specification, model: str) -> Specification:
    """The specification under a model of dependent effects: all of them, by a likelihood, with a z or t test.

    A Knapp-Hartung test becomes the t test of these models, and an estimator that they do not have REML.
    """
    return replace(
        spec,
        model=model,
        one_per_study="all",
        method=spec.method if spec.method in LIKELIHOODS else "REML",
        test="z" if spec.test == "z" else "t",
        robust=spec.robust or "CR2",
    )


def with_model(model: str, block: Callable[[Pool, Specification], Any]) -> Callable[[Pool, Specification], Any]:
    """The block under `model` (multilevel or che) on every effect of the pool; NotEstimable where none are dependent."""

    def run(pooled: Pool, spec: Specification) -> Any:
        every = pool(pooled.source, "all", spec.rho)
        if not every.table["study_id"].duplicated().any():
            raise NotEstimable("no study has several effects, so effects within studies cannot be told from studies")
        return block(every, dependent_specification(spec, model))

    return run
