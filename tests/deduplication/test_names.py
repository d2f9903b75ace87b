import pytest
from prismake.deduplication.names import EMPTY, names_of, overlap, same_first


@pytest.mark.parametrize(
    "text",
    [
        "Okoro, Ada; Lind, Bo",
        "Okoro, A. and Lind, B.",
        "Okoro A.Lind B.",
        "Okoro A, Lind B",
        "Ada Okoro; Bo Lind",
        "OKORO, A | LIND, B",
    ],
)
def test_lists_in_every_style_have_the_same_families(text):
    assert names_of(text).families == ("okoro", "lind")


def test_nobody_is_nobody():
    assert names_of("Anonymous") == EMPTY
    assert names_of("[No authors listed]") == EMPTY
    assert names_of("") == EMPTY


def test_a_list_that_goes_on_says_so():
    assert names_of("Okoro, A.; others").cut
    assert names_of("Okoro, A. et al.").cut


def test_names_swapped_are_found():
    assert overlap(names_of("Zhang, Wei; Li, Na"), names_of("Wei, Zhang; Na, Li")) == 1
    assert same_first(names_of("Zhang, Wei"), names_of("Wei, Zhang"))


def test_particles_and_double_names_are_found():
    assert overlap(names_of("de Prado, E. G."), names_of("Garrido de Prado, E.")) >= 0.99
    assert overlap(names_of("van der Meer, T.; Ito, K."), names_of("Van Der Meer T. M.Ito K.")) == 1


def test_transliterations_are_found():
    assert overlap(names_of("Shlyakhto, E.; Petrischev, N."), names_of("Shliakhto E. V.Petrishchev N. N.")) == 1


def test_a_search_engines_list_is_read_and_goes_on():
    names = names_of("RB Okoro, A Lind, JK Haas…")
    assert (names.families, names.cut) == (("okoro", "lind", "haas"), True)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [("Kim, Jin H.", "Kim, J. H.", True), ("Kim, JH", "Kim, Hana", True), ("Kim, Jin", "Kim, Sarah", False), ("Kim, Soo", "Kim, Sarah", False), ("Kim, Rob", "Kim, Robert", True), ("Kim, Sergey", "Kim, Sergei", True), ("Kim, J", "Kim, S.", False), ("Kim", "Kim, S.", True),
     ("Kim, Jin; Lind, Bo", "Kim, Sarah; Lind, Bo", True)],
)  # fmt: skip
def test_single_authors_of_one_family_with_other_given_names_are_namesakes(a, b, same):
    assert (overlap(names_of(a), names_of(b)) >= 0.8) == same


def test_other_people_are_not():
    assert overlap(names_of("Okoro, A.; Lind, B."), names_of("Haas, C.; Weber, D.")) == 0
    assert not same_first(names_of("Okoro, A."), names_of("Haas, C."))


def test_a_blank_list_says_nothing():
    assert overlap(names_of(""), names_of("Okoro, A.")) == -1
