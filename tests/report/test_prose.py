"""Templates: tokens, refused numbers, the linter."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import prismake.report
import pytest
from prismake.messages.faults import InputFaults
from prismake.report.manuscript import read_manuscript
from prismake.report.numbers import Numbers
from prismake.report.prose import BareNumber, Writer, bare_digits
from prismake.report.results import Results


def render(tmp_path: Path, results: Path, text: str, **context: object) -> str:
    (tmp_path / "t.md").write_text(text, encoding="utf-8")
    return Writer([tmp_path], Numbers(Results(results)), context).render("t.md").plain()


def test_counts_agree_with_their_nouns(tmp_path: Path, results: Path) -> None:
    text = '{{ counted(n("flow.records_screened"), "record") }}, {{ counted(n("flow.excluded_other"), "record") }}'
    assert render(tmp_path, results, text) == "40 records, no records"


def test_a_typed_number_is_refused(tmp_path: Path, results: Path) -> None:
    with pytest.raises(BareNumber, match="without the number function"):
        render(tmp_path, results, "{{ 3 + 4 }}")
    with pytest.raises(BareNumber, match="without the number function"):
        render(tmp_path, results, '{{ value("flow.records_screened") }}')


def test_a_missing_value_is_refused(tmp_path: Path, results: Path) -> None:
    with pytest.raises(BareNumber, match="missing"):
        render(tmp_path, results, "{{ nothing }}", nothing=None)


def test_inserted_text_never_meets_the_markdown_parser(tmp_path: Path, results: Path) -> None:
    (tmp_path / "t.md").write_text("*{{ title }}*", encoding="utf-8")
    document = Writer([tmp_path], Numbers(Results(results)), {"title": "a*b_c`<i>"}).render("t.md")
    assert "a*b" not in document.markdown
    assert document.plain() == "*a*b_c`<i>*"


def test_private_characters_in_data_cannot_forge_a_token(tmp_path: Path, results: Path) -> None:
    assert render(tmp_path, results, "{{ t }}", t="x\ue0000\ue001y") == "x0y"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We found 17 studies.", 1),
        ("We found {{ n('flow.total_studies') }} studies.", 0),
        ("After PRISMA 2020, with RoB 2 and I².", 0),
        ("## Heading {#part-2}\n1. first\n", 0),
        ("A {% if 3 > 2 %}b{% endif %}", 0),
        ("in 2020\nand 2021", 2),
        ("{{ 'We pooled 9 studies' if a else '' }}", 1),
        ('{{ "9" }} studies', 1),
        ("{{ n('analyses.2nd.estimate', 'p') }} and {{ ref('table-2') }}", 0),
        ("<!--# 3 studies #-->", 0),
    ],
)
def test_the_linter_finds_digits_that_are_no_names(text: str, found: int) -> None:
    assert len(bare_digits(text, "x.md")) == found


def test_the_shipped_results_prose_types_no_number() -> None:
    templates = Path(__file__).resolve().parents[2] / "workflow/templates/report"
    sources = [*templates.glob("sections/*.j2"), templates / "report.md.j2"]
    assert sources
    assert [f for s in sources for f in bare_digits(s.read_text(encoding="utf-8"), s.name)] == []


@pytest.mark.parametrize("module", ["sentences", "methods"])
def test_the_sentences_of_the_library_type_no_number_either(module: str) -> None:
    tree = ast.parse((Path(prismake.report.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    said = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "say"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(said) > 10
    assert [words for words in said if re.search(r"\d", words)] == []


def test_a_number_typed_in_results_prose_stops_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "results.md"
    path.write_text("Fine.\n\nWe pooled 9 studies.\n", encoding="utf-8")
    with pytest.raises(InputFaults, match=r"line 3.*every number must be given by name"):
        read_manuscript([path])


def test_other_texts_may_hold_numbers(tmp_path: Path) -> None:
    (tmp_path / "background.md").write_text("In 2019, 3% of people …", encoding="utf-8")
    assert list(read_manuscript([tmp_path / "background.md"])) == ["background"]
