"""DOCX, PDF, LaTeX and Markdown."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from invented_reports import TEMPLATES, document_of, draw_all, facts_of
from invented_results import HOSTILE, fabricate
from prismake.report.blocks import Column, Table
from prismake.report.docx import finished, reference_document
from prismake.report.facts import Facts
from prismake.report.formats_written import write_formats
from prismake.report.latex import low_rows
from prismake.report.long_figures import width_of
from prismake.report.pandoc import MOST_ROWS, on_paper
from prismake.report.paper import TURNED, raw, string, table_code
from prismake.report.prose import BLOCK_CLOSE, BLOCK_OPEN, Document
from prismake.report.syntax_tree import Tree, caption_words, inlines_of
from prismake.report.widths import broken

pytest.importorskip("pypandoc")
typst = pytest.importorskip("typst")


@pytest.fixture(scope="module")
def written(results: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of the invented review in every format but HTML."""
    folder = tmp_path_factory.mktemp("written")
    facts = facts_of(results)
    paths = {e: folder / f"report.{e}" for e in ("docx", "pdf", "tex", "md")}
    write_formats(document_of(facts), facts, TEMPLATES, list(paths.values()))
    return paths


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8")


def words_of(path: Path) -> str:
    return re.sub(r"<[^>]+>", "", part(path, "word/document.xml"))


def test_the_same_words_stand_in_each_format(written: dict[str, Path]) -> None:
    docx, tex = words_of(written["docx"]), written["tex"].read_text(encoding="utf-8")
    markdown = written["md"].read_text(encoding="utf-8")
    for text in (
        "40 records were screened",
        "The review includes 12 studies",
        "Personalised against standardised treatment",
    ):
        assert text in docx
        assert text in " ".join(tex.split())
        assert text in markdown


def test_docx_has_headings_captions_tables_and_alternative_texts(written: dict[str, Path]) -> None:
    xml = part(written["docx"], "word/document.xml")
    assert '<w:pStyle w:val="Heading2" />' in xml or '<w:pStyle w:val="Heading2"/>' in xml
    assert xml.count("<w:tbl>") >= 8
    assert "SEQ Table" in xml and "SEQ Figure" in xml
    assert all(re.findall(r'<pic:cNvPr descr="([^"]*)"', xml))
    assert "SIMULATED EXAMPLE" in part(written["docx"], "word/header_prismake.xml")


def test_docx_is_the_same_on_every_run(results: Path, written: dict[str, Path], tmp_path: Path) -> None:
    facts = facts_of(results)
    write_formats(document_of(facts), facts, TEMPLATES, [tmp_path / "report.docx"])
    assert (tmp_path / "report.docx").read_bytes() == written["docx"].read_bytes()


def test_line_numbers_are_an_option() -> None:
    plain = reference_document()
    with zipfile.ZipFile(io.BytesIO(finished(plain, line_numbers=True))) as archive:
        assert b"w:lnNumType" in archive.read("word/document.xml")
    with zipfile.ZipFile(io.BytesIO(finished(plain))) as archive:
        assert b"w:lnNumType" not in archive.read("word/document.xml")


def test_the_pdf_is_tagged_and_whole(written: dict[str, Path]) -> None:
    content = written["pdf"].read_bytes()
    assert content.startswith(b"%PDF-1.7") and b"/MarkInfo" in content
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 1 or b"/ObjStm" in content


def test_hostile_titles_are_text_in_each_format(tmp_path: Path) -> None:
    results = fabricate(tmp_path, records=12, studies=4, pooled=2, title=HOSTILE + "x" * 3000)
    draw_all(results)
    facts = facts_of(results)
    paths = [tmp_path / f"report.{e}" for e in ("docx", "pdf", "tex", "md")]
    write_formats(document_of(facts), facts, TEMPLATES, paths)
    assert "&lt;script&gt;alert(1)" in part(paths[0], "word/document.xml")
    tex = paths[2].read_text(encoding="utf-8")
    assert "\\section{x}" not in tex and "\\textbackslash" in tex
    markdown = paths[3].read_text(encoding="utf-8")
    assert "<script>" not in markdown.replace("\\<script\\>", "")
    texts = [html.unescape(words_of(paths[0])), tex, markdown]
    if shutil.which("pdftotext"):
        texts.append(
            subprocess.run(["pdftotext", paths[1], "-"], capture_output=True, check=True).stdout.decode("utf-8")
        )
        assert "<script>alert(1)</script>" in "".join(texts[-1].split())
        # Heads of pages stand between the lines, so letters are counted: none ran off the page.
        assert texts[-1].count("x") > 3000 * "".join(texts[-1].split()).count("<script>alert(1)")
    for text in texts:
        assert text.count("x") > 3000
        assert "=cmd" in text and ("שלום" in text or "םולש" in text)
    assert all("😀" in text for text in texts[:3])
    assert HOSTILE in texts[0]


def test_word_refers_to_tables_figures_and_pages_by_fields(written: dict[str, Path]) -> None:
    xml = part(written["docx"], "word/document.xml")
    names = re.findall(r'<w:bookmarkStart w:id="\d+" w:name="([^"]+)"', xml)
    targets = re.findall(r" (REF|PAGEREF) (\w+) ", xml)
    assert {kind for kind, _ in targets} == {"REF", "PAGEREF"}
    assert {name for _, name in targets} <= set(names)
    assert len(names) == len(set(names)) and all(re.fullmatch(r"\w{1,40}", name) for name in names)
    starts, ends = (re.findall(rf'<w:bookmark{kind} w:id="(\d+)"', xml) for kind in ("Start", "End"))
    assert sorted(starts) == sorted(ends)
    figures = re.findall(r'<w:pStyle w:val="CaptionedFigure" ?/>(<w:keepNext w:val="0"/>)?', xml)
    assert figures and all(figures)  # held to the next caption, a chain of figures would break anywhere
    caption = re.search(r'<w:pStyle w:val="TableCaption" ?/><w:keepNext/></w:pPr>.*?</w:p>', xml, re.S)
    assert caption and "<w:br/>" in caption[0] and ": " not in re.sub(r"<[^>]+>", "", caption[0])


def test_latex_and_markdown_refer_by_number_too(written: dict[str, Path]) -> None:
    tex = written["tex"].read_text(encoding="utf-8")
    referred = set(re.findall(r"\\(?:page)?ref\{([^}]+)\}", tex))
    assert "table-searches" in referred and "abstract" in referred
    assert referred <= set(re.findall(r"\\label\{([^}]+)\}", tex))
    assert "Table 1 lists the sources" in written["md"].read_text(encoding="utf-8")


def test_tex_groups_close_and_environments_nest(written: dict[str, Path]) -> None:
    """What a compiler would stop at first; none is needed to build a report."""
    tex = re.sub(r"(?<!\\)%.*", "", written["tex"].read_text(encoding="utf-8"))
    depth = 0
    for mark in re.findall(r"(?<!\\)(?:\\\\)*([{}])", tex):
        depth += 1 if mark == "{" else -1
        assert depth >= 0
    assert depth == 0
    stack: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{([^}]+)\}", tex):
        if kind == "begin":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == [] and "\\documentclass" in tex


def test_tex_refers_to_its_references_and_defines_what_latin_modern_lacks(written: dict[str, Path]) -> None:
    tex = written["tex"].read_text(encoding="utf-8")
    labels = set(re.findall(r"\\label\{([^}]+)\}", tex))
    cited = set(re.findall(r"\\hyperref\[(reference-[^]]+)\]", tex))
    assert cited and cited <= labels and "\\bibitem" not in tex
    head, _, body = tex.partition("\\begin{document}")
    defined = set(re.findall(r"\\prismakecharacter\{[0-9A-F]+\}\{(.)\}", head))
    assert {character for character in body if ord(character) > 0xFF} <= defined
    assert {"κ", "⁻"} <= defined or {"κ", "τ"} <= defined


def test_tex_has_no_row_higher_than_a_page() -> None:
    table = Table("x", "X", [Column("a"), Column("b", prose=True)], [["k", "word " * 2000], ["l", "short"]])
    low = low_rows(table)
    assert "".join(str(row[1]) for row in low.rows).replace(" ", "") == "word" * 2000 + "short"
    assert [row[0] for row in low.rows if row[0]] == ["k", "l"]
    assert max(len(str(row[1])) for row in low.rows) < 8000


def test_a_reference_document_of_ones_own_gives_its_styles(results: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.docx"
    with zipfile.ZipFile(io.BytesIO(reference_document())) as source, zipfile.ZipFile(own, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(
                name, content.replace(b"Times New Roman", b"Invented Sans") if name.endswith("styles.xml") else content
            )
    facts = facts_of(results, report={"reference_docx": str(own), "line_numbers": True})
    write_formats(document_of(facts), facts, TEMPLATES, [tmp_path / "report.docx"])
    assert "Invented Sans" in part(tmp_path / "report.docx", "word/styles.xml")
    assert "w:lnNumType" in part(tmp_path / "report.docx", "word/document.xml")


def test_a_typed_latex_command_in_a_manuscript_is_text(results: Path, tmp_path: Path) -> None:
    facts = facts_of(results, {"discussion": "A \\input{/etc/passwd} <b>bold</b>"})
    path = tmp_path / "report.tex"
    write_formats(document_of(facts), facts, TEMPLATES, [path])
    assert "\\input{/etc/passwd}" not in path.read_text(encoding="utf-8")


def test_an_unknown_format_is_refused(facts: Facts, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no report is written in this format"):
        write_formats(Document(""), facts, TEMPLATES, [tmp_path / "report.odt"])


def test_long_tables_on_paper_say_where_all_of_it_is() -> None:
    table = Table("x", "X", [Column("a")], [[str(i)] for i in range(MOST_ROWS + 1)], file="x.csv")
    shown = on_paper(table)
    assert len(shown.rows) == MOST_ROWS
    assert "results/x.csv" in shown.note


def test_typst_strings_cannot_be_left() -> None:
    assert string('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'
    table = Table("x", "T", [Column("a"), Column("b", "right")], [['"); #panic("x', "1"]])
    source = (TEMPLATES / "report.typ").read_text(encoding="utf-8")
    head = '#let review-title = "t"\n#let running = "r"\n#let banner = ""\n#let authors = ()\n#let language = "en"\n'
    assert typst.compile((head + source + "\n" + table_code(table, "")).encode(), format="pdf")


def test_drawings_keep_their_size_up_to_the_page() -> None:
    assert width_of('<svg width="380">') == "50.0%"
    assert width_of('<svg width="6000">') == "100.0%"


def test_captions_bear_their_stamps() -> None:
    assert caption_words("T", "Preregistered", "") == "T [Preregistered]"
    assert caption_words("T") == "T"
    assert inlines_of("a  b") == [{"t": "Str", "c": "a"}, {"t": "Space"}, {"t": "Str", "c": "b"}]


def test_names_of_several_parts_may_end_a_line_between_them_and_addresses_may_not() -> None:
    assert broken("E17c any_control.comparator_role") == "E17c any_\u200bcontrol.\u200bcomparator_\u200brole"
    assert broken("10.5555/sim.jpq.2008") == "10.5555/sim.jpq.2008"


def wide(rows: int) -> Table:
    """A table of twelve columns of text, too wide for an upright page."""
    heads = [Column(f"A column {n}", prose=True) for n in range(12)]
    return Table("wide", "Wide", heads, [["words that take their room"] * 12 for _ in range(rows)])


@pytest.mark.parametrize(("rows", "together"), [(2, True), (60, False)])
def test_only_short_tables_are_held_on_one_page(rows: int, together: bool) -> None:
    assert f"whole: {str(together).lower()}" in table_code(wide(rows), "")


def test_headings_go_with_the_table_below_them_onto_a_page_on_its_side() -> None:
    document = Document(f"## One\n\nWords.\n\n### Two\n\n#### Three\n\n{BLOCK_OPEN}0{BLOCK_CLOSE}\n", blocks=[wide(2)])
    tree = Tree(document, lambda item: [*raw(TURNED), *raw("#table"), *raw("]")], turned=[TURNED])
    kinds = [node["c"][1] if node["t"] == "RawBlock" else node["t"] for node in json.loads(tree.json())["blocks"]]
    assert kinds == ["Header", "Para", TURNED, "Header", "Header", "#table", "]"]


def test_word_breaks_no_row_and_no_short_table(written: dict[str, Path]) -> None:
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", part(written["docx"], "word/document.xml"), re.S)
    for table in tables:
        rows = re.findall(r"<w:tr>.*?</w:tr>", table, re.S)
        assert all("<w:cantSplit/>" in row for row in rows)
        assert "keepNext" not in rows[-1]
    searches = re.findall(r"<w:tr>.*?</w:tr>", tables[0], re.S)
    assert all("keepNext" in row for row in searches[:-1])


def test_word_has_styles_for_references_and_notes(written: dict[str, Path]) -> None:
    styles = part(written["docx"], "word/styles.xml")
    assert re.search(r'w:styleId="Bibliography"(?:(?!</w:style>).)*w:hanging="720"', styles, re.S)
    assert 'w:styleId="TableNote"' in styles
    document = part(written["docx"], "word/document.xml")
    assert 'w:val="TableNote"' in document and 'w:val="Bibliography"' in document


def test_search_strings_can_be_broken_in_latex(written: dict[str, Path]) -> None:
    tex = written["tex"].read_text(encoding="utf-8")
    assert "\\begin{verbatim}" not in tex and "TITLE(" in tex
