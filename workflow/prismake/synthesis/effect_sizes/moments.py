"""Mean, SD and n of an arm from whatever the report gives, with the steps taken."""

from __future__ import annotations

from dataclasses import dataclass, field

from prismake.extraction.long_results import Statistics
from prismake.synthesis.effect_sizes import conversions, quantiles
from prismake.synthesis.effect_sizes.quantiles import Quantiles


@dataclass
class Moments:
    """Mean, SD and n of one arm; `steps` says how each was got, `stats` which statistics were used."""

    mean: float | None = None
    sd: float | None = None
    n: float | None = None
    steps: list[str] = field(default_factory=list)
    stats: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Are all three there?"""
        return self.mean is not None and self.sd is not None and self.sd > 0 and self.n is not None

    def lacks(self) -> str:
        """What is missing, in words."""
        names = [name for name in ("mean", "sd", "n") if getattr(self, name) is None]
        return ", ".join(names) or ("an SD above 0" if not self.complete else "")

    def use(self, *stats: str, step: str = "") -> None:
        """Note the statistics used and the step taken."""
        self.stats.extend(s for s in stats if s not in self.stats)
        if step:
            self.steps.append(step)


def arm_moments(arm: Statistics, n_of_arm: float | None, *, medians: bool | str = True) -> Moments:
    """Final values: mean, SD from SE or interval, both from median and quantiles where allowed.

    `medians` names the estimator: True for Luo's mean with Wan's and Shi's SD, `hozo`, `qe`, `bc`, or False for none.
    """
    m = Moments(mean=arm.get("mean"), sd=arm.get("sd"))
    _take_n(m, arm, ("n", "total"), n_of_arm)
    if m.mean is not None:
        m.use("mean")
    if m.sd is not None:
        m.use("sd")
    else:
        _sd_from_precision(m, arm, "")
    if medians and m.n is not None:
        if isinstance(medians, str) and m.mean is None and m.sd is None:
            _by_other_estimator(m, arm, medians)
        _from_quantiles(m, arm)
    return m


def _quantiles(arm: Statistics, n: float) -> Quantiles:
    return Quantiles(n, arm.get("median"), arm.get("q1"), arm.get("q3"), arm.get("min"), arm.get("max"))


def _by_other_estimator(m: Moments, arm: Statistics, method: str) -> None:
    """Mean and SD together by the estimator that the protocol names, where they can be had."""
    assert m.n is not None
    given = _quantiles(arm, m.n)
    if method == "hozo":
        both = quantiles.hozo(given)
        if both is not None:
            m.mean, m.sd = both
            m.use("median", "min", "max", step="mean and SD from median and range (Hozo et al. 2005)")
    elif method == "qe":
        from prismake.synthesis.effect_sizes.quantile_fit import quantile_estimation

        fit = quantile_estimation(given)
        if fit is not None:
            m.mean, m.sd = fit.mean, fit.sd
            step = f"mean and SD of the nearest {fit.family} distribution (McGrath et al. 2020)"
            m.use("median", *_given(arm), step=step)
    elif method == "bc":
        from prismake.synthesis.effect_sizes.box_cox import box_cox

        found = box_cox(given)
        if found is not None:
            m.mean, m.sd = found.mean, found.sd
            step = f"mean and SD by the Box-Cox method, power {found.power:.3g} (McGrath et al. 2020)"
            m.use("median", *_given(arm), step=step)


def arm_n(stats: Statistics | None, n_of_arm: float | None) -> float | None:
    for name in ("n", "total", "n_change"):
        value = stats.get(name) if stats else None
        if value is not None and value > 0:
            return value
    return n_of_arm


def change_moments(
    arm: Statistics, baseline: Statistics | None, n_of_arm: float | None, correlation: float | None
) -> Moments:
    """Change from baseline: as reported, or from both means and SDs with a pre-post correlation."""
    m = Moments(mean=arm.get("mean_change"), sd=arm.get("sd_change"))
    _take_n(m, arm, ("n_change", "n", "total"), n_of_arm)
    if m.mean is not None:
        m.use("mean_change")
    elif baseline is not None and arm.get("mean") is not None and baseline.get("mean") is not None:
        m.mean = (arm.get("mean") or 0.0) - (baseline.get("mean") or 0.0)
        m.use("mean", step="change = post - baseline")
    if m.sd is not None:
        m.use("sd_change")
    else:
        _sd_from_precision(m, arm, "_change")
    if m.sd is None and baseline is not None:
        sd_pre, sd_post = baseline.get("sd"), arm.get("sd")
        own = arm.get("r_pre_post")
        r = own if own is not None else correlation
        if sd_pre is not None and sd_post is not None and r is not None:
            m.sd = conversions.sd_change(sd_pre, sd_post, r)
            m.use(
                "sd",
                step=f"SD of change with pre-post correlation {r:g} ({'reported' if own is not None else 'assumed'})",
            )
    return m


def _take_n(m: Moments, arm: Statistics, names: tuple[str, ...], n_of_arm: float | None) -> None:
    for name in names:
        value = arm.get(name)
        if value is not None and value > 0:
            m.n = value
            m.use(name)
            return
    if n_of_arm is not None:
        m.n = n_of_arm
        m.steps.append("n from the sheet arms")


def _sd_from_precision(m: Moments, arm: Statistics, suffix: str) -> None:
    se, low, high = arm.get("se" + suffix), arm.get("ci_lb" + suffix), arm.get("ci_ub" + suffix)
    if m.n is None:
        return
    if se is not None:
        m.sd = conversions.sd_from_se(se, m.n)
        m.use("se" + suffix, step="SD = SE x sqrt(n)")
    elif low is not None and high is not None and m.n > 1:
        m.sd = conversions.sd_from_ci(low, high, m.n)
        m.use("ci_lb" + suffix, "ci_ub" + suffix, step="SD from the 95% CI of the mean (t)")


def _from_quantiles(m: Moments, arm: Statistics) -> None:
    assert m.n is not None
    given, iqr = _quantiles(arm, m.n), arm.get("iqr")
    if m.mean is None and given.median is not None:
        value = quantiles.mean_from_quantiles(given)
        if value == value:
            m.mean = value
            m.use("median", *_given(arm), step="mean from median and quantiles (Luo et al. 2018)")
            if quantiles.skewed(given):
                m.steps.append("skewed by Shi et al.'s (2023) test")
        elif iqr is not None:  # without the quartiles nothing shows on which side of it the mean lies
            m.mean = given.median
            m.use("median", step="median taken for the mean: of the quartiles only their distance is known")
    if m.sd is None:
        value = quantiles.sd_from_quantiles(given)
        if value == value:
            m.sd = value
            m.use(*_given(arm), step="SD from quantiles (Wan et al. 2014; Shi et al. 2020)")
        elif iqr is not None:
            m.sd = quantiles.sd_from_iqr(iqr, m.n)
            m.use("iqr", step="SD from the interquartile range (Wan et al. 2014)")


def _given(arm: Statistics) -> list[str]:
    return [s for s in ("q1", "q3", "min", "max") if arm.get(s) is not None]
