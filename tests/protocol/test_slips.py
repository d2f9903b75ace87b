"""Slips that people make in config/, and what they are told: the line, what is wrong, and how to write it."""

import shutil

import pytest
from prismake.messages.faults import InputFaults
from prismake.protocol.inputs import Inputs
from prismake.protocol.review import load_review

CONFIG, PROTOCOL, DEVIATIONS, CLAIMS = (
    f"config/{name}.yaml" for name in ("config", "protocol", "deviations", "claims")
)

# What is replaced in a file of the example, by what; what of the message must be there.
SLIPS = {
    "a tab": (CONFIG, "  id: personal", "\tid: personal", "use spaces in place of the tab"),
    "wrong indentation": (CONFIG, '  title: "Pers', '   title: "Pers', "indented by 3 spaces, the one above it by 2"),
    "a misspelt key": (CONFIG, "final: false", "finall: false", "did you mean 'final'"),
    "a key in capitals": (CONFIG, "  - id: scopus", "  - ID: scopus", "did you mean 'id'"),
    "no space after the colon": (CONFIG, "final: false", "final:false", "write final: false"),
    "true in quotes": (CONFIG, "final: false", 'final: "true"', "write true without quotes"),
    "a German no": (CONFIG, "final: false", "final: nein", "write false without quotes"),
    "a number in quotes": (CONFIG, "hits: 599", 'hits: "599"', "write 599 without quotes"),
    "a number with a comma": (CONFIG, "hits: 599", "hits: 1,599", "write 1599 without separators"),
    "a number in words": (PROTOCOL, "reviewers: 2", "reviewers: two", "write it in digits"),
    "a decimal comma": (PROTOCOL, "rho: 0.5", "rho: 0,5", "write 0.5 with a point"),
    "a per cent sign": (PROTOCOL, "level: 95", "level: 95%", "write 95 without the per cent sign"),
    "a level as a fraction": (PROTOCOL, "level: 95", "level: 0.95", "95, not 0.95"),
    "a German date": (PROTOCOL, '"2025-09-01"', "01.09.2025", "write 2025-09-01"),
    "a date with slashes": (DEVIATIONS, '"2025-09-15"', "15/09/2025", "write the year first"),
    "a German date of a search": (CONFIG, '"2025-09-17"', "17.09.2025", "write 2025-09-17"),
    "curly quotes": (CONFIG, 'date: "2025-09-17"', "date: “2025-09-17”", "use straight quotes"),
    "a key given twice": (CONFIG, "final: false", "final: false\nfinal: true", "keep one of the two"),
    "a file that is not there": (CONFIG, "searches/scopus.csv", "searches/scopos.csv", "did you mean resources/searches/scopus.csv"),
    "a file in another case": (CONFIG, "searches/scopus.csv", "searches/Scopus.CSV", "did you mean resources/searches/scopus.csv"),
    "backslashes": (CONFIG, "resources/searches/scopus.csv", "resources\\searches\\scopus.csv", "write / in place of"),
    "a folder elsewhere": (CONFIG, "resources/searches/scopus.csv", "C:/me/scopus.csv", "copy the file into resources/"),
    "one file for a list": (CONFIG, "[resources/searches/scopus.csv]", "resources/searches/scopus.csv", "in square brackets"),
    "a colon in a text": (CONFIG, 'title: "Personalised', "title: Review: Personalised", "into quotes"),
    "a quote left open": (CONFIG, 'meta-analysis"', "meta-analysis", "a quotation mark is not closed"),
    "a text that begins with @": (CONFIG, "short_title: P", "short_title: @P", "a text cannot begin with @"),
    "a text that begins with *": (CONFIG, "string: personalised", "string: *personalised", "a text cannot begin with *"),
    "a tool in capitals": (CONFIG, "tool: rayyan", "tool: Rayyan", "did you mean rayyan"),
    "a test by its people": (PROTOCOL, "test: z", "test: Knapp-Hartung", "did you mean knha"),
    "a model in other words": (PROTOCOL, "model: random", "model: random-effects", "did you mean random"),
    "a role in other words": (PROTOCOL, "role: confirmatory", "role: primary", "did you mean confirmatory"),
    "a key left out": (PROTOCOL, "      role: confirmatory\n", "", "the key 'role' is missing"),
    "a reason without its id": (PROTOCOL, "{id: population, label: Wrong population}", "Wrong population", "a group of keys"),
    "an id with a space": (PROTOCOL, "id: publication_type", "id: publication type", "write publication_type"),
    "a name with a capital": (PROTOCOL, "    depression:\n      role", "    Depression:\n      role", "write depression"),
    "an ORCID iD with its address": (
        CONFIG, "Ilka Brandmoor, aff", "Ilka Brandmoor, orcid: https://orcid.org/0000-0002-1825-0097, aff",
        "write 0000-0002-1825-0097",
    ),
    "half a reason": (DEVIATIONS, "reason: typo/error", "reason: typo", "did you mean typo/error"),
    "a timing in other words": (DEVIATIONS, "timing: before search", "timing: before the search", "did you mean before search"),
    "a list without dashes": (DEVIATIONS, "  - id: D1", "    id: D1", "with a dash, unlike"),
    "an interval of three": (CLAIMS, "ci: [0.05, 0.39]", "ci: [0.05, 0.22, 0.39]", "at most 2"),
    "a source that is none": (CLAIMS, "source: nye_2023, about", "source: nye2023, about", "did you mean nye_2023"),
    "one id for two claims": (CLAIMS, "id: nye_participants", "id: nye_studies", "give each its own id"),
}  # fmt: skip


@pytest.fixture
def example(root, tmp_path):
    shutil.copytree(root / "config", tmp_path / "config")
    (tmp_path / "resources").symlink_to(root / "resources")
    return tmp_path


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_in_plain_words_at_its_line(example, root, slip):
    file, old, new, told = SLIPS[slip]
    text = (example / file).read_text(encoding="utf-8")
    assert old in text
    (example / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputFaults) as raised:
        Inputs(load_review(example), root / "workflow").check_declared()
    faults = list(raised.value.faults)
    line = text[: text.index(old)].count("\n") + 1 + old[: len(old) - len(old.lstrip())].count("\n")
    assert any(told in str(fault) and fault.file == file for fault in faults), raised.value
    assert all(fault.line is not None for fault in faults)
    assert min(abs(fault.line - line) for fault in faults) <= (14 if "dashes" in slip else 2), raised.value
    shown = str(raised.value)
    assert "jsonschema" not in shown and "Traceback" not in shown and "^[" not in shown and "\\d" not in shown


def test_the_example_itself_has_no_slip(example, root):
    Inputs(load_review(example), root / "workflow").check_declared()
