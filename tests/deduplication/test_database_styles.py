"""Invented records as Scopus, PsycInfo and Web of Science write them: which pairs are one entry, which are related works, which are neither.

The answers were written down before the pairs were tried.
"""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from prismake.deduplication.block import key_codes
from prismake.deduplication.compare import compare
from prismake.deduplication.decide import decide
from prismake.deduplication.normalise import normalise
from prismake.deduplication.settings import Settings

from .database_styles import (
    COST_ABSTRACT,
    FOLLOW_UP_ABSTRACT,
    OWN_ABSTRACT,
    TRIAL_ABSTRACT,
    changed,
    medline,
    ovid,
    proquest,
    psycinfo,
    scopus,
    work,
    wos,
    wos_old,
)

STYLES = {"Scopus": scopus, "PsycInfo": psycinfo, "Ovid": ovid, "ProQuest": proquest, "WoS": wos, "MEDLINE": medline}

PEOPLE = "Okoro, Ada M.; Lindgren, Bo; Haas, Cem T.; Ito-Brandt, Dana"
JOURNAL = "Journal of Clinical Feedback Research"
FEEDBACK = "Session-by-session feedback in psychotherapy for anxiety disorders"
TRIAL = work(
    f"{FEEDBACK}: A randomized controlled trial",
    PEOPLE,
    JOURNAL,
    2021,
    "89(7) 389-397",
    doi="10.5555/jcfr0000820",
    abstract=TRIAL_ABSTRACT,
)
PLAIN = changed(TRIAL, doi="", abstract="")
FOLLOW_UP = changed(
    TRIAL, title=f"{FEEDBACK}: Twelve-month follow-up of a randomized controlled trial", year=2022, volume="90", issue="3", pages="201-212",
    doi="10.5555/jcfr0000911", abstract=FOLLOW_UP_ABSTRACT)  # fmt: skip
COST = changed(
    TRIAL, title=f"Cost-effectiveness of {FEEDBACK.lower()}: Results of a randomized controlled trial", journal="Health Economics in Mental Care",
    volume="31", issue="2", pages="77-90", doi="10.5555/hemc.31.77", abstract=COST_ABSTRACT)  # fmt: skip
NUMBERED = work(
    "Alliance ruptures and their repair in online therapy: A task analysis", "Moreau, Élise; van der Berg, Jan P.", "Frontiers in Process Research", 2020, "11", doi="10.5555/fpr.2020.559821",
    article_number="559821", abstract=TRIAL_ABSTRACT.replace("feedback", "repair"))  # fmt: skip
OLD = work(
    "Worry and sleep in generalized anxiety disorder: A diary study",
    "Castellanos, Maria L.; Dunn, Robert",
    "Archives of Worry Research",
    1992,
    "48(2) 112-119",
)
CHAPTER = work(
    "Working with avoidance in group schema therapy", "Farkas, Réka; Gunnarsson, Helga", "Handbook of group interventions for personality disorders", 2018, " 141-163", isbn="9780000000019",
    entry_type="chapter", publisher="Example Press")  # fmt: skip
BOOK = work(
    "Feedback-informed practice: A manual for therapists",
    "Okoro, Ada M.; Haas, Cem T.",
    "",
    2019,
    "",
    isbn="9780000000026",
    entry_type="book",
    publisher="Example Press",
)
MEETING = work(
    "Early change and dropout in internet-based treatment", PEOPLE, "European Mood Journal", 2019, "29(Suppl. 3) S415-S416", doi="10.5555/emj.2019.s415", entry_type="conference",
    abstract=FOLLOW_UP_ABSTRACT)  # fmt: skip
THESIS = work(
    "The role of expectations in outcomes of cognitive therapy for depression", "Vasquez, Irene T.", "Dissertation Abstracts International: Section B: The Sciences and Engineering", 2016,
    "77(4-B(E))", entry_type="dissertation", publisher="ProQuest Information & Learning")  # fmt: skip
REVIEW = work(
    "Psychological treatments of chronic pain",
    PEOPLE,
    "Cochrane Database of Systematic Reviews",
    2020,
    "2020(8) CD007407",
    doi="10.1002/14651858.CD007407.pub4",
    entry_type="review",
)
GERMAN = work(
    "Schlafqualität und Grübeln bei Jugendlichen: Eine Tagebuchstudie", "Köhler, Jürgen; Groß, Anneliese; Šimić, Petra", "Zeitschrift für Schlafpsychologie", 2015, "44(1) 23-34", doi="10.5555/0084-5345/a000012",
    title_alternative="Sleep quality and rumination in adolescents: A diary study")  # fmt: skip
ENGLISH = "Sleep quality and rumination in adolescents: A diary study"


def same_in(one: dict, name: str, styles=STYLES) -> dict:
    """The work in every two styles."""
    return {f"{name}, {a} and {b}": (styles[a](one), styles[b](one)) for a, b in combinations(styles, 2)}


NO_MEDLINE = {name: style for name, style in STYLES.items() if name != "MEDLINE"}
SAME = {
    **same_in(TRIAL, "an article"),
    **same_in(PLAIN, "an article without DOI and abstract"),
    **same_in(NUMBERED, "an article number"),
    **same_in(MEETING, "a meeting abstract"),
    **same_in(CHAPTER, "a chapter", {k: v for k, v in NO_MEDLINE.items() if k != "WoS"}),
    **same_in(THESIS, "a dissertation", {k: STYLES[k] for k in ("PsycInfo", "Ovid", "ProQuest")}),
    "WoS of old and PsycInfo": (wos_old(OLD), psycinfo(OLD)),
    "WoS of old and Scopus": (wos_old(OLD), scopus(OLD)),
    "WoS of old and MEDLINE": (wos_old(OLD), medline(OLD)),
    "an abstract written by PsycInfo": (scopus(TRIAL, doi=""), psycinfo(TRIAL, doi="", abstract=OWN_ABSTRACT)),
    "an abstract written by PsycInfo, and a last page only in one": (scopus(TRIAL, doi=""), psycinfo(TRIAL, doi="", abstract=OWN_ABSTRACT, pages="389")),
    "PsycInfo's DOI of a test that was used": (scopus(TRIAL), psycinfo(TRIAL, doi="10.1037/t01234-000")),
    "PsycInfo's DOI of a test, no pages": (scopus(NUMBERED), psycinfo(NUMBERED, doi="10.1037/t01234-000", article_number="")),
    "PsycInfo's DOI of a test and no DOI": (wos(PLAIN), psycinfo(PLAIN, doi="10.1037/t01234-000")),
    "a chapter with the DOI of a test": (scopus(CHAPTER), psycinfo(CHAPTER, doi="10.1037/t01234-000")),
    "article number and pages from 1": (wos(NUMBERED), psycinfo(NUMBERED, article_number="", pages="1-14")),
    "article number, and neither number nor pages": (wos(NUMBERED), ovid(NUMBERED, article_number="")),
    "article number as `ArtID`": (scopus(NUMBERED), ovid(NUMBERED, article_number="", pages="ArtID 559821")),
    "article number with its letter and without": (wos(NUMBERED, article_number="e0559821", doi=""), psycinfo(NUMBERED, article_number="", pages="0559821", doi="")),
    "early access of Web of Science and the issue": (wos(TRIAL, year=2020, volume="", issue="", pages=""), scopus(TRIAL)),
    "early access with its own pages": (wos(TRIAL, year=2020, volume="", issue="", pages="1-9"), psycinfo(TRIAL)),
    "advance online in PsycInfo, no DOI in Scopus": (psycinfo(TRIAL, volume="", issue="", pages="", doi=""), scopus(TRIAL, doi="")),
    "year of print and year of the internet": (scopus(TRIAL, year=2020), wos(TRIAL)),
    "supplement as PsycInfo writes it": (psycinfo(PLAIN, issue="7, Suppl", pages="S389-S397"), scopus(PLAIN, issue="SUPPL. 7", pages="S389-S397")),
    "supplement left out by Web of Science": (wos(PLAIN, issue="Suppl. 2", pages="S389-S397"), scopus(PLAIN, issue="S2", pages="S389-S397")),
    "double issue": (psycinfo(PLAIN, issue="7-8"), wos(PLAIN, issue="7")),
    "issue only in one": (psycinfo(PLAIN, issue=""), scopus(PLAIN)),
    "pages of Excel": (psycinfo(PLAIN, pages="3-11"), scopus(PLAIN, pages="11-Mar")),
    "plus for the last page": (wos(PLAIN, pages="389-+"), scopus(PLAIN)),
    "journal with its subtitle in PsycInfo": (psycinfo(PLAIN, journal=f"{JOURNAL}: In Theory and Practice"), scopus(PLAIN)),
    "journal with its country in Scopus": (scopus(PLAIN, journal="Feedback (United Kingdom)"), wos(PLAIN, journal="Feedback")),
    "journal renamed, DOI equal": (scopus(TRIAL, journal="Feedback Quarterly"), wos(TRIAL)),
    "journal in the language of the country": (scopus(GERMAN), wos(GERMAN, journal="German Journal of Sleep Psychology", title=ENGLISH, title_alternative="")),
    "original title in Scopus, translation in WoS": (scopus(GERMAN, title=f"{ENGLISH}; [{GERMAN['title']}]", title_alternative=""), wos(GERMAN, title=ENGLISH, title_alternative="")),
    "both titles in PsycInfo with an equals sign": (psycinfo(GERMAN, title=f"{GERMAN['title']} = {ENGLISH}", title_alternative=""), wos(GERMAN, title=ENGLISH, title_alternative="")),
    "title in brackets in MEDLINE": (medline(GERMAN, title=f"[{ENGLISH}]", title_alternative=""), scopus(GERMAN)),
    "translated otherwise in two databases": (medline(GERMAN, title="[Quality of sleep and brooding of young people: results of a diary]", title_alternative="", doi=""), wos(GERMAN, title=ENGLISH, title_alternative="", doi="")),
    "umlauts written out": (scopus(GERMAN, authors="Koehler, Juergen; Gross, Anneliese; Simic, Petra", doi=""), psycinfo(GERMAN, doi="")),
    "umlauts lost": (wos(GERMAN, authors="Kohler, Jurgen; Gross, Anneliese; Simic, Petra", doi=""), psycinfo(GERMAN, doi="")),
    "all authors and the first": (psycinfo(PLAIN), scopus(PLAIN, authors="Okoro, Ada M.; et al.")),
    "double name cut to its second part": (wos(PLAIN, authors="Brandt, Dana Ito; Okoro, Ada M."), psycinfo(PLAIN, authors="Ito-Brandt, Dana; Okoro, Ada M.")),
    "a group as the last author": (medline(PLAIN, authors=f"{PEOPLE}; FEEDBACK Study Group"), psycinfo(PLAIN)),
    "no authors in one": (wos(TRIAL, authors="", doi=""), psycinfo(TRIAL, doi="")),
    "married name": (scopus(PLAIN), psycinfo(PLAIN, authors=PEOPLE.replace("Lindgren", "Lindgren-Moe"))),
    "american and british spelling": (wos(PLAIN), psycinfo(PLAIN, title=f"{FEEDBACK}: A randomised controlled trial")),
    "abbreviation in the title": (scopus(TRIAL), psycinfo(TRIAL, title=TRIAL["title"].replace("anxiety disorders", "anxiety disorders (ADs)"))),
    "a trial's name put before in one": (scopus(TRIAL), wos(TRIAL, title=f"The FAST trial: {TRIAL['title']}")),
    "subtitle left out": (psycinfo(PLAIN, title=FEEDBACK), scopus(PLAIN)),
    "ampersand and `and`": (psycinfo(OLD, title="Worry & sleep in generalized anxiety disorder: A diary study"), scopus(OLD)),
    "a footnote's mark after the title": (scopus(PLAIN, title=f"{TRIAL['title']}*"), psycinfo(PLAIN)),
    "a corrected version that replaced the article": (wos(TRIAL), psycinfo(TRIAL, title=f"{TRIAL['title']} [Corrected]")),
    "retracted since": (scopus(TRIAL, title=f"RETRACTED: {TRIAL['title']}"), psycinfo(TRIAL)),
    "correction as Scopus and Web of Science write it": (
        scopus(TRIAL, title=f"Correction to: {TRIAL['title']} ({JOURNAL}, (2021), 89, 7, (389-397), 10.5555/jcfr0000820)", doi="10.5555/e1", issue="9", pages="602", abstract="", entry_type="erratum"),
        wos(TRIAL, title=f"{TRIAL['title']} (vol 89, pg 389, 2021)", doi="10.5555/e1", issue="9", pages="602", abstract="", entry_type="erratum")),
    "correction of an article number in two databases": (
        medline(NUMBERED, title=f"Correction: {NUMBERED['title']}", doi="10.5555/e2", article_number="610001", abstract=""),
        wos(NUMBERED, title=f"{NUMBERED['title']} (vol 11, 559821, 2020)", doi="10.5555/e2", article_number="610001", abstract="")),
    "erratum for and to": (
        medline(PLAIN, title=f"Erratum for {TRIAL['title']}", doi="10.5555/e3", issue="9", pages="602", authors=""),
        wos(PLAIN, title=f"{TRIAL['title']} (vol 89, pg 389, 2021)", doi="10.5555/e3", issue="9", pages="602")),
    "correction as PsycInfo writes it": (
        psycinfo(PLAIN, title="Correction to Okoro et al. (2021)", doi="10.5555/e4", issue="9", pages="602"), scopus(PLAIN, title="Correction to Okoro et al. (2021)", doi="10.5555/e4", issue="9", pages="602")),
    "reply in two databases": (
        scopus(PLAIN, title="Reply to Petrov: What feedback can and cannot do", pages="401-403", doi="10.5555/r1"), wos(PLAIN, title="Reply to Petrov: what feedback can and cannot do", pages="401-403", doi="10.5555/r1")),
    "editorial with its DOI": (scopus(PLAIN, title="Editorial", pages="1-2", doi="10.5555/ed1"), wos(PLAIN, title="Editorial", pages="1-2", doi="10.5555/ed1")),
    "introduction to a special issue": (
        scopus(PLAIN, title="Introduction to the special issue on feedback in psychotherapy", pages="301-304"), psycinfo(PLAIN, title="Introduction to the special issue on feedback in psychotherapy", pages="301-304")),
    "book in PsycInfo and Scopus": (psycinfo(BOOK), scopus(BOOK, journal=BOOK["title"], pages="1-312")),
    "chapter whose book is a series in Scopus": (psycinfo(CHAPTER, doi="10.5555/c1"), scopus(CHAPTER, journal="Example Series in Personality", volume="12", doi="10.5555/c1")),
    "proceedings paper that Web of Science calls a book": (
        wos(PLAIN, journal="Proceedings of the Conference on Feedback", volume="", issue="", entry_type="book", doi="10.5555/p1"), scopus(PLAIN, journal="Proceedings of the Conference on Feedback", volume="", issue="", entry_type="conference", doi="10.5555/p1")),
    "proceedings paper that Web of Science calls a book, without DOI": (
        wos(PLAIN, journal="Proceedings of the Conference on Feedback", volume="", issue="", entry_type="book"), scopus(PLAIN, journal="Proceedings of the Conference on Feedback", volume="", issue="", entry_type="conference")),
    "dissertation of one year without its container": (psycinfo(THESIS), proquest(THESIS, journal="", volume="", issue="10112233")),
    "dissertation in DAI and at its university": (psycinfo(THESIS), proquest(THESIS, journal="ProQuest Dissertations and Theses", volume="", issue="", year=2015)),
    "dissertation with and without its ISBN as DOI": (psycinfo(THESIS), ovid(THESIS, issue="4-B", isbn="9781339000000")),
    "review of Cochrane, volume as year": (scopus(REVIEW), wos(REVIEW, volume="", issue="8")),
    "review of Cochrane, one without DOI": (scopus(REVIEW), medline(REVIEW, doi="", volume="8", issue="8")),
    "DOI run into an address": (wos(TRIAL, doi="10.5555/jcfr0000820journals.example.com/home/jcf"), wos(TRIAL, volume="", issue="", pages="")),
    "DOI of an old kind": (scopus(PLAIN, doi="10.1002/(SICI)1099-0879(199906)6:2<93::AID-CPP1>3.0.CO;2-7"), wos(PLAIN, doi="10.1002/(sici)1099-0879(199906)6:2&lt;93::aid-cpp1&gt;3.0.co;2-7")),
    "DOI of the publisher and of the archive": (scopus(TRIAL), proquest(TRIAL, doi="10.2307/1234567")),
    "PubMed number and a title with words put in": (
        scopus(TRIAL, pmid="31234567", doi="", title=f"{FEEDBACK} in the CORE (Clinical Outcomes in Routine Evaluation) network: A randomized controlled trial"),
        medline(TRIAL, pmid="31234567", doi="", title=f"{FEEDBACK} in the CORE network: A randomized controlled trial", volume="", issue="", pages="")),
}  # fmt: skip

RELATED = {
    "protocol and results": (scopus(TRIAL), wos(TRIAL, title=f"{FEEDBACK}: Study protocol for a randomized controlled trial", journal="Trials of Care", year=2018, volume="19", issue="", pages="", article_number="412", doi="10.5555/s13063-1", abstract=""), "protocol of"),
    "protocol and results without DOIs": (psycinfo(PLAIN), scopus(PLAIN, title=f"{FEEDBACK}: Protocol for a randomized controlled trial", journal="Trials of Care", year=2018, volume="19", issue="", pages="412"), "protocol of"),
    "dissertation and its article": (psycinfo(THESIS), scopus(THESIS, journal="Cognitive Outcomes", volume="12", issue="3", pages="200-214", entry_type="article", authors="Vasquez, Irene T.; Okoro, Ada M.", doi="10.5555/co.12", publisher=""), "dissertation of"),
    "dissertation and its article of one author": (proquest(THESIS), wos(THESIS, journal="Cognitive Outcomes", volume="12", issue="3", pages="200-214", entry_type="article", year=2017, publisher=""), "dissertation of"),
    "preprint and article": (scopus(TRIAL), psycinfo(TRIAL, journal="PsyArXiv", doi="10.31234/osf.io/ab3de", volume="", issue="", pages="", year=2020), "preprint of"),
    "preprint at a server by its publisher's name": (wos(TRIAL), scopus(TRIAL, journal="", publisher="medRxiv", doi="10.1101/2020.05.01.20087500", volume="", issue="", pages="", year=2020, entry_type="preprint"), "preprint of"),
    "data in a repository": (scopus(TRIAL), wos(TRIAL, journal="Figshare", doi="10.6084/m9.figshare.1234567", entry_type="dataset", volume="", issue="", pages="", abstract=""), "dataset of"),
    "correction by its title": (scopus(TRIAL), wos(TRIAL, title=f"{TRIAL['title']} (vol 89, pg 389, 2021)", doi="10.5555/e1", issue="9", pages="602", abstract=""), "erratum of"),
    "correction of an article number": (scopus(NUMBERED), wos(NUMBERED, title=f"{NUMBERED['title']} (vol 11, 559821, 2020)", doi="10.5555/e2", volume="12", article_number="610001", year=2021, abstract=""), "erratum of"),
    "correction in PsycInfo's quotation marks": (psycinfo(TRIAL), psycinfo(TRIAL, title=f"'{TRIAL['title']}': Correction", doi="10.5555/e5", issue="9", pages="602", abstract="", entry_type="erratum"), "erratum of"),
    "correction with whom it corrects": (psycinfo(TRIAL), scopus(TRIAL, title=f"“{TRIAL['title']}”: Correction to Okoro et al. (2021)", doi="10.5555/e5", issue="9", pages="602", abstract=""), "erratum of"),
    "corrigendum of a publisher": (scopus(TRIAL), scopus(TRIAL, title=f"Corrigendum to “{TRIAL['title']}” [{JOURNAL} 89 (2021) 389–397](S0272735821000562)", doi="10.5555/e6", volume="90", issue="1", pages="99", year=2022, abstract=""), "erratum of"),
    "corrigendum named after the title": (scopus(TRIAL), wos(TRIAL, title=f"{TRIAL['title']} (Corrigendum)", volume="", issue="", pages="", abstract=""), "erratum of"),
    "correction named after the title, one DOI, place not told": (psycinfo(TRIAL), wos(TRIAL, title=f"{TRIAL['title']}. Erratum", volume="", issue="", pages="", abstract=""), "erratum of"),
    "reply named after the title": (scopus(TRIAL), psycinfo(TRIAL, title=f"{TRIAL['title']}. Reply", volume="", issue="", pages="", abstract=""), "comment on"),
    "editorial comment on the title": (wos(TRIAL), psycinfo(TRIAL, title=f"{TRIAL['title']}. Editorial comment", pages="398", abstract=""), "comment on"),
    "discussion of the title": (wos(TRIAL), scopus(TRIAL, title=f'Discussion of "{TRIAL["title"]}"', volume="", issue="", pages="", abstract=""), "comment on"),
    "errata": (wos(TRIAL), psycinfo(TRIAL, title=f"'{TRIAL['title']}': Errata", doi="10.5555/e7", issue="8", pages="500", abstract=""), "erratum of"),
    "correction on the DOI of the article": (psycinfo(TRIAL), psycinfo(TRIAL, title=f"'{TRIAL['title']}': Correction", pages="602", issue="9", abstract="", entry_type="erratum"), "erratum of"),
    "retraction": (scopus(TRIAL), wos(TRIAL, title=f"{TRIAL['title']} (Retraction of vol 89, pg 389, 2021)", doi="10.5555/re", volume="91", pages="12", year=2023, abstract=""), "retraction of"),
    "expression of concern": (scopus(TRIAL), scopus(TRIAL, title=f"Expression of concern: {TRIAL['title']}", doi="10.5555/re2", volume="91", pages="12", year=2023, abstract=""), "retraction of"),
    "comment": (scopus(TRIAL), wos(TRIAL, title=f"Comment on: {TRIAL['title']}", authors="Petrov, Ilya", doi="10.5555/co", pages="398-400", abstract=""), "comment on"),
    "commentary with the title of the article": (scopus(TRIAL), psycinfo(TRIAL, title=f"Commentary: {TRIAL['title']}", authors="Petrov, Ilya", doi="10.5555/co", pages="398-400", abstract=""), "comment on"),
    "abstract at a meeting and the article": (wos(TRIAL), scopus(TRIAL, journal="European Mood Journal", volume="29", issue="S3", pages="S415", doi="10.5555/emj", year=2019, entry_type="conference", abstract=""), "conference abstract of"),
    "abstract in a supplement of the same journal": (wos(TRIAL), wos(TRIAL, issue="Suppl. 1", pages="S12", doi="10.5555/jcfr.s12", year=2020, volume="88", abstract=""), "conference abstract of"),
    "paper at a conference and the article": (scopus(TRIAL), scopus(TRIAL, journal="Proceedings of the Conference on Feedback", volume="", issue="", pages="55-60", doi="10.5555/p1", entry_type="conference", year=2020, abstract=""), "conference abstract of"),
    "new version of a Cochrane review": (scopus(REVIEW), wos(REVIEW, year=2012, volume="", issue="11", doi="10.1002/14651858.CD007407.pub3"), "another version of"),
    "registration": (scopus(TRIAL), {**medline(TRIAL), "journal": "ClinicalTrials.gov", "doi": "", "volume": "", "issue": "", "pages": "", "abstract": "", "entry_type": "registration"}, "registration of"),
    "parts I and II": (scopus(PLAIN, title="Feedback in psychotherapy: Part I. Theory"), psycinfo(PLAIN, title="Feedback in psychotherapy: Part II. Practice", pages="398-410"), "another part of"),
    "studies 1 and 2 of one paper's series": (wos(PLAIN, title="Feedback in psychotherapy: 1. Development of a scale"), wos(PLAIN, title="Feedback in psychotherapy: 2. Validation of a scale", pages="398-410"), "another part of"),
    "chapter reprinted": (psycinfo(CHAPTER), psycinfo(CHAPTER, journal="Personality disorders in groups: The essential reader", year=2021, pages="301-325", isbn="9780000000033"), "same title elsewhere"),
    "published twice, in two journals": (scopus(TRIAL), psycinfo(TRIAL, journal="Nordic Feedback", volume="12", issue="1", pages="5-14", doi="10.5555/nf.12", year=2022), "same title elsewhere"),
    "translated in another journal": (scopus(GERMAN), wos(GERMAN, title=ENGLISH, title_alternative="", journal="Sleep Diaries", volume="3", issue="2", pages="99-110", year=2016, doi="10.5555/sd.3"), "same title elsewhere"),
    "article and the chapter made of it": (wos(TRIAL), scopus(TRIAL, journal="Handbook of feedback", entry_type="chapter", volume="", issue="", pages="55-78", year=2023, doi="10.5555/hb.5", abstract=""), "same title elsewhere"),
    "reports of PsycEXTRA and article": (psycinfo(TRIAL), psycinfo(TRIAL, journal="PsycEXTRA Dataset", doi="10.1037/e512345678-001", volume="", issue="", pages="", year=2019, abstract=""), "same title elsewhere"),
}  # fmt: skip

NOT = {
    "trial and follow-up": (scopus(TRIAL), wos(FOLLOW_UP)),
    "trial and follow-up without DOI": (psycinfo(PLAIN), scopus(FOLLOW_UP, doi="", abstract="")),
    "trial and follow-up, place not told": (psycinfo(PLAIN, volume="", issue="", pages=""), scopus(FOLLOW_UP, doi="", abstract="", year=2021)),
    "trial and cost-effectiveness": (scopus(TRIAL), psycinfo(COST)),
    "trial and cost-effectiveness in one journal, place not told": (wos(PLAIN), psycinfo(COST, journal=JOURNAL, doi="", abstract="", volume="", issue="", pages="")),
    "follow-up and cost-effectiveness": (wos(FOLLOW_UP), psycinfo(COST)),
    "follow-ups of six and twelve months": (
        wos(PLAIN, title=f"{FEEDBACK}: Six-month follow-up"), scopus(PLAIN, title=f"{FEEDBACK}: Twelve-month follow-up", year=2022, volume="90", pages="20-31")),
    "follow-ups of 6 and 12 months, one without place": (
        wos(PLAIN, title=f"{FEEDBACK}: 6-month outcomes"), scopus(PLAIN, title=f"{FEEDBACK}: 12-month outcomes", volume="", issue="", pages="")),
    "secondary analyses of one trial": (
        scopus(TRIAL, title=f"Moderators of {FEEDBACK.lower()}: Secondary analysis of a randomized controlled trial", doi="10.5555/s1"),
        psycinfo(TRIAL, title=f"Mediators of {FEEDBACK.lower()}: Secondary analysis of a randomized controlled trial", doi="10.5555/s2", pages="398-410")),
    "secondary analyses of one trial without DOI and place": (
        scopus(PLAIN, title=f"Moderators of {FEEDBACK.lower()}: Secondary analysis of a randomized controlled trial"),
        psycinfo(PLAIN, title=f"Mediators of {FEEDBACK.lower()}: Secondary analysis of a randomized controlled trial", volume="", issue="", pages="")),
    "pilot and trial": (wos(PLAIN, title=f"{FEEDBACK}: A pilot randomized controlled trial", year=2020, volume="88", pages="12-20"), scopus(PLAIN)),
    "pilot and trial, one without place": (wos(PLAIN, title=f"{FEEDBACK}: A pilot randomized controlled trial", volume="", issue="", pages=""), scopus(PLAIN)),
    "trial in adults and in adolescents": (
        wos(PLAIN, title=TRIAL["title"].replace("anxiety", "adult anxiety")), psycinfo(PLAIN, title=TRIAL["title"].replace("anxiety", "adolescent anxiety"), pages="398-410")),
    "anxiety and depression": (wos(PLAIN), scopus(PLAIN, title=TRIAL["title"].replace("anxiety disorders", "depressive disorders"), pages="398-410")),
    "anxiety and depression, one without place": (wos(PLAIN), scopus(PLAIN, title=TRIAL["title"].replace("anxiety disorders", "depressive disorders"), volume="", issue="", pages="")),
    "inpatients and outpatients": (
        wos(PLAIN, title="Feedback for inpatients with anxiety disorders: A trial"), psycinfo(PLAIN, title="Feedback for outpatients with anxiety disorders: A trial", volume="", issue="", pages="")),
    "guided and unguided": (wos(PLAIN, title="Guided internet-based feedback for anxiety"), scopus(PLAIN, title="Unguided internet-based feedback for anxiety", volume="", issue="", pages="")),
    "mothers and fathers": (wos(PLAIN, title="Feedback to mothers of anxious children in therapy"), scopus(PLAIN, title="Feedback to fathers of anxious children in therapy", volume="", issue="", pages="")),
    "acceptability and effectiveness": (wos(PLAIN, title=f"Acceptability of {FEEDBACK.lower()}"), psycinfo(PLAIN, title=f"Effectiveness of {FEEDBACK.lower()}", pages="", volume="")),
    "state and trait": (wos(PLAIN, title="State anxiety and feedback in psychotherapy"), psycinfo(PLAIN, title="Trait anxiety and feedback in psychotherapy", pages="398-402")),
    "sample I and sample 2": (wos(PLAIN, title="Factor structure of the feedback scale: Sample I"), psycinfo(PLAIN, title="Factor structure of the feedback scale: Sample II", pages="398-402")),
    "DSM-IV and DSM-5": (wos(PLAIN, title="Feedback in DSM-IV anxiety disorders: A trial"), psycinfo(PLAIN, title="Feedback in DSM-5 anxiety disorders: A trial", volume="", issue="", pages="")),
    "BDI and BDI-II": (wos(PLAIN, title="Factor structure of the BDI in outpatients"), psycinfo(PLAIN, title="Factor structure of the BDI-II in outpatients", volume="", issue="", pages="")),
    "reliability of a scale in two languages": (
        scopus(PLAIN, title="The Feedback Scale: Reliability of the Spanish version"), psycinfo(PLAIN, title="The Feedback Scale: Reliability of the Swedish version", pages="398-402")),
    "reliability of a scale in two languages, one without place": (
        scopus(PLAIN, title="The Feedback Scale: Reliability of the Spanish version"), psycinfo(PLAIN, title="The Feedback Scale: Reliability of the Swedish version", volume="", issue="", pages="")),
    "replies to two comments in one issue": (
        wos(PLAIN, title="Reply to Petrov", pages="401-402"), psycinfo(PLAIN, title="Reply to Quist", pages="403-404")),
    "replies with one title in two issues": (wos(PLAIN, title="Reply to the comments", pages="401-402"), scopus(PLAIN, title="Reply to the comments", issue="9", pages="611-612")),
    "corrections of two articles of one group and year": (
        psycinfo(PLAIN, title="Correction to Okoro et al. (2021)", doi="10.5555/e8", issue="9", pages="602"), scopus(PLAIN, title="Correction to Okoro et al. (2021)", doi="10.5555/e9", volume="90", issue="1", pages="88", year=2022)),
    "corrections of two articles, no DOI": (
        psycinfo(PLAIN, title="Correction to Okoro et al. (2021)", issue="9", pages="602"), scopus(PLAIN, title="Correction to Okoro et al. (2021)", issue="10", pages="688")),
    "corrections of two articles, place not told by one": (
        psycinfo(PLAIN, title="Correction to Okoro et al. (2021)", issue="9", pages="602"), scopus(PLAIN, title="Correction to Okoro et al. (2021)", volume="", issue="", pages="")),
    "two commentaries with the title of the article": (
        wos(PLAIN, title=f"Commentary: {FEEDBACK}", authors="Petrov, Ilya", pages="398-399"), wos(PLAIN, title=f"Commentary: {FEEDBACK}", authors="Quist, Lena", pages="400-401")),
    "two commentaries with the title of the article, pages not told": (
        wos(PLAIN, title=f"Commentary: {FEEDBACK}", authors="Petrov, Ilya", pages=""), psycinfo(PLAIN, title=f"Commentary: {FEEDBACK}", authors="Quist, Lena", pages="")),
    "commentary typed as such, with the very title": (
        wos(PLAIN), psycinfo(PLAIN, authors="Petrov, Ilya", pages="398-400", entry_type="comment")),
    "book reviewed by two people": (
        psycinfo(BOOK, title="Review of Feedback-informed practice: A manual for therapists", journal="Books of Psychology", volume="64", pages="12-13", authors="Petrov, Ilya", entry_type="article"),
        psycinfo(BOOK, title="Review of Feedback-informed practice: A manual for therapists", journal="Nordic Feedback", volume="9", pages="88-90", authors="Quist, Lena", entry_type="article")),
    "book reviewed twice in one journal": (
        psycinfo(BOOK, title="Feedback-informed practice", journal="Books of Psychology", volume="64", pages="12-13", authors="Petrov, Ilya", entry_type="article"),
        wos(BOOK, title="Feedback-informed practice", journal="Books of Psychology", volume="64", pages="14-16", authors="Quist, Lena", entry_type="article")),
    "book and its review": (
        psycinfo(BOOK), wos(BOOK, journal="Books of Psychology", volume="64", issue="2", pages="12-13", authors="Petrov, Ilya", entry_type="article", year=2020, isbn="", publisher="")),
    "reviews of one reviewer": (
        wos(PLAIN, title="Review of Feedback in practice", authors="Petrov, Ilya", pages="12-13"), wos(PLAIN, title="Review of Schemas in practice", authors="Petrov, Ilya", pages="14-15")),
    "chapters of one book under its DOI": (
        psycinfo(CHAPTER, doi="10.1037/0000100-000"), psycinfo(CHAPTER, title="Working with anger in group schema therapy", doi="10.1037/0000100-000", pages="164-180")),
    "chapters of one book under its ISBN, pages not told": (
        scopus(CHAPTER, pages=""), psycinfo(CHAPTER, title="Working with anger in group schema therapy", pages="")),
    "book and its chapter with its DOI": (
        psycinfo(BOOK, doi="10.5555/b1"), scopus(CHAPTER, authors=BOOK["authors"], journal=BOOK["title"], title="Introduction", pages="1-12", doi="10.5555/b1")),
    "introductions of two books by one editor": (
        psycinfo(CHAPTER, title="Introduction", pages="1-12"), psycinfo(CHAPTER, title="Introduction", journal="Handbook of schemas", pages="3-14", isbn="9780000000040")),
    "introductions of two books by one editor, pages not told": (
        psycinfo(CHAPTER, title="Introduction", pages=""), psycinfo(CHAPTER, title="Introduction", journal="Handbook of schemas", pages="", isbn="9780000000040")),
    "conclusions in two editions": (
        psycinfo(CHAPTER, title="Future directions", pages="401-412", year=2010), psycinfo(CHAPTER, title="Future directions", pages="455-470", year=2018)),
    "two editions of a book": (psycinfo(BOOK, title="Feedback-informed practice (2nd ed.)", year=2012, isbn=""), scopus(BOOK, title="Feedback-informed practice (3rd ed.)", year=2019)),
    "editorials of two issues": (wos(PLAIN, title="Editorial", issue="1", pages="1-2"), scopus(PLAIN, title="Editorial", issue="2", pages="99-100")),
    "editorials of two volumes on the same pages": (wos(PLAIN, title="Editorial", volume="88", issue="1", pages="1-2", year=2020), scopus(PLAIN, title="Editorial", issue="1", pages="1-2")),
    "introductions to two special issues": (
        wos(PLAIN, title="Introduction to the special issue", issue="1", pages="1-4"), psycinfo(PLAIN, title="Introduction to the special issue", issue="5", pages="301-304")),
    "introductions to special sections, one without place": (
        wos(PLAIN, title="Introduction to the special section", issue="1", pages="1-4"), psycinfo(PLAIN, title="Introduction to the special section", volume="", issue="", pages="")),
    "presidential addresses of two years": (
        wos(PLAIN, title="Presidential address", volume="88", year=2020, pages="1-9"), scopus(PLAIN, title="Presidential address", pages="1-10")),
    "meeting reports of two years": (
        wos(PLAIN, title="Proceedings of the annual meeting of the feedback society", volume="88", year=2020, pages="200-210"),
        scopus(PLAIN, title="Proceedings of the annual meeting of the feedback society", pages="201-209")),
    "abstracts of one title at two meetings of one group": (
        scopus(MEETING, volume="28", issue="Suppl. 1", pages="S99", year=2018, doi="10.5555/emj.2018.s99", abstract=""), wos(MEETING, abstract="")),
    "abstracts of one title in two years without DOI": (
        scopus(MEETING, volume="28", issue="Suppl. 1", pages="S99", year=2018, doi="", abstract=""), psycinfo(MEETING, doi="", abstract="")),
    "abstracts on one page": (
        wos(MEETING, pages="S415", doi=""), wos(MEETING, title="Early change and dropout in face-to-face treatment", pages="S415", doi="", abstract=COST_ABSTRACT)),
    "abstracts on one page under the DOI of the supplement": (
        wos(MEETING, pages="S415"), scopus(MEETING, title="Early change and dropout in telephone-based treatment", pages="S415", abstract=COST_ABSTRACT)),
    "abstracts on one page under the DOI of the supplement, without abstract": (
        wos(MEETING, pages="S415"), psycinfo(MEETING, title="Late change and dropout in internet-based treatment", pages="S415", abstract="")),
    "abstracts of a study and its pilot on one page under the DOI of the supplement": (
        wos(MEETING, pages="S415"), psycinfo(MEETING, title=f"{MEETING['title']}: A pilot study of dropout", pages="S415", abstract=COST_ABSTRACT)),
    "messages of one editor-in-chief, place not told by one": (
        wos(PLAIN, title="Message from the editor-in-chief", issue="1", pages="1-2"), psycinfo(PLAIN, title="Message from the editor-in-chief", volume="", issue="", pages="")),
    "dissertations of one title by two people of one initial": (
        psycinfo(THESIS, title="Self-esteem and depression in adolescents", authors="Kim, Sarah"), psycinfo(THESIS, title="Self-esteem and depression in adolescents", authors="Kim, Soo", issue="6-B(E)")),
    "posters with the number of their session": (
        wos(MEETING, title="P-12 Early change in treatment", pages="S415", doi=""), wos(MEETING, title="P-13 Early change in treatment", pages="S415", doi="", abstract=COST_ABSTRACT)),
    "test reviews of two editions": (
        psycinfo(PLAIN, title="Test review: Feedback Scale for Children", authors="Petrov, Ilya", pages="12-16"),
        psycinfo(PLAIN, title="Test review: Feedback Scale for Children, Second Edition", authors="Quist, Lena", volume="92", year=2024, pages="88-93")),
    "a test of PsycTESTS and the article that made it": (
        {**psycinfo(BOOK, title="Feedback Scale"), "journal": "PsycTESTS Dataset", "doi": "10.1037/t01234-000", "entry_type": "dataset"},
        scopus(TRIAL, title="Feedback Scale: Development and validation")),
    "two articles with the DOI of one test": (
        psycinfo(TRIAL, doi="10.1037/t01234-000"), psycinfo(FOLLOW_UP, doi="10.1037/t01234-000", title="Worry and sleep of students", authors="Petrov, Ilya")),
    "two articles of one group with the DOI of one test": (
        psycinfo(TRIAL, doi="10.1037/t01234-000"), psycinfo(FOLLOW_UP, doi="10.1037/t01234-000")),
    "one title, two groups, one year": (
        wos(PLAIN, title="Feedback in psychotherapy for anxiety"), psycinfo(PLAIN, title="Feedback in psychotherapy for anxiety", authors="Petrov, Ilya; Quist, Lena", journal="Nordic Feedback", volume="9", issue="2", pages="11-20")),
    "one title, two groups, place not told": (
        wos(PLAIN, title="Feedback in psychotherapy for anxiety", volume="", issue="", pages=""), psycinfo(PLAIN, title="Feedback in psychotherapy for anxiety", authors="Petrov, Ilya; Quist, Lena", volume="", issue="", pages="")),
    "one title, namesakes, other journals": (
        wos(PLAIN, title="Stress and coping in students", authors="Li, Wei; Wang, Jun"), psycinfo(PLAIN, title="Stress and coping in students", authors="Li, Wen; Zhang, Min", journal="Nordic Feedback", volume="9", issue="2", pages="11-20")),
    "dissertations of one title by two people": (
        psycinfo(THESIS, title="Self-esteem and depression"), proquest(THESIS, title="Self-esteem and depression", authors="Wong, Lily", journal="", volume="", issue="")),
    "dissertations of one title by namesakes": (
        psycinfo(THESIS, title="Self-esteem and depression in adolescents", authors="Kim, Jin"), psycinfo(THESIS, title="Self-esteem and depression in adolescents", authors="Kim, Sarah", year=2017)),
    "dissertations of one title by namesakes, one without container": (
        psycinfo(THESIS, title="Self-esteem and depression in adolescents", authors="Kim, Jin"), proquest(THESIS, title="Self-esteem and depression in adolescents", authors="Kim, S. H.", journal="", volume="", issue="")),
    "cause and effect changed round": (
        wos(PLAIN, title="Does anxiety predict depression? A panel study"), psycinfo(PLAIN, title="Does depression predict anxiety? A panel study", pages="")),
    "medication and meditation": (
        wos(PLAIN, title="Medication for anxiety disorders: A randomized controlled trial"), psycinfo(PLAIN, title="Meditation for anxiety disorders: A randomized controlled trial", pages="")),
    "replies of one title in one year, place not told by one": (
        wos(PLAIN, title="Reply to comments on feedback in psychotherapy for anxiety"), psycinfo(PLAIN, title="Reply to comments on feedback in psychotherapy for anxiety", volume="", issue="", pages="")),
    "letters of one group on the same two pages": (
        wos(PLAIN, title="Okoro replies", pages="401-402"), psycinfo(PLAIN, title="Feedback and its limits in the treatment of anxiety", pages="401-402")),
    "abstract in a supplement and article, place not told by one": (
        wos(PLAIN, issue="Suppl. 1", pages="S12"), scopus(PLAIN, volume="", issue="", pages="")),
    "printed again in a later issue, pages not told": (
        psycinfo(TRIAL, doi="", issue="2", pages="146-158"), wos(TRIAL, doi="", issue="4", pages="")),
    "paper at a conference and a bare record": (
        scopus(PLAIN, journal="Proceedings of the Conference on Feedback", volume="", issue="", pages="55-60", entry_type="conference"), wos(PLAIN, journal="", volume="", issue="", pages="")),
    "master's and doctoral thesis of one person years apart": (
        psycinfo(THESIS), proquest(THESIS, journal="Masters Abstracts International", volume="49", issue="2", year=2010)),
    "articles on neighbouring pages": (
        wos(PLAIN, pages="389-397"), wos(PLAIN, title="Feedback in group psychotherapy for eating disorders: A cohort study", pages="397-405")),
    "letters on one page": (
        wos(PLAIN, title="Feedback: who needs it?", pages="389", authors="Petrov, Ilya"), wos(PLAIN, title="Feedback works", pages="389", authors="Quist, Lena")),
    "columns of one author": (
        psycinfo(PLAIN, title="From the editor's desk", authors="Petrov, Ilya", issue="1", pages="3"), psycinfo(PLAIN, title="From the editor's desk", authors="Petrov, Ilya", issue="2", pages="67")),
    "obituaries of one person in two journals": (
        wos(PLAIN, title="Hanna Lindqvist (1921-2020)", authors="Petrov, Ilya", pages="88"), psycinfo(PLAIN, title="Hanna Lindqvist (1921-2020)", authors="Quist, Lena", journal="Nordic Feedback", volume="9", issue="2", pages="11-12")),
    "a DOI that Scopus put on the wrong record": (scopus(TRIAL), wos(COST, doi=TRIAL["doi"])),
    "a DOI on two letters": (
        wos(PLAIN, title="Feedback: who needs it?", pages="389", authors="Petrov, Ilya", doi="10.5555/l1"), scopus(PLAIN, title="Feedback works", pages="390", authors="Quist, Lena", doi="10.5555/l1")),
    "waves of one survey": (
        wos(PLAIN, title="Mental health of students: Results of wave 2"), psycinfo(PLAIN, title="Mental health of students: Results of wave 3", year=2022, volume="90", pages="5-14")),
    "annual reviews of a field": (
        wos(PLAIN, title="The year in feedback research", volume="88", year=2020, pages="1-20"), psycinfo(PLAIN, title="The year in feedback research", pages="1-22")),
    "updates of one practice guideline": (
        wos(PLAIN, title="Guidelines for feedback in practice", volume="79", year=2011, pages="1-20"), psycinfo(PLAIN, title="Guidelines for feedback in practice", pages="1-22")),
    "meta-analyses with one title, ten years apart": (
        wos(PLAIN, title="The effects of feedback in psychotherapy: A meta-analysis", volume="79", year=2011), psycinfo(PLAIN, title="The effects of feedback in psychotherapy: A meta-analysis", authors="Petrov, Ilya; Lindgren, Bo")),
}  # fmt: skip

OPEN = {
    "one DOI and other journals, place not told by one": (scopus(TRIAL), wos(TRIAL, journal="European Mood Journal", abstract="", volume="", issue="", pages="")),
    "one abstract in a book and a bare record": (scopus(TRIAL, title="Feedback in therapy: Risks and options", authors="Okoro, Ada M.; Haas, Cem T.", doi=""), psycinfo(TRIAL, title="Feedback in therapy: Risks and options", authors="Okoro, Ada M.; Haas, Cem T.", doi="", journal="", volume="", issue="", pages="")),
    "same title, authors and year, other journal or none": (wos(PLAIN), proquest(PLAIN, journal="", volume="", issue="", pages="", authors="Okoro, Ada M.; Lindgren, Bo")),
    "an early view without DOI or abstract": (wos(PLAIN, volume="", issue="", pages="", year=2020), scopus(PLAIN)),
    "dissertation, two years apart, one without container": (psycinfo(THESIS), proquest(THESIS, journal="", volume="", issue="", year=2014)),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, bool], tuple[str, str, str]]:
    """Outcome, relation and rule of each pair, also the other way round; all pairs in one frame, each compared by itself."""
    cases = [(name, pair[:2]) for table in (SAME, RELATED, NOT, OPEN) for name, pair in table.items()]
    rows = [record for _, (one, other) in cases for record in (one, other, other, one)]
    features = normalise(pd.DataFrame(rows).fillna("").assign(source_record_id=[f"r{n}" for n in range(len(rows))]))
    left = np.arange(0, len(rows), 2)
    codes = key_codes(features)
    met = ((codes[:, left] == codes[:, left + 1]) & (codes[:, left] != 0)).any(axis=0)
    decided = decide(compare(features, left[met], left[met] + 1), Settings())
    told = dict(
        zip(decided["left"], zip(decided["outcome"], decided["relation"], decided["rule"], strict=True), strict=True)
    )
    return {(cases[n // 4][0], n % 4 > 0): told.get(n, ("different", "", "not compared")) for n in left.tolist()}


def both_ways(outcomes, case):
    assert outcomes[case, False] == outcomes[case, True]
    return outcomes[case, False]


def test_no_two_pairs_have_one_name():
    names = [name for table in (SAME, RELATED, NOT, OPEN) for name in table]
    assert len(names) == len(set(names)) > 230


@pytest.mark.parametrize("case", SAME)
def test_one_entry(outcomes, case):
    outcome, _, rule = both_ways(outcomes, case)
    assert outcome == "duplicate", rule


@pytest.mark.parametrize("case", RELATED)
def test_related_works(outcomes, case):
    outcome, relation, rule = both_ways(outcomes, case)
    assert (outcome, relation) == ("related", RELATED[case][2]), rule


@pytest.mark.parametrize("case", NOT)
def test_two_entries(outcomes, case):
    outcome, _, rule = both_ways(outcomes, case)
    assert outcome != "duplicate", rule


@pytest.mark.parametrize("case", OPEN)
def test_a_person_is_asked(outcomes, case):
    assert both_ways(outcomes, case)[0] == "person"
