"""The names that a protocol may give are those that the engine knows."""

from pathlib import Path

import pytest
import yaml
from prismake.synthesis.funnel import PUBLICATION_BIAS
from prismake.synthesis.robust import TYPES
from prismake.synthesis.sensitivity import SENSITIVITY

SCHEMA = Path(__file__).parents[2] / "workflow" / "schemas" / "protocol.schema.yaml"


@pytest.fixture(scope="module")
def analysis() -> dict:
    """The properties of one analysis in the schema."""
    schema = yaml.safe_load(SCHEMA.read_text("utf-8"))
    (found,) = [one for one in schema["$defs"].values() if "publication_bias" in one.get("properties", {})]
    return found["properties"]


def test_the_schema_lists_every_sensitivity_analysis_and_no_other(analysis):
    assert analysis["sensitivity"]["items"]["enum"] == sorted(SENSITIVITY)


def test_the_schema_lists_every_check_of_publication_bias_and_no_other(analysis):
    assert analysis["publication_bias"]["items"]["enum"] == sorted(PUBLICATION_BIAS)


def test_the_schema_lists_every_robust_variance(analysis):
    assert set(analysis["robust"]["enum"]) == {*TYPES, None}
