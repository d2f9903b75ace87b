"""The flow as an editable Word table: the same rows as the accessible table, in Word's own table model.

Written as the three parts that a DOCX needs at least (ECMA-376, part 1), so that the same rows give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape

import pandas as pd

HEADER = ("Stage", "Identified via", "Box", "n")
_WIDTHS = (1700, 2500, 4300, 1000)  # twentieths of a point; together the text width of an A4 or letter page
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)


def flow_docx(rows: pd.DataFrame, *, simulated: bool = False) -> bytes:
    """A DOCX with one table: stage, arm, box and number of every line of the flow.

    Args:
        rows: stage, arm, label, n (as `flow_rows` gives them).
        simulated: say above the table that the example is invented.
    """
    title = "PRISMA 2020 flow" + (" (simulated example: no record, report or study in it is real)" if simulated else "")
    body = [_paragraph(title, bold=True), _table(rows), "<w:p/>"]
    document = (
        f'{_XML}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f"{''.join(body)}</w:body></w:document>"
    )
    parts = {"[Content_Types].xml": _XML + _TYPES, "_rels/.rels": _XML + _RELATIONS, "word/document.xml": document}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DATE), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _table(rows: pd.DataFrame) -> str:
    lines = _without_repeats(rows[["stage", "arm", "label", "n"]].itertuples(index=False))
    rules = "".join(f'<w:{side} w:val="single" w:sz="6" w:color="000000"/>' for side in ("top", "bottom"))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(_WIDTHS)}" w:type="dxa"/><w:tblBorders>{rules}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{_row(HEADER, header=True)}{''.join(_row(line) for line in lines)}</w:tbl>"
    )


def _without_repeats(rows: Iterable[Iterable[object]]) -> list[tuple[str, ...]]:
    """Cells as text; stage and arm stand where they begin, as in a printed table."""
    lines, stage, arm = [], "", ""
    for row in rows:
        cells = ["" if _blank(value) else str(value) for value in row]
        shown = cells[1] if cells[:2] != [stage, arm] else ""
        lines.append((cells[0] if cells[0] != stage else "", shown, *(cell or "–" for cell in cells[2:])))
        stage, arm = cells[:2]
    return lines


def _blank(value: object) -> bool:
    return value is None or value != value or value == ""


def _row(cells: Iterable[str], *, header: bool = False) -> str:
    marked = "<w:trPr><w:tblHeader/></w:trPr>" if header else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(text, bold=header, right=number == 3)}</w:tc>'
        for number, (text, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    )
    return f"<w:tr>{marked}{made}</w:tr>"


def _paragraph(text: str, *, bold: bool = False, right: bool = False) -> str:
    # XML 1.0 has no control characters; titles from exports may.
    clean = "".join(c for c in text if c >= " " or c in "\t\n")
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    place = '<w:pPr><w:jc w:val="right"/></w:pPr>' if right else ""
    return f'<w:p>{place}<w:r>{look}<w:t xml:space="preserve">{escape(clean)}</w:t></w:r></w:p>'
