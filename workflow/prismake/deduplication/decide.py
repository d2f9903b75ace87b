"""Decide: which pairs are one entry, which are not, which are related works, and which a person should look at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from prismake.deduplication.conditions import Pairs
from prismake.deduplication.rules import DIFFERENT, RULES
from prismake.deduplication.settings import LEVELS, Settings


def decide(compared: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The comparisons with the columns outcome, rule and relation."""
    pairs = Pairs(compared)
    n = len(compared)
    rule = np.full(n, -1, dtype=np.int16)
    for number, one in enumerate(RULES):
        if LEVELS.index(one.mode) > settings.level:
            continue
        open_still = rule < 0
        if not open_still.any():
            break
        rule[open_still & np.asarray(one.condition(pairs), dtype=bool)] = number
    names = np.array([*(r.name for r in RULES), "nothing decides"], dtype=object)
    outcomes = np.array([*(r.outcome for r in RULES), DIFFERENT], dtype=object)
    relations = np.array([*(r.relation for r in RULES), ""], dtype=object)
    return compared.assign(outcome=outcomes[rule], rule=names[rule], relation=relations[rule])
