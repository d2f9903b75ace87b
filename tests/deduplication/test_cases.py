"""Pairs of every kind that is known to go wrong, each invented: what must be joined, kept apart, or kept apart and labelled."""

import pytest
from prismake.deduplication.pipeline import deduplicate

ABSTRACT = (
    "Shift work disturbs rest. We followed nurses in three hospitals for a year, asked for mood twice a day and measured rest by actigraphy. "
    "Mixed models showed that short rest preceded low mood on the next day, while low mood did not precede short rest. The effect was larger in "
    "those with long commutes. We discuss rosters that protect rest, limits of self-report, and what a trial would need."
)  # fmt: skip
OTHER_ABSTRACT = (
    "Pigeons searched for a target among distractors while the number of items and their likeness were varied in four sessions. Search slopes grew "
    "with likeness and shrank with training, as models of attention predict. We compare them with those of people in the same task, and ask what "
    "they say about parallel and serial search, about vigilance and about the cost of switching between colours and shapes."
)  # fmt: skip

BASE = {
    "title": "Rest and mood in rotating shift workers: A diary study", "authors": "Okoro, Ada; Lindgren, Bo", "year": 2018, "journal": "Journal of Applied Rest Research",
    "volume": "12", "issue": "3", "pages": "201-215", "doi": "10.5555/jarr.2018.12", "entry_type": "article", "database": "Scopus",
}  # fmt: skip


def changed(**fields):
    return {**BASE, "database": "Web of Science", **fields}


def without(*names, **fields):
    return {k: v for k, v in changed(**fields).items() if k not in names}


SAME = {
    "one number of a database, and another place": (
        without("doi", accession="2-s2.0-85012345678", database="Scopus"), without("doi", accession="2-s2.0-85012345678", database="Scopus", volume="", issue="", pages="e17", year=2017)),
    "one PubMed number, and no place": (without("doi", pmid="23456789"), without("doi", "volume", "issue", "pages", "journal", pmid="23456789", year=2017)),
    "place in the journal's name": (without("doi"), without("doi", "volume", "issue", "pages", journal="Journal of Applied Rest Research, Vol 12(3), 201-215")),
    "volume in the name of a series": (
        without("doi", "issue", journal="Annual Review of Rest", volume="32", pages="367-379"), without("doi", "issue", "volume", journal="ANNUAL REVIEW OF REST, VOL 32", pages="367-379")),
    "article number in the issue's place": (
        without("doi", issue="2", pages="e0191240", title="Rest after A\u03b2<inf>42</inf> tests of shift workers", abstract=ABSTRACT),
        without("doi", "pages", volume="12 (2) (no pagination)", issue="(e0191240)", title="Rest after Abeta42 tests of shift workers", abstract=ABSTRACT)),
    "title in its own language in brackets": (without("doi"), without("doi", title=BASE["title"] + " [Odpoczynek i nastroj pracownikow zmianowych]")),
    "number of the electronic and page of the printed article": (
        without("doi", "issue", pages="c1804", title="Rest and mood in rotating shift workers of three hospitals"), without("doi", "issue", pages="1014", title="Rest and mood in rotating shift workers of three hospitals")),
    "doi missing in one": (BASE, without("doi")),
    "doi as url and in capitals": (BASE, changed(doi="https://doi.org/10.5555/JARR.2018.12")),
    "doi with a doubled slash": (BASE, changed(doi="10.5555//jarr.2018.12")),
    "no doi at all": (without("doi"), without("doi", authors="Okoro, A.; Lindgren, B.")),
    "early view against issue, another year": (without("volume", "issue", "pages", year=2017), changed()),
    "year differs by one": (BASE, without("doi", year=2019)),
    "two titles in one": (BASE, changed(title="Ruhe und Stimmung: Eine Tagebuchstudie = Rest and mood in rotating shift workers: A diary study")),
    "title in another language": (BASE, changed(title="Ruhe und Stimmung bei Schichtarbeitenden")),
    "title in another language without doi": (without("doi"), without("doi", title="Ruhe und Stimmung bei Schichtarbeitenden")),
    "title given as translated": (without("doi"), without("doi", title="[Rest and mood in rotating shift workers: A diary study]. [German]")),
    "title with its language and the original": (without("doi"), without("doi", title=BASE["title"] + ". German Ruhe und Stimmung")),
    "translated journal": (without("doi"), without("doi", journal="Zeitschrift fur Ruheforschung")),
    "subtitle missing": (without("doi"), without("doi", title="Rest and mood in rotating shift workers")),
    "capitals and a full stop": (without("doi"), without("doi", title=BASE["title"].upper() + ".")),
    "entities and markup": (without("doi", title="Rest &amp; mood: <i>in situ</i> records"), without("doi", title="Rest and mood: in situ records")),
    "british and american": (without("doi", title="Behaviour and paediatric rest in hospitals"), without("doi", title="Behavior and pediatric rest in hospitals")),
    "roman and arabic": (without("doi", title="Rest in shift work II: Mood"), without("doi", title="Rest in shift work 2: Mood")),
    "spacing in a chemical name": (without("doi", title="Effects of 5-hydroxy tryptophan on rest"), without("doi", title="Effects of 5-hydroxytryptophan on rest")),
    "flagged as retracted": (BASE, changed(title="RETRACTED: " + BASE["title"] + " (Retracted article. See vol. 60, pg. 12, 2020)")),
    "initials and full names": (without("doi"), without("doi", authors="Okoro, A; Lindgren, B")),
    "first and last names swapped": (without("doi"), without("doi", authors="Ada, Okoro; Bo, Lindgren")),
    "authors run together": (without("doi"), without("doi", authors="Okoro A.Lindgren B.")),
    "particles with either name": (without("doi", authors="de Prado, E. G.; Ito, C."), without("doi", authors="Garrido de Prado, E.; Ito, C.")),
    "authors cut short": (without("doi", authors="Okoro, A.; Lindgren, B.; Haas, C.; Ito, D."), without("doi", authors="Okoro, A.; others")),
    "no authors in one": (without("doi"), without("doi", authors="")),
    "pages cut short": (without("doi", pages="1201-9"), without("doi", pages="1201-1209")),
    "pages made a date": (without("doi", pages="6-10", issue=""), without("doi", pages="06-Oct", issue="")),
    "article number for pages": (changed(pages="107538"), changed(pages="1-9")),
    "journal abbreviated": (without("doi"), without("doi", journal="J. Appl. Rest Res.")),
    "ampersand in the journal": (without("doi", journal="Rest Theory & Practice"), without("doi", journal="REST THEORY AND PRACTICE")),
    "issue a running number": (without("doi", issue="1112"), without("doi", issue="1113")),
    "volume lost": (without("doi"), without("doi", volume="1)")),
    "two dois for one article": (BASE, changed(doi="10.2307/306099")),
    "within one database": (BASE, {**BASE}),
    "sparse and identical": tuple({k: BASE[k] for k in ("title", "authors", "year")} for _ in range(2)),
    "identical sparse dissertations of two databases": (
        without("doi", "volume", "issue", "pages", journal="Dissertation Abstracts International: Section B", volume="70", entry_type="dissertation", authors="Okoro, Ada", year=2010),
        without("doi", "volume", "issue", "pages", journal="ProQuest Dissertations and Theses", entry_type="dissertation", authors="Okoro, Ada", year=2009),
    ),
    "journal in one only but one doi": (without("journal"), changed()),
    "the journal's field holds the title": (changed(journal=BASE["title"]), changed()),
    "one abstract begins with a heading": (without("doi", "pages", abstract=ABSTRACT), without("doi", "pages", abstract="Abstract: " + ABSTRACT)),
}  # fmt: skip

RELATED = {
    "preprint": (changed(journal="PsyArXiv", doi="10.31234/osf.io/x1", volume="", issue="", pages="", year=2017), BASE, "preprint of"),
    "erratum": (changed(title="Correction to: " + BASE["title"] + " (2018)", doi="10.5555/e", issue="5", pages="410"), BASE, "erratum of"),
    "erratum as Web of Science writes it": (changed(title=BASE["title"] + " (vol 12, pg 201, 2018)", doi="", issue="5", pages="410"), BASE, "erratum of"),
    "retraction notice": (changed(title="Retraction: " + BASE["title"], doi="10.5555/r", volume="14", pages="300", year=2020), BASE, "retraction of"),
    "comment": (changed(title="Comment on: " + BASE["title"], authors="Haas, C.", doi="10.5555/c", pages="216-218"), BASE, "comment on"),
    "dissertation": (
        without("doi", journal="Dissertation Abstracts International: Section B", entry_type="dissertation", authors="Okoro, Ada", volume="76", issue="3-B", pages=""), BASE, "dissertation of"),
    "protocol": (changed(title="Rest and mood in rotating shift workers: Protocol of a diary study", doi="10.5555/p", volume="10", pages="1-8", year=2016),
                 changed(title="Rest and mood in rotating shift workers: A diary study"), "protocol of"),
    "data set": (changed(journal="Figshare", doi="10.6084/m9.figshare.1", volume="", issue="", pages="", entry_type="dataset"), BASE, "dataset of"),
    "conference abstract": (changed(journal="European Rest", volume="33", issue="S1", pages="S215", doi="10.5555/s", year=2017), BASE, "conference abstract of"),
    "one abstract in two supplements": (changed(journal="European Rest", volume="33", issue="S1", pages="S215", doi="10.5555/s"),
                                        changed(journal="World Rest", volume="7", issue="S2", pages="A41", doi="10.5555/t"), "conference abstract of"),
    "new version of a Cochrane review": (
        changed(journal="Cochrane Database of Systematic Reviews", doi="10.1002/14651858.CD001234.pub2", volume="", issue="3", pages="CD001234", year=2008),
        changed(journal="Cochrane Database of Systematic Reviews", doi="10.1002/14651858.CD001234.pub4", volume="", issue="11", pages="CD001234", year=2016), "another version of"),
    "chapter reprinted": (changed(journal="Handbook of Rest", entry_type="chapter", volume="", issue="", pages="33-60", doi="", year=2021), BASE, "same title elsewhere"),
    "registration": (changed(journal="ClinicalTrials.gov", entry_type="registration", volume="", issue="", pages="", doi=""), BASE, "registration of"),
    "parts I and II": (changed(title="Rest in shift work: Part I. Mood", doi="10.5555/1"), changed(title="Rest in shift work: Part II. Mood", doi="10.5555/2", pages="216-230"), "another part of"),
}  # fmt: skip

APART = {
    "one number in two databases": (
        without("doi", "pages", accession="20101234", database="Scopus"), without("doi", accession="20101234", database="Embase", title="Visual search in pigeons under load", pages="300-312")),
    "one number of a database on two works": (
        without("doi", accession="2-s2.0-85012345678", database="Scopus"), without("doi", accession="2-s2.0-85012345678", database="Scopus", title="Visual search in pigeons under load", pages="300-312")),
    "letters of one title on the same pages": (
        without("doi", title="Rest and mood in rotating shift workers of a hospital", pages="2243-5"), without("doi", title="Rest and mood in rotating shift workers of a hospital", authors="Haas, C.; Ito, D.", pages="2243-5")),
    "two works of one author on the same pages of two issues, one not told": (
        without("doi", title="Shift work and the wear of rest", abstract=ABSTRACT), without("doi", title="Algorithms that hire: Bias and law", abstract=ABSTRACT, issue="")),
    "a supplement and a paper in it under one doi": (
        changed(issue="S11", pages="S3-S32", abstract=ABSTRACT), changed(title="Retail and the health of food in remote towns", authors="Lindgren, Bo; Okoro, Ada", issue="S11", pages="S3-S32", abstract=ABSTRACT)),
    "meeting abstracts of one group in two years, one without place": (
        without("doi", authors="Okoro, A.; Lindgren, B.; Haas, C.; Ito, D.; Abe, E.", pages="55A", issue="8", abstract=ABSTRACT),
        without("doi", "volume", "issue", "pages", authors="Okoro, A.; Lindgren, B.; Haas, C.; Moe, F.; Abe, E.", year=2019, abstract=ABSTRACT)),
    "meeting abstracts of one group, another first author, one without place": (
        without("doi", authors="Okoro, A.; Lindgren, B.; Haas, C.", issue="", pages="56A", abstract=ABSTRACT),
        without("doi", "volume", "issue", "pages", authors="Lindgren, B.; Okoro, A.; Haas, C.", abstract=ABSTRACT)),
    "untitled abstracts under the doi of their supplement": (
        changed(title="", issue="S1", pages="S110", doi="10.5555/s", abstract=ABSTRACT), changed(title="", issue="S1", pages="S110", doi="10.5555/s", authors="Haas, C.; Ito, D.", abstract=OTHER_ABSTRACT)),
    "the doi of a paper on the abstract of a talk": (
        without("volume", "issue", "pages", abstract=ABSTRACT), changed(journal="Proceedings in Occupational Chronobiology", volume="138", issue="", pages="366", abstract=OTHER_ABSTRACT)),
    "two abstracts under one doi on two pages": (
        changed(issue="S3", pages="51", abstract=ABSTRACT), changed(issue="S3", pages="52", abstract=OTHER_ABSTRACT)),
    "parts on one page of a supplement under one doi": (
        changed(title="Rest in shift work, part 1: Rationale", issue="S1", pages="S12"), changed(title="Rest in shift work, part 2: Rationale", issue="S1", pages="S12")),
    "titles close, journal and volume not told": (
        changed(title="A new role of rest in mood after long night work", volume="1)", pages="341-353"), without("journal", title="A new role of deep rest and of rota length in mood after work", pages="341-353")),
    "one title and year, partly other people, place not told by one": (
        without("doi", authors="Okoro, A.; Lindgren, B.; Haas, C.; Ito, D."), without("doi", "volume", "issue", "pages", authors="Okoro, A.; Lindgren, B.; Moe, F.; Ito, D.; Abe, E.")),
    "an article and a chapter of one title without its book": (
        without("doi", title="Rest: Its place in care, and the risks of shifts"), {"title": "Rest: Its place in care, and the risks of shifts", "authors": BASE["authors"], "year": 2018}),
    "part 1 and 2 without doi": (without("doi", title="Rest in shift work, part 1: Rationale"), without("doi", title="Rest in shift work, part 2: Outcomes", pages="216-230")),
    "study 1 and study 2": (without("doi", title="Rest and mood: Study 1"), without("doi", title="Rest and mood: Study 2", pages="216-230")),
    "year editions": (without("doi", title="Health of nurses in figures 2014", year=2014), without("doi", title="Health of nurses in figures 2015", year=2015, volume="13")),
    "annual report": (without("doi", title="Services for mental health in brief", year=2014, pages="5-9", issue=""), without("doi", title="Services for mental health in brief", year=2015, volume="13", pages="5-10", issue="")),
    "replies": (changed(title="Authors' reply", pages="301-302", doi="10.5555/1"), changed(title="Authors' reply", pages="455-456", issue="6", doi="10.5555/2")),
    "replies without doi": (without("doi", title="Authors' reply", pages="301-302"), without("doi", title="Authors' reply", pages="455-456", issue="6")),
    "editorials": (changed(title="Editorial", issue="1", pages="1-2", doi="10.5555/1"), changed(title="Editorial", issue="2", pages="95-96", doi="10.5555/2")),
    "editorials on the same pages of two issues": (without("doi", title="Editorial", issue="1", pages="1-2"), without("doi", title="Editorial", issue="2", pages="1-2")),
    "columns of one journal": (without("doi", "pages", title="Remarks from the editor of applied rest research", issue="1"), without("doi", "pages", title="Remarks from the editor of applied rest research", issue="2")),
    "introductions of two books": (
        without("doi", title="Introduction", journal="Handbook of Rest", entry_type="chapter", volume="", issue="", pages="1-10"),
        without("doi", title="Introduction", journal="Handbook of Mood", entry_type="chapter", volume="", issue="", pages="1-12", year=2020)),
    "chapters with the book's doi": (
        changed(title="Attachment in adulthood", entry_type="chapter", journal="Handbook of Rest", doi="10.4324/978", pages="1-24", volume="", issue=""),
        changed(title="Mentalizing in groups", entry_type="chapter", journal="Handbook of Rest", doi="10.4324/978", pages="25-50", volume="", issue="")),
    "abstracts of one supplement with one doi": (
        changed(title="Rest before night work in nurses", issue="S1", pages="S12", doi="10.5555/supp"), changed(title="Mood after night work in nurses", issue="S1", pages="S12", doi="10.5555/supp")),
    "a book and its review": (
        {"title": "Thinking at rest", "authors": "Kahn, D.", "year": 2011, "entry_type": "book"},
        {"title": "Thinking at rest", "authors": "Peters, L.", "year": 2012, "entry_type": "article", "journal": "Contemporary Rest", "volume": "57", "pages": "33-34"}),
    "a doi copied from another record": (BASE, changed(title="Visual search in pigeons under load", authors="Haas, C.", pages="300-312")),
    "adults and adolescents": (without("doi", "pages", title="Open trial of rest therapy in adult patients"), without("doi", "pages", title="Open trial of rest therapy in adolescent patients")),
    "men and women": (without("doi", "pages", title="Rest therapy and low mood in men after stroke"), without("doi", "pages", title="Rest therapy and low mood in women after stroke")),
    "two drugs": (without("doi", "pages", title="Efficacy of fluoxetine in rest disorder"), without("doi", "pages", title="Efficacy of duloxetine in rest disorder")),
    "typical and atypical": (without("doi", "pages", title="Rest in typical development of children"), without("doi", "pages", title="Rest in atypical development of children")),
    "with and without a negation": (without("doi", "pages", title="Rest improves mood in shift workers"), without("doi", "pages", title="Rest does not improve mood in shift workers")),
    "short and long": (without("doi", "pages", title="Effects of short rest on mood"), without("doi", "pages", title="Effects of long rest on mood")),
    "two time points": (without("doi", "pages", title="Rest therapy: outcome at 6 months"), without("doi", "pages", title="Rest therapy: outcome at 12 months")),
    "siblings by the same authors in journals paged by article": (
        without("doi", title="Harms of poor rest among relatives: A survey", pages="1-15", issue=""), without("doi", title="Harms of poor rest among patients: A survey", pages="1-15", issue="")),
    "protocol and review": (changed(title="What does rest do? A systematic review protocol", year=2016, volume="5", pages="1-8", doi="10.5555/1"), changed(title="What does rest do? A systematic review", year=2018, volume="7", pages="19", doi="10.5555/2")),
    "abstract and paper in one volume": (without("doi", "issue", pages="1875"), without("doi", "issue", pages="2539-2542")),
    "one title, other people, other place": (BASE, changed(authors="Haas, C.; Ito, D.", journal="Sleep", volume="3", pages="9-12", doi="10.5555/x")),
    "same title and authors, other abstract": (without("doi", "pages", "volume", "issue", abstract=ABSTRACT), without("doi", abstract=OTHER_ABSTRACT)),
    "two articles of one person without titles": ({"authors": "Okoro, Ada", "year": 2018, "journal": "Sleep"}, {"authors": "Okoro, Ada", "year": 2018, "journal": "Sleep"}),
    "two abstracts of one group on one page": (
        without("doi", title="Rest before night work in nurses of two wards", issue="S1", pages="A100"), without("doi", title="Rest before night work in doctors of two wards", issue="S1", pages="A100")),
    "a review of a book by each of two people": (
        without("doi", title="Review of Thinking at rest", authors="Haas, C.", pages="33-34"), without("doi", title="Review of Thinking at rest", authors="Ito, D.", journal="Sleep", volume="3", pages="40-41")),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_joined(made, case):
    found = deduplicate(made(*SAME[case]))
    assert len(found.records) == 1, found.pairs[["outcome", "rule", "evidence", "against"]].values.tolist()


def test_an_early_view_without_doi_or_abstract_is_asked_about_and_joined_by_the_eager(made):
    frame = made(without("volume", "issue", "pages", "doi", year=2017), without("doi"))
    found = deduplicate(frame)
    assert (len(found.records), len(found.queue)) == (2, 1)
    assert len(deduplicate(frame, settings={"mode": "eager"}).records) == 1


@pytest.mark.parametrize("case", RELATED)
def test_related_works_are_kept_apart_and_labelled(made, case):
    one, other, relation = RELATED[case]
    found = deduplicate(made(one, other))
    assert len(found.records) == 2
    assert found.related["relation"].tolist() == [relation]
    assert found.records["related"].tolist() == ["r2", "r1"]


EAGER_JOINS = {
    "meeting abstracts of one group in two years, one without place",
    "an article and a chapter of one title without its book",
}  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "case"),
    [(m, c) for m in ("only exact", "careful", "eager") for c in APART if m != "eager" or c not in EAGER_JOINS],
)
def test_kept_apart_in_every_mode(made, mode, case):
    assert len(deduplicate(made(*APART[case]), settings={"mode": mode}).records) == 2


@pytest.mark.parametrize("case", sorted(EAGER_JOINS))
def test_what_the_eager_joins_a_person_is_asked_about(made, case):
    frame = made(*APART[case])
    assert len(deduplicate(frame).queue) == 1
    assert len(deduplicate(frame, settings={"mode": "eager"}).records) == 1


@pytest.mark.parametrize("case", APART)
def test_kept_apart_whichever_comes_first(made, case):
    assert len(deduplicate(made(*reversed(APART[case]))).records) == 2
