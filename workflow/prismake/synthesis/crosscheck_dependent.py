"""What metafor is asked of models of dependent effects: three-level, CHE and multivariate ones, with shared arms.

R gets the arms of each effect and makes their covariances itself (vcalc), so that ours are checked too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from prismake.synthesis.crosscheck_task import Task, coefficient, common, differences, robust_kind
from prismake.synthesis.dependent import shares_arms
from prismake.synthesis.design import design_matrix
from prismake.synthesis.suite import LIKELIHOODS

_CHECKS = {"three_level": "multilevel", "che": "che"}
# The arms of an effect by the names that vcalc() gives its arguments.
_ARMS = {"cluster": "cluster", "type": "outcome_id", "grp1": "arm_1", "grp2": "arm_2", "w1": "n1", "w2": "n2"}


def dependent_tasks(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    """Everything of an analysis whose own model is one of dependent effects. rows: what it pooled."""
    model = _Model(result, rows, result["model"], result["method"], result["test"])
    yield model.overall("overall", result)
    for column, block in result["subgroups"].items():
        fitted = [level for level in block["levels"] if level["estimate"] is not None]
        for level in fitted:
            part = rows[rows["effect_id"].isin(set(level["effects"]))]
            yield model.overall(f"{column}: {level['level']}", level, part)
        if block["test"] is not None:
            yield differences(result, column, fitted, block["test"])
    for block in result["moderators"]:
        if not block["not_estimable"]:
            yield model.regression(block)
    yield from model.left_out("leave-one-out", result["sensitivity"].get("leave_one_out"))
    yield from model.asymmetry(result["publication_bias"], "egger_multilevel", "pet_peese")


def dependent_checks(result: Mapping[str, Any], effects: pd.DataFrame) -> Iterator[Task]:
    """The checks of dependent effects beside an analysis of one effect a study. effects: all behind it."""
    method = result["method"] if result["method"] in LIKELIHOODS else "REML"
    test = "z" if result["test"] == "z" else "t"
    suite = result["sensitivity"].get("all_models")
    for name, kind in _CHECKS.items():
        model, words = _Model(result, effects, kind, method, test), name.replace("_", "-")
        yield from model.left_out(f"leave-one-out, {words}", result["sensitivity"].get(f"leave_one_out_{name}"))
        yield from model.asymmetry(result["publication_bias"], f"egger_{name}", f"pet_peese_{name}")
        for row in suite if isinstance(suite, list) else []:
            if row["model"] == name and row.get("estimate"):
                yield model.overall(f"all models: {words}", row)


@dataclass(frozen=True)
class _Model:
    """A model of dependent effects on some rows, each method being tasks about it."""

    result: Mapping[str, Any]
    rows: pd.DataFrame
    model: str
    method: str
    test: str

    @property
    def extra(self) -> str:
        """The assumed correlation, and the structure of a multivariate model."""
        fitted = self.result["fit"] or {}
        if self.model == "multilevel":
            return "0"
        rho = fitted.get("rho") if fitted.get("rho") is not None else self.result["rho"]
        return f"{rho:.17g} {fitted['structure']}" if self.model == "multivariate" else f"{rho:.17g}"

    def _task(self, part: str, kind: str, data: pd.DataFrame, expected: dict[str, float | None], **named: Any) -> Task:
        settings = common(self.result) | {"method": self.method, "test": self.test}
        return Task(part=part, kind=kind, data=data, expected=expected, extra=self.extra, **settings, **named)

    @property
    def _kind(self) -> str:
        return "multivariate" if self.model == "multivariate" else "multilevel"

    def _data(self, rows: pd.DataFrame) -> pd.DataFrame:
        """yi, vi and study of each effect, its kind, and its arms where effects share one."""
        data = rows[["yi", "vi"]].assign(study=rows["study_id"])
        if self.model == "multivariate":
            data["kind"] = rows[self.result["kinds"]["inner"]]
        if shares_arms(rows):
            alone = rows["arm_1"].fillna("").astype(str) == ""
            data = data.assign(**{name: rows[column].fillna("").astype(str) for name, column in _ARMS.items()})
            for name, filler in (("grp1", "-"), ("grp2", "--")):
                data[name] = data[name].where(~alone, filler)
            for name in ("w1", "w2"):
                data[name] = pd.to_numeric(data[name], errors="coerce").where(~alone).fillna(1.0)
        return data.reset_index(drop=True)

    def overall(self, part: str, block: Mapping[str, Any], rows: pd.DataFrame | None = None) -> Task:
        """The intercept-only model of the rows, or of some of them."""
        expected = coefficient(block["estimate"]) | {"QE": block["heterogeneity"]["QE"]}
        if self.model != "multivariate":
            expected |= {name: block["heterogeneity"].get(name) for name in ("sigma2_study", "sigma2_effect")}
            expected |= {name: block["estimate"].get(name) for name in ("pi_lb", "pi_ub")}
        expected["ll"] = block["fit"]["ll"]
        data = self._data(self.rows if rows is None else rows)
        return self._task(part, self._kind, data, expected, robust=robust_kind(block["estimate"]))

    def regression(self, block: Mapping[str, Any]) -> Task:
        """A meta-regression under the model."""
        columns = {str(column): list(self.rows[column]) for column in self.rows.columns}
        design = design_matrix(columns, block["terms"])
        data = self._data(self.rows.iloc[design.rows])
        for position in range(1, design.x.shape[1]):
            data[f"x{position}"] = design.x[:, position]
        expected: dict[str, float | None] = {"QM": block["test"]["QM"], "QMp": block["test"]["p"]}
        expected |= {"QE": block["heterogeneity"]["QE"], "ll": block["fit"]["ll"]}
        for number, row in enumerate(block["coefficients"], 1):
            expected |= coefficient(row, f".{number}")
        words = f"meta-regression on {', '.join(block['terms'])}"
        return self._task(words, self._kind, data, expected, robust=robust_kind(block["coefficients"][0]))

    def left_out(self, part: str, found: Any) -> Iterator[Task]:
        """The model without each study in turn, in one call."""
        if not isinstance(found, list) or self.model == "multivariate":
            return
        labels = {str(number): row["left_out"] for number, row in enumerate(found, 1)}
        expected: dict[str, float | None] = {}
        for number, row in enumerate(found, 1):
            if row["estimate"] is not None:
                expected |= {f"b.{number}": row["estimate"]["b"], f"se.{number}": row["estimate"]["se"]}
        places = {study: number for number, study in labels.items()}
        data = self._data(self.rows)
        data["place"] = data["study"].map(places).astype(int)
        yield self._task(part, "leave_one_study_out", data, expected, labels=labels)

    def asymmetry(self, blocks: Mapping[str, Any], egger: str, pet_peese: str) -> Iterator[Task]:
        """The regressions on the standard error and the variance, whose tests are robust ones."""
        wanted = []
        found = blocks.get(egger)
        if found and not found.get("not_estimable"):
            wanted.append(("Egger's test", 0.5, found["limit"], found["slope"]))
        found = blocks.get(pet_peese)
        if found and not found.get("not_estimable"):
            wanted += [
                (name.upper(), power, found[name]["intercept"], found[name]["slope"])
                for name, power in (("pet", 0.5), ("peese", 1.0))
            ]
        for words, power, *coefficients in wanted:
            data = self._data(self.rows).assign(x1=(self.rows["vi"] ** power).to_numpy())
            expected: dict[str, float | None] = {}
            for number, one in enumerate(coefficients, 1):
                expected[f"b.{number}"] = one["b"]
                if one.get("type") in ("CR1p", "CR2"):
                    expected |= {f"robust_{name}.{number}": one[name] for name in ("se", "df", "pval")}
            robust = str(coefficients[0].get("type", ""))
            yield self._task(f"{words}, {self.model}", self._kind, data, expected, robust=robust)
