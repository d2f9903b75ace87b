"""The rules of a decision, tried in their order: the first whose condition holds decides.

Conditions are on comparisons alone (`compare`), never on a record's words. What contradicts comes first: no likeness joins a part I with a
part II or a correction with what it corrects. Then the rules that join, from the strictest to the laxest, each stopped by a
contradiction on where the work is; then what a person should look at.
"""

from __future__ import annotations

from prismake.deduplication.rule import DIFFERENT, DUPLICATE, PERSON, RELATED, Rule
from prismake.deduplication.rules_asking import LEFT_OVER
from prismake.deduplication.rules_doi import SHARED_DOI
from prismake.deduplication.rules_partial import PARTIAL_PLACE
from prismake.deduplication.rules_place import SAME_PLACE
from prismake.deduplication.rules_related import RELATED_WORKS

__all__ = ["DIFFERENT", "DUPLICATE", "PERSON", "RELATED", "RULES", "RULE_ORDER", "Rule"]

RULES: tuple[Rule, ...] = (*RELATED_WORKS, *SHARED_DOI, *SAME_PLACE, *PARTIAL_PLACE, *LEFT_OVER)
RULE_ORDER = {rule.name: n for n, rule in enumerate(RULES)}
