"""The PDF: typst sets it from pandoc's tree, tagged as PDF/UA-1, with fonts that ship with the packages."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Container, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from prismake.drawing.text import drawable, font_folders
from prismake.report.blocks import Cell, Content, Figure, Flow, References, Table, Verbatim
from prismake.report.facts import Facts
from prismake.report.long_figures import pieces, width_of
from prismake.report.pandoc import on_paper
from prismake.report.prose import BLOCK, Document
from prismake.report.syntax_tree import Node, Tree, caption_words, cell_words, italic, paragraph, runs_nodes
from prismake.report.widths import broken, font_size, shares, sideways, whole


def string(text: str) -> str:
    """A typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "") + '"'


def breakable(text: str) -> str:
    """A typst string in which very long words can be broken, so that none runs off the page."""
    return string(broken(text))


def raw(code: str) -> list[Node]:
    """typst code as a block of the tree."""
    return [{"t": "RawBlock", "c": ["typst", code]}]


def table_code(table: Table, banner: str, anchors: Container[str] = ()) -> str:
    """A table in APA style that breaks across pages and repeats its head."""
    caption = caption_words(table.title, table.stamp, banner)
    if not table.rows:
        return f"#nothing({string(caption)}, {string(table.empty)})"
    aligns = ", ".join(column.align for column in table.columns)
    heads = ", ".join(f"strong({string(column.label)})" for column in table.columns)
    cells = ",\n".join(", ".join(_cell_code(cell, anchors) for cell in row) for row in table.rows)
    note = f", note: {string(table.note)}" if table.note else ""
    widths = ", ".join(f"{share:.4f}fr" for share in shares(table))
    layout = f"{font_size(table)}pt, ({widths},), ({aligns},), ({heads},)"
    code = f"data-table({breakable(caption)}, {layout}, (\n{cells},\n), whole: {str(whole(table)).lower()}{note})"
    return f"#{code} <table-{table.id}>"


# What stands before and after a table on a page on its side.
TURNED, UPRIGHT_AGAIN = "#page(flipped: true)[", "]"


def _cell_code(cell: Content, anchors: Container[str]) -> str:
    """A cell; one that leads to a heading says its page too."""
    if isinstance(cell, Cell) and cell.href.startswith("#") and cell.href[1:] in anchors:
        return f"at-page({breakable(cell.text)}, <{cell.href[1:]}>)"
    return breakable(cell_words(cell))


def figure_code(figure: Figure, files: Sequence[str], width: str, banner: str, floats: bool = True) -> str:
    """A figure with its caption and alternative text, in one file or in pieces over several pages; one that floats stands
    where a page has room for it."""
    note = f", note: {string(figure.note)}" if figure.note else ""
    placed = "" if floats and len(files) == 1 else ", placement: none"
    caption = caption_words(figure.title, figure.stamp, banner)
    named = "".join(f"{string(file)}, " for file in files)
    return f"#drawing(({named}), {string(figure.alt or figure.title)}, {string(caption)}, {width}{placed}{note}) <figure-{figure.id}>"


def references_code(item: References) -> list[Node]:
    """The list of references: each a block with its label, its words set by pandoc."""
    if not item.items:
        return [paragraph(italic(item.empty))]
    nodes: list[Node] = []
    for entry in item.items:
        nodes += [
            *raw("#reference["),
            paragraph(*runs_nodes([replace(run, text=broken(run.text)) for run in entry.words])),
            *raw(f"] <ref-{entry.key}>"),
        ]
    return nodes


def typst_source(document: Document, facts: Facts, template: str, figures: dict[str, str]) -> str:
    """The whole typst document.

    Args:
        template: the shipped template, with the functions that the code above calls.
        figures: filled with name in the working folder -> the drawing, or a piece of it.
    """
    import pypandoc

    anchors = set(re.findall(r"\{#([\w-]+)\}", document.markdown))
    # Figures of the appendices follow each other and would only drift into its tables.
    _, _, after = document.markdown.partition("{#appendices}")
    fixed = {id(document.blocks[int(position)]) for position in BLOCK.findall(after)}

    def block(item: Any) -> list[Node]:
        if isinstance(item, Table):
            table = on_paper(item)
            nodes = raw(table_code(table, facts.mark, anchors))
            return [*raw(TURNED), *nodes, *raw(UPRIGHT_AGAIN)] if table.rows and sideways(table) else nodes
        if isinstance(item, Figure | Flow):
            figure = (
                Figure(item.id, item.title, item.path, item.alt, " ".join(item.notes))
                if isinstance(item, Flow)
                else item
            )
            svg = facts.results.text(figure.path)
            names = []
            for piece in pieces(svg):
                names.append(f"figure-{len(figures)}.svg")
                figures[names[-1]] = piece
            return raw(figure_code(figure, names, width_of(svg), facts.mark, id(item) not in fixed))
        if isinstance(item, Verbatim):
            return raw(f"#verbatim({string(item.text)})")
        if isinstance(item, References):
            return references_code(item)
        raise TypeError(f"no way to set {type(item).__name__}")

    def reference(target: str) -> Node:
        return {"t": "RawInline", "c": ["typst", f"#ref(<{target}>)"]}

    body = pypandoc.convert_text(Tree(document, block, reference, turned=[TURNED]).json(), "typst", format="json")
    authors = ", ".join(string(str(a["name"])) for a in facts.review.get("authors") or [])
    head = (
        f"#let review-title = {string(facts.title)}\n"
        f"#let running = {string(str(facts.review.get('short_title') or facts.title))}\n"
        f"#let banner = {string(facts.banner)}\n#let authors = ({authors}{',' if authors else ''})\n"
        f"#let language = {string(str((facts.config.get('report') or {}).get('language') or 'en'))}\n"
    )
    return head + template + "\n" + body


# The report's last words, where a character has no glyph.
UNDRAWN = "Characters that the fonts of this PDF do not have stand as their code, such as ‹U+{:04X}›; the report in HTML and Word has them."


def with_codes(source: str) -> str:
    """The typst document with characters that no font has as their codes, and a note that says so at its end."""
    shown = drawable(source)
    if shown == source:
        return source
    first = re.search(r"‹U\+([0-9A-F]{4,6})›", shown)
    assert first
    return f"{shown}\n\n#note-text({string(UNDRAWN.format(int(first[1], 16)))})\n"


def pdf_of(document: Document, facts: Facts, templates: Path) -> bytes:
    """The PDF's bytes. Raises typst.TypstError where a part cannot be set or is not accessible."""
    import typst

    figures: dict[str, str] = {}
    source = typst_source(document, facts, (templates / "report.typ").read_text(encoding="utf-8"), figures)
    with tempfile.TemporaryDirectory() as folder:
        for name, drawing in figures.items():
            text = drawing or '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
            (Path(folder) / name).write_text(drawable(text), encoding="utf-8")
        main = Path(folder) / "report.typ"
        main.write_text(with_codes(source), encoding="utf-8")
        content = typst.compile(
            str(main),
            format="pdf",
            pdf_standards=["ua-1"],
            font_paths=font_folders(source + "".join(figures.values())),
            ignore_system_fonts=True,
        )
    assert isinstance(content, bytes)
    return content
