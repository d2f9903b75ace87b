from prismake.deduplication.folding import folded, squeezed, unmangled


def test_case_accents_markup_and_entities_are_one():
    assert folded("Grüßer's &amp; <i>in vivo</i> STRESS") == "grussers and in vivo stress"
    assert folded("Łódź – Århus") == folded("Lodz - Aarhus".replace("Aa", "A"))


def test_entities_that_were_escaped_twice_are_resolved():
    assert folded("5 &amp;lt; 6") == "5 6"


def test_greek_symbols_are_spelled_out_and_greek_words_kept():
    assert folded("Interferon-γ") == folded("Interferon gamma")
    assert folded("Ψυχολογία") == "ψυχολογια"


def test_spacing_in_chemical_names_goes_when_squeezed():
    assert squeezed("5-hydroxy tryptamine") == squeezed("5-Hydroxytryptamine")


def test_utf8_read_as_latin1_is_read_again():
    assert unmangled("KÃ¶nig") == "König"
    assert unmangled("König") == "König"


def test_half_a_hard_space_goes():
    assert folded("Rest andÂ mood") == folded("Rest andÂ mood") == "rest and mood"


def test_other_scripts_are_kept():
    assert folded("Занятість і Мотивація") != ""
    assert folded("抑郁症的治疗") == "抑郁症的治疗"
