"""Tables of how far a pooled estimate can be trusted: sensitivity analyses, publication bias, variance by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.facts import Analysis, Facts
from prismake.report.formats import is_missing
from prismake.report.numbers import descend
from prismake.report.tables import estimate_cells, estimate_key, known_or_blank, without_blank
from prismake.report.words import label_of, noun_for, sentence

# Shown as figures or flags, not as estimates.
_BY_STUDY = {"influence", "baujat", "cumulative"}

_MODELS = {
    "overall": "all effects as if independent",
    "combined": "effects of a study combined",
    "lowest": "lowest effect of each study",
    "highest": "highest effect of each study",
    "che": "correlated and hierarchical effects",
    "waap": "weighted average of the adequately powered",
}


def sensitivity(facts: Facts, a: Analysis) -> Table:
    """One row a sensitivity analysis; leave-one-out as its range."""
    file = f"analyses/{a.name}/result.json"
    rows: list[list[Content]] = []
    for name, block in (a.result.get("sensitivity") or {}).items():
        at = f"sensitivity.{name}"
        if isinstance(block, Mapping) and block.get("not_estimable"):
            rows.append([label_of(name).capitalize(), "", Cell(sentence(str(block["not_estimable"]))), "", ""])
        elif name in _SUMMARIES and isinstance(block, Mapping):
            rows += _SUMMARIES[name](facts, file, at, block)
        elif name == "all_models" and isinstance(block, list):
            rows.append(["Every customary model", "", Cell("In a table of its own."), "", ""])
        elif isinstance(block, list):
            if name not in _BY_STUDY:
                rows += _extremes(facts, file, at, name, block)
        elif isinstance(block, Mapping):
            inner = estimate_key(dict(block))
            k = facts.numbers.entry(file, f"{at}.k", "count")
            left = [facts.labels.get(str(i), str(i)) for i in block.get("left_out") or []]
            without = f": without {'; '.join(left)}" if left and len(left) <= 5 else ""
            cells = estimate_cells(facts, file, f"{at}.{inner}" if inner else at)
            rows.append([label_of(name).capitalize() + without, known_or_blank(k), *cells])
    heads = [
        Column("Sensitivity analysis", prose=True),
        *(Column(h, "right") for h in ("k", a.analysis_symbol, a.interval_head, "p")),
    ]
    return Table(
        f"sensitivity-{a.name}",
        f"Sensitivity analyses: {a.title}",
        heads,
        rows,
        empty="None was computed.",
        file=file,
        stamp=a.stamp_words,
    )


def model_name(name: str) -> str:
    """What the table of every customary model calls one of them."""
    return _MODELS.get(name, label_of(name)).capitalize()


def _permutation(facts: Facts, file: str, at: str, block: Mapping[str, Any]) -> Iterator[list[Content]]:
    """The permutation test: a p-value without an estimate of its own."""
    n = facts.numbers.entry(file, f"{at}.arrangements", "count")
    which = "all" if block.get("exact") else "a sample of"
    words = f"Permutation test, {which} {n.text} {noun_for(n.value, 'arrangement')} of signs"
    yield [words, "", "", "", known_or_blank(facts.numbers.entry(file, f"{at}.p", "p"))]


def _gosh(facts: Facts, file: str, at: str, block: Mapping[str, Any]) -> Iterator[list[Content]]:
    """The lowest, mean and highest estimate in subsets of the studies."""
    n = facts.numbers.entry(file, f"{at}.n_subsets", "count")
    which = "every subset" if block.get("every") else "a sample of subsets"
    names = list(block.get("cols") or [])
    for key, words in (("min", "lowest"), ("mean", "mean"), ("max", "highest")):
        if "estimate" in names and block.get(key):
            value = facts.numbers.entry(file, f"{at}.{key}.{names.index('estimate')}", "estimate")
            yield [f"GOSH, {which} of studies ({n.text}), {words} estimate", "", value, "", ""]


def _multiverse(facts: Facts, file: str, at: str, block: Mapping[str, Any]) -> Iterator[list[Content]]:
    """The lowest, median and highest estimate over all specifications, and how many are significant."""

    def of(key: str, form: str = "count") -> Any:
        return facts.numbers.entry(file, f"{at}.summary.{key}", form)

    n, significant = of("specifications"), of("significant")
    said = f"{n.text} {noun_for(n.value, 'specification')}, {significant.text} of them significant"
    for key, words in (("smallest", "lowest"), ("median", "median"), ("largest", "highest")):
        yield [f"Multiverse ({said}), {words} estimate", "", of(key, "estimate"), "", ""]
    failed = block.get("failed") or []
    if failed:
        number = facts.numbers.derived(f"{file}:{at}.failed", len(failed), "count", [file], f"{at}.failed, its length")
        why = "; ".join(dict.fromkeys(str(row.get("not_estimable", "")) for row in failed))
        yield [f"Multiverse, specifications that could not be fitted ({number.text})", "", Cell(sentence(why)), "", ""]


_SUMMARIES = {"permutation": _permutation, "gosh": _gosh, "multiverse": _multiverse}


def _extremes(facts: Facts, file: str, at: str, name: str, block: list[Any]) -> Iterator[list[Content]]:
    """Of a list of estimates (leave-one-out, cumulative) the lowest and the highest."""
    known = [(i, e) for i, e in enumerate(block) if isinstance(e, Mapping) and not is_missing(_b(e))]
    if not known:
        return
    for words, chosen in (
        ("lowest", min(known, key=lambda p: _b(p[1]))),
        ("highest", max(known, key=lambda p: _b(p[1]))),
    ):
        i, entry = chosen
        left = str(entry.get("label") or facts.labels.get(str(entry.get("left_out")), entry.get("left_out") or ""))
        inner = estimate_key(dict(entry))
        k = facts.numbers.entry(file, f"{at}.{i}.k", "count")
        label = f"{label_of(name).capitalize()}, {words}" + (f": without {left}" if left and "leave" in name else "")
        yield [label, known_or_blank(k), *estimate_cells(facts, file, f"{at}.{i}.{inner}" if inner else f"{at}.{i}")]


def _b(entry: Mapping[str, Any]) -> Any:
    for key in ("transformed", "estimate"):
        if isinstance(entry.get(key), Mapping):
            return entry[key].get("b")
    return entry.get("b", entry.get("estimate"))


# What each method's statistics are called, and how they are written; methods give a test, an estimate without bias, or
# both.
_BIAS_WORDS = {
    "k_significant": ("significant results", "count"),
    "statistic": ("statistic", "statistic"),
    "slope": ("slope", "statistic"),
    "tau": ("Kendall’s τ", "unit"),
    "k0": ("studies added", "count"),
    "observed": ("significant results observed", "count"),
    "expected": ("expected", "statistic"),
    "limit": ("limit estimate", "statistic"),
    "n_significant": ("significant effects", "count"),
    "fsnum": ("fail-safe N", "count"),
    "rosenthal.number": ("Rosenthal", "count"),
    "orwin.number": ("Orwin", "count"),
    "rosenberg.number": ("Rosenberg", "count"),
    "general.number": ("random effects", "count"),
    "Q_small": ("Q of small-study effects", "statistic"),
    "Q_residual": ("residual Q", "statistic"),
    "G2": ("G²", "percent"),
    "right_skew.z_full": ("right skew, z", "statistic"),
    "right_skew.p_full": ("p", "p"),
    "right_skew.p_half": ("of the half curve p", "p"),
    "flatness.z_full": ("flatter than at a power of one third, z", "statistic"),
    "flatness.p_full": ("p", "p"),
    "power": ("power", "share"),
}

_BIAS_NAMES = {
    "egger": "Egger’s regression",
    "egger_random": "Egger’s regression, random effects",
    "egger_multilevel": "Egger, dependent effects",
    "egger_che": "Egger, correlated and hierarchical effects",
    "egger_three_level": "Egger, three levels",
    "begg": "Begg’s rank correlation",
    "trim_and_fill": "Trim and fill",
    "excess_significance": "Excess significance",
    "limit_meta_analysis": "Limit meta-analysis",
    "p_curve": "p-curve",
    "p_uniform": "p-uniform",
    "p_uniform_star": "p-uniform*",
    "beta_selection": "Beta selection model",
    "fail_safe": "Fail-safe N",
    "pet_peese": "PET-PEESE",
    "pet_peese_che": "PET-PEESE, correlated and hierarchical effects",
    "pet_peese_three_level": "PET-PEESE, three levels",
    "selection_model": "Selection model",
}


def bias_name(method: str) -> str:
    """A method's name as it stands in tables."""
    return _BIAS_NAMES.get(method, label_of(method).capitalize())


def bias_test(block: Mapping[str, Any]) -> str:
    """Where in a block the p of its test of bias stands, "" where it has none.

    A selection model's own `pval` tests its adjusted mean, and so does that of every method with an estimate `b`; its
    test of selection is the likelihood ratio, that of limit meta-analysis the Q of small-study effects.
    """
    if "Q_small" in block:
        return "Q_small_p" if not is_missing(block.get("Q_small_p")) else ""
    if "bias_p" in block:
        return "bias_p" if not is_missing(block.get("bias_p")) else ""
    if "LRT" in block:
        return "LRT_p" if not is_missing(block.get("LRT_p")) else ""
    for key in ("p", "p_k0") if "b" in block else ("p", "pval", "p_k0"):
        if isinstance(block.get(key), int | float) and not is_missing(block[key]):
            return key
    slope = block.get("slope", (block.get("pet") or {}).get("slope"))
    if isinstance(slope, Mapping) and not is_missing(slope.get("pval")):
        return "slope.pval" if "slope" in block else "pet.slope.pval"
    return ""


def _statistics(facts: Facts, file: str, at: str, block: Mapping[str, Any]) -> list[str]:
    """What a method computed, in words."""
    n = facts.numbers
    said = []
    if block.get("chosen"):
        said.append(f"{str(block['chosen']).upper()} chosen ({block.get('rule', '')})".replace(" ()", ""))
    for key, (words, form) in _BIAS_WORDS.items():
        try:
            value = descend(block, key)
        except KeyError:
            continue
        inner = f"{key}.b" if isinstance(value, Mapping) else key
        if isinstance(value, bool | list) or is_missing(value.get("b") if isinstance(value, Mapping) else value):
            continue
        said.append(f"{words} {n.entry(file, f'{at}.{inner}', form).text}")
    if "statistic" in block and not is_missing(block.get("df")) and not is_missing(block["statistic"]):
        t = n.entry(file, f"{at}.statistic", "statistic")
        said[0:1] = [f"t({n.entry(file, f'{at}.df', 'degrees').text}) = {t.text}"]
    if not is_missing(block.get("LRT")):
        df, ratio = n.entry(file, f"{at}.LRT_df", "degrees"), n.entry(file, f"{at}.LRT", "statistic")
        if df.known:
            said.append(f"likelihood ratio χ²({df.text}) = {ratio.text}")
        else:
            said.append(f"likelihood ratio of no effect {ratio.text}, p {n.entry(file, f'{at}.pval', 'p_equals').text}")
    for key, words in (
        ("evidential_value", "evidential value"),
        ("inadequate", "evidential value inadequate or absent"),
    ):
        if isinstance(block.get(key), bool):
            said.append(f"{words}: {'yes' if block[key] else 'no'}")
    for i, interval in enumerate(block.get("intervals") or []):
        weight = n.entry(file, f"{at}.delta.{i}", "statistic")
        if weight.known:
            said.append(f"weight {weight.text} where {interval}")
    return said


def _adjusted(facts: Facts, file: str, at: str, block: Mapping[str, Any]) -> list[Content]:
    """The estimate without bias and its interval."""
    inner = estimate_key(dict(block))
    if inner:
        return estimate_cells(facts, file, f"{at}.{inner}")[:2]
    if not is_missing(block.get("b")):
        return estimate_cells(facts, file, at)[:2]
    return ["", ""]


def publication_bias(facts: Facts, a: Analysis) -> Table:
    """One row a method: its statistics, what it estimates without bias, its test, and why it is not estimable."""
    file = f"analyses/{a.name}/result.json"
    rows: list[list[Content]] = []
    n = facts.numbers
    for name, block in (a.result.get("publication_bias") or {}).items():
        if not isinstance(block, Mapping):
            continue
        at = f"publication_bias.{name}"
        if block.get("not_estimable"):
            rows.append([bias_name(name), Cell(sentence(str(block["not_estimable"]))), "", "", "", ""])
            continue
        said = _statistics(facts, file, at, block)
        cells = _adjusted(facts, file, at, block)
        key = bias_test(block)
        p = n.entry(file, f"{at}.{key}", "p") if key else ""
        rows.append([bias_name(name), "; ".join(said), *cells, p, str(block.get("caution") or "")])
    heads = [
        Column("Method"),
        Column("Statistics", prose=True),
        Column(f"Adjusted {a.analysis_symbol}", "right"),
        Column(a.interval_head, "right"),
        Column("p of the test", "right"),
        Column("Caution", prose=True),
    ]
    heads, rows = without_blank(heads, rows)
    return Table(
        f"bias-{a.name}",
        f"Publication bias and small-study effects: {a.title}",
        heads,
        rows,
        empty="None was computed.",
        file=file,
        stamp=a.stamp_words,
    )


def levels_of_variance(facts: Facts, a: Analysis) -> Table:
    """A model of dependent effects: variance and share of it between studies and between a study's effects."""
    file = f"analyses/{a.name}/result.json"
    found = a.result.get("heterogeneity") or {}
    rows: list[list[Content]] = []
    for key, words in (("study", "Between studies"), ("effect", "Between the effects of a study")):
        if not is_missing(found.get(f"sigma2_{key}")):
            at = f"heterogeneity.{{}}_{key}".format
            share = known_or_blank(facts.numbers.entry(file, at("I2"), "percent"))
            rows.append([words, facts.numbers.entry(file, at("sigma2"), "variance"), share])
    heads = [Column("Level"), Column("σ²", "right"), Column("Share of the total variance (I²)", "right")]
    title = f"Variance by level: {a.title}"
    return Table(f"levels-{a.name}", title, heads, rows, empty="None was computed.", file=file, stamp=a.stamp_words)


def kinds(facts: Facts, a: Analysis) -> Table:
    """A multivariate model: the pooled estimate of each kind of effects (outcome), with its variance between studies."""
    file = f"analyses/{a.name}/result.json"
    n = facts.numbers
    rows: list[list[Content]] = []
    for i, one in enumerate((a.result.get("kinds") or {}).get("estimates") or []):
        at = f"kinds.estimates.{i}"
        numbers = (n.entry(file, f"{at}.k", "count"), n.entry(file, f"{at}.tau2", "variance"))
        count, variance = (known_or_blank(number) for number in numbers)
        rows.append([label_of(str(one.get("kind", ""))), count, *estimate_cells(facts, file, at), variance])
    heads = [
        Column("Kind of effect"),
        *(Column(h, "right") for h in ("Effects", a.analysis_symbol, a.interval_head, "p", "τ²")),
    ]
    heads, rows = without_blank(heads, rows)
    title = f"Estimates by kind of effect: {a.title}"
    return Table(f"kinds-{a.name}", title, heads, rows, empty="None was computed.", file=file, stamp=a.stamp_words)


def robust_table(facts: Facts, a: Analysis) -> Table:
    """The pooled estimate's cluster-robust test and interval, or why there is none."""
    file, at = f"analyses/{a.name}/result.json", "estimate.robust"
    block = (a.result.get("estimate") or {}).get("robust") or {}
    n = facts.numbers
    rows: list[list[Content]] = []
    if block.get("not_estimable"):
        reason = Cell(sentence(str(block["not_estimable"])))
        rows.append([str(block.get("type", "")), "", reason, "", "", "", ""])
    elif block:
        low, high = (n.entry(file, f"{at}.{bound}", "estimate") for bound in ("ci_lb", "ci_ub"))
        interval = Cell(f"[{low.text}, {high.text}]", low.value) if low.known and high.known else Cell("")
        forms = {"clusters": "count", "se": "estimate", "tval": "statistic", "df": "degrees"}
        cells = [known_or_blank(n.entry(file, f"{at}.{key}", form)) for key, form in forms.items()]
        p = known_or_blank(n.entry(file, f"{at}.pval", "p"))
        rows.append([str(block.get("type", "")), *cells, interval, p])
    names = ("Clusters", f"SE of {a.analysis_symbol}", "t", "df", a.interval_head, "p")
    heads = [Column("Method"), *(Column(name, "right") for name in names)]
    heads, rows = without_blank(heads, [[*row[:1], *row[1:]] for row in rows])
    return Table(
        f"robust-{a.name}",
        f"Cluster-robust test of the pooled estimate: {a.title}",
        heads,
        rows,
        str(block.get("caution") or ""),
        "None was computed.",
        file,
        a.stamp_words,
    )
