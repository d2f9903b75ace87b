"""What words say of significance and of the sign of an effect."""

from __future__ import annotations

import re

_VERBS = (
    r"(?:differ|moderat|influenc|affect|predict|explain|chang|relat|associat|correlat|depend|vary|varied|improv|reduc|decreas|"
    r"increas|benefit|help|outperform|effective|efficacious|superior|better)\w*"
)
# What says of moderators and subgroups that they matter.
_MATTERS = re.compile(
    r"\b(?:differed|moderated|influenced|affected|predicted|explained|varied|depended|associated|related)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no|not|non|never|nor|neither|without|did n[o']t|didn't|wasn't|weren't|fail\w* to|lack\w*(?: of)?|absence of)\b[\s-]*"
    r"(?:\w+\s+){0,3}?(?:statistically\s+)?significan\w*|nonsignifican\w*|insignifican\w*"
    r"|\bno (?:evidence|indications?|signs?|effects?|differences?|associations?|relation\w*|influence|impact|benefit)\b"
    rf"|\b(?:did|does|do|was|were|is|are) not (?:\w+ ){{0,2}}?{_VERBS}(?: significantly)?"
    rf"|\b(?:did|does|do|was|were|is|are)n't (?:\w+ )?{_VERBS}(?: significantly)?"
    rf"|\bneither (?:\w+ ){{1,4}}?nor (?:\w+ ){{1,4}}?{_VERBS}|\bunrelated to\b|\bineffective\b|\bno (?:better|more effective|improvement|reduction)\b|\bn\.s\.|\bns\b",
    re.IGNORECASE,
)
_NO_GERMAN = re.compile(r"\b(?:nicht|kein\w*)\s+(?:\w+\s+){0,3}?signifikan\w*", re.IGNORECASE)
_YES = re.compile(r"signifi[ck]an", re.IGNORECASE)
# Words that say something else: emphasis, importance, the level of a test, another quantity than the effect.
_OTHERS = (
    r"(?:heterogeneity|inconsistency|variab\w+|variation|asymmetry|publication bias|reporting bias|bias|small-study effects?|"
    r"adverse|side effects?|harms?)"
)
_ASIDE = re.compile(
    r"not only (?:statistically )?significan\w*|(?:clinical|practical)(?:ly)?[- ]significan\w*"
    rf"|(?:no |not |non-?|without )?(?:statistically )?significan\w* (?:between-study |residual |amount of )?{_OTHERS}"
    rf"|\bno (?:clear |strong |significant )?(?:evidence|indications?|signs?) (?:of|for|that) (?:\w+[ -]){{0,3}}?{_OTHERS}",
    re.IGNORECASE,
)
_ONLY = re.compile(r"not only (?:statistically )?(?=significan)", re.IGNORECASE)
_LEVEL = re.compile(
    r"(?:level|threshold) of (?:statistical )?significance|significance (?:level|threshold|test\w*|(?:was|is) (?:set|defined|assumed))",
    re.IGNORECASE,
)
# Words that leave it open whether something is significant.
_UNSURE = re.compile(
    r"\b(?:marginal\w*|borderline|nearly|almost|approach\w*|trend\w*|tend\w*) (?:\w+ ){0,2}?significan|\bnot all\b|\bsome\b|\bin part\b"
    r"|\bpartly\b|\bbut not\b",
    re.IGNORECASE,
)
# What is called positive or negative without having a sign.
_NAMES = (
    r"(?:affect\w*|emotion\w*|mood|symptoms?|psycholog\w*|thinking|thoughts?|cognitions?|schema\w*|reinforcement|airway|"
    r"predictive|rates?|tests?|screen\w*|results?|controls?|feelings?|valu\w*|scores?|studies|findings|events?|experiences?)"
)
_SIGNED = re.compile(
    rf"(?<!false )(?<!true )\b(?:(?P<above>positive(?:ly)?)|negative(?:ly)?)\b(?! {_NAMES}\b)", re.IGNORECASE
)
_ABOVE = re.compile(r"\b(?:increas\w*|higher|greater)\b", re.IGNORECASE)
_BELOW = re.compile(r"\b(?:decreas\w*|reduc\w*|lower|fewer)\b", re.IGNORECASE)
# Of a ratio: what it is that is more or less.
_CHANCE = re.compile(
    r"\b(?:(?P<above>increas\w*|higher|greater|elevated|rais\w*)|decreas\w*|reduc\w*|lower\w*|fewer|less) (?:the |an? |in (?:the )?)?"
    r"(?:\w+ ){0,2}?(?:odds|risks?|likelihood|rates?|probability|chances?|hazards?)\b",
    re.IGNORECASE,
)


def says_significant(words: str, *, aside: bool = False) -> bool | None:
    """What words say about significance; None where they say nothing.

    `aside`: leave out what they say of heterogeneity, bias and clinical significance.
    """
    if aside:
        words = _ASIDE.sub(lambda match: "significant" if _ONLY.match(match[0]) else " ", words)
    words = _LEVEL.sub(" ", _ONLY.sub("", words))
    if _UNSURE.search(words):
        return None
    without = _NO_GERMAN.sub(" ", _NO.sub(" ", words))
    no, yes = without != words, bool(_YES.search(without) or (not aside and _MATTERS.search(without)))
    return None if no == yes else yes


def says_sign(words: str, *, ratio: bool = False) -> tuple[int, bool] | None:
    """(1 where words say more or -1 where less, whether they name the sign itself); None where they say neither or both.

    `ratio`: more or less is that of odds, risks and the like; what else is higher or lower says nothing.
    """
    if ratio:
        chances = {1 if match["above"] else -1 for match in _CHANCE.finditer(words)}
        return (chances.pop(), False) if len(chances) == 1 else None
    signs = {1 if match["above"] else -1 for match in _SIGNED.finditer(words)}
    if signs:
        return (signs.pop(), True) if len(signs) == 1 else None
    above, below = bool(_ABOVE.search(words)), bool(_BELOW.search(words))
    return None if above == below else (1 if above else -1, False)
