"""Every figure of one analysis by its name, from its result and the effects that it pooled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from prismake.drawing.text import MUTED
from prismake.report.figures import choices, curves, robustness
from prismake.report.figures.analysis import back_of, forest_plot, label_of_effect, standard_error, title_of
from prismake.report.figures.forest import Forest, draw_forest
from prismake.report.figures.funnel import Funnel, Point, draw_funnel
from prismake.report.figures.names import ANALYSIS_FIGURES
from prismake.report.figures.svg import Drawing
from prismake.report.formats import decimals, is_missing, measure_name
from prismake.report.results import Row as Effect
from prismake.report.results import number_in
from prismake.report.words import label_of, noun_for


@dataclass(frozen=True)
class Figures:
    """What the figures of an analysis are drawn from.

    `result` is its result.json, `effects` the pooled rows; `stamp` says how it stands to the registration, `banner`
    what every
    figure says (simulated example), `favours` the labels left and right of no effect, `style` the layout of forest
    plots.
    """

    result: Mapping[str, Any]
    effects: Sequence[Effect]
    stamp: str = ""
    banner: str = ""
    favours: tuple[str, str] = ("", "")
    style: str = "apa"

    def draw(self, figure: str) -> Drawing:
        """The figure of that name; one that says why where there is nothing to draw. Raises KeyError for an unknown
        name."""
        drawers: dict[str, Callable[[], Drawing | None]] = {
            "forest": lambda: draw_forest(self._forest),
            "subgroups": self._subgroups,
            "funnel": self._funnel,
            "leave_one_out": lambda: self._series("leave_one_out"),
            "cumulative": lambda: self._series("cumulative"),
            "influence": self._influence,
            "baujat": self._baujat,
            "bubble": self._bubble,
            "orchard": self._orchard,
            "drapery": self._drapery,
            "p_curve": self._p_curve,
            "labbe": lambda: choices.labbe(self.usable, **self._named("labbe")),
            "gosh": lambda: choices.gosh(self._block("gosh"), axis=self._axis, back=self._back, **self._named("gosh")),
            "specification_curve": lambda: choices.specification_curve(
                self._block("multiverse"), axis=self._axis, back=self._back, **self._named("specification_curve")
            ),
        }
        drawer = drawers[figure]
        if not self.points:
            reason = str(self.result.get("not_estimable") or "no effect enters this analysis")
            return self._nothing(figure, reason)
        return drawer() or self._nothing(figure, "the analysis does not hold what this figure shows")

    @cached_property
    def usable(self) -> list[Effect]:
        """The effects that have an estimate and a standard error."""
        return [e for e in self.effects if number_in(e.get("yi", "")) is not None and standard_error(e) is not None]

    @cached_property
    def points(self) -> list[Point]:
        """Them as points."""
        found = []
        for e in self.usable:
            yi, sei = number_in(e["yi"]), standard_error(e)
            if yi is not None and sei is not None:
                found.append(Point(label_of_effect(e, set()), yi, sei))
        return found

    @cached_property
    def _forest(self) -> Forest:
        return self._plot("")

    def _plot(self, by: str) -> Forest:
        how = {"stamp": self.stamp, "banner": self.banner, "style": self.style}
        return forest_plot(self.result, self.usable, favours=self.favours, by=by, **how)

    @property
    def _estimate(self) -> Mapping[str, Any]:
        return self.result.get("estimate") or {}

    @property
    def _back(self) -> Callable[[float], float] | None:
        return back_of(self.result)

    @property
    def _axis(self) -> str:
        name = measure_name(str(self.result.get("measure") or "")) or "Effect size"
        back = self._back
        scale = "" if back is None else "log" if back is math.exp else "Fisher’s z" if back is math.tanh else "logit"
        said = not scale or scale in name
        return name[0].upper() + name[1:] + ("" if said else f" ({scale} scale)")

    def _named(self, figure: str) -> dict[str, str]:
        name = str(self.result.get("analysis") or "analysis")
        title = f"{ANALYSIS_FIGURES[figure]}: {title_of(self.result)}"
        return {"title": title, "name": f"{figure}-{name}", "banner": self.banner}

    def _labels(self) -> dict[str, str]:
        return {e.get("study_id", ""): e.get("label") or e.get("study_id", "") for e in self.effects}

    def _sensitivity(self, name: str) -> list[Mapping[str, Any]]:
        found = (self.result.get("sensitivity") or {}).get(name)
        return found if isinstance(found, list) else []

    def _block(self, name: str) -> Mapping[str, Any]:
        found = (self.result.get("sensitivity") or {}).get(name)
        return found if isinstance(found, Mapping) else {}

    def _subgroups(self) -> Drawing | None:
        """By the first subgroup column that divides the effects."""
        for column, block in (self.result.get("subgroups") or {}).items():
            if (
                isinstance(block, Mapping)
                and len(block.get("levels") or []) > 1
                and any(e.get(column) for e in self.usable)
            ):
                plot = self._plot(column)
                words = label_of(column.removeprefix("study_"))
                title = f"Forest plot by {words}: {title_of(self.result)}"
                return draw_forest(replace(plot, title=title, name=f"subgroups-{plot.name}"))
        return None

    def _funnel(self) -> Drawing:
        n, b = len(self.points), self._estimate.get("b")
        text = f"Funnel plot of {n} {noun_for(n, 'effect')} against their standard errors"
        text += "." if is_missing(b) else f", around the pooled estimate {decimals(float(str(b)), 2)}."
        filled = ((self.result.get("publication_bias") or {}).get("trim_and_fill") or {}).get("filled") or []
        added = [Point("added by trim and fill", f["yi"], math.sqrt(f["vi"]), True) for f in filled]
        named = self._named("funnel")
        return draw_funnel(
            Funnel(
                title=named["title"],
                description=text,
                points=[*self.points, *added],
                measure=self._axis,
                b=None if is_missing(b) else float(str(b)),
                banner=self.banner,
                back=self._back,
                stamp="Hollow: added by trim and fill." if added else "",
                name=named["name"],
            )
        )

    def _series(self, kind: str) -> Drawing | None:
        return robustness.series(self._forest, self._sensitivity(kind), kind)

    def _influence(self) -> Drawing | None:
        return robustness.influence(self._sensitivity("influence"), self._labels(), **self._named("influence"))

    def _baujat(self) -> Drawing | None:
        return robustness.baujat(self._sensitivity("baujat"), self._labels(), **self._named("baujat"))

    def _orchard(self) -> Drawing | None:
        return curves.orchard(self.points, self._estimate, axis=self._axis, back=self._back, **self._named("orchard"))

    def _drapery(self) -> Drawing | None:
        return curves.drapery(self.points, self._estimate, axis=self._axis, back=self._back, **self._named("drapery"))

    def _p_curve(self) -> Drawing | None:
        return curves.p_curve(self.points, **self._named("p_curve"))

    def _bubble(self) -> Drawing | None:
        """The first meta-regression on one numeric moderator."""
        models = self.result.get("moderators")
        for block in models if isinstance(models, list) else []:
            terms = block.get("terms") or []
            if len(terms) != 1:
                continue
            pairs = [(p, number_in(e.get(terms[0], ""))) for p, e in zip(self.points, self.usable, strict=True)]
            known = [(p, v) for p, v in pairs if v is not None]
            if len(known) < 3:
                continue
            words = label_of(terms[0].removeprefix("study_")).capitalize()
            values = [v for _, v in known]
            points = [p for p, _ in known]
            named = self._named("bubble")
            return curves.bubble(
                points,
                values,
                _line(block),
                band=_band(block),
                axis=self._axis,
                back=self._back,
                moderator=words,
                **named,
            )
        return None

    def _nothing(self, figure: str, reason: str) -> Drawing:
        """A drawing that says why there is none."""
        named = self._named(figure)
        drawing = Drawing(420, 90, named["title"], f"Nothing to draw: {reason}.", name=named["name"])
        drawing.text(210, 42, "Nothing to draw", size=11, anchor="middle", bold=True)
        drawing.text(210, 62, reason, size=9.5, anchor="middle", fill=MUTED)
        if self.banner:
            drawing.text(210, 16, self.banner, size=9, anchor="middle", bold=True, fill=MUTED)
        return drawing


def _band(block: Mapping[str, Any]) -> list[tuple[float, float, float]]:
    """The confidence limits of a meta-regression on one moderator."""
    rows = [row for one in block.get("predictions") or [] if one["kind"] == "numeric" for row in one["rows"]]
    return [(float(row["value"]), float(row["estimate"]["ci_lb"]), float(row["estimate"]["ci_ub"])) for row in rows]


def _line(block: Mapping[str, Any]) -> tuple[float, float] | None:
    """Intercept and slope of a meta-regression on one moderator."""
    coefficients = block.get("coefficients") or []
    if len(coefficients) != 2 or any(is_missing(c.get("b")) for c in coefficients):
        return None
    return float(coefficients[0]["b"]), float(coefficients[1]["b"])
