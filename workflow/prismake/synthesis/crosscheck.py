"""What metafor is asked to recompute of an analysis, and its numbers beside ours.

A task is one call in R: its data, its settings, and our value of each quantity that it will give. Nothing of ours but
the data enters the recomputation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from prismake.synthesis.design import design_matrix, level_text
from prismake.synthesis.specification import DEPENDENT, NESTED, TABLES

COLUMNS = ["analysis", "part", "quantity", "prismake", "metafor", "difference", "agrees", "note"]

# Two numbers agree to four digits, or to a millionth where they are near 0. metafor's optimisers stop that early.
_RELATIVE, _ABSOLUTE = 1e-4, 1e-6
# Where its likelihood is flat (several variances, selection models), an optimiser stops earlier still.
_FLAT = frozenset({"multilevel", "multivariate", "selection_model"})
_FLAT_RELATIVE, _FLAT_ABSOLUTE = 2e-3, 1e-5

_COEFFICIENT = {"b": "b", "se": "se", "pval": "pval", "ci_lb": "ci_lb", "ci_ub": "ci_ub"}


@dataclass(frozen=True)
class Task:
    """One call in R. expected: quantity -> our value, None where we give none."""

    analysis: str
    part: str
    kind: str
    data: pd.DataFrame
    expected: dict[str, float | None]
    method: str = "REML"
    test: str = "z"
    level: float = 95.0
    extra: str = ""
    labels: dict[str, str] = field(default_factory=dict)


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
    if result["model"] in NESTED:
        return [*tasks, _multilevel(result, rows)]
    if result["model"] in DEPENDENT:
        return [*tasks, *_multivariate(result, rows)]
    tasks.append(_univariate(result, "overall", rows, result))
    tasks += _subgroups(result, rows)
    tasks += _moderators(result, rows)
    tasks += _sensitivity(result, rows)
    return [*tasks, *_bias(result, rows)]


def _numbers(pooled: pd.DataFrame) -> pd.DataFrame:
    table = pooled.copy()
    for column in ("yi", "vi"):
        table[column] = table[column].astype(float)
    return table


def _common(result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "analysis": result["analysis"],
        "method": result["method"],
        "test": result["test"],
        "level": float(result["level"]),
    }


def _coefficient(estimate: Mapping[str, Any], suffix: str = "") -> dict[str, float | None]:
    found = {f"{theirs}{suffix}": estimate[ours] for theirs, ours in _COEFFICIENT.items()}
    return found | {f"statistic{suffix}": estimate.get("zval", estimate.get("tval"))}


def _univariate(result: Mapping[str, Any], part: str, rows: pd.DataFrame, block: Mapping[str, Any]) -> Task:
    """An intercept-only model of some rows."""
    heterogeneity = block["heterogeneity"]
    expected = _coefficient(block["estimate"])
    expected |= {name: heterogeneity.get(name) for name in ("tau2", "QE", "QEp", "I2", "H2")}
    if result["method"] != "EE":
        expected |= {name: block["estimate"].get(name) for name in ("pi_lb", "pi_ub")}
        if not heterogeneity.get("tau2_ci_empty") and "tau2_ci_lb" in heterogeneity:
            expected |= {name: heterogeneity[name] for name in ("tau2_ci_lb", "tau2_ci_ub")}
    if len(rows) == 1:
        expected = {name: expected[name] for name in ("b", "se", "pval", "ci_lb", "ci_ub")}
    return Task(part=part, kind="univariate", data=rows[["yi", "vi"]], expected=expected, **_common(result))


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
        extra=f"{result['rho']:.17g}", labels=labels, **_common(result),
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
        expected = {"QM": block["test"]["QM"], "QMp": block["test"]["p"]}
        if separate:
            means = pd.DataFrame(
                {
                    "yi": [level["estimate"]["b"] for level in fitted],
                    "vi": [level["estimate"]["se"] ** 2 for level in fitted],
                }
            )
            renamed = {"QE": expected["QM"], "QEp": expected["QMp"]}
            common = _common(result) | {"method": "EE", "test": "z"}
            yield Task(part=f"{column}: differences", kind="univariate", data=means, expected=renamed, **common)
        else:
            yield _regression(result, f"{column}: differences", rows, [column], expected)


def _regression(
    result: Mapping[str, Any], part: str, rows: pd.DataFrame, terms: list[str], expected: dict[str, float | None]
) -> Task:
    design = design_matrix({str(column): list(rows[column]) for column in rows.columns}, terms)
    table = rows[["yi", "vi"]].iloc[design.rows].reset_index(drop=True)
    for position in range(1, design.x.shape[1]):
        table[f"x{position}"] = design.x[:, position]
    return Task(part=part, kind="univariate", data=table, expected=expected, **_common(result))


def _moderators(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    for block in result["moderators"]:
        if block["not_estimable"]:
            continue
        expected: dict[str, float | None] = {"QM": block["test"]["QM"], "QMp": block["test"]["p"]}
        expected |= {name: block["heterogeneity"][name] for name in ("tau2", "QE", "I2")}
        for number, coefficient in enumerate(block["coefficients"], 1):
            expected |= _coefficient(coefficient, f".{number}")
        yield _regression(result, f"meta-regression on {', '.join(block['terms'])}", rows, block["terms"], expected)


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
            **_common(result),
        )  # fmt: skip
    found = blocks.get("influence")
    if isinstance(found, list) and len(rows) > 2:
        names = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat")
        expected = {f"{name}.{number}": row[name] for number, row in enumerate(found, 1) for name in names}
        labels = {str(number): row["study_id"] for number, row in enumerate(found, 1)}
        yield Task(
            part="influence", kind="influence", data=rows[["yi", "vi"]], expected=expected, labels=labels,
            **_common(result),
        )  # fmt: skip
    for name in ("outliers_removed", "influential_removed"):
        block = blocks.get(name)
        if isinstance(block, Mapping) and block.get("estimate") and one_each:
            kept = rows[~rows["study_id"].isin(block["left_out"])]
            yield _univariate(result, name.replace("_", " "), kept, block)


def _bias(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    blocks, table, common = result["publication_bias"], rows[["yi", "vi"]], _common(result)
    for name, model in (("egger", "lm"), ("egger_random", "rma")):
        block = blocks.get(name)
        if block and not block.get("not_estimable"):
            expected = {key: block[key] for key in ("statistic", "p", "limit")}
            yield Task(part="Egger's test", kind="egger", data=table, expected=expected, extra=model, **common)
    block = blocks.get("begg")
    if block and not block.get("not_estimable"):
        yield Task(
            part="Begg's test", kind="begg", data=table, expected={"tau": block["tau"], "p": block["p"]}, **common
        )
    block = blocks.get("trim_and_fill")
    if block and not block.get("not_estimable"):
        expected = {"k0": block["k0"], **_coefficient(block["estimate"])}
        extra = f"{block['estimator']} {block['side']}"
        yield Task(part="trim and fill", kind="trim_and_fill", data=table, expected=expected, extra=extra, **common)
    block = blocks.get("selection_model")
    if block and not block.get("not_estimable") and block.get("type") == "step":
        steps = [step for step in block["steps"] if step < 1.0]
        extra = " ".join([str(block["alternative"]), *(f"{step:.17g}" for step in steps)])
        ml = common | {"method": "EE" if result["method"] == "EE" else "ML", "test": "z"}
        expected = {name: block[name] for name in ("ll", "b", "tau2")}
        yield Task(part="selection model", kind="selection_model", data=table, expected=expected, extra=extra, **ml)


def _multilevel(result: Mapping[str, Any], rows: pd.DataFrame) -> Task:
    heterogeneity = result["heterogeneity"]
    expected = _coefficient(result["estimate"])
    expected |= {name: heterogeneity.get(name) for name in ("sigma2_study", "sigma2_effect", "QE")}
    expected["ll"] = result["fit"]["ll"]
    return Task(
        part="overall", kind="multilevel", data=rows[["yi", "vi"]].assign(study=rows["study_id"]), expected=expected,
        extra=f"{result['fit']['rho'] or 0.0:.17g}", **_common(result),
    )  # fmt: skip


def _multivariate(result: Mapping[str, Any], rows: pd.DataFrame) -> Iterator[Task]:
    """The model of all outcomes, where the covariances of the sampling errors are the assumed ones."""
    fitted = result["fit"]
    if fitted["covariance"] != "assumed":
        return
    expected = _coefficient(result["estimate"]) | {"QE": result["heterogeneity"]["QE"], "ll": fitted["ll"]}
    data = rows[["yi", "vi"]].assign(study=rows["study_id"], kind=rows[result["kinds"]["inner"]])
    yield Task(
        part="overall", kind="multivariate", data=data, expected=expected,
        extra=f"{fitted['rho']:.17g} {fitted['structure']}", **_common(result),
    )  # fmt: skip


def _tables(result: Mapping[str, Any], ours: pd.DataFrame) -> Task:
    cells = {name: ours[name].astype(float) for name in ("events1", "n1", "events2", "n2")}
    expected = _coefficient(result["estimate"]) | {"QE": result["heterogeneity"]["QE"]}
    measure = result["measure"] if result["measure"] in ("OR", "RR", "RD") else "OR"
    return Task(
        part="overall", kind=result["model"], data=pd.DataFrame(cells), expected=expected, extra=measure,
        **_common(result),
    )  # fmt: skip


def compare(tasks: list[Task], answers: pd.DataFrame) -> pd.DataFrame:
    """Both numbers of each quantity side by side. answers: task (its position), quantity, value, all as text.

    `agrees` is yes, no, or blank where metafor gave no number, which the note explains.
    """
    given: dict[int, dict[str, str]] = {}
    for row in answers.itertuples():
        given.setdefault(int(row.task), {})[str(row.quantity)] = str(row.value)
    rows = [row for number, task in enumerate(tasks) for row in _compared(task, given.get(number, {}))]
    return pd.DataFrame(rows, columns=COLUMNS)


def _compared(task: Task, given: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    where = {"analysis": task.analysis, "part": task.part}
    if "error" in given:
        yield where | {"quantity": "", "prismake": None, "metafor": None, "difference": None, "agrees": "",
                       "note": f"metafor: {given['error']}"}  # fmt: skip
        return
    short = _short_of_the_top(task, given)
    for quantity, ours in task.expected.items():
        theirs = _number(given.get(quantity))
        name, _, index = quantity.partition(".")
        label = f"{name} ({task.labels[index]})" if index in task.labels else quantity
        row = where | {
            "quantity": label,
            "prismake": ours,
            "metafor": theirs,
            "difference": None,
            "agrees": "",
            "note": "",
        }
        if ours is None and theirs is None:
            continue
        if ours is None or theirs is None:
            row["note"] = "only metafor gives this number" if ours is None else "metafor gives no number"
        else:
            same = agree(ours, theirs, task.kind in _FLAT)
            row |= {"difference": ours - theirs, "agrees": "yes" if same else "no"}
            if short and not same:
                row |= {"agrees": "", "note": short}
        yield row


def _short_of_the_top(task: Task, given: Mapping[str, str]) -> str:
    """Words where metafor's optimiser ended at a lower likelihood than ours, so that its other numbers say nothing."""
    ours, theirs = task.expected.get("ll"), _number(given.get("ll"))
    if ours is None or theirs is None or ours <= theirs + _FLAT_RELATIVE:
        return ""
    return "metafor stopped at a lower likelihood"


def agree(ours: float, theirs: float, flat: bool = False) -> bool:
    """Whether two numbers are the same but for where an optimiser stopped."""
    relative, absolute = (_FLAT_RELATIVE, _FLAT_ABSOLUTE) if flat else (_RELATIVE, _ABSOLUTE)
    return abs(ours - theirs) <= max(absolute, relative * abs(theirs))


def _number(text: str | None) -> float | None:
    if text is None or text in ("NA", "", "NaN"):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def summary(table: pd.DataFrame, versions: Mapping[str, str]) -> dict[str, Any]:
    """How many numbers were compared, how many agree, and the largest relative difference of each analysis."""
    compared = table[table["agrees"] != ""]
    by_analysis = {}
    for analysis, part in compared.groupby("analysis", sort=True):
        scale = part["metafor"].astype(float).abs().clip(lower=_ABSOLUTE)
        largest = (part["difference"].astype(float).abs() / scale).max()
        by_analysis[str(analysis)] = {
            "compared": int(len(part)),
            "disagreeing": int((part["agrees"] == "no").sum()),
            "largest_relative_difference": float(largest),
        }
    return {
        "compared": int(len(compared)),
        "agreeing": int((compared["agrees"] == "yes").sum()),
        "disagreeing": int((compared["agrees"] == "no").sum()),
        "without_a_number": int((table["agrees"] == "").sum()),
        "analyses": by_analysis,
        "versions": dict(versions),
        "not_compared": None,
    }
