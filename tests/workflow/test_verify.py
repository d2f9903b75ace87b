"""Results that were edited by hand after the build are named."""

import shutil

import pytest
from click.testing import CliRunner
from prismake.cli.main import main


@pytest.fixture
def copied(tiny, tmp_path):
    folder = tmp_path / "review"
    for name in ("config", "resources", "results"):
        shutil.copytree(tiny / name, folder / name)
    return folder


def _verify(folder):
    return CliRunner().invoke(main, ["verify", "--directory", str(folder)])


def test_a_build_is_what_it_packed(copied):
    done = _verify(copied)
    assert done.exit_code == 0, done.output
    assert "are what the build packed" in done.output


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("results/effects/effects.csv", "T1", "T3"),
        ("results/screening/decisions.csv", "exclude", "include"),
        ("results/flow/flow.json", "12", "13"),
        ("results/report/report.html", "tiny", "small"),
        ("resources/extraction/results.csv", "T1", "T3"),
    ],
)
def test_a_file_edited_by_hand_is_named(copied, name, old, new):
    path = copied / name
    text = path.read_text(encoding="utf-8")
    assert old in text or name.endswith(".html")
    path.write_text(text.replace(old, new, 1) if old in text else text + " ", encoding="utf-8")
    done = _verify(copied)
    assert done.exit_code != 0
    shown = done.output + str(done.exception)
    assert name in shown and shown.count("is not what the build packed") == 1
