"""Invented effects that the tests of the engine share."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def eight() -> tuple[np.ndarray, np.ndarray]:
    """Eight heterogeneous effects with unequal variances."""
    return np.array([0.10, 0.62, 0.25, -0.15, 0.90, 0.33, 0.48, 0.05]), np.array(
        [0.02, 0.05, 0.01, 0.04, 0.09, 0.03, 0.06, 0.015]
    )


@pytest.fixture
def homogeneous() -> tuple[np.ndarray, np.ndarray]:
    """Five effects that differ less than chance would have it."""
    return np.array([0.30, 0.32, 0.29, 0.31, 0.30]), np.array([0.02, 0.03, 0.04, 0.05, 0.06])


@pytest.fixture
def effects() -> pd.DataFrame:
    """Effects of six studies as effects.csv holds them, all text; study s1 has two outcomes."""
    rows = [
        ("s1:d", "s1", "Ames (2001)", "depression", 0.40, 0.04, 60, 58, "low", "2001", "young", "24"),
        ("s1:a", "s1", "Ames (2001)", "anxiety", 0.60, 0.05, 60, 58, "low", "2001", "young", "24"),
        ("s2:d", "s2", "Bose (2004)", "depression", 0.10, 0.02, 100, 100, "high", "2004", "old", "61"),
        ("s3:d", "s3", "Cruz (2006)", "depression", 0.55, 0.08, 25, 26, "moderate", "2006", "young", "30"),
        ("s4:d", "s4", "Diaz (2009)", "depression", -0.05, 0.03, 70, 66, "high", "2009", "old", "58"),
        ("s5:d", "s5", "Eder (2012)", "depression", 0.35, 0.05, 40, 41, "low", "2012", "young", "33"),
        ("s6:d", "s6", "Fink (2015)", "depression", 0.20, 0.01, 210, 190, "moderate", "2015", "", "47"),
    ]
    names = [
        "effect_id",
        "study_id",
        "label",
        "construct",
        "yi",
        "vi",
        "n1",
        "n2",
        "rob",
        "study_year",
        "study_group",
        "study_age",
    ]
    table = pd.DataFrame(rows, columns=names).astype(str)
    return table.assign(arm_1="treatment", arm_2="control", measure="SMD")


@pytest.fixture(scope="session")
def oracle(shared_data: Path):
    """Reads a file of the oracle beside this checkout; the test is skipped where it is not there."""

    def read(name: str) -> dict:
        path = shared_data / "oracle" / f"{name}.json"
        if not path.exists():
            pytest.skip(f"the oracle file {name} is not beside this checkout")
        return json.loads(path.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def published():
    """Reads a table of tests/synthesis/published as columns of numbers."""

    def read(name: str) -> dict[str, np.ndarray]:
        table = pd.read_csv(Path(__file__).parent / "published" / f"{name}.csv")
        return {str(column): table[column].to_numpy() for column in table.columns}

    return read


@pytest.fixture(scope="session")
def printed():
    """Holds numbers to printed ones, to half a unit of the last printed digit; `units` allows more where it says why."""

    def hold(values, texts: str, units: float = 0.5) -> None:
        found, expected = np.atleast_1d(np.asarray(values, dtype=float)), texts.split()
        assert found.size == len(expected)
        for value, text in zip(found, expected, strict=True):
            digits = len(text.partition(".")[2])
            assert abs(value - float(text)) <= units * 10.0**-digits + 1e-9, (float(value), text)

    return hold
