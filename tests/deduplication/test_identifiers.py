import pytest
from prismake.deduplication.identifiers import doi_of, doi_version, isbns_of, issns_of, pmid_of


@pytest.mark.parametrize(
    "text",
    ["10.5555/abc.12", "https://doi.org/10.5555/ABC.12", "doi: 10.5555/abc.12.", "http://dx.doi.org/10.5555//abc.12", "10.5555/abc.12 [doi]",
     "10.5555%2Fabc.12", "10.5555/abc.12/pdf", "https://doi.org/10.5555/abc.12https://doi.org/10.5555/abc.12",
     "10.5555/abc.12journals.example.com/home/abc"],
)  # fmt: skip
def test_one_doi_in_many_forms(text):
    assert doi_of(text) == "10.5555/abc.12"


def test_brackets_inside_a_doi_are_kept():
    assert doi_of("10.1890/1051(2001)011[1349:F]2.0.CO;2").startswith("10.1890/1051(2001)011[1349:f]")


def test_no_doi():
    assert doi_of("n/a") == "" and doi_of("") == ""


def test_versions_of_reviews_and_preprints():
    assert doi_version("10.1002/14651858.cd001234") == "1"
    assert doi_version("10.1002/14651858.cd001234.pub4") == "4"
    assert doi_version("10.21203/rs.3.rs-99/v2") == "v2"
    assert doi_version("10.5555/abc") == ""


def test_numbers_of_serials_and_books():
    assert issns_of("0002-9513 (Print)\n1522-1555 (Linking)") == ("00029513", "15221555")
    assert isbns_of("978-1-4503-3145-6; 1-4503-3145-3") == ("145033145",)
    assert pmid_of("PMID: 015498829") == "15498829"
