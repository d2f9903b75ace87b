"""What metafor is asked to recompute of an analysis: one task a part of it. Nothing of ours but the data enters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from prismake.synthesis.crosscheck_dependent import dependent_checks, dependent_tasks
from prismake.synthesis.crosscheck_task import Task, coefficient, common, differences, robust_kind
from prismake.synthesis.design import design_matrix, level_text
from prismake.synthesis.specification import DEPENDENT, TABLES

# permutest() goes through every arrangement one by one.
_MOST_ARRANGEMENTS = 5000


def tasks_of(result: Mapping[str, Any], pooled: pd.DataFrame, effects: pd.DataFrame) -> list[Task]:
    """Every part of one analysis that metafor can recompute.

    result: result.json; pooled: the analysis's effects.csv; effects: results/effects/effects.csv (all as text).
    """
    if result["estimate"] is None:
        return []
    ours = effects[effects["effect_id"].isin(set(result["effects"]))].reset_index(drop=True)
    if result["model"] in TABLES:
        return [_tables(result, ours)]
    rows = _numbers(pooled)
    tasks = [*_average(result, rows, ours)]
    if result["model"] in DEPENDENT:
        return [*tasks, *dependent_tasks(result, rows)]
    tasks.append(_univariate(result, "overall", rows, result))
    tasks += _subgroups(result, rows)
    tasks += _moderators(result, rows)
    tasks += _sensitivity(result, rows)
    tasks += _bias(result, rows)
    return [*tasks, *dependent_checks(result, _numbers(ours))]


def _numbers(pooled: pd.DataFrame) -> pd.DataFrame:
    table = pooled.copy()
    for column in ("yi", "vi"):
        table[column] = table[column].astype(float)
    return table


def _univariate(result: Mapping[str, Any], part: str, rows: pd.DataFrame, block: Mapping[str, Any]) -> Task:
    """An intercept-only model of some rows."""
    heterogeneity = block["heterogeneity"]
    expected = coefficient(block["estimate"])
    expected |= {name: heterogeneity.get(name) for name in ("tau2", "QE", "QEp", "I2", "H2")}
    if result["method"] != "EE":
        expected |= {name: block["estimate"].get(name) for name in ("pi_lb", "pi_ub")}
        if not heterogeneity.get("tau2_ci_empty") and "tau2_ci_lb" in heterogeneity:
            expected |= {name: heterogeneity[name] for name in ("tau2_ci_lb", "tau2_ci_ub")}
    if len(rows) == 1:
        expected = {name: expected[name] for name in ("b", "se", "pval", "ci_lb", "ci_ub")}
    data = rows[["yi", "vi"]].assign(study=rows["study_id"])
    robust = robust_kind(block["estimate"])
    return Task(part=part, kind="univariate", data=data, expected=expected, robust=robust, **common(result))


def _average(result: Mapping[str, Any], rows: pd.DataFrame, ours: pd.DataFrame) -> Iterator[Task]:
    """The effects of each study averaged."""
    if result.get("one_per_study") != "average" or not ours["study_id"].duplicated().any() or result["rho"] >= 1.0:
        return
    several = ours[ours["study_id"].duplicated(keep=False)]
    codes = {study: str(number) for number, study in enumerate(dict.fromkeys(several["study_id"]), 1)}
    table = pd.DataFrame(
        {"yi": several["yi"].astype(float), "vi": several["vi"].astype(float), "study": several["study_id"].map(codes)}
    )
    expected: dict[str, float | None] = {}
    for _, row in rows[rows["study_id"].isin(codes)].iterrows():
        code = codes[row["study_id"]]
        expected |= {f"yi.{code}": float(row["yi"]), f"vi.{code}": float(row["vi"])}
    labels = {code: study for study, code in codes.items()}
    yield Task(
        part="effects averaged within studies", kind="average", data=table, expected=expected,
        extra=f"{result['rho']:.17g}", labels=labels, **common(result),
    )  # fmt: skip


def _subgroups(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    """Each level (under tau2 of its own), and the test of differences."""
    for column, block in result["subgroups"].items():
        text = [level_text(value) if str(value).strip() else "" for value in rows[column]]
        separate = (block["test"] or {}).get("tau2") == "separate"
        fitted = [level for level in block["levels"] if level["estimate"] is not None]
        for level in fitted if separate else []:
            part = rows[[cell == level["level"] for cell in text]]
            yield _univariate(result, f"{column}: {level['level']}", part, level)
        if block["test"] is None:
            continue
        if separate:
            yield differences(result, column, fitted, block["test"])
        else:
            expected = {"QM": block["test"]["QM"], "QMp": block["test"]["p"]}
            yield _regression(result, f"{column}: differences", rows, [column], expected)


def _regression(
    result: Mapping[str, Any], part: str, rows: pd.DataFrame, terms: list[str], expected: dict[str, float | None],
    kind: str = "univariate", robust: str = "",
) -> Task:  # fmt: skip
    design = design_matrix({str(column): list(rows[column]) for column in rows.columns}, terms)
    table = rows[["yi", "vi"]].assign(study=rows["study_id"]).iloc[design.rows].reset_index(drop=True)
    for position in range(1, design.x.shape[1]):
        table[f"x{position}"] = design.x[:, position]
    return Task(part=part, kind=kind, data=table, expected=expected, robust=robust, **common(result))


def _moderators(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    for block in result["moderators"]:
        if block["not_estimable"]:
            continue
        expected: dict[str, float | None] = {"QM": block["test"]["QM"], "QMp": block["test"]["p"]}
        expected |= {name: block["heterogeneity"][name] for name in ("tau2", "QE", "I2")}
        for number, row in enumerate(block["coefficients"], 1):
            expected |= coefficient(row, f".{number}")
            if number > 1:
                expected[f"vif.{number - 1}"] = row["vif"]
        words = f"meta-regression on {', '.join(block['terms'])}"
        robust = robust_kind(block["coefficients"][0])
        yield _regression(result, words, rows, block["terms"], expected, robust=robust)
        test = block.get("permutation")
        if test and test["exact"] and test["arrangements"] <= _MOST_ARRANGEMENTS:
            expected = {f"p.{number}": row["p_permutation"] for number, row in enumerate(block["coefficients"], 1)}
            expected["QMp"] = test["p"]
            yield _regression(result, f"{words}, permuted", rows, block["terms"], expected, "permutation")


def _sensitivity(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    blocks, one_each = result["sensitivity"], not rows["study_id"].duplicated().any()
    found = blocks.get("leave_one_out")
    if isinstance(found, list) and one_each and len(rows) > 2:
        by_study = {row["left_out"]: row for row in found}
        expected: dict[str, float | None] = {}
        for number, study in enumerate(rows["study_id"], 1):
            row = by_study[study]
            if row["estimate"] is not None:
                expected |= {f"b.{number}": row["estimate"]["b"], f"se.{number}": row["estimate"]["se"]}
                expected[f"tau2.{number}"] = row["heterogeneity"]["tau2"]
        labels = {str(number): study for number, study in enumerate(rows["study_id"], 1)}
        yield Task(
            part="leave-one-out", kind="leave_one_out", data=rows[["yi", "vi"]], expected=expected, labels=labels,
            **common(result),
        )  # fmt: skip
    found = blocks.get("influence")
    if isinstance(found, list) and len(rows) > 2:
        names = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat")
        expected = {f"{name}.{number}": row[name] for number, row in enumerate(found, 1) for name in names}
        labels = {str(number): row["study_id"] for number, row in enumerate(found, 1)}
        yield Task(
            part="influence", kind="influence", data=rows[["yi", "vi"]], expected=expected, labels=labels,
            **common(result),
        )  # fmt: skip
    for name in ("outliers_removed", "influential_removed"):
        block = blocks.get(name)
        if isinstance(block, Mapping) and block.get("estimate") and one_each:
            kept = rows[~rows["study_id"].isin(block["left_out"])]
            yield _univariate(result, name.replace("_", " "), kept, block)
    found = blocks.get("cumulative")
    if isinstance(found, list) and one_each and len(rows) > 2:
        place = {study: number for number, study in enumerate(rows["study_id"])}
        order = [place[row["added"]] for row in found]
        expected = {}
        for number, row in enumerate(found[1:], 2):
            if row["estimate"] is not None:
                expected |= {f"b.{number}": row["estimate"]["b"], f"se.{number}": row["estimate"]["se"]}
                expected[f"tau2.{number}"] = row["heterogeneity"]["tau2"]
        labels = {str(number): row["added"] for number, row in enumerate(found, 1)}
        yield Task(
            part="cumulative", kind="cumulative", data=rows[["yi", "vi"]].iloc[order].reset_index(drop=True),
            expected=expected, labels=labels, **common(result),
        )  # fmt: skip
    block = blocks.get("permutation")
    if isinstance(block, Mapping) and block.get("exact") and block["arrangements"] <= _MOST_ARRANGEMENTS:
        yield Task(
            part="permutation test", kind="permutation", data=rows[["yi", "vi"]], expected={"p.1": block["p"]},
            **common(result),
        )  # fmt: skip


def _bias(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    table, settings = rows[["yi", "vi"]], common(result)

    def there(name: str) -> Mapping[str, Any] | None:
        block = result["publication_bias"].get(name)
        return block if block and not block.get("not_estimable") else None

    for name, model in (("egger", "lm"), ("egger_random", "rma")):
        if block := there(name):
            expected = {key: block[key] for key in ("statistic", "p", "limit")}
            yield Task(part="Egger's test", kind="egger", data=table, expected=expected, extra=model, **settings)
    if block := there("begg"):
        expected = {"tau": block["tau"], "p": block["p"]}
        yield Task(part="Begg's test", kind="begg", data=table, expected=expected, **settings)
    if block := there("trim_and_fill"):
        expected = {"k0": block["k0"], **coefficient(block["estimate"])}
        extra = f"{block['estimator']} {block['side']}"
        yield Task(part="trim and fill", kind="trim_and_fill", data=table, expected=expected, extra=extra, **settings)
    if block := there("pet_peese"):
        for name, power in (("pet", 0.5), ("peese", 1.0)):
            expected = coefficient(block[name]["intercept"], ".1") | coefficient(block[name]["slope"], ".2")
            data = table.assign(x1=np.power(table["vi"], power))
            yield Task(
                part=name.upper(), kind="univariate", data=data, expected=expected,
                **settings | {"method": "EE", "test": "knha"},
            )  # fmt: skip
    for name in ("selection_model", "beta_selection"):
        if block := there(name):
            yield _selection(result, name, table, block)
    if block := there("excess_significance"):
        expected = {"O": block["observed"], "E": block["expected"], "p": block["p"]}
        yield Task(part="excess significance", kind="excess", data=table, expected=expected, **settings)
    if (block := there("fail_safe")) and not block["rosenthal"].get("not_estimable"):
        expected = {"rosenthal": block["rosenthal"]["number"]}
        yield Task(part="fail-safe N", kind="fail_safe", data=table, expected=expected, **settings)


def _selection(result: Mapping[str, Any], name: str, table: pd.DataFrame, block: Mapping[str, Any]) -> Task:
    """A selection model by maximum likelihood: its steps and the weights that are assumed, or its weight function."""
    extra = [str(block["alternative"]), str(block["type"])]
    if block["type"] == "step":
        extra.append(",".join(f"{step:.17g}" for step in block["steps"]))
        if block["LRT_df"] == 0:  # The weights are the protocol's: R takes them, lest it estimate a model of its own.
            extra.append(",".join(f"{weight:.17g}" for weight in block["delta"]))
    settings = common(result) | {"method": "EE" if result["method"] == "EE" else "ML", "test": "z"}
    expected = {key: block[key] for key in ("ll", "b", "tau2")}
    return Task(
        part=name.replace("_", " "), kind="selection_model", data=table, expected=expected, extra=" ".join(extra),
        **settings,
    )  # fmt: skip


def _tables(result: Mapping[str, Any], ours: pd.DataFrame) -> Task:
    cells = {name: ours[name].astype(float) for name in ("events1", "n1", "events2", "n2")}
    expected = coefficient(result["estimate"]) | {"QE": result["heterogeneity"]["QE"]}
    measure = result["measure"] if result["measure"] in ("OR", "RR", "RD") else "OR"
    return Task(
        part="overall", kind=result["model"], data=pd.DataFrame(cells), expected=expected, extra=measure,
        **common(result),
    )  # fmt: skip
