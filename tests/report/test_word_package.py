"""What Word refuses a document for, or mends with a question, looked for in the one that is written."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from invented_reports import TEMPLATES, document_of, draw_all, facts_of
from invented_results import HOSTILE, fabricate
from prismake.report.formats_written import write_formats

pytest.importorskip("pypandoc")

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

# The order in which the schema of WordprocessingML (ECMA-376, part 1) has the children of these elements.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr suppressLineNumbers pBdr shd tabs wordWrap bidi spacing ind "
    "contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike vanish color spacing kern position sz szCs highlight u shd "
    "vertAlign rtl cs lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan vMerge tcBorders shd vAlign",
    "sectPr": "headerReference footerReference footnotePr type pgSz pgMar lnNumType pgNumType cols docGrid",
    "style": "name aliases basedOn next link uiPriority semiHidden unhideWhenUsed qFormat locked rsid pPr rPr tblPr trPr tcPr "
    "tblStylePr",
}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ElementTree.Element]:
    """The parts of the document of a review with hostile titles, line numbers on."""
    folder = tmp_path_factory.mktemp("word")
    results = fabricate(folder, records=12, studies=4, pooled=3, title=HOSTILE)
    draw_all(results)
    facts = facts_of(results, report={"line_numbers": True})
    write_formats(document_of(facts), facts, TEMPLATES, [folder / "report.docx"])
    return read(folder / "report.docx")


def read(path: Path) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert len(set(names)) == len(names) and names[0] == "[Content_Types].xml"
        empty = ElementTree.Element("none")
        return {n: ElementTree.fromstring(archive.read(n)) if n.endswith(("xml", "rels")) else empty for n in names}


def values(root: ElementTree.Element, *tags: str, of: str = f"{W}val") -> list[str]:
    return [found for tag in tags for item in root.iter(W + tag) if (found := item.get(of)) is not None]


def test_each_part_has_its_type_and_each_relation_its_part(parts: dict[str, ElementTree.Element]) -> None:
    types = parts["[Content_Types].xml"]
    typed = {name[1:] for item in types if (name := item.get("PartName"))}
    endings = {ending for item in types if (ending := item.get("Extension"))}
    assert typed <= set(parts)
    assert {n for n in parts if n not in typed and n.rpartition(".")[2] not in endings} == set()
    relations = list(parts["word/_rels/document.xml.rels"])
    ids = [item.get("Id") for item in relations]
    assert len(ids) == len(set(ids))
    inside = [str(item.get("Target")) for item in relations if item.get("TargetMode") != "External"]
    assert {f"word/{target}" for target in inside} <= set(parts)
    used = {v for item in parts["word/document.xml"].iter() for k, v in item.attrib.items() if k.startswith(R)}
    assert used <= set(ids)


def test_styles_and_lists_that_are_used_are_there_once(parts: dict[str, ElementTree.Element]) -> None:
    styles = Counter(values(parts["word/styles.xml"], "style", of=f"{W}styleId"))
    assert max(styles.values()) == 1
    for part in parts.values():
        assert set(values(part, "pStyle", "rStyle", "tblStyle", "basedOn", "next", "link")) <= set(styles)
    numbers = set(values(parts["word/numbering.xml"], "num", of=f"{W}numId"))
    assert set(values(parts["word/document.xml"], "numId")) <= numbers


def test_tables_have_a_grid_that_their_rows_fill(parts: dict[str, ElementTree.Element]) -> None:
    tables = list(parts["word/document.xml"].iter(f"{W}tbl"))
    assert len(tables) > 8
    for table in tables:
        assert [child.tag for child in table[:2]] == [f"{W}tblPr", f"{W}tblGrid"]
        columns = len(table[1])
        for row in table.findall(f"{W}tr"):
            cells = row.findall(f"{W}tc")
            spans = [item.get(f"{W}val", "1") for cell in cells for item in cell.iter(f"{W}gridSpan")]
            assert len(cells) + sum(int(span) - 1 for span in spans) == columns
            assert all(cell[-1].tag == f"{W}p" for cell in cells)


def test_marks_come_in_pairs_and_ids_once(parts: dict[str, ElementTree.Element]) -> None:
    document = parts["word/document.xml"]
    starts, ends = (values(document, f"bookmark{kind}", of=f"{W}id") for kind in ("Start", "End"))
    names = values(document, "bookmarkStart", of=f"{W}name")
    assert sorted(starts) == sorted(ends) and len(set(starts)) == len(starts)
    assert len({name.lower() for name in names}) == len(names)
    assert set(values(document, "hyperlink", of=f"{W}anchor")) <= set(names)
    fields = Counter(values(document, "fldChar", of=f"{W}fldCharType"))
    assert fields["begin"] == fields["end"] >= fields["separate"] > 0
    pictures = [item for item in document.iter() if item.tag.endswith("}docPr")]
    assert pictures and len({item.get("id") for item in pictures}) == len(pictures)
    sizes = [int(item.get(side, "1")) for item in document.iter() for side in ("cx", "cy") if "ext" in item.tag]
    assert min(sizes) > 0


def test_elements_stand_in_the_order_of_the_schema(parts: dict[str, ElementTree.Element]) -> None:
    for name, part in parts.items():
        for tag, order in ORDER.items():
            for item in part.iter(W + tag):
                found = [order.split().index(child.tag.removeprefix(W)) for child in item]
                assert found == sorted(found), f"{name}: {ElementTree.tostring(item, 'unicode')[:300]}"


def test_no_namespace_is_used_that_is_not_declared(parts: dict[str, ElementTree.Element]) -> None:
    """An undeclared prefix would not parse; Word refuses a name of no namespace too."""
    for name, part in parts.items():
        if name.startswith("word/") and name.endswith(".xml"):
            assert all(item.tag.startswith("{http") for item in part.iter()), name
    assert re.search(r"lnNumType", ElementTree.tostring(parts["word/document.xml"], "unicode"))
