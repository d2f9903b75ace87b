"""A rectangle with two axes: what every figure that is no forest plot is drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prismake.drawing.text import INK, MUTED
from prismake.report.figures.scales import Back, axis_ticks, tick_text
from prismake.report.figures.svg import RULE, Drawing

LEFT, RIGHT, TOP, BOTTOM = 66.0, 20.0, 40.0, 64.0


@dataclass(frozen=True)
class Panel:
    """Axes on a drawing: data limits `low` to `high` of x and y, and where they stand on the page."""

    drawing: Drawing
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    left: float
    top: float
    width: float
    height: float

    def x(self, value: float) -> float:
        """Page coordinate of a value of x."""
        return self.left + (value - self.x_low) / (self.x_high - self.x_low) * self.width

    def y(self, value: float) -> float:
        """Page coordinate of a value of y, upwards."""
        return self.top + self.height - (value - self.y_low) / (self.y_high - self.y_low) * self.height

    def frame(self) -> None:
        """The lines of the two axes."""
        bottom = self.top + self.height
        self.drawing.line(self.left, bottom, self.left + self.width, bottom, stroke=RULE)
        self.drawing.line(self.left, self.top, self.left, bottom, stroke=RULE)

    def x_axis(self, label: str, marks: Sequence[float] | None = None, *, size: float = 10, back: Back = None) -> None:
        """Ticks and name of x; `back` turns a value of the axis into what stands at its tick."""
        bottom = self.top + self.height
        for mark in axis_ticks(self.x_low, self.x_high, back, 7) if marks is None else marks:
            self.drawing.line(self.x(mark), bottom, self.x(mark), bottom + 4, stroke=INK)
            text = tick_text(back(mark) if back else mark)
            self.drawing.text(self.x(mark), bottom + 17, text, size=size, anchor="middle")
        self.drawing.text(self.left + self.width / 2, bottom + 36, label, size=size + 0.5, anchor="middle")

    def y_axis(self, label: str, marks: Sequence[float] | None = None, *, size: float = 10, back: Back = None) -> None:
        """Ticks and name of y; `back` as for x."""
        for mark in axis_ticks(self.y_low, self.y_high, back, 6) if marks is None else marks:
            self.drawing.line(self.left - 4, self.y(mark), self.left, self.y(mark), stroke=INK)
            text = tick_text(back(mark) if back else mark)
            self.drawing.text(self.left - 8, self.y(mark) + 3.5, text, size=size, anchor="end")
        self.drawing.text(
            self.left - 48, self.top + self.height / 2, label, size=size + 0.5, anchor="middle", rotate=-90
        )


def crowded(size: float, count: int) -> float:
    """A mark's size among `count` of them: whole up to forty, then smaller so that hundreds stay apart."""
    return size if count <= 40 else size * max(0.45, (40 / count) ** 0.4)


def widened(values: Sequence[float], share: float = 0.05) -> tuple[float, float]:
    """Limits around values with some room on both sides, never empty."""
    low, high = min(values), max(values)
    room = share * (high - low) or 0.5
    return low - room, high + room


def panel(
    title: str,
    description: str,
    x: tuple[float, float],
    y: tuple[float, float],
    *,
    name: str,
    banner: str = "",
    note: str = "",
    size: tuple[float, float] = (560.0, 420.0),
    left: float = LEFT,
) -> Panel:
    """A drawing with one panel, its banner above and its note below."""
    width, height = size
    drawing = Drawing(width, height, title, description, name=name)
    if banner:
        drawing.text(width / 2, 16, banner, size=9, anchor="middle", bold=True, fill=MUTED)
    if note:
        drawing.text(left, height - 10, note, size=8.5, fill=MUTED)
    return Panel(drawing, *x, *y, left, TOP, width - left - RIGHT, height - TOP - BOTTOM)
