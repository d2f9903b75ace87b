"""From the extraction sheets to effects.csv: one row an effect, each with its way, its sources and its moderators."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from prismake.extraction.sources import Sources, effect_path, result_path
from prismake.extraction.tables import Extraction
from prismake.extraction.values import any_number
from prismake.messages.faults import Faults
from prismake.synthesis.effect_sizes.agreement import check_effects
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.dependence import split_control
from prismake.synthesis.effect_sizes.direction import crude_direction
from prismake.synthesis.effect_sizes.draft import Draft, compute
from prismake.synthesis.effect_sizes.moments import arm_n
from prismake.synthesis.effect_sizes.pairs import Pair, pairs
from prismake.synthesis.effect_sizes.routes import effect
from prismake.synthesis.effect_sizes.routes_counts import smd_from_table

COLUMNS = [
    "effect_id",
    "study_id",
    "label",
    "outcome_id",
    "construct",
    "instrument",
    "rater",
    "timepoint",
    "time_weeks",
    "arm_1",
    "arm_2",
    "comparator_role",
    "measure",
    "yi",
    "vi",
    "sei",
    "ni",
    "n1",
    "n2",
    "people_1",
    "people_2",
    "m1",
    "sd1",
    "m2",
    "sd2",
    "events1",
    "events2",
    "ri",
    "vtype",
    "formula",
    "inputs",
    "source",
    "flags",
    "direction_applied",
    "rob",
    "cluster",
    "shared_group",
]
NOT_COMPUTED = [
    "study_id",
    "label",
    "outcome_id",
    "construct",
    "timepoint",
    "arm_1",
    "arm_2",
    "comparator_role",
    "measure",
    "ni",
    "direction",
    "pval",
    "rob",
    "reason",
]

_OUTCOME_OWN = {"study_id", "outcome_id", "construct", "instrument", "rater", "note"}
_ARM_OWN = {"study_id", "arm_id", "note"}


@dataclass
class Effects:
    """The effects, the contrasts without one and why, and what was noticed."""

    effects: pd.DataFrame
    not_computed: pd.DataFrame
    findings: Faults


def assemble(tables: Extraction, choices: Choices, rob: Mapping[tuple[str, str], str] | None = None) -> Effects:
    """Compute every effect that the protocol's measure and comparisons ask for.

    `rob`: (study_id, outcome_id) -> overall level; an outcome_id of "" holds for the whole study.
    """
    found = _in_order(pairs(tables, choices), choices)
    drafts = [effect(pair, choices) for pair in found]
    groups = _shared_groups(found, drafts)
    if choices.shared_control == "split":
        _split(found, drafts, choices)
    findings = check_effects(tables, found, drafts, groups, choices)
    sources = Sources(tables["sources"])
    rows, lost = [], []
    extra = _extra_columns(tables)
    for pair, draft, group in zip(found, drafts, groups, strict=True):
        if draft.computed:
            rows.append(_row(pair, draft, group, sources, choices, rob or {}, extra))
        else:
            lost.append(_lost(pair, draft, choices, rob or {}))
    frame = _frame(rows, extra)
    return Effects(frame, pd.DataFrame(lost, columns=NOT_COMPUTED), findings)


def _in_order(found: list[Pair], choices: Choices) -> list[Pair]:
    """Studies as they stand in the sheets; within a study the protocol's preferred instruments and times first."""
    studies = {name: i for i, name in reversed(list(enumerate(p.study["study_id"] for p in found)))}
    constructs = {name: i for i, name in enumerate(choices.preference)}

    def place(pair: Pair) -> tuple[int, ...]:
        construct = pair.outcome["construct"]
        ranks = choices.rank(construct, pair.outcome["instrument"], pair.timepoint)
        return studies[pair.study["study_id"]], constructs.get(construct, len(constructs)), *ranks

    return sorted(found, key=place) if choices.preference else found


def _split(found: Sequence[Pair], drafts: Sequence[Draft], choices: Choices) -> None:
    """Each comparison gets its part of an arm that others of the same kind of comparator use (Handbook, 23.3.4).

    Comparisons with another kind of comparator belong to other analyses and take nothing away.
    """
    uses: dict[tuple[str, ...], int] = {}
    for pair, draft in zip(found, drafts, strict=True):
        for arm in _arms(pair) if draft.computed else ():
            key = (*_arm_key(pair, arm), pair.role_2)
            uses[key] = uses.get(key, 0) + 1
    for pair, draft in zip(found, drafts, strict=True):
        if not draft.computed:
            continue
        inputs = dict(draft.inputs)
        for arm, names in ((pair.arm_1, ("n1i", "ai")), (pair.arm_2, ("n2i", "ci"))):
            parts = uses.get((*_arm_key(pair, arm), pair.role_2), 0)
            inputs |= {n: split_control(inputs[n], parts) for n in names if n in inputs and parts > 1}
        if inputs != draft.inputs:
            _recompute(draft, inputs, choices)


def _recompute(draft: Draft, inputs: dict[str, float], choices: Choices) -> None:
    if "ai" in inputs and draft.measure == "SMD":
        smd_from_table(draft, inputs, choices)
    elif {"m1i", "di", "ti", "ai", "pi"} & inputs.keys():
        compute(draft, inputs, choices, draft.formula)
    else:
        draft.flags.append("shared arm not split: the effect was not computed from n")
        return
    draft.flags.append("shared arm split between the comparisons")


def _shared_groups(found: Sequence[Pair], drafts: Sequence[Draft]) -> list[str]:
    """For each effect the arms that other effects of the same study, outcome and time use as well."""
    uses: dict[tuple[str, str, str, str], int] = {}
    for pair, draft in zip(found, drafts, strict=True):
        for arm in _arms(pair) if draft.computed else ():
            uses[_arm_key(pair, arm)] = uses.get(_arm_key(pair, arm), 0) + 1
    return [
        "; ".join(
            f"{pair.study['study_id']}:{arm}"
            for arm in _arms(pair)
            if draft.computed and uses.get(_arm_key(pair, arm), 0) > 1
        )
        for pair, draft in zip(found, drafts, strict=True)
    ]


def _arms(pair: Pair) -> list[str]:
    return [a for a in (pair.arm_1, pair.arm_2) if a]


def _arm_key(pair: Pair, arm: str) -> tuple[str, str, str, str]:
    return pair.study["study_id"], pair.outcome["outcome_id"], pair.timepoint.strip().lower(), arm


def direction_sign(pair: Pair, draft: Draft, choices: Choices) -> tuple[int, str]:
    """The sign that makes positive favour the intervention, and how it was decided."""
    if choices.direction == "as_reported" or not pair.arm_1:
        return 1, "as reported"
    if draft.favours_known:
        return 1, "as reported: positive favours arm 1"
    if pair.outcome["direction"] == "higher_worse":
        return -1, "reversed: higher is worse"
    return 1, "kept: higher is better"


def _row(
    pair: Pair,
    draft: Draft,
    group: str,
    sources: Sources,
    choices: Choices,
    rob: Mapping[tuple[str, str], str],
    extra: Sequence[str],
) -> dict[str, object]:
    sign, words = direction_sign(pair, draft, choices)
    assert draft.yi is not None and draft.vi is not None
    inputs = draft.inputs
    n1, n2 = inputs.get("n1i", pair.n_1 if pair.arm_2 else None), inputs.get("n2i", pair.n_2 if pair.arm_2 else None)
    ni = inputs.get("ni", n1 + n2 if n1 is not None and n2 is not None else n1)
    study, outcome = pair.study, pair.outcome
    flags = list(draft.flags)
    if pair.sets_left_out:
        flags.append("other analysis sets not used: " + ", ".join(s or "unnamed" for s in pair.sets_left_out))
    if group:
        flags.append("shares an arm")
    ids = _source_ids(pair, draft, sources)
    key = (study["study_id"], outcome["outcome_id"])
    row: dict[str, object] = {
        "effect_id": "",
        "study_id": study["study_id"],
        "label": study["label"] or study["study_id"],
        "outcome_id": outcome["outcome_id"],
        "construct": outcome["construct"],
        "instrument": outcome["instrument"],
        "rater": outcome["rater"],
        "timepoint": pair.timepoint,
        "time_weeks": _number(pair.time_weeks),
        "arm_1": pair.arm_1,
        "arm_2": pair.arm_2,
        "comparator_role": pair.role_2,
        "measure": draft.measure,
        "yi": sign * draft.yi + 0.0,
        "vi": draft.vi,
        "sei": math.sqrt(draft.vi),
        "ni": ni,
        "n1": n1,
        "n2": n2,
        # n1 and n2 are what the variance rests on: fewer than the people analysed in a cluster trial or a split arm.
        "people_1": arm_n(pair.stats_1, pair.n_1) if pair.arm_2 else None,
        "people_2": arm_n(pair.stats_2, pair.n_2) if pair.arm_2 else None,
        "m1": inputs.get("m1i"),
        "sd1": inputs.get("sd1i"),
        "m2": inputs.get("m2i"),
        "sd2": inputs.get("sd2i"),
        "events1": inputs.get("ai", inputs.get("x1i", inputs.get("xi"))),
        "events2": inputs.get("ci", inputs.get("x2i")),
        "ri": inputs.get("ri"),
        "vtype": draft.vtype,
        "formula": draft.formula,
        "inputs": json.dumps({k: v for k, v in inputs.items()}, sort_keys=True),
        "source": "; ".join(ids),
        "flags": "; ".join(flags),
        "direction_applied": words,
        "rob": rob.get(key, rob.get((study["study_id"], ""), "")),
        "cluster": _cluster(pair),
        "shared_group": group,
    }
    return row | _moderators(pair, extra)


def _cluster(pair: Pair) -> str:
    """Who was measured: the study, or its sample where outcomes name one. Effects of one cluster share people."""
    sample = pair.outcome.get("sample", "")
    return f"{pair.study['study_id']}:{sample}" if sample else pair.study["study_id"]


def _moderators(pair: Pair, extra: Sequence[str]) -> dict[str, object]:
    """The columns of study, outcome and arms, by the prefix of their names."""
    rows = {"study_": pair.study, "outcome_": pair.outcome, "arm_": pair.row_1, "comparator_": pair.row_2}
    values: dict[str, object] = {}
    for name in extra:
        prefix = next(p for p in rows if name.startswith(p))
        values[name] = rows[prefix].get(name.removeprefix(prefix), "")
    return values


def _source_ids(pair: Pair, draft: Draft, sources: Sources) -> list[str]:
    """Ids of the sources of every number used, in the order of use."""
    found: list[str] = []
    for sheet, unit, stat in draft.used:
        make = effect_path if sheet == "effects_reported" else result_path
        path = make(pair.study["study_id"], pair.outcome["outcome_id"], unit, pair.timepoint, stat)
        found += [s for s in sources.of(path) if s not in found]
    return found


def _lost(pair: Pair, draft: Draft, choices: Choices, rob: Mapping[tuple[str, str], str]) -> dict[str, object]:
    sign = crude_direction(pair) * direction_sign(pair, draft, choices)[0]
    key = (pair.study["study_id"], pair.outcome["outcome_id"])
    known = [n for n in (pair.n_1, pair.n_2) if n is not None]
    return {
        "study_id": pair.study["study_id"],
        "label": pair.study["label"] or pair.study["study_id"],
        "outcome_id": pair.outcome["outcome_id"],
        "construct": pair.outcome["construct"],
        "timepoint": pair.timepoint,
        "arm_1": pair.arm_1,
        "arm_2": pair.arm_2,
        "comparator_role": pair.role_2,
        "measure": draft.measure,
        "ni": sum(known) if known else None,
        "direction": {1: "positive", -1: "negative", 0: ""}[sign],
        "pval": _reported_p(pair, choices),
        "rob": rob.get(key, rob.get((key[0], ""), "")),
        "reason": draft.reason,
    }


def _reported_p(pair: Pair, choices: Choices) -> float | None:
    """The two-sided p that the report gives the contrast; "<.05" is taken for .05 unless the protocol skips bounds."""
    cell = pair.contrast.cells.get("p") if pair.contrast is not None else None
    given = [cell.value] if cell is not None else []
    given += [p for row, _, _ in pair.reported if (p := any_number(row["p"])) is not None]
    for p in given:
        if p.exact or (p.relation in ("<", "≤") and choices.bounded_p == "bound"):
            return p.value if 0 < p.value < 1 else None
    return None


def _frame(rows: list[dict[str, object]], extra: Sequence[str]) -> pd.DataFrame:
    """Effects with ids and columns that are numbers where all their values are."""
    seen: dict[str, int] = {}
    for row in rows:
        parts = [str(row[c]) for c in ("study_id", "outcome_id", "timepoint", "arm_1", "arm_2") if row[c]]
        name = "|".join(parts)
        seen[name] = seen.get(name, 0) + 1
        row["effect_id"] = name if seen[name] == 1 else f"{name}#{seen[name]}"
    return pd.DataFrame(rows, columns=[*COLUMNS, *extra])


def _extra_columns(tables: Extraction) -> list[str]:
    arms = [c for c in tables["arms"].columns if c not in _ARM_OWN]
    names: Iterable[str] = [
        *(f"study_{c}" for c in tables["studies"].columns if c != "study_id"),
        *(f"outcome_{c}" for c in tables["outcomes"].columns if c not in _OUTCOME_OWN),
        *(f"arm_{c}" for c in arms),
        *(f"comparator_{c}" for c in arms if f"comparator_{c}" not in COLUMNS),
    ]
    return list(dict.fromkeys(names))


def _number(text: str) -> float | str:
    from prismake.extraction.values import number

    value = number(text)
    return value if value == value else text
