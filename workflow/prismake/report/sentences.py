"""Sentences that depend on what was found: what may be said of an estimate, and no more.

Each is built from a pattern and values that pass through the number function; none holds a digit of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from prismake.report.facts import Analysis, Facts
from prismake.report.formats import is_missing
from prismake.report.methods import MODELS
from prismake.report.numbers import Number, descend
from prismake.report.prose import Writer
from prismake.report.results_tables import agreement_pairs
from prismake.report.robustness_tables import bias_name, bias_test
from prismake.report.tables import estimate_key, phase_words, subgroup_block
from prismake.report.words import excludes, label_of, noun_for, significance, uncapitalised


class Sentences:
    """Writes them with a `Writer`, from `Facts`."""

    def __init__(self, writer: Writer, facts: Facts) -> None:
        self.writer, self.facts, self.say = writer, facts, writer.say
        self.n = facts.numbers.n

    def reading(self, a: Analysis, subject: str = "It") -> Markup:
        """Whether the estimate differs from no effect, and in whose favour; `subject` is what the sentence calls it."""
        favours = self._favours(a)
        said = significance((a.result.get("estimate") or {}).get("pval"), a.level)
        if said == "not estimable":
            return self.say("Whether {} differs from no effect could not be tested.", uncapitalised(subject))
        at = "" if a.level == CUSTOMARY else self.say(" at the level of {}", self._alpha(a))
        if said == "not significant":
            return self.say(
                "{} did not differ significantly from no effect{}; that is no evidence that there is none.", subject, at
            )
        return self.say(
            "{} differed significantly from no effect{}{}.",
            subject,
            at,
            f", in the direction “{favours}”" if favours else "",
        )

    def _alpha(self, a: Analysis) -> Number:
        """The level of significance: what the confidence level leaves."""
        file, alpha = f"analyses/{a.name}/result.json", round(1 - a.level / 100, 8)
        return self.facts.numbers.derived(f"{a.name}.alpha", alpha, "level", [file], "1 - level")

    def _favours(self, a: Analysis) -> str:
        spec = (self.facts.protocol.get("analyses") or {}).get(a.name, {})
        pair = a.result.get("favours") or spec.get("favours") or ["", ""]
        b = a.shown.get("b")
        if is_missing(b) or not any(pair):
            return ""
        side = str(pair[1] if float(str(b)) > a.null else pair[0])
        if not side:
            return ""
        return side[0].lower() + side[1:] if side.lower().startswith("favours") else f"favours {side}"

    def pi_reading(self, a: Analysis) -> str:
        """What the prediction interval holds."""
        low, high = a.shown.get("pi_lb"), a.shown.get("pi_ub")
        if is_missing(low) or is_missing(high):
            return ""
        if excludes(a.null, low, high):
            return "; it excludes the value of no effect"
        return "; it includes the value of no effect, so that a new study could find an effect in either direction"

    def main_model(self) -> str:
        """The main analysis' model for the abstract, capitalised, no full stop."""
        a = self.facts.main
        if a is None:
            return ""
        model = MODELS.get(str(a.result.get("model", "random")), "a meta-analytic model")
        return f"Effects ({a.measure}) were pooled in {model}"

    def main_standing(self) -> str:
        """What the abstract must add to `preregistered`: that the main analysis is not the one that was registered."""
        a = self.facts.main
        if a is None:
            return ""
        ids = a.row.get("deviations", "")
        return {
            "deviation": "; the main analysis deviates from the registration" + (f" ({ids})" if ids else ""),
            "exploratory": "; the main analysis was not",
            "unspecified": "; the registration left parts of the main analysis open",
        }.get(a.stamp, "")

    def main_reading(self) -> Markup:
        """A cautious conclusion of the main analysis."""
        a = self.facts.main
        if a is None:
            return Markup("")
        text = self.reading(a, "The pooled estimate")
        if (
            a.random
            and not is_missing(a.shown.get("pi_lb"))
            and not excludes(a.null, a.shown.get("pi_lb"), a.shown.get("pi_ub"))
        ):
            text += self.say(
                " The prediction interval includes the value of no effect, so that effects in either direction are to be expected."
            )
        return text

    def claims(self) -> Markup:
        """What the claims audit found, in a sentence."""
        rows = self.facts.results.table("claims/claims.csv")
        if not rows:
            return self.say("No claims about this or another review were listed for checking.")
        verdicts = list(dict.fromkeys(r.get("verdict", "") for r in rows))
        counts = [
            self.writer.say("{} {}", self.facts.numbers.rows("claims/claims.csv", verdict=v), v) for v in verdicts if v
        ]
        return (
            self.say(
                "Statements about reviews were checked inside themselves, against each other, and, "
                "where they are about this very review, against "
                "its results: "
            )
            + self.writer.listed(counts)
            + Markup(".")
        )

    def subgroup(self, a: Analysis, column: str) -> Markup:
        """The test of a subgroup difference."""
        content = subgroup_block(a, column)
        name = label_of(column.removeprefix("study_"))
        test = content.get("test") or {}
        if content.get("not_estimable") or is_missing(test.get("p", test.get("pval"))):
            return self.say(
                "Subgroups by {} could not be compared: {}.",
                name,
                label_of(str(content.get("not_estimable") or "there are too few studies")).rstrip("."),
            )
        tail = "Comparisons between studies are observational, and few studies find only large differences."
        return self._differed(a, self.say("Subgroups by {}", name), f"subgroups.{column}.test", test) + Markup(
            f" {tail}"
        )

    def kinds(self, a: Analysis) -> Markup:
        """The test that all kinds of effects of a multivariate model have one mean; empty for any other model."""
        test = (a.result.get("kinds") or {}).get("test") or {}
        if is_missing(test.get("p")):
            return Markup("")
        return self._differed(a, Markup("The estimates of the kinds of effects"), "kinds.test", test)

    def _differed(self, a: Analysis, what: Markup, at: str, test: Mapping[str, Any]) -> Markup:
        """Whether these differed significantly, with the test that stands at `at` in the analysis's result."""
        file = f"analyses/{a.name}/result.json"
        key = "p" if not is_missing(test.get("p")) else "pval"
        entry = self.facts.numbers.entry
        different = significance(test[key], a.level) == "significant"
        text = what + self.say(" {} significantly (", "differed" if different else "did not differ")
        if not is_missing(test.get("QM")):
            df, statistic = entry(file, f"{at}.df", "degrees"), entry(file, f"{at}.QM", "statistic")
            # With a t or Knapp-Hartung test metafor's QM is an F statistic with its own denominator degrees of freedom.
            if df.known and not is_missing(test.get("df2")):
                df2 = entry(file, f"{at}.df2", "degrees")
                text += self.say("*F*({}, {})\u00a0=\u00a0{}, ", df, df2, statistic)
            elif df.known:
                text += self.say("*Q*({})\u00a0=\u00a0{}, ", df, statistic)
        return text + self.say("*p*\u00a0{}).", entry(file, f"{at}.{key}", "p_equals"))

    def sensitivity(self, a: Analysis) -> Markup:
        """What the sensitivity analyses did to the conclusion."""
        flips = []
        main = significance((a.result.get("estimate") or {}).get("pval"), a.level)
        for name, block in (a.result.get("sensitivity") or {}).items():
            if isinstance(block, dict) and estimate_key(block):
                p = (block.get("estimate") or block).get("pval")
                said = significance(p, a.level)
                if said != "not estimable" and said != main:
                    flips.append(label_of(name))
        if flips:
            return self.say(
                "Sensitivity analyses: the significance of the pooled estimate changed in {}.",
                self.writer.listed(flips),
            )
        return self.say("Sensitivity analyses did not change whether the pooled estimate was significant.")

    def bias(self, a: Analysis) -> Markup:
        """Small-study effects: which methods say what, and the usual caution."""
        k = a.result.get("k") or 0
        tests = {
            name: descend(block, key) if (key := bias_test(block)) else None
            for name, block in (a.result.get("publication_bias") or {}).items()
            if isinstance(block, dict)
        }
        said = {name: significance(p, a.level) for name, p in tests.items()}
        if all(word == "not estimable" for word in said.values()):
            return self.say("Small-study effects could not be tested.")
        found = [bias_name(name) for name, word in said.items() if word == "significant"]
        text = (
            self.say("Asymmetry or small-study effects were significant by {}.", self.writer.listed(found))
            if found
            else self.say("No test found significant asymmetry or small-study effects.")
        )
        if int(k) < FEW:
            text += self.say(
                " With {} such tests have little power, so their silence means little.",
                self.writer.counted(self.n(f"{a.name}.k"), "study"),
            )
        return text

    def agreement(self) -> list[Markup]:
        """Agreement in each phase, kappa never without agreement on inclusion."""
        return [self._pair(phase, at, pair) for phase, at, pair in agreement_pairs(self.facts)]

    def _pair(self, phase: str, at: str, pair: Mapping[str, Any]) -> Markup:
        def value(key: str, form: str) -> Number:
            return self.facts.numbers.entry("screening/agreement.json", f"{at}.{key}", form)

        def missing(key: str) -> bool:
            return is_missing((pair.get(key) or {}).get("estimate"))

        who = self.writer.listed([str(r) for r in pair.get("reviewers") or []])
        both = self.writer.counted(value("n", "count"), "report" if phase == "full_text" else "record")
        text = self.say("On {}, {} both decided on {}", phase_words(phase), who, both)
        if missing("po"):
            return text + Markup(".")
        text += self.say(" and agreed on {}", value("po.estimate", "share"))
        if missing("kappa"):
            why = str((pair.get("kappa") or {}).get("reason") or "one category only")
            text += self.say("; Cohen’s κ is not estimable ({})", why)
        else:
            text += self.say("; Cohen’s κ\u00a0=\u00a0{}", value("kappa.estimate", "unit"))
        if not missing("p_pos"):
            text += self.say(", agreement on inclusion P⁺\u00a0=\u00a0{}", value("p_pos.estimate", "unit"))
        if pair.get("source"):
            text += self.say(", as {} counted", str(pair["source"]))
        if pair.get("looks_reconciled"):
            text += self.say(". These votes look as if they had been reconciled, so agreement may be overstated")
        return text + Markup(".")

    def screening_verb(self) -> str:
        """`were screened`, or `are being screened` while votes on some of them are missing."""
        value = self.facts.numbers.value
        if value("flow.records_pending"):
            return noun_for(value("flow.records_screened"), "is being screened", "are being screened")
        return noun_for(value("flow.records_screened"), "was screened", "were screened")

    def risk_of_bias(self) -> Markup:
        """How many studies or results are at which level."""
        rows = self.facts.results.table("risk_of_bias/overall.csv")
        if not rows:
            return self.say("Risk of bias has not been assessed yet.")
        by_study = all(not r.get("outcome_id") for r in rows)
        unit = "study" if by_study else "result"
        planned = [str(level).lower() for level in (self.facts.protocol.get("risk_of_bias") or {}).get("levels") or []]
        levels = list(dict.fromkeys(r.get("overall", "") for r in rows))
        levels.sort(key=lambda v: (planned.index(v.lower()) if v.lower() in planned else len(planned), v))

        def count(level: str) -> Number:
            name = f"risk_of_bias.{level or 'not judged'}"
            return self.facts.numbers.rows("risk_of_bias/overall.csv", name, overall=level)

        said = []
        judged = [self.say("{} in {}", v, self.writer.counted(count(v), unit)) for v in levels if v]
        if judged:
            said.append(self.say("The overall risk of bias was judged {}.", self.writer.listed(judged)))
        if "" in levels:
            left = count("")
            verb = noun_for(left.value, "is", "are")
            said.append(self.say("{} {} not judged overall yet.", self.writer.counted(left, unit), verb))
        return Markup(" ").join(said)

    def narrative(self) -> list[Markup]:
        """The narrative synthesis: how many studies are not pooled, and the votes by construct."""
        file = "narrative/narrative.json"
        content = self.facts.results.json(file)
        constructs = content.get("constructs") or {}
        if not constructs and not content.get("not_pooled"):
            return [self.say("No narrative synthesis was made.")]
        out = []
        only = self.facts.numbers.entry(file, "studies_narrative_only", "count")
        if only.value:
            entered = noun_for(only.value, "enters", "enter")
            out.append(
                self.say(
                    "{} {} no planned meta-analysis; {} says why.",
                    self.writer.counted(only, "study"),
                    entered,
                    self.writer.ref("table-not_pooled"),
                )
            )
        for name, block in constructs.items():
            out.append(
                self._votes(f"constructs.{name}", str(block.get("label") or name), block.get("vote_counting") or {})
            )
        return out

    def _votes(self, at: str, label: str, votes: Mapping[str, Any]) -> Markup:
        """One construct's votes of direction; a vote says nothing of size."""

        def value(key: str, form: str = "count") -> Number:
            return self.facts.numbers.entry("narrative/narrative.json", f"{at}.vote_counting.{key}", form)

        name = label[0].upper() + label[1:]
        text = self.say("{}: of {}, ", name, self.writer.counted(value("studies"), "study"))
        if votes.get("not_estimable"):
            return text + self.say("none has a clear direction.")
        # A correlation favours nobody.
        associated = str(self.facts.protocol.get("effect_measure") or "") in CORRELATIONS
        if associated:
            verbs, sides = ("shows", "show"), ("a positive association", "a negative one", "a negative association")
        else:
            verbs, sides = ("favours", "favour"), ("the intervention", "the comparator", "the comparator")
        if votes.get("studies") == 1:
            side = sides[0] if votes.get("positive") else sides[2]
            return self.say("{}: {} {} {}.", name, self.writer.counted(value("studies"), "study"), verbs[0], side)
        positive = value("positive")
        text += self.say("{} {} {}", positive, noun_for(positive.value, *verbs), sides[0])
        text += self.say(", {} {} and {} neither", value("negative"), sides[1], self._neither(at, votes))
        if not is_missing(votes.get("pval")):
            text += self.say(" (sign test, *p*\u00a0{})", value("pval", "p_equals"))
        return text + Markup(".")

    def _neither(self, at: str, votes: Mapping[str, Any]) -> Number:
        n = int(votes.get("mixed") or 0) + int(votes.get("none") or 0)
        file = "narrative/narrative.json"
        return self.facts.numbers.derived(
            f"narrative.{at}.neither", n, "count", [file], f"{at}.vote_counting.mixed + {at}.vote_counting.none"
        )

    def registration_warnings(self) -> list[str]:
        """What the first page must say about dates."""
        if not self.facts.registration:
            return []
        return [str(text) for text in self.facts.results.json("protocol/check.json").get("banners") or []]


CORRELATIONS = {"COR", "UCOR", "ZCOR", "PCOR", "ZPCOR", "SPCOR", "ZSPCOR"}

# Below so many studies tests of asymmetry have little power (Cochrane Handbook, section 13.3.5.4).
FEW = 10

# The confidence level, in per cent, at which `significant` needs no further word.
CUSTOMARY = 95
