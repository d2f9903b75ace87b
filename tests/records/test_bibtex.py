"""BibTeX, whole and broken."""

from __future__ import annotations

from prismake.records.latex import escaped, plain
from prismake.records.read import read_bytes


def read(text: str):
    export = read_bytes(text.encode())
    assert export.format == "bibtex" and len(export.records) + len(export.set_aside) == export.in_file
    return export


def test_scopus_with_double_keys_and_fields() -> None:
    entry = (
        '@ARTICLE{Browne20119175,\nauthor={Browne, M.A. and M{\\"u}ller, N.},\ntitle={Accumulation of {M}icroplastic},\njournal={Environ Sci},\n'
        "year={2011},\npages={9175-9179},\ndoi={10.1021/es201811s},\nnote={cited By 1825},\nnote={again},\ndocument_type={Review},\n"
        "url={https://www.scopus.com/inward/record.uri?eid=2-s2.0-80055096730&doi=10.1021%2fes201811s},\nsource={Scopus},\n}\n\n"
    )
    export = read(entry + entry)
    assert export.in_file == 2 and export.database == "Scopus"
    first = export.records.iloc[0]
    assert first["authors"] == "Browne, M.A.; Müller, N." and first["title"] == "Accumulation of Microplastic"
    assert first["accession"] == "2-s2.0-80055096730" and first["entry_type"] == "review"
    assert '"note":["cited By 1825","again"]' in first["fields"]


def test_web_of_science_keys_with_a_blank() -> None:
    frame = read(
        "@article{ WOS:000985648900009,\nAuthor = {Feuerriegel, Stefan and\n   Zschech, Patrick},\nTitle = {Generative AI},\nPublisher = {TAYLOR \\& FRANCIS},\nUnique-ID = {WOS:000985648900009},\n}\n"
    ).records
    assert frame.loc[0, "accession"] == "WOS:000985648900009" and frame.loc[0, "publisher"] == "TAYLOR & FRANCIS"
    assert frame.loc[0, "authors"] == "Feuerriegel, Stefan; Zschech, Patrick"


def test_ebscohost_keys_that_begin_with_a_digit() -> None:
    frame = read(
        "@article{1994-36986-00119930101,\n  Author = {Grube, Joel W.},\n  Title = {TV.},\n  URL = {http://search.ebscohost.com/login.aspx?direct=true&db=psyh&AN=1994-36986-001&site=ehost-live},\n}\n"
    ).records
    assert frame.loc[0, "accession"] == "1994-36986-001" and frame.loc[0, "database"] == "APA PsycInfo"


def test_a_missing_brace_costs_only_its_entry() -> None:
    export = read(
        '@article{a,\n title={One {open,\n year={2001},\n}\n@article{b,\n title={Two},\n year={2002}\n}\n@book{c, title="Three", year=2003}\n'
    )
    assert export.records["title"].tolist() == ["One open", "Two", "Three"]
    assert export.records["year"].tolist() == [2001, 2002, 2003]


def test_strings_comments_and_joined_values() -> None:
    export = read(
        '@string{jn = "Journal of Tests"}\n@comment{x}\n@article{k, journal = jn # " B", title = {T}, author = {{World Health and Co} and Jane van Dam}}\n'
    )
    first = export.records.iloc[0]
    assert export.in_file == 1 and first["journal"] == "Journal of Tests B"
    assert first["authors"] == "World Health and Co; van Dam, Jane"


def test_latex_becomes_letters() -> None:
    assert (
        plain(r"Universit{\'e} de G{\"o}ttingen, \'{E}cole, {\o}re, na{\"\i}ve, \v{c}, 5\,\%, a--b")
        == "Université de Göttingen, École, øre, naïve, č, 5%, a–b"
    )
    assert plain(escaped(r"50% of {x} & y_z -- \alpha ^ ~ $5")) == r"50% of {x} & y_z -- \alpha ^ ~ $5"


def test_a_cut_file_is_said() -> None:
    assert [f.code for f in read("@article{a,\n title={One},\n year={2001}\n}\n@article{b,\n title={Tw").faults] == [
        "truncated"
    ]


def test_two_apostrophes_are_no_quotation_mark_where_braces_part_them() -> None:
    assert plain("``quoted'' and 5'{}' and {'}{'}") == "“quoted” and 5'' and ''"
    assert plain(escaped("5'' and ``")) == "5'' and ``"


def test_braces_within_braces_and_joined_values() -> None:
    frame = read(
        '@string{jt = {Journal of Tests}}\n@article{a, title = {One {TW{O}} \\{three\\}}, journal = jt # { B}, note = {x} # "y", year = 2001}\n'
        "@article{b, title = {Open { brace}, year = 2002}\n@misc{c, title = {Last}, note={unclosed\n"
    ).records
    assert frame["title"].tolist()[0] == "One TWO {three}" and frame["journal"].tolist()[0] == "Journal of Tests B"
    assert frame["title"].tolist()[2] == "Last" and '"note":["xy"]' in frame.loc[0, "fields"]


def test_several_entries_in_one_line() -> None:
    export = read(
        "@article{a,title={One},year={2001}} @Book{b,title={Two},year={2002}}@misc{c,title={Three}}\n"
        "@comment{none} @article{d,title={Four},abstract={mail {x}@home{y} us}}\n"
    )
    assert export.in_file == 4 and export.records["title"].tolist() == ["One", "Two", "Three", "Four"]


def test_an_entry_behind_another_white_space() -> None:
    assert read("@misc{a, title={One}}\n\x0b\u2003@misc{b, title={Two}}\n").records["title"].tolist() == ["One", "Two"]
