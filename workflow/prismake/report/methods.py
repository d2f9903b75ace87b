"""Sentences of the methods section, from the protocol as it was configured: what was planned, and with which methods.

How far the plan was followed is told by the results: votes in the table of agreement, tasks that are still pending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from prismake.report.facts import Analysis, Facts
from prismake.report.formats import measure_name
from prismake.report.prose import Writer
from prismake.report.tables import phase_words
from prismake.report.words import label_of, sentence, uncapitalised

MODELS = {
    "equal": "an equal-effects model",
    "fixed": "a fixed-effects model",
    "random": "a random-effects model",
    "multilevel": "a multilevel model with effects nested in studies",
    "che": "a correlated and hierarchical effects model",
    "multivariate": "a multivariate model of several outcomes within studies",
    "mantel_haenszel": "the Mantel-Haenszel method",
    "peto": "the Peto method",
}
WITH_TAU2 = ("random", "multilevel", "che", "multivariate")
TESTS = {
    "z": "tests and intervals based on the normal distribution",
    "t": "tests and intervals based on the *t* distribution",
    "knha": "the Knapp-Hartung adjustment of tests and intervals",
    "adhoc": "the Knapp-Hartung adjustment, never narrower than without it",
}
SEVERAL = {
    "average": "several effects of one study averaged",
    "first": "the first effect of a study taken",
    "lowest": "the lowest effect of a study taken",
    "highest": "the highest effect of a study taken",
    "all": "all effects of a study entered",
}
TOOLS = {
    "rob2": "the Cochrane risk-of-bias tool RoB 2",
    "rob2_cluster": "RoB 2 for cluster-randomised trials",
    "rob2_crossover": "RoB 2 for crossover trials",
    "robins_i": "ROBINS-I",
    "robins_e": "ROBINS-E",
    "cochrane1": "the Cochrane risk-of-bias tool of 2011",
    "jbi": "a JBI checklist",
    "quadas2": "QUADAS-2",
    "quips": "QUIPS",
    "metapsy": "the Metapsy risk-of-bias tool",
    "custom": "a tool of the review’s own",
}

# Names of methods that are not their words.
METHOD_WORDS = {
    "egger": "Egger’s regression test",
    "egger_multilevel": "Egger’s regression test for dependent effects",
    "begg": "Begg’s rank test",
    "trim_and_fill": "trim and fill",
    "pet_peese": "PET-PEESE",
    "gosh": "a GOSH plot",
    "selection_model": "a selection model",
    "p_curve": "a p-curve",
    "p_uniform_star": "p-uniform*",
    "puniform_star": "p-uniform*",
    "fail_safe": "fail-safe N",
    "leave_one_out": "leaving out one study at a time",
    "without_high_risk_of_bias": "leaving out studies at high risk of bias",
}

# What a method is cited by.
_SOURCES = {
    "REML": "method.reml",
    "knha": "method.knha",
    "adhoc": "method.knha",
    "egger": "method.egger",
    "trim_and_fill": "method.trim_and_fill",
}


@dataclass(frozen=True)
class Synthesis:
    """How some analyses were done: the sentence that holds for all of them."""

    how: Markup
    analyses: tuple[Analysis, ...]


class Methods:
    """Writes them with a `Writer`, from `Facts`."""

    def __init__(self, writer: Writer, facts: Facts) -> None:
        self.writer, self.facts, self.say = writer, facts, writer.say
        self._cited: set[str] = set()

    def specification(self, a: Analysis) -> dict[str, Any]:
        """What was planned for an analysis, and what its result says was done."""
        planned = (self.facts.protocol.get("analyses") or {}).get(a.name) or {}
        return {**planned, **{k: v for k, v in a.result.items() if not isinstance(v, dict | list) and v is not None}}

    def how(self, a: Analysis) -> tuple[str, ...]:
        """Measure, model, estimator, test, what was done with several effects: keys and values that say it."""
        spec = self.specification(a)
        model = str(spec.get("model", "random"))
        measure = str(spec.get("measure") or self.facts.protocol.get("effect_measure") or "effect size")
        method = str(spec.get("method") or "") if model in WITH_TAU2 else ""
        several = str(spec.get("one_per_study") or "")
        rho = str(spec["rho"]) if spec.get("rho") is not None and several in ("average", "all") else ""
        return (measure, model, method, str(spec.get("test") or ""), str(spec.get("robust") or ""), several, rho)

    def describe(self, a: Analysis) -> Markup:
        """How an analysis was done."""
        measure, model, method, test, robust, several, rho = self.how(a)
        words = measure_name(measure)
        parts = [self.say("{} in {}", words[0].upper() + words[1:], MODELS.get(model, model))]
        if method:
            parts.append(self.say("τ² by {}", method) + self._source(method))
        if test in TESTS:
            parts.append(Markup(TESTS[test]) + self._source(test))
        if robust:
            parts.append(self.say("robust variance ({})", robust))
        if several in SEVERAL:
            text = Markup(SEVERAL[several])
            if rho:
                n = self.facts.numbers.leaf(f"analyses.{a.name}.rho", float(rho), "unit")
                text += self.say(", their correlation within a study taken as {}", n)
            parts.append(text)
        return parts[0] + Markup("".join("; " + part for part in parts[1:])) + Markup(".")

    def _source(self, name: str) -> Markup:
        """A citation of a method, the first time that it is named."""
        key = _SOURCES.get(name, "")
        if not key or key in self._cited:
            return Markup("")
        self._cited.add(key)
        return Markup(" ") + self.writer.cite(key)

    def syntheses(self) -> list[Synthesis]:
        """The analyses, those that were done alike together."""
        groups: dict[tuple[str, ...], list[Analysis]] = {}
        for a in self.facts.analyses:
            groups.setdefault(self.how(a), []).append(a)
        return [Synthesis(self.describe(members[0]), tuple(members)) for members in groups.values()]

    def explored(self) -> list[Markup]:
        """How heterogeneity, robustness and reporting bias were examined, or are to be, each plan once."""
        out: list[Markup] = []
        done = bool(self.facts.run)
        for key, opening in (
            ("subgroups", f"Subgroups {'were' if done else 'are to be'} compared by {{}}"),
            ("moderators", f"Meta-regression {'used' if done else 'is to use'} {{}}"),
            ("sensitivity", "Sensitivity analyses: {}"),
            (
                "publication_bias",
                f"Small-study effects and publication bias {'were' if done else 'are to be'} examined by {{}}",
            ),
        ):
            plans: dict[tuple[str, ...], list[str]] = {}
            for name, spec in (self.facts.protocol.get("analyses") or {}).items():
                plan = tuple(" and ".join(p) if isinstance(p, list) else str(p) for p in spec.get(key) or [])
                if plan:
                    plans.setdefault(plan, []).append(str(spec.get("title") or label_of(name)))
            for plan, titles in plans.items():
                words = [self.say("{}", _method(name)) + self._source(name) for name in plan]
                where = self.say(" (in {})", self.writer.listed([f"“{t}”" for t in titles[:3]]))
                if len(titles) > 3:
                    n = self.facts.numbers.leaf(f"analyses.with_{key}", len(titles))
                    where = self.say(" (in {} analyses)", n)
                out.append(self.say(opening, self.writer.listed(words)) + where + Markup("."))
        return out

    def phase(self, name: str, rule: Mapping[str, Any]) -> Markup:
        """How one phase of screening was planned."""
        entry = self.facts.numbers.leaf(f"screening.{name}.reviewers", rule.get("reviewers"))
        several = int(rule.get("reviewers") or 1) > 1
        noun = "report" if name == "full_text" else "record"
        text = self.say(
            "On {}, each {} was to have {}",
            phase_words(name),
            noun,
            self.writer.counted(entry, "independent vote" if rule.get("independent") and several else "vote"),
        )
        settled = {
            "adjudicator": "an adjudicator settled differing votes",
            "consensus": "differing votes were settled by consensus",
            "any_include": "one vote for inclusion was enough",
            "single": "one vote decided",
        }.get(str(rule.get("reconcile", "")))
        maybe = {
            "include": "“maybe” counted as inclusion",
            "exclude": "“maybe” counted as exclusion",
            "conflict": "“maybe” counted as a conflict",
        }.get(str(rule.get("maybe_as", "")))
        for extra in (settled if several else None, maybe):
            text += self.say("; {}", extra) if extra else Markup("")
        if rule.get("stopping_rule"):
            text += self.say(". Stopping rule: {}", str(rule["stopping_rule"]).rstrip("."))
        return text + Markup(".")

    def extraction(self) -> Markup:
        """How data were extracted."""
        checked = "heets are checked against a codebook, and values are kept as they were typed."
        rule = self.facts.protocol.get("extraction") or {}
        if not rule.get("extractors"):
            return self.say("Data are extracted into sheets; the s{}", checked)
        entry = self.facts.numbers.leaf("extraction.extractors", rule["extractors"])
        text = self.say("Data were to be extracted by {}", self.writer.counted(entry, "person", "people"))
        if rule.get("reconcile") and int(rule["extractors"]) > 1:
            text += self.say(", differences being settled by {}", str(rule["reconcile"]))
        return text + self.say(". S{}", checked)

    def outcomes(self) -> Markup:
        """The outcomes for which data were sought."""
        named = self.facts.protocol.get("outcomes") or {}
        if not named:
            return Markup("")
        parts = []
        for name, rule in named.items():
            role = str(rule.get("role") or "") if isinstance(rule, Mapping) else ""
            label = str(rule.get("label") or "") if isinstance(rule, Mapping) else ""
            words = uncapitalised(label or label_of(str(name)))
            parts.append(f"{words} ({role})" if role else words)
        return self.say("Data were sought on {}.", self.writer.listed(parts))


def _method(name: str) -> str:
    """A method, or a column of the effects, in words."""
    return METHOD_WORDS.get(name) or label_of(name.replace("study_", ""))


def as_rule(text: object) -> str:
    """A criterion as a sentence: the protocol may list several."""
    return sentence("; ".join(str(part).rstrip(".") for part in text)) if isinstance(text, list) else str(text)
