"""The formats that are known, and how one is told from another by its content."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prismake.records import (
    bibliontology,
    bibtex,
    cnki_text,
    cochrane,
    ebsco_text,
    json_formats,
    line_formats,
    markup_tables,
    medline,
    ovid,
    proquest_text,
    pubmed_text,
    ris,
    scopus_text,
    table,
    vertical,
    wos,
    xml_formats,
    xml_references,
)
from prismake.records.delimited import Rows
from prismake.records.drafts import Parsed
from prismake.records.table_formats import FORMATS
from prismake.records.workbooks import sheets_of

_HEAD = 60_000

TEXT_FORMATS: dict[str, tuple[Callable[[str], bool], Callable[[str], Parsed]]] = {
    "ovid-xml": (ovid.looks_like_xml, ovid.parse_xml),
    "endnote-xml": (xml_formats.looks_like_endnote, xml_formats.parse_endnote),
    "ebsco-xml": (xml_formats.looks_like_ebsco, xml_formats.parse_ebsco),
    "pubmed-xml": (xml_formats.looks_like_pubmed, xml_formats.parse_pubmed),
    "mods": (xml_references.looks_like_mods, xml_references.parse_mods),
    "bibliontology-rdf": (bibliontology.looks_like, bibliontology.parse),
    "zotero-rdf": (xml_references.looks_like_zotero_rdf, xml_references.parse_zotero_rdf),
    "atom": (xml_references.looks_like_atom, xml_references.parse_atom),
    "ictrp-xml": (xml_references.looks_like_ictrp, xml_references.parse_ictrp),
    "json": (json_formats.looks_like, json_formats.parse),
    "ris": (ris.looks_like, ris.parse),
    "wos-text": (wos.looks_like, wos.parse),
    "medline": (medline.looks_like, medline.parse),
    "ovid-text": (ovid.looks_like, ovid.parse),
    "cochrane-text": (cochrane.looks_like, cochrane.parse),
    "bibtex": (bibtex.looks_like, bibtex.parse),
    "enw": (line_formats.looks_like_refer, line_formats.parse_refer),
    "refworks": (line_formats.looks_like_refworks, line_formats.parse_refworks),
    "noteexpress": (line_formats.looks_like_noteexpress, line_formats.parse_noteexpress),
    "proquest-text": (proquest_text.looks_like, proquest_text.parse),
    "ebsco-text": (ebsco_text.looks_like, ebsco_text.parse),
    "embase-text": (vertical.looks_like_text, vertical.parse_text),
    "scopus-text": (scopus_text.looks_like, scopus_text.parse),
    "cnki-text": (cnki_text.looks_like, cnki_text.parse),
    "pubmed-text": (pubmed_text.looks_like, pubmed_text.parse),
    "pubmed-summary": (pubmed_text.looks_like_summary, pubmed_text.parse_summary),
    "pubmed-ids": (pubmed_text.looks_like_ids, pubmed_text.parse_ids),
    "embase-vertical": (vertical.looks_like, vertical.parse),
}
"""Readers of text by name: whether a beginning looks like the format, and the reader. The first that fits is taken."""

TABLE_NAMES = frozenset({"table", "csv", "tsv", "xlsx", "xls", *(f.name for f in FORMATS)})
NAMES = frozenset({*TEXT_FORMATS, *TABLE_NAMES})


def family(format: str) -> str:
    """The reader of a named format: the name of a text format, or "table"."""
    return format if format in TEXT_FORMATS else "table"


def detect(text: str, columns: Mapping[str, str] | None = None) -> str:
    """The name of the reader for a text: one of the text formats, "table", "markup-table", or "" where nothing fits.

    `columns`: the names of columns that the configuration gives, by which a table is known that has none of the usual
    names.
    """
    head = text[:_HEAD]
    for name, (looks_like, _) in TEXT_FORMATS.items():
        if looks_like(head):
            return name
    if markup_tables.looks_like(head):
        return "markup-table"
    rows, _ = table.read_text(head[: head.rfind("\n") + 1] or head)
    if (
        rows.cells
        and max(len(row) for row in rows.cells[:30]) > 1
        and table.header_row(rows.cells, columns) is not None
    ):
        return "table"
    return ""


def parse(
    text: str,
    name: str,
    columns: Mapping[str, str] | None = None,
    format: str = "auto",
    delimiter: str | None = None,
) -> Parsed:
    """All records of a text with the reader of this name; a table's delimiter is found by content where not given."""
    if name in TEXT_FORMATS:
        parsed = TEXT_FORMATS[name][1](text)
        parsed.format = parsed.format or name
        return parsed
    rows, in_file = markup_tables.read_text(text) if name == "markup-table" else table.read_text(text, delimiter)
    return table.parse(rows, columns, in_file=in_file, forced=format)


def parse_workbook(content: bytes, columns: Mapping[str, str] | None = None, format: str = "auto") -> Parsed:
    """All records of a workbook's first sheet with a row of column names."""
    try:
        best: Rows | None = None
        for cells in sheets_of(content):
            kept = [(row, line) for line, row in enumerate(cells, 1) if any(cell.strip() for cell in row)]
            rows = Rows([row for row, _ in kept], [line for _, line in kept], "")
            if table.header_row(rows.cells, columns) is not None:
                best = rows
                break
    except ValueError as error:
        parsed = Parsed([], 0)
        parsed.faults.error(
            "cannot-read",
            f"This workbook cannot be read ({error}).",
            expected="an .xlsx or .xls workbook that a spreadsheet program opens",
            mend="open it, save it again as .xlsx, and try again",
        )
        return parsed
    return table.parse(best or Rows([], [], ""), columns, forced=format)
