"""Lost records with changed inputs and other versions are said; nothing else is."""

import hashlib
import json
from importlib.metadata import version

import pytest
from prismake.protocol.notices import notices


@pytest.fixture
def built(tmp_path):
    """A folder as a build leaves it: an input, its hash and the versions in provenance, Snakemake's records."""

    def write(packages=None):
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        (config / "config.yaml").write_text("seed: 1\n")
        provenance = tmp_path / "results/provenance"
        provenance.mkdir(parents=True, exist_ok=True)
        inputs = [{"file": "config/config.yaml", "sha256": hashlib.sha256(b"seed: 1\n").hexdigest()}]
        packages = packages or {"numpy": version("numpy"), "a-package-that-is-gone": "1.0"}
        (provenance / "provenance.json").write_text(json.dumps({"inputs": inputs, "packages": packages}))
        (tmp_path / ".snakemake/metadata").mkdir(parents=True, exist_ok=True)
        (tmp_path / ".snakemake/metadata/cmVzdWx0cw").write_text("{}")
        return tmp_path

    return write


def lose_records(folder):
    (folder / ".snakemake/metadata/cmVzdWx0cw").unlink()


def test_a_folder_without_results_says_nothing(tmp_path):
    assert notices(tmp_path) == []


def test_a_build_with_its_records_says_nothing_even_of_a_changed_input(built):
    folder = built()
    (folder / "config/config.yaml").write_text("seed: 2\n")
    assert notices(folder) == []


def test_lost_records_alone_say_nothing(built):
    folder = built()
    lose_records(folder)
    assert notices(folder) == []


def test_lost_records_and_a_changed_setting_name_the_file(built):
    folder = built()
    lose_records(folder)
    (folder / "config/config.yaml").write_text("seed: 2\n")
    (found,) = notices(folder)
    assert "config/config.yaml changed" in found and "--forceall" in found


def test_an_input_that_is_gone_is_not_said_to_have_changed(built):
    folder = built()
    lose_records(folder)
    (folder / "config/config.yaml").unlink()
    assert notices(folder) == []


def test_another_version_of_a_package_is_named(built):
    (found,) = notices(built({"numpy": "0.9", "pandas": version("pandas")}))
    assert f"numpy 0.9 (now {version('numpy')})" in found and "pandas" not in found


def test_a_broken_provenance_file_is_passed_over(built):
    folder = built()
    (folder / "results/provenance/provenance.json").write_text("{")
    assert notices(folder) == []
