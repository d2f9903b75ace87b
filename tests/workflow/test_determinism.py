"""The same inputs give the same bytes: in another folder, on one core, with another hash seed, time zone and locale."""

import hashlib

from .conftest import copy_review


def _marks(folder):
    results = folder / "results"
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and "logs" not in path.parts
    }


def test_the_tiny_review_is_the_same_to_the_byte(root, tiny, tmp_path, build):
    other = copy_review(root / "tests/example/tiny", tmp_path / "a folder with another name")
    environment = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "C"}
    build(other, "--cores", "1", environment=environment)
    one, two = _marks(tiny), _marks(other)
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []
