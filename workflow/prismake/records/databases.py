"""Names of databases and platforms, whatever a team or an export calls them."""

from __future__ import annotations

import re
from functools import lru_cache

# A name, and what it is known by: patterns on lower-case text without punctuation; the first that matches decides.
_KNOWN: tuple[tuple[str, str], ...] = (
    ("Scopus", r"\bscopus\b"),
    ("APA PsycArticles", r"psyc ?articles|\bpdh\b"),
    ("APA PsycExtra", r"psyc ?extra"),
    ("PSYNDEX", r"\bpsyndex"),
    ("APA PsycInfo", r"psyc(?:h)? ?info|\bpsyh\b|\bpsyc\d*\b"),
    ("PubMed", r"\bpubmed\b"),
    ("MEDLINE",
    r"\bmedline\b|\bcmedm\b|\bmnh\b|\bmdc\b|\bmedp\b|\bmed(?:[lfac]|\d+)\d*\b|\bprem\d*\b|\bmesx\b|\bmesz\b|\bmedall\b|\bppez\w*\b"),
    ("Embase", r"\bembase\b|\bemed\w*\b|\bemez\w*\b|\boemez\w*\b"),
    ("CENTRAL", r"(?<!proquest )(?<!pubmed )\bcentral\b|\bcctr\b|cochrane central|cochrane library|\bcochrane\b"),
    ("CINAHL", r"\bcinahl\b|\bcin20\b|\bc8h\b|\bccm\b|\brzh\b|\bcul\b"),
    ("ERIC", r"\beric\b"),
    ("PTSDpubs", r"\bptsdpubs\b|\bpilots\b"),
    ("Sociological Abstracts", r"sociological abstracts"),
    ("Social Services Abstracts", r"social services abstracts"),
    ("ASSIA", r"\bassia\b|applied social sciences index"),
    ("ProQuest Dissertations & Theses", r"dissertations?( and)? theses|\bpqdt\b"),
    ("Academic Search", r"academic search|\baph\b|\ba9h\b|\basx\b"),
    ("SocINDEX", r"\bsocindex|\bsih\b"),
    ("Psychology and Behavioral Sciences Collection", r"behavioral sciences collection|\bpbh\b"),
    ("Business Source", r"business source|\bbth\b|\bbuh\b|\bbsx\b"),
    ("GreenFILE", r"\bgreenfile\b|\b8gh\b"),
    ("Philosopher's Index", r"philosophers? ?s? index|\bphl\b"),
    ("SPORTDiscus", r"\bsportdiscus\b|\bs3h\b|\bsph\b"),
    ("Zoological Record", r"zoological record|\bzoorec\b|\bzoor\b"),
    ("BIOSIS", r"\bbiosis\b|\bbci\b"),
    ("CAB Abstracts", r"\bcab abstracts\b|\bcabi\b"),
    ("Inspec", r"\binspec\b"),
    ("KCI", r"\bkci\b"),
    ("SciELO", r"\bscielo\b"),
    ("Web of Science",
    r"web of (?:science|knowledge)|\bwos\b|\bisi\b|science citation index|\bssci\b|\bsci expanded\b"),
    ("Google Scholar", r"google ?scholar"),
    ("IEEE Xplore", r"\bieee\b"),
    ("ACM Digital Library", r"\bacm\b"),
    ("Dimensions", r"\bdimensions\b"),
    ("The Lens", r"\blens\b"),
    ("OpenAlex", r"\bopenalex\b"),
    ("Semantic Scholar", r"semantic ?scholar"),
    ("Crossref", r"\bcrossref\b"),
    ("BASE", r"\bbase\b"),
    ("GitHub", r"\bgithub\b"),
    ("ClinicalTrials.gov", r"clinical ?trials ?gov|\bctgov\b"),
    ("ICTRP", r"\bictrp\b"),
    ("LILACS", r"\blilacs\b"),
    ("OSF", r"\bosf\b|\bpsyarxiv\b"),
    ("LISTA", r"\blista\b|library information science(?: and)? technology abstracts|\blxh\b"),
    ("Education Research Complete", r"education research complete|\behh\b"),
    ("Education Full Text", r"education full text|\beft\b"),
    ("Communication & Mass Media Complete", r"communication(?: and)? mass media|\bufh\b"),
    ("AgeLine", r"\bageline\b|\bgnh\b"),
    ("Social Work Abstracts", r"social work abstracts|\bswh\b"),
    ("APA PsycBooks", r"psyc ?books|\bpzh\b"),
    ("AMED", r"\bamed\b|allied and complementary medicine"),
    ("Emcare", r"\bemcare\b"),
    ("Global Health", r"\bglobal health\b|\bcagh\b"),
    ("HMIC", r"\bhmic\b|health management information consortium"),
    ("EconLit", r"\beconlit\b|\beoh\b"),
    ("Education Source", r"\beducation source\b|\beue\b"),
    ("IBSS", r"\bibss\b|international bibliography of the social sciences"),
    ("CNKI", r"\bcnki\b"),
    ("Wanfang", r"\bwan ?fang\b"),
    ("JSTOR", r"\bjstor\b"),
    ("ScienceDirect", r"\bscience ?direct\b"),
    ("SpringerLink", r"\bspringer ?link\b"),
    ("Europe PMC", r"\beurope ?pmc\b"),
    ("arXiv", r"\barxiv\b"),
    ("medRxiv", r"\bmedrxiv\b"),
    ("bioRxiv", r"\bbiorxiv\b"),
    ("Epistemonikos", r"\bepistemonikos\b"),
    ("PEDro", r"\bpedro\b"),
    ("ProQuest", r"\bproquest\b|publicly available content"),
)  # fmt: skip
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _KNOWN)

# Databases of which one holds the other, so that an export of one is a right answer to a search of the other.
_SAME = (
    {"PubMed", "MEDLINE"},
    {"Google Scholar", "Publish or Perish"},
    {"CENTRAL", "Cochrane"},
    {"PTSDpubs", "ProQuest"},
)
_PLATFORM_WIDE = {
    "Web of Science": {"Web of Science", "MEDLINE", "Zoological Record", "BIOSIS", "CAB Abstracts", "Inspec", "KCI",
    "SciELO"},
    "ProQuest": {"ProQuest", "PTSDpubs", "Sociological Abstracts", "Social Services Abstracts", "ASSIA", "ERIC",
    "PSYNDEX",
                 "ProQuest Dissertations & Theses", "APA PsycInfo", "APA PsycArticles"},
    "Embase": {"Embase", "MEDLINE", "PubMed"},  # embase.com searches both
}  # fmt: skip


@lru_cache(maxsize=4096)
def database_name(text: str) -> str:
    """The usual name of the database that a text names ("PsycINFO 1806 to date", "psyh"), "" where none is known."""
    plain = " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower()).split())
    if not plain:
        return ""
    return next((name for name, pattern in _PATTERNS if pattern.search(plain)), "")


@lru_cache(maxsize=4096)
def databases_in(text: str) -> list[str]:
    """All databases of a cell that names several ("ProQuest Central; Sociological Abstracts")."""
    return list(dict.fromkeys(name for name in (database_name(part) for part in re.split(r"[;\n|]", text)) if name))


def agrees(configured: str, recognised: str, platform: str = "") -> bool:
    """Whether an export recognised as one database can answer a search of another name; unknown names always agree."""
    wanted = database_name(configured)
    if not wanted or not recognised:
        return True
    found = database_name(recognised) or recognised
    if wanted == found or any({wanted, found} <= group for group in _SAME):
        return True
    if found in _PLATFORM_WIDE.get(wanted, ()):
        return True
    return wanted == database_name(platform)
