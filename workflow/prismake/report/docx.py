"""The Word document's look: a reference file with APA-like styles, and what pandoc leaves out put in afterwards."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from html import escape

NO_DATE = (1980, 1, 1, 0, 0, 0)
FONT = "Times New Roman"

# Size of the text in tables, points.
TABLE_SIZE = 8.0
_BORDER = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
_PAGE_NUMBER = (
    '</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>'
)
_STATIC_DATE = "1980-01-01T00:00:00Z"


def reference_document() -> bytes:
    """pandoc's own reference document with a journal's styles: serif text, black headings, tables without vertical
    rules."""
    import pypandoc

    default = _default_reference(pypandoc.get_pandoc_path())
    parts = _read(default)
    styles = parts["word/styles.xml"].decode("utf-8")
    styles = re.sub(r'w:(ascii|hAnsi|eastAsia|cs)Theme="[^"]*"', "", styles)
    styles = styles.replace(
        "<w:rFonts ", f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}" w:eastAsia="{FONT}" '
    )
    styles = re.sub(rf'(<w:rFonts w:ascii="{FONT}"[^>]*?)\s+w:(?:ascii|hAnsi)="(?!{FONT})[^"]*"', r"\1", styles)
    styles = re.sub(r'<w:color w:val="(?!auto)[0-9A-Fa-f]{6}"[^>]*/>', '<w:color w:val="000000"/>', styles)
    styles = _paragraph_styles(_table_style(styles))
    parts["word/styles.xml"] = styles.encode()
    return _write(parts)


def _default_reference(pandoc: str) -> bytes:
    import subprocess

    command = [pandoc, "--print-default-data-file", "reference.docx"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _table_style(styles: str) -> str:
    """Rules above and below the table and under its head, none between columns (APA 7, section 7.22)."""
    top, bottom = (_BORDER.format(side=side, size=8) for side in ("top", "bottom"))
    under = f"<w:tcPr><w:tcBorders>{_BORDER.format(side='bottom', size=4)}</w:tcBorders></w:tcPr>"
    head = f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>{under}</w:tblStylePr>'
    half = int(2 * TABLE_SIZE)
    margins = '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
    style = (
        '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/>'
        "<w:qFormat/>"
        '<w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr>'
        f'<w:rPr><w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>'
        f"<w:tblPr><w:tblBorders>{top}{bottom}</w:tblBorders>{margins}</w:tblPr>{head}</w:style>"
    )
    found = re.search(r'<w:style [^>]*w:styleId="Table"[^>]*>.*?</w:style>', styles, re.S)
    return styles.replace(found[0], style) if found else styles.replace("</w:styles>", style + "</w:styles>")


def _paragraph_styles(styles: str) -> str:
    """References with a hanging indent (APA 7, section 9.43), notes in the size of the tables above them."""
    hanging = '<w:pPr><w:spacing w:after="120"/><w:ind w:left="720" w:hanging="720"/></w:pPr>'
    styles = re.sub(r'(w:styleId="Bibliography">(?:(?!</w:style>).)*?)<w:pPr ?/>', rf"\1{hanging}", styles, flags=re.S)
    half = int(2 * TABLE_SIZE)
    note = (
        '<w:style w:type="paragraph" w:customStyle="1" w:styleId="TableNote"><w:name w:val="Table Note"/>'
        '<w:basedOn w:val="BodyText"/><w:qFormat/><w:pPr><w:spacing w:before="80" w:after="240"/></w:pPr>'
        f'<w:rPr><w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
    )
    return styles.replace("</w:styles>", note + "</w:styles>")


_REFERENCES = (
    '<w:headerReference w:type="default" r:id="rIdPrismakeHead"/>'
    '<w:footerReference w:type="default" r:id="rIdPrismakeFoot"/>'
)


def _section(turned: bool) -> str:
    """The properties of a section of A4 pages, upright or on their side."""
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if turned else 'w:w="11906" w:h="16838"'
    edges = 'w:top="1440" w:right="1304" w:bottom="1440" w:left="1304" w:header="709" w:footer="709" w:gutter="0"'
    return f"<w:sectPr>{_REFERENCES}<w:pgSz {size}/><w:pgMar {edges}/></w:sectPr>"


def bookmark(name: str) -> str:
    """A bookmark's name as Word allows it: letters, digits and underscores, at most forty."""
    safe = re.sub(r"\W", "_", name)
    if safe == name and len(safe) <= 40:
        return safe
    return f"{safe[:31]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def field(kind: str, target: str, shown: str) -> str:
    """A field that shows what stands at a bookmark (REF) or on which page it is (PAGEREF); `shown` until it is
    updated. A REF to a table or figure is to its number."""
    name = bookmark(f"number_{target}" if kind == "REF" else target)
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {kind} {name} \\h </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t xml:space="preserve">{escape(shown)}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _bookmarked(document: str) -> str:
    """Bookmarks with names of their own that Word allows; those around `Table 1` and `Figure 1` are called after
    their numbers."""

    def number(match: re.Match[str]) -> str:
        return f'{match[1]}"{bookmark("number_" + match[2])}"'

    caption = (
        r'(<w:pStyle w:val="(?:Table|Image)Caption" ?/></w:pPr><w:bookmarkStart w:id="\d+" w:name=)"(?:ref_)?([^"]+)"'
    )
    document = re.sub(caption, number, document)
    document = _short_bookmarks(_captions(document))
    document = re.sub(
        r'(<w:bookmarkStart w:id="\d+" w:name=)"([^"]+)"', lambda m: f'{m[1]}"{bookmark(m[2])}"', document
    )
    return re.sub(r'w:anchor="([^"]+)"', lambda m: f'w:anchor="{bookmark(m[1])}"', document)


def _short_bookmarks(document: str) -> str:
    """Bookmarks of headings, tables and figures at their beginning: one across sections is lost in some programs."""
    starts = re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="(?!number_)[^"]*" ?/>', document)
    for identifier in starts:
        document = re.sub(rf'<w:bookmarkEnd w:id="{identifier}" ?/>', "", document, count=1)
    return re.sub(
        r'(<w:bookmarkStart w:id="(\d+)" w:name="(?!number_)[^"]*" ?/>)', r'\1<w:bookmarkEnd w:id="\2"/>', document
    )


def _captions(document: str) -> str:
    """Captions as the APA sets them: the number in bold, the title in italics on a line of its own."""

    def set_caption(match: re.Match[str]) -> str:
        head, number, rest = match[1], match[2], match[3]
        number = number.replace("<w:r>", '<w:r><w:rPr><w:b/><w:i w:val="0"/></w:rPr>')
        head = head.replace("</w:pPr>", "<w:keepNext/></w:pPr>", 1)
        return head + number + "<w:r><w:br/></w:r>" + rest.replace(": ", "", 1)

    pattern = r'(<w:pStyle w:val="(?:Table|Image)Caption" ?/></w:pPr><w:bookmarkStart[^>]*>)(.*?<w:bookmarkEnd[^>]*>)(.*?</w:p>)'
    # The caption holds on to the figure below it. pandoc's style holds the figure to what follows, for captions below.
    figure = r'(<w:pStyle w:val="CaptionedFigure" ?/>)(?!<w:keepNext)'
    document = re.sub(figure, r'\1<w:keepNext w:val="0"/>', document)
    return re.sub(pattern, set_caption, document, flags=re.S)


# The longest table, in characters of its XML, and its most rows, that is held together on one page.
_SHORT_XML, _SHORT_ROWS = 40_000, 16


def _held_together(document: str) -> str:
    """No row is broken across pages, and no short table."""
    document = re.sub(r"<w:trPr>(?!<w:cantSplit)", "<w:trPr><w:cantSplit/>", document)
    document = re.sub(r"<w:tr>(?!\s*<w:trPr>)", "<w:tr><w:trPr><w:cantSplit/></w:trPr>", document)

    def hold(match: re.Match[str]) -> str:
        upper, last = match[0][: (cut := match[0].rindex("<w:tr>"))], match[0][cut:]
        if len(match[0]) > _SHORT_XML or upper.count("<w:tr>") >= _SHORT_ROWS:
            return match[0]
        return re.sub(r'(<w:pStyle w:val="[^"]*" ?/>)(?!<w:keepNext)', r"\1<w:keepNext/>", upper) + last

    return re.sub(r"<w:tbl>.*?</w:tbl>", hold, document, flags=re.S)


def section_break(turned: bool) -> str:
    """A paragraph that ends a section: what stands before it is upright or on its side."""
    return f'<w:p><w:pPr><w:spacing w:before="0" w:after="0"/>{_section(turned)}</w:pPr></w:p>'


def finished(content: bytes, *, banner: str = "", line_numbers: bool = False) -> bytes:
    """pandoc's document with page numbers, a running banner, heads that repeat on each page, and no clock.

    Args:
        content: the file that pandoc wrote.
        banner: what the head of every page says.
        line_numbers: number the lines, as journals ask for review.
    """
    parts = _read(content)
    document = parts["word/document.xml"].decode("utf-8")
    document = _held_together(document)
    document = _bookmarked(document)
    # pandoc puts a picture's whole path here: it would tell whoever opens the report the folders of the machine.
    document = re.sub(r'(<pic:cNvPr descr=")[^"]*?([^"/\\]*")', r"\1\2", document)
    numbering = '<w:lnNumType w:countBy="1" w:restart="continuous"/>' if line_numbers else ""
    document = re.sub(
        r"<w:sectPr\b(?:(?!<w:sectPr).)*?</w:sectPr>\s*</w:body>|<w:sectPr\s*/>\s*</w:body>",
        "</w:body>",
        document,
        flags=re.S,
    )
    document = document.replace("</w:body>", _section(False) + "</w:body>")
    document = document.replace("</w:sectPr>", f"{numbering}</w:sectPr>")
    if "xmlns:r=" not in document[:2000]:
        document = document.replace(
            "<w:document ",
            '<w:document xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ',
            1,
        )
    parts["word/document.xml"] = document.encode()
    parts["word/header_prismake.xml"] = _part("hdr", escape(banner.upper()), "center")
    parts["word/footer_prismake.xml"] = _part("ftr", _PAGE_NUMBER, "center")
    parts["word/_rels/document.xml.rels"] = _related(parts["word/_rels/document.xml.rels"])
    parts["[Content_Types].xml"] = _typed(parts["[Content_Types].xml"])
    if "docProps/core.xml" in parts:
        core = parts["docProps/core.xml"].decode("utf-8")
        parts["docProps/core.xml"] = re.sub(r">\d{4}-\d\d-\d\dT[\d:]+Z<", f">{_STATIC_DATE}<", core).encode()
    return _write(parts)


def _part(kind: str, inside: str, align: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:{kind} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>'
        f'<w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t xml:space="preserve">{inside}</w:t></w:r></w:p></w:{kind}>'
    ).encode()


def _related(content: bytes) -> bytes:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    added = (
        f'<Relationship Id="rIdPrismakeHead" Type="{base}/header" Target="header_prismake.xml"/>'
        f'<Relationship Id="rIdPrismakeFoot" Type="{base}/footer" Target="footer_prismake.xml"/>'
    )
    return content.replace(b"</Relationships>", added.encode() + b"</Relationships>")


def _typed(content: bytes) -> bytes:
    base = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    added = "".join(
        f'<Override PartName="/word/{part}_prismake.xml" ContentType="{base}.{part}+xml"/>'
        for part in ("header", "footer")
    )
    return content.replace(b"</Types>", added.encode() + b"</Types>")


def _read(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write(parts: dict[str, bytes]) -> bytes:
    """A docx of these parts: [Content_Types].xml first, no dates."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, NO_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, parts[name])
    return buffer.getvalue()
