"""The report as DOCX, PDF, LaTeX and Markdown: pandoc writes them, typst sets the PDF (PDF/UA-1)."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prismake.records.tables import write_bytes, write_text
from prismake.report.blocks import Figure, Flow, References, Table, Verbatim, labels
from prismake.report.docx import TABLE_SIZE, field, finished, reference_document, section_break
from prismake.report.facts import Facts
from prismake.report.latex import TURNED, adapted, low_rows, small_tables, with_preamble
from prismake.report.long_figures import raster_pieces, width_of
from prismake.report.prose import Document
from prismake.report.syntax_tree import (
    Node,
    Tree,
    figure_node,
    inlines_of,
    paragraph,
    reference_nodes,
    table_node,
    verbatim_node,
)
from prismake.report.widths import sideways

# On paper, a longer table says where all of it can be opened.
MOST_ROWS = 400

# In Word a section's end says how its pages lie: before a page on its side ends an upright section.
BEFORE_TURNED = section_break(False)

# The earliest time that a zip can hold, as pandoc takes it: documents bear no clock.
SOURCE_DATE_EPOCH = "315532800"


def write_with_pandoc(document: Document, facts: Facts, templates: Path, path: Path) -> None:
    """Write the report in the format of `path`'s ending: .docx, .pdf, .tex or .md."""
    writers: dict[str, Callable[[Document, Facts, Path, Path], None]] = {
        ".docx": _write_docx,
        ".pdf": _write_pdf,
        ".tex": _write_latex,
        ".md": _write_markdown,
    }
    with _without_clock():
        writers[path.suffix](document, facts, templates, path)


@contextmanager
def _without_clock() -> Any:
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = SOURCE_DATE_EPOCH
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def on_paper(table: Table) -> Table:
    """The table with at most `MOST_ROWS` rows; the provenance of numbers is left to its file."""
    if table.id == "provenance":
        return Table(table.id, table.title, table.columns, [], empty="The table stands in results/report/numbers.csv.")
    if len(table.rows) <= MOST_ROWS:
        return table
    where = f" All {len(table.rows):,} rows stand in results/{table.file}." if table.file else ""
    note = f"{table.note} The first {MOST_ROWS} rows are shown.{where}".strip()
    return Table(
        table.id, table.title, table.columns, table.rows[:MOST_ROWS], note, table.empty, table.file, table.stamp
    )


def _as_they_are(table: Table, nodes: list[Node]) -> list[Node]:
    del table
    return nodes


def _on_own_page(table: Table, nodes: list[Node]) -> list[Node]:
    """For Word: a wide table between two section breaks, on a page on its side."""
    if not table.rows or not sideways(table, TABLE_SIZE):
        return nodes
    before, after = ({"t": "RawBlock", "c": ["openxml", code]} for code in (BEFORE_TURNED, section_break(True)))
    return [before, *nodes, after]


def tree_of(
    document: Document,
    facts: Facts,
    picture: Callable[[str], Sequence[str]],
    *,
    labelled: bool,
    aside: Callable[[Table, list[Node]], list[Node]] = _as_they_are,
    reference: Callable[[str], Node] | None = None,
    page: Callable[[str], Node] | None = None,
    shown: Callable[[Table], Table] = on_paper,
) -> Tree:
    """The document's tree with native tables and figures.

    Args:
        picture: the addresses of a figure's drawing or its pieces, from the path of its SVG in results/; none without one.
        aside: what is done with a table that may be too wide for the page.
        labelled: whether captions say `Table 1.` themselves; formats that number them do not need it.
        reference: how the format refers to a table or figure by its number.
        page: how the format says on which page a heading stands; None for formats without pages.
        shown: what a table is on this paper.
    """
    numbers = labels(document.blocks)
    anchors = set(re.findall(r"\{#([\w-]+)\}", document.markdown))

    def label(name: str) -> str:
        return f"{numbers[name]}. " if labelled and name in numbers else ""

    def page_of(address: str) -> list[Node]:
        known = page is not None and address.startswith("#") and address[1:] in anchors
        return [{"t": "Str", "c": ", p.\u00a0"}, page(address[1:])] if known and page is not None else []

    def block(item: Any) -> list[Node]:
        if isinstance(item, Table):
            table = shown(item)
            name = label(f"table-{item.id}") if table.rows else ""
            return aside(
                table,
                table_node(table, facts.mark, name, anchored=not labelled, page=page_of, styled=not labelled),
            )
        if isinstance(item, Figure | Flow):
            figure = (
                Figure(item.id, item.title, item.path, item.alt, " ".join(item.notes))
                if isinstance(item, Flow)
                else item
            )
            addresses = picture(figure.path)
            if not addresses:
                return [paragraph(*inlines_of(f"{figure.title}: {figure.alt}"))]
            width, number = width_of(facts.results.text(figure.path)), label(f"figure-{item.id}")
            return figure_node(figure, addresses, width, facts.mark, number, styled=not labelled)
        if isinstance(item, Verbatim):
            return verbatim_node(item)
        if isinstance(item, References):
            return reference_nodes(item, anchored=not labelled)
        raise TypeError(f"no way to set {type(item).__name__}")

    return Tree(document, block, reference, linked=not labelled, turned=[BEFORE_TURNED, TURNED])


def _raster(facts: Facts, path: str) -> Path | None:
    """The PNG beside the SVG at `path`, None where there is none."""
    name = path.removesuffix(".svg") + ".png"
    return facts.results.folder / name if facts.results.knows(name) else None


def _raster_in(facts: Facts, folder: Path) -> Callable[[str], list[str]]:
    """Addresses, from where pandoc runs, of a drawing's PNG; of its pieces, written into `folder`, where it is taller than
    a page.

    Relative, because the folders above may have names that pandoc cannot find: in the locale C it reads no umlaut, and
    leaves a picture that it does not find out of the document.
    """

    def picture(path: str) -> list[str]:
        png = _raster(facts, path)
        if png is None:
            return []
        files, parts = [png], raster_pieces(png.read_bytes(), facts.results.text(path))
        if len(parts) > 1:
            files = [folder / f"{path.replace('/', '-').removesuffix('.svg')}-{n}.png" for n in range(len(parts))]
            for file, content in zip(files, parts, strict=True):
                file.write_bytes(content)
        return [Path(os.path.relpath(file)).as_posix() for file in files]

    return picture


def _raw(format: str, code: str) -> Node:
    return {"t": "RawInline", "c": [format, code]}


def _number_field(target: str, numbers: Mapping[str, str], drawn: set[str]) -> Node:
    """A field with the number of a table or figure; its words alone where the figure is not drawn."""
    shown = numbers.get(target, "")
    if target.startswith("figure-") and target not in drawn:
        return {"t": "Str", "c": shown}
    return _raw("openxml", field("REF", target, shown))


def _write_docx(document: Document, facts: Facts, templates: Path, path: Path) -> None:
    import pypandoc

    settings = facts.config.get("report") or {}
    numbers = labels(document.blocks)
    figures = [item for item in document.blocks if isinstance(item, Figure | Flow)]
    drawn = {f"figure-{item.id}" for item in figures if _raster(facts, item.path)}
    with tempfile.TemporaryDirectory() as folder:
        reference = Path(folder) / "reference.docx"
        own = settings.get("reference_docx")
        if own:
            shutil.copyfile(own, reference)
        else:
            reference.write_bytes(reference_document())
        out = Path(folder) / "report.docx"
        tree = tree_of(
            document,
            facts,
            _raster_in(facts, Path(folder)),
            labelled=False,
            aside=_on_own_page,
            reference=lambda target: _number_field(target, numbers, drawn),
            page=lambda anchor: _raw("openxml", field("PAGEREF", anchor, "–")),
        )
        pypandoc.convert_text(
            tree.json(_meta(facts)),
            "docx+native_numbering",
            format="json",
            outputfile=str(out),
            extra_args=[f"--reference-doc={reference}", "--figure-caption-position=above"],
        )
        write_bytes(
            finished(out.read_bytes(), banner=facts.banner, line_numbers=bool(settings.get("line_numbers"))), path
        )


def _write_latex(document: Document, facts: Facts, templates: Path, path: Path) -> None:
    import pypandoc

    def picture(name: str) -> list[str]:
        pdf = name.removesuffix(".svg") + ".pdf"
        return [os.path.relpath(facts.results.folder / pdf, path.parent).replace(os.sep, "/")]

    def reference(target: str) -> Node:
        return _raw("latex", f"{'Table' if target.startswith('table-') else 'Figure'}~\\ref{{{target}}}")

    tree = tree_of(
        document,
        facts,
        picture,
        labelled=False,
        aside=small_tables,
        reference=reference,
        page=lambda anchor: _raw("latex", f"\\pageref{{{anchor}}}"),
        shown=lambda table: low_rows(on_paper(table)),
    )
    text = pypandoc.convert_text(
        json.dumps(adapted(json.loads(tree.json(_meta(facts))))),
        "latex",
        format="json",
        extra_args=["--standalone", "--variable=geometry:margin=25mm", "--variable=documentclass:article"],
    )
    write_text(with_preamble(text), path)


def _write_markdown(document: Document, facts: Facts, templates: Path, path: Path) -> None:
    import pypandoc

    def picture(name: str) -> list[str]:
        return [os.path.relpath(facts.results.folder / name, path.parent).replace(os.sep, "/")]

    tree = tree_of(document, facts, picture, labelled=True)
    text = pypandoc.convert_text(tree.json(), "gfm", format="json", extra_args=["--wrap=none"])
    head = f"> **{facts.banner}**\n\n" if facts.banner else ""
    write_text(head + text, path)


def _write_pdf(document: Document, facts: Facts, templates: Path, path: Path) -> None:
    from prismake.report.paper import pdf_of

    write_bytes(pdf_of(document, facts, templates), path)


def _meta(facts: Facts) -> dict[str, Any]:
    """The properties that a document carries; its visible title is the first heading."""
    return {
        "title-meta": {"t": "MetaString", "c": facts.title},
        "pagetitle": {"t": "MetaString", "c": facts.title},
        "lang": {"t": "MetaString", "c": str((facts.config.get("report") or {}).get("language") or "en")},
        "author-meta": {"t": "MetaString", "c": "; ".join(str(a["name"]) for a in facts.review.get("authors") or [])},
    }


def printable(text: str) -> str:
    """Without control characters, which no document format holds."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)
