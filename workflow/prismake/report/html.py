"""The HTML report: one file, everything inside, readable without its script.

Markdown is set by markdown-it (CommonMark and tables, raw HTML off); tokens are put back escaped; tables, figures and
the
flow diagram are set here. Long lists travel as JSON that the page's script shows piece by piece, so that a list of
20,000 records costs nothing until somebody opens it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from prismake.extraction.risk_of_bias.tools import SYMBOLS
from prismake.report.blocks import (
    Column,
    Content,
    Figure,
    Flow,
    FlowBox,
    FlowStep,
    Reference,
    References,
    Run,
    Table,
    Verbatim,
    labels,
    sort_key,
    text_of,
)
from prismake.report.lists import Lists
from prismake.report.markup import data_script, element, inline_svg, link, region
from prismake.report.numbers import Number
from prismake.report.prose import BLOCK, TOKEN, Document
from prismake.report.results import Results
from prismake.report.widths import sideways, typical_length

# Rows of a table that stand in the page; the script brings the others when they are asked for.
ROWS_AT_ONCE = 100

# What stands in one line however narrow its column.
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

# Tables of so many columns are set closer.
DENSE = 9

# Longer tables have a search field.
SEARCHABLE = 15

_GOOD = ("low", "yes", "confirmed", "coherent", "within rounding")
_FAIR = ("moderate", "some concerns", "unclear", "not computable", "pending", "no information")
_BAD = ("high", "serious", "critical", "no", "contradicted", "incoherent")
_MARKS = {**dict.fromkeys(_GOOD, "good"), **dict.fromkeys(_FAIR, "fair"), **dict.fromkeys(_BAD, "bad")}
_SIGNS = {"good": "+", "fair": "–", "bad": "×"}


class HtmlWriter:
    """Sets a document as the body of a page.

    Args:
        document: the report.
        results: gives the figures' SVG and the lists of ids.
        mark: what every table and figure says.
        lists: collects the lists behind the boxes of the flow diagram.
    """

    def __init__(self, document: Document, results: Results, mark: str = "", lists: Lists | None = None) -> None:
        self.document, self.results, self.mark = document, results, mark
        self.lists = lists or Lists(results)
        self.numbers: dict[tuple[str, str], int] = {}
        self.number_data: list[list[str | int]] = []
        self.files: dict[tuple[str, str], int] = {}
        self.tables: dict[str, list[str]] = {}
        self.headings: list[tuple[int, str, str]] = []
        self._labels = labels(document.blocks)

    def body(self) -> str:
        """The body's HTML. Headings, lists and numbers that it needs are in this object's attributes afterwards."""
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
        tokens = parser.parse(self.document.markdown)
        for i, token in enumerate(tokens):
            if token.type == "heading_open":
                self._heading(token, tokens[i + 1])
        html = parser.renderer.render(tokens, parser.options, {})
        place = re.compile(rf"<p>\s*{BLOCK.pattern}\s*</p>")
        html = place.sub(lambda m: self._block(self.document.blocks[int(m[1])]), html)
        return TOKEN.sub(lambda m: self._inline(int(m[1])), html)

    def _heading(self, opening: Any, inline: Any) -> None:
        """`## Words {#id}`: the id; without one, made of the words."""
        match = re.search(r"\s*\{#([\w-]+)\}\s*$", inline.content)
        text = inline.content[: match.start()] if match else inline.content
        shown = TOKEN.sub(lambda m: self.document.inlines[int(m[1])].text, text)
        name = match[1] if match else re.sub(r"\W+", "-", shown.lower()).strip("-")
        if match and inline.children:
            last = [c for c in inline.children if c.type == "text"][-1]
            last.content = re.sub(r"\s*\{#[\w-]+\}\s*$", "", last.content)
        opening.attrSet("id", name)
        self.headings.append((int(opening.tag[1]), name, shown))

    def _inline(self, position: int) -> str:
        item = self.document.inlines[position]
        if item.number is not None:
            return self.number(item.number, item.text)
        if item.runs:
            return runs(item.runs)
        return link(escape(item.text), item.href)

    def number(self, number: Number, text: str | None = None) -> str:
        """A number that leads to its origin."""
        key = (number.id, number.form)
        if key not in self.numbers:
            self.numbers[key] = len(self.number_data)
            file = self.files.setdefault((number.file, number.sha256), len(self.files))
            value = "" if number.value is None else str(number.value)
            row: list[str | int] = [
                number.id,
                value,
                number.text,
                number.form,
                file,
                number.key,
                number.ids,
                number.origin,
            ]
            while row[-1] == "":
                row.pop()
            self.number_data.append(row)
        shown = escape(number.text if text is None else text)
        if number.known:
            shown = shown.replace(" ", "&nbsp;")
        return element("a", shown, class_="n", href="#provenance", data_n=self.numbers[key])

    def _block(self, block: Any) -> str:
        if isinstance(block, Table):
            return self.table(block)
        if isinstance(block, Figure):
            return self.figure(block)
        if isinstance(block, Flow):
            return self.flow(block)
        if isinstance(block, Verbatim):
            return element("pre", element("code", escape(block.text)), class_="verbatim")
        if isinstance(block, References):
            if not block.items:
                return element("p", escape(block.empty), class_="empty")
            return "".join(_reference(item) for item in block.items)
        raise TypeError(f"no way to set {type(block).__name__} in HTML")

    def _caption(self, name: str, title: str, stamp: str = "") -> tuple[str, str]:
        """The caption's markup, and its words for a region's name; a table without rows bears no number."""
        label = self._labels.get(name, "")
        marks = "".join(element("span", escape(m), class_="stamp") for m in (stamp, self.mark) if m)
        words = element("span", escape(title), class_="title")
        number = element("span", label, class_="label") + " " if label else ""
        return f"{number}{words}{marks}", f"{label}. {title}" if label else title

    def table(self, table: Table) -> str:
        """A table in APA style, with search where it is long; its further rows as data."""
        caption, name = self._caption(f"table-{table.id}", table.title, table.stamp)
        if not table.rows:
            empty = element("p", caption, class_="caption") + element("p", escape(table.empty), class_="empty")
            return element("section", empty, class_="table", id=f"table-{table.id}")
        heads = "".join(_head(c, i, len(table.rows) > 1) for i, c in enumerate(table.columns))
        names = [_class(column, i, table) for i, column in enumerate(table.columns)]
        rows = [self._row(names, row) for row in table.rows]
        inside = element("caption", element("span", caption, class_="held")) + element("thead", element("tr", heads))
        inside += element("tbody", *rows[:ROWS_AT_ONCE])
        return element(
            "section",
            _search(table.id) if len(rows) > SEARCHABLE else "",
            region(
                name,
                element("table", inside, class_="dense" if len(table.columns) >= DENSE else None, data_table=table.id),
            ),
            self._more(table, rows),
            _note(table.note),
            class_="table turned" if sideways(table) else "table",
            id=f"table-{table.id}",
        )

    def _more(self, table: Table, rows: list[str]) -> str:
        if len(rows) <= ROWS_AT_ONCE:
            return ""
        self.tables[table.id] = rows[ROWS_AT_ONCE:]
        where = f" All rows stand in results/{escape(table.file)}." if table.file else ""
        said = f" The first {ROWS_AT_ONCE} of {len(rows):,} are shown.{where}"
        button = element("button", "Show more rows", type="button", data_more=table.id)
        return element("p", button, element("span", said, class_="note"), class_="more")

    def _row(self, names: Sequence[str | None], row: Sequence[Content]) -> str:
        cells = []
        for i, (name, cell) in enumerate(zip(names, row, strict=True)):
            key = sort_key(cell)
            cells.append(
                element(
                    "td" if i else "th",
                    self._cell(cell),
                    class_="whole" if _DATE.fullmatch(text_of(cell)) else name,
                    scope=None if i else "row",
                    data_s=key if key != text_of(cell) else None,
                )
            )
        return element("tr", *cells)

    def _cell(self, cell: Content) -> str:
        if isinstance(cell, Number):
            return self.number(cell)
        if isinstance(cell, str):
            return escape(cell)
        text = escape(cell.text)
        kind = _MARKS.get(cell.mark.lower(), "")
        if kind and text:
            sign = SYMBOLS.get(cell.mark.lower(), _SIGNS[kind])
            text = element("span", element("span", sign, aria_hidden="true"), text, class_=f"mark {kind}")
        return link(text, cell.href)

    def figure(self, figure: Figure) -> str:
        """A figure with its drawing inline."""
        caption, name = self._caption(f"figure-{figure.id}", figure.title, figure.stamp)
        svg = inline_svg(self.results.text(figure.path), f"f-{figure.id}")
        drawing = svg or element("p", escape(figure.alt), class_="empty")
        return element(
            "figure",
            element("figcaption", caption),
            region(name, drawing, class_="scroll drawing"),
            _note(figure.note),
            id=f"figure-{figure.id}",
        )

    def flow(self, flow: Flow) -> str:
        """The flow diagram as boxes that open their lists."""
        caption, _ = self._caption(f"figure-{flow.id}", flow.title)
        arms = [self._arm(title, steps) for title, steps in flow.arms]
        meeting = "".join(element("li", self._flow_box(box)) for box in flow.meeting)
        included = element(
            "div", _phase("Included", meeting, "meeting meeting-several" if len(arms) > 1 else "meeting"), class_="arm"
        )
        notes = [*flow.notes, "Each box opens the list of what it counts."]
        return element(
            "figure",
            element("figcaption", caption),
            element("div", *arms, class_=f"arms arms-{len(arms)}"),
            element("div", included, class_="arms"),
            *(element("p", escape(note), class_="note") for note in notes),
            id=f"figure-{flow.id}",
            class_="flow",
        )

    def _arm(self, title: str, steps: Sequence[FlowStep]) -> str:
        phases = [
            _phase(name, "".join(self._step(step) for step in group))
            for name, group in groupby(steps, key=lambda step: step.phase)
        ]
        return element("div", element("p", escape(title), class_="arm-title"), *phases, class_="arm")

    def _step(self, step: FlowStep) -> str:
        main = self._flow_box(step.main) if step.main else element("div", class_="through")
        side = element("div", self._flow_box(step.side), class_="aside") if step.side else ""
        return element("li", main, side, class_="passing" if step.main is None else "branch" if side else "down")

    def _flow_box(self, box: FlowBox) -> str:
        inside = element("span", escape(box.label), class_="name")
        names = []
        for words, number, part in box.lines:
            kind = "line total" if not words else "line part" if part else "line"
            n = element("b", f"n = {escape(number.text)}")
            inside += element("span", element("span", escape(words)), " ", n, class_=kind)
            if number.ids and number.value:
                names.append(self.lists.take(words or box.label, number.ids, int(number.value)))
        if not names:
            return element("div", inside, class_="box")
        return element(
            "button", inside, type="button", class_="box", data_lists=" ".join(names), aria_haspopup="dialog"
        )


def _phase(name: str, items: str, class_: str | None = None) -> str:
    title = element("p", element("span", escape(name)), class_="phase-name")
    return element("div", title, element("ol", items, class_=class_), class_="phase")


def _search(table: str) -> str:
    field = element("input", type="search", data_filter=table, autocomplete="off").removesuffix("</input>")
    return element("div", element("label", "Search in this table ", field, class_="search"), class_="tools")


def _note(text: str) -> str:
    return element("p", "<i>Note.</i> ", escape(text), class_="note") if text else ""


_RUN_TAGS = {"emph": "i", "strong": "b", "sup": "sup", "sub": "sub", "smallcaps": "span"}


def runs(words: Sequence[Run]) -> str:
    """The markup of some runs."""
    out = []
    for run in words:
        text = escape(run.text)
        if run.style:
            text = element(_RUN_TAGS[run.style], text, class_="smallcaps" if run.style == "smallcaps" else None)
        out.append(link(text, run.href))
    return "".join(out)


def _reference(item: Reference) -> str:
    star = element("abbr", "*", title="included study") if item.included else ""
    return element("p", star + runs(item.runs), class_="reference", id=f"ref-{item.key}")


def _class(column: Column, i: int, table: Table) -> str | None:
    """How the cells of a column are set: to which side, and how wide at least."""
    if column.align != "left":
        return column.align
    return "prose" if column.prose else "text" if typical_length(table, i) > 20 else None


def _head(column: Column, position: int, sortable: bool) -> str:
    label = escape(column.label)
    inside = element("button", label, type="button", data_sort=position) if sortable and label else label
    return element("th", inside, scope="col", class_=column.align if column.align != "left" else None)


def contents(headings: Sequence[tuple[int, str, str]]) -> str:
    """The table of contents: headings of level 2, those of level 3 below them."""
    sections: list[tuple[str, list[str]]] = []
    for level, name, text in headings:
        entry = element("a", escape(text), href=f"#{name}")
        if level == 2:
            sections.append((entry, []))
        elif level == 3 and sections:
            sections[-1][1].append(element("li", entry))
    items = (element("li", entry, element("ol", *parts) if parts else "") for entry, parts in sections)
    return element("ol", *items)


def page(
    document: Document,
    results: Results,
    *,
    meta: Mapping[str, str],
    template: str,
    style: str,
    script: str,
    lists: Lists | None = None,
) -> str:
    """The whole page.

    Args:
        document: the report.
        results: the files of results/.
        meta: `title`; `running`, the running head; `banner`, what every page says; `mark`, what every table and figure
            says; `language`.
        template, style, script: the content of page.html.j2, report.css and report.js.
        lists: how the lists behind the flow diagram are filled.
    """
    import jinja2

    writer = HtmlWriter(document, results, meta.get("mark", ""), lists)
    body = writer.body()
    data = [
        data_script("data-numbers", {"files": [list(f) for f in writer.files], "numbers": writer.number_data}),
        data_script("data-lists", writer.lists.data()),
        data_script("data-tables", writer.tables),
    ]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(template).render(
        title=meta["title"],
        running=meta.get("running") or meta["title"],
        banner=meta.get("banner", ""),
        language=meta.get("language", "en"),
        contents=contents(writer.headings),
        body=body,
        data="\n".join(data),
        style=style,
        script=script,
    )
