"""YAML that people write."""

from prismake.messages.faults import Faults
from prismake.protocol.yaml_files import key_lines, read_yaml


def _read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "a.yaml"
    path.write_bytes(text.encode(encoding))
    faults = Faults()
    return read_yaml(path, "a.yaml", faults), list(faults)


def test_a_key_given_twice_is_refused_with_its_line(tmp_path):
    content, faults = _read(tmp_path, "a: 1\nb: 2\na: 3\n")
    assert content == {}
    assert [f.line for f in faults] == [3]
    assert "given twice" in faults[0].what


def test_dates_stay_as_typed(tmp_path):
    content, faults = _read(tmp_path, "registered: 2026-01-05\n")
    assert content == {"registered": "2026-01-05"} and not faults


def test_python_objects_are_never_made(tmp_path):
    _, faults = _read(tmp_path, "a: !!python/object/apply:os.system ['true']\n")
    assert faults and faults[0].code == "unreadable-yaml"


def test_bad_indentation_names_the_line(tmp_path):
    _, faults = _read(tmp_path, "a:\n  b: 1\n c: 2\n")
    assert faults[0].line == 3


def test_a_windows_1252_file_says_so(tmp_path):
    _, faults = _read(tmp_path, "title: Müller\n", "cp1252")
    assert faults[0].code == "not-utf-8" and faults[0].line == 1


def test_an_empty_file_is_an_empty_mapping(tmp_path):
    assert _read(tmp_path, "# nothing\n") == ({}, [])


def test_key_lines_count_list_items(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  - x: 1\n  - x: 2\n")
    assert key_lines(path)[("a", "1", "x")] == 3
