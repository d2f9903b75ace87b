"""Author names in the forms that databases write."""

from __future__ import annotations

import pytest
from prismake.records.names import comma_names, family_first, given_first, names_in, scopus_names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Smith, John", "Smith, John"),
        ("Baker M.R.", "Baker, M.R."),
        ("van der Berg AB", "van der Berg, AB"),
        ("IEEE", "IEEE"),
        ("Silva J. P.", "Silva, J. P."),
        ("Smith JM Jr", "Smith, JM Jr"),
        ("Medvedeff, Cassandra A. (m22@ufl.edu)", "Medvedeff, Cassandra A."),
        ("Walsdorf, Neill B. [Inventor]", "Walsdorf, Neill B."),
        ("O'Donnell, M.", "O'Donnell, M."),
    ],
)
def test_family_names_first(written: str, name: str) -> None:
    assert family_first(written) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("John M. van der Smith", "van der Smith, John M."),
        ("Qian Wang", "Wang, Qian"),
        ("Plato", "Plato"),
        ("Shanghai Birth Cohort Study Group", "Shanghai Birth Cohort Study Group"),
        ("Martin Luther King Jr.", "King, Martin Luther Jr."),
    ],
)
def test_given_names_first(written: str, name: str) -> None:
    assert given_first(written) == name


def test_scopus_wrote_names_in_three_ways() -> None:
    assert scopus_names("Baker M.R., Goodman A.C., Santo J.B.") == ["Baker M.R.", "Goodman A.C.", "Santo J.B."]
    assert scopus_names("Liu F.; Li C.") == ["Liu F.", "Li C."]
    assert scopus_names("Liu, F., Li, C.") == ["Liu, F.", "Li, C."]
    assert scopus_names("[No author name available]") == []


def test_names_separated_by_commas() -> None:
    assert comma_names("Smith JM, van Dam AB.") == ["Smith JM", "van Dam AB"]
    assert comma_names("Carnagey, N. L., Anderson, C. A.") == ["Carnagey, N. L.", "Anderson, C. A."]
    assert comma_names("C Chen, T Takahashi…") == ["C Chen", "T Takahashi"]


def test_names_separated_by_words_and_lines() -> None:
    assert names_in("Ng, A. and Öz, B.") == ["Ng, A.", "Öz, B."]
    assert names_in("Ng, A.\nÖz, B.; Ek, C.") == ["Ng, A.", "Öz, B.", "Ek, C."]
