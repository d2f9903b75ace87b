"""Sentences of manuscripts."""

import zipfile

import pytest
from prismake.audit.sentences import normal, read_sentences, split_sentences
from prismake.messages.faults import InputFaults

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(path, body, **parts):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {W}>{content}</w:{name}>")
    return path


def paragraph(*runs):
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def test_runs_of_a_docx_paragraph_are_joined_and_footnotes_come_last(tmp_path):
    path = docx(tmp_path / "m.docx", paragraph("g = 0.", "41.", " Next one.") + paragraph("Second."),
                footnotes=paragraph("A note."))  # fmt: skip
    found = read_sentences(path)
    assert [(s.paragraph, s.text) for s in found] == [
        (1, "g = 0.41."),
        (1, "Next one."),
        (2, "Second."),
        (3, "A note."),
    ]


def test_text_deleted_in_tracked_changes_is_not_read(tmp_path):
    body = "<w:p><w:r><w:t>k = 9</w:t></w:r><w:del><w:r><w:delText>10</w:delText><w:t>11</w:t></w:r></w:del></w:p>"
    assert [s.text for s in read_sentences(docx(tmp_path / "m.docx", body))] == ["k = 9"]


@pytest.mark.parametrize("name", ["m.docx", "m.pdf"])
def test_a_file_that_is_no_manuscript_is_said_to_be_none(tmp_path, name):
    (tmp_path / name).write_bytes(b"no zip at all")
    with pytest.raises(InputFaults, match=r"docx"):
        read_sentences(tmp_path / name)


def test_a_docx_that_declares_entities_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.docx", "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(InputFaults, match="document type"):
        read_sentences(tmp_path / "m.docx")


def test_markdown_loses_its_marks_and_keeps_its_numbers(tmp_path):
    path = tmp_path / "m.md"
    path.write_text(
        "# Results\n*g* = 0.41, 95% CI \\[0.27,\n0.54\\], *p* \\< .001. See [table](#t).\n\n```\nk = 1\n```\n"
    )
    assert [s.text for s in read_sentences(path)] == [
        "Results",
        "g = 0.41, 95% CI [0.27, 0.54], p < .001.",
        "See table.",
    ]


def test_windows_text_is_read(tmp_path):
    (tmp_path / "m.txt").write_bytes("Müller’s 17 studies.\r\n\r\nNext.".encode("cp1252"))
    assert [s.text for s in read_sentences(tmp_path / "m.txt")] == ["Müller's 17 studies.", "Next."]


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("It was small, p = .011. In 9 studies it held.", 2),
        ("Others, e.g. Smith et al. (2020), found more.", 1),
        ("See Fig. 2 for this. It is 0.5 vs. 0.6 here.", 2),
    ],
)
def test_sentences_end_where_they_end(text, n):
    assert len(split_sentences(text)) == n


def test_one_way_of_writing():
    assert (
        normal("g\u00a0= \u22120.22, I² = 5·1\u202f%, τ² = 0.1, (–0.3)") == "g = -0.22, I2 = 5.1 %, tau2 = 0.1, (-0.3)"
    )


def test_a_long_line_of_initials_is_read_in_time_that_grows_with_its_length():
    assert split_sentences("A B C. " * 20000) == [("A B C. " * 20000).strip()]


def test_raised_marks_of_notes_are_no_digits(tmp_path):
    def run(text, raised=""):
        mark = f'<w:rPr><w:vertAlign w:val="{raised}"/></w:rPr>' if raised else ""
        return f'<w:r>{mark}<w:t xml:space="preserve">{text}</w:t></w:r>'

    body = (
        f"<w:p>{run('p = .03')}{run('1,2', 'superscript')}{run(' and I')}{run('2', 'superscript')}{run(' = 0%')}</w:p>"
    )
    assert [s.text for s in read_sentences(docx(tmp_path / "m.docx", body))] == ["p = .03 and I2 = 0%"]


def test_the_list_of_references_is_not_read(tmp_path):
    text = "We included 17 studies.\n\n# References\n\nLee, B. (2015). 12 studies included.\n\n# Table 1\n\nk = 9\n"
    (tmp_path / "m.md").write_text(text)
    found = [(s.paragraph, s.text) for s in read_sentences(tmp_path / "m.md")]
    assert [text for _, text in found] == ["We included 17 studies.", "Table 1", "k = 9"]
