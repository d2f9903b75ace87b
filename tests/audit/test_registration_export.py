"""The protocol as answers to registration forms."""

import re

import pytest
import yaml
from prismake.audit.osf import ITEMS, item_of
from prismake.audit.registration_export import FORMS, PRISMA_P, PROSPERO, answers, label, to_markdown

NAMES = [name for names in ITEMS.values() for name in names.split()]


@pytest.fixture(scope="module")
def protocol(root):
    return yaml.safe_load((root / "config/protocol.yaml").read_text(encoding="utf-8"))


def test_the_form_has_65_items_each_once():
    assert len(NAMES) == len(set(NAMES)) == 65


@pytest.mark.parametrize("item", NAMES)
def test_each_heading_is_recognised_by_the_import(item):
    assert item_of(label(item)) == item


def test_each_topic_names_items_that_exist(protocol):
    parts = {key for key in answers(protocol) if key.startswith("part:")} | {"part:setting", "part:certainty"}
    for topics in (PROSPERO, PRISMA_P):
        named = {item for items in topics.values() for item in items.split()}
        assert named <= set(NAMES) | parts


def test_prisma_p_has_its_17_items():
    numbers = {int(re.match(r"\d+", topic).group()) for topic in PRISMA_P}
    assert numbers == set(range(1, 18))


def test_narrative_answers_are_quoted_and_settings_put_below(protocol):
    found = answers(protocol)
    assert found["publication_bias"].startswith("Egger's regression test at p < .10")
    assert "`primary`: egger, trim_and_fill" in found["publication_bias"]
    assert "TITLE-ABS-KEY" in found["query_strings"] and "to 2025-09-30" in found["query_strings"]
    assert "2 reviewers for each record, independently" in found["screening_stages"]
    assert found["used_exclusion_criteria"].splitlines()[2] == "1. Wrong publication type"
    assert found["part:main_outcomes"].count("\n") == 1


def test_authors_come_from_the_review(protocol):
    review = {"title": "T", "authors": [{"name": "Ada Example", "affiliation": "Nowhere"}, {"name": "Bo Example"}]}
    assert answers(protocol, review)["authors"] == "Ada Example (Nowhere); Bo Example"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_every_question_and_says_what_is_unanswered(protocol, form):
    text = to_markdown(form, protocol, {"title": "T"}, "Prismake")
    topics = {"generalized": [label(name) for name in NAMES], "prospero": PROSPERO, "prisma-p": PRISMA_P}[form]
    for topic in topics:
        assert f"# {topic}\n" in text
    assert "*Unanswered.*" in text


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_protocol_can_be_exported(form):
    assert to_markdown(form, {}).startswith("# ")


def test_an_unknown_form_is_refused(protocol):
    with pytest.raises(ValueError, match="other"):
        to_markdown("other", protocol)
