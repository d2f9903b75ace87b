"""Decide: which pairs are one entry, which are not, which are related works, and which a person should look at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from prismake.deduplication.conditions import Pairs
from prismake.deduplication.rules import DIFFERENT, DUPLICATE, PERSON, RULES
from prismake.deduplication.settings import LEVELS, Settings

UNDECIDED = "nothing decides"


def decide(compared: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The comparisons with the columns outcome, rule and relation: the first rule of the table that holds decides.

    A pair that a rule would join only in a more daring mode, or by a rule that the settings take out, goes to a person.
    """
    pairs = Pairs(compared)
    rule = np.full(len(compared), -1, dtype=np.int16)
    for number, one in enumerate(RULES):
        if one.mode == "eager" and settings.mode != "eager":
            continue
        open_still = rule < 0
        if not open_still.any():
            break
        rule[open_still & np.asarray(one.condition(pairs), dtype=bool)] = number
    names = np.array([*(r.name for r in RULES), UNDECIDED], dtype=object)
    outcomes = np.array([*(_outcome(r, settings) for r in RULES), DIFFERENT], dtype=object)[rule]
    relations = np.array([*(r.relation for r in RULES), ""], dtype=object)[rule]
    wanted = [
        name
        for name, on in (
            ("preprint of", settings.join_preprints),
            ("dissertation of", settings.join_dissertations),
        )
        if on
    ]
    joined = np.isin(relations.astype(str), wanted) & pairs.close_title & pairs.same_people
    joined &= pairs.one_article | (pairs.neither_published & (len(wanted) == 2))
    return compared.assign(
        outcome=np.where(joined, DUPLICATE, outcomes),
        rule=names[rule],
        relation=np.where(joined, "", relations),
    )


def _outcome(rule, settings: Settings) -> str:
    if rule.outcome == DUPLICATE and (LEVELS.index(rule.mode) > settings.level or rule.name in settings.without_rules):
        return PERSON
    return rule.outcome
