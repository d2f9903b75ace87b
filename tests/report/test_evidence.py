"""Where the numbers of an effect were read, from the sheet of sources."""

from __future__ import annotations

import pytest
from prismake.report.evidence import Evidence

COLUMNS = ("cell_key", "source_id", "report_id", "page", "table_figure", "quote", "method", "extractor", "date")
EFFECT = {"study_id": "Kern 2001", "outcome_id": "bdi", "arm_1": "new", "arm_2": "old", "timepoint": "post"}


def rows(*lines: str) -> Evidence:
    """The sheet, its cells parted by |."""
    return Evidence([dict(zip(COLUMNS, (line + "|" * len(COLUMNS)).split("|"), strict=False)) for line in lines])


def test_a_number_names_its_words_who_read_it_how_and_when() -> None:
    found = rows("results/Kern 2001/bdi/new/post/mean|S1|R1|5|Table 2|14.3 (8.1)|reported|AB|2024-03-05")
    assert found.of({**EFFECT, "source": "S1"}, "m1") == (
        "R1, p. 5, Table 2, “14.3 (8.1)”, reported, extracted by AB on 2024-03-05"
    )
    assert found.of({**EFFECT, "source": "S1"}, "m2") == ""
    assert found.places({**EFFECT, "source": "S1"}) == "R1, p. 5, Table 2"


@pytest.mark.parametrize("key", ["results/kern 2001", "results/Kern 2001/bdi/*/post", "results/*/bdi"])
def test_a_key_that_covers_more_is_the_source_of_each_number_under_it(key: str) -> None:
    found = rows(f"{key}|S1|R1|5||||AB")
    for column in ("n1", "m2", "sd1", "yi"):
        assert found.of({**EFFECT, "source": "S1"}, column) == "R1, p. 5, extracted by AB"


def test_the_number_that_was_extracted_comes_before_what_covers_it() -> None:
    found = rows("results/Kern 2001|S1|R1", "results/Kern 2001/bdi/old/post/se|S2|R2|9")
    effect = {**EFFECT, "source": "S1; S2"}
    assert (found.of(effect, "sd2"), found.of(effect, "sd1")) == ("R2, p. 9", "R1")
    assert found.of(effect, "yi") == "R1; R2, p. 9"


def test_one_id_may_stand_for_several_cells() -> None:
    found = rows(
        "results/Kern 2001/bdi/new/post/mean|T2|R1|5||14.3",
        "results/Kern 2001/bdi/old/post/mean|T2|R1|5||16.0",
        "results/Oda 2002/bdi/new/post/mean|T2|R9|1||3.0",
    )
    effect = {**EFFECT, "source": "T2"}
    assert (found.of(effect, "m1"), found.of(effect, "m2")) == ("R1, p. 5, “14.3”", "R1, p. 5, “16.0”")
    assert found.of(effect, "yi") == "R1, p. 5, “14.3”; R1, p. 5, “16.0”"
    assert found.places(effect) == "R1, p. 5"


def test_an_effect_without_sources_has_none() -> None:
    assert Evidence([]).of(EFFECT, "yi") == ""
    assert Evidence([]).places({**EFFECT, "source": "S9"}) == ""
