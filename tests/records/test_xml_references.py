"""MODS, Zotero RDF and the trials of the ICTRP; each text is invented in the form of a real export."""

from __future__ import annotations

from prismake.records.read import read_bytes


def read(text: str, format: str, number: int):
    export = read_bytes(text.encode())
    assert not export.faults.errors, [str(fault) for fault in export.faults]
    assert export.format == format and export.in_file == number == len(export.records) + len(export.set_aside)
    return export.records


MODS = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods ID="M1">
 <titleInfo><nonSort>A </nonSort><title> new
   microcosm</title><subTitle>a study</subTitle></titleInfo>
 <name type="personal"><namePart type="family">Mock</namePart><namePart type="given">T</namePart><role><roleTerm authority="marcrelator" type="text">author</roleTerm></role></name>
 <name type="personal"><namePart type="family">Kruse</namePart><namePart type="given">M</namePart><role><roleTerm>author</roleTerm></role></name>
 <originInfo><dateIssued>2003</dateIssued></originInfo><language>English</language><abstract>Abs &amp; more</abstract>
 <subject><topic>Methods</topic></subject><identifier type="doi">10.1007/s00300-003-0526-8</identifier>
 <relatedItem type="host"><titleInfo><title>Polar Biology</title></titleInfo><titleInfo type="abbreviated"><title>Polar Biol</title></titleInfo>
 <genre authority="marcgt">periodical</genre><part><detail type="volume"><number>26</number></detail><detail type="issue"><number>9</number></detail><extent unit="page"><start>610</start><end>620</end></extent></part><identifier type="issn">0722-4060</identifier></relatedItem></mods>
<mods ID="B2"><titleInfo><title>Sea ice</title></titleInfo><name type="personal"><namePart>Thomas, D. N.</namePart><role><roleTerm>editor</roleTerm></role></name>
<originInfo><dateIssued>2003</dateIssued><publisher>Blackwell</publisher></originInfo><genre authority="marc">book</genre><identifier type="isbn">0-632-05808-0</identifier></mods>
</modsCollection>
"""

RDF = """<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:bib="http://purl.org/net/biblio#"
 xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">
    <bib:Article rdf:about="urn:issn:0022-006X">
        <z:itemType>journalArticle</z:itemType>
        <dcterms:isPartOf rdf:resource="urn:issn:1939-2117"/>
        <bib:authors>
            <rdf:Seq>
                <rdf:li>
                    <foaf:Person>
                        <foaf:surname>Nye</foaf:surname>
                        <foaf:givenName>Arthur B.</foaf:givenName>
                    </foaf:Person>
                </rdf:li>
                <rdf:li><foaf:Person><foaf:surname>World Group</foaf:surname></foaf:Person></rdf:li>
            </rdf:Seq>
        </bib:authors>
        <link:link rdf:resource="#item_12"/>
        <dc:subject>therapy</dc:subject>
        <dc:subject><z:AutomaticTag><rdf:value>depression</rdf:value></z:AutomaticTag></dc:subject>
        <dc:title>An invented trial</dc:title>
        <dcterms:abstract>Abstract of it.</dcterms:abstract>
        <dc:date>2023-05-01</dc:date>
        <z:language>en</z:language>
        <z:libraryCatalog>APA PsycNet</z:libraryCatalog>
        <dc:identifier><dcterms:URI><rdf:value>https://doi.org/10.1037/x1</rdf:value></dcterms:URI></dc:identifier>
        <bib:pages>389-397</bib:pages>
        <dc:description>PMID: 12345678</dc:description>
    </bib:Article>
    <bib:Journal rdf:about="urn:issn:1939-2117">
        <prism:volume>91</prism:volume>
        <dc:title>Journal of Tests</dc:title>
        <dc:identifier>DOI 10.1037/x0001</dc:identifier>
        <prism:number>7</prism:number>
        <dcterms:alternative>J Tests</dcterms:alternative>
        <dc:identifier>ISSN 1939-2117</dc:identifier>
    </bib:Journal>
    <z:Attachment rdf:about="#item_12">
        <z:itemType>attachment</z:itemType>
        <dc:title>PDF</dc:title>
    </z:Attachment>
    <rdf:Description rdf:about="#item_13">
        <z:itemType>conferencePaper</z:itemType>
        <dcterms:isPartOf>
           <bib:Journal><dc:title>Proceedings of it</dc:title><dc:identifier>ISBN 978-3-16-148410-0</dc:identifier></bib:Journal>
        </dcterms:isPartOf>
        <dc:publisher><foaf:Organization><foaf:name>ACM</foaf:name></foaf:Organization></dc:publisher>
        <bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Ng</foaf:surname><foaf:givenName>A</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
        <dc:title>A paper &amp; talk</dc:title>
        <dc:date>2020</dc:date>
    </rdf:Description>
    <bib:BookSection rdf:about="urn:isbn:978-1">
        <z:itemType>bookSection</z:itemType>
        <dcterms:isPartOf><bib:Book><dc:title>The Book</dc:title></bib:Book></dcterms:isPartOf>
        <dc:title>A chapter</dc:title>
        <dc:date>1999</dc:date>
    </bib:BookSection>
    <bib:Memo rdf:about="#item_20"><rdf:value>&lt;p&gt;note&lt;/p&gt;</rdf:value></bib:Memo>
    <z:Collection rdf:about="#collection_1"><dc:title>C</dc:title><dcterms:hasPart rdf:resource="#item_13"/></z:Collection>
</rdf:RDF>
"""

TRIALS = """<?xml version="1.0" encoding="UTF-8"?><Trials_downloaded_from_ICTRP>
<Trial><Internal_Number>1</Internal_Number><TrialID>NCT01111111</TrialID><Last_Refreshed_on>2 March 2020</Last_Refreshed_on><Public_title>Public</Public_title><Acronym></Acronym><Scientific_title>Scientific</Scientific_title><Primary_sponsor>Uni</Primary_sponsor><Date_registration>30/01/2020</Date_registration><Date_registration3>20200130</Date_registration3><Source_Register>ClinicalTrials.gov</Source_Register><web_address>https://clinicaltrials.gov/show/NCT01111111</web_address><Condition>Depression</Condition><Secondary_ID>U1</Secondary_ID></Trial>
<Trial><TrialID>ISRCTN1</TrialID><Public_title>P2</Public_title><Scientific_title></Scientific_title></Trial>
</Trials_downloaded_from_ICTRP>
"""


def test_mods_with_a_journal_and_a_book() -> None:
    article, book = read(MODS, "mods", 2).to_dict("records")
    assert article["title"] == "A new microcosm: a study" and article["authors"] == "Mock, T; Kruse, M"
    assert (article["journal"], article["journal_abbreviation"]) == ("Polar Biology", "Polar Biol")
    assert (article["volume"], article["issue"], article["pages"], article["year"]) == ("26", "9", "610-620", 2003)
    assert article["doi"] == "10.1007/s00300-003-0526-8" and article["issn"] == "0722-4060"
    assert article["abstract"] == "Abs & more" and article["entry_type"] == "article"
    assert book["authors"] == "Thomas, D. N." and book["entry_type"] == "book" and book["isbn"] == "0632058080"


def test_mods_with_prefixes_reads_the_same() -> None:
    prefixed = MODS.replace("</", "</mods:").replace("<", "<mods:").replace("<mods:/mods:", "</mods:")
    prefixed = prefixed.replace("<mods:?xml", "<?xml").replace("xmlns=", "xmlns:mods=")
    columns = ["title", "authors", "journal", "doi", "pages"]
    assert read(prefixed, "mods", 2)[columns].equals(read(MODS, "mods", 2)[columns])


def test_zotero_rdf_reads_items_and_the_journals_they_are_in() -> None:
    article, paper, chapter = read(RDF, "zotero-rdf", 3).to_dict("records")
    assert article["title"] == "An invented trial" and article["authors"] == "Nye, Arthur B.; World Group"
    assert (article["journal"], article["volume"], article["issue"]) == ("Journal of Tests", "91", "7")
    assert article["doi"] == "10.1037/x0001" and article["pmid"] == "12345678" and article["issn"] == "1939-2117"
    assert article["keywords"] == "therapy; depression" and article["abstract"] == "Abstract of it."
    assert paper["title"] == "A paper & talk" and paper["journal"] == "Proceedings of it"
    assert paper["entry_type"] == "conference" and paper["publisher"] == "ACM" and paper["isbn"] == "9783161484100"
    assert chapter["journal"] == "The Book" and chapter["entry_type"] == "chapter"
    assert "J Tests" in article["fields"]


def test_zotero_rdf_without_types_takes_what_has_a_title_and_is_no_journal() -> None:
    untyped = "\n".join(line for line in RDF.split("\n") if "<z:itemType>" not in line)
    untyped = untyped.replace("<z:Attachment", "<z:Collection").replace("</z:Attachment", "</z:Collection")
    assert read(untyped, "zotero-rdf", 3)["title"].tolist() == ["An invented trial", "A paper & talk", "A chapter"]


def test_zotero_rdf_that_was_cut_off_sets_the_open_item_aside() -> None:
    export = read_bytes(RDF[: RDF.index("A paper &amp; talk")].encode())
    assert export.in_file == 2 and len(export.records) == 1 and len(export.set_aside) == 1
    assert [fault.code for fault in export.faults] == ["truncated"]


def test_trials_of_the_ictrp() -> None:
    first, second = read(TRIALS, "ictrp-xml", 2).to_dict("records")
    assert (
        first["accession"] == "NCT01111111"
        and first["title"] == "Scientific"
        and first["title_alternative"] == "Public"
    )
    assert first["year"] == 2020 and first["entry_type"] == "registration" and "U1" in first["aliases"]
    assert second["title"] == "P2" and second["line"] == 3
    table = read("TrialID,Public title,Scientific title,Date registration3\nNCT02,Pub,Sci,20200130\n", "ictrp-table", 1)
    assert table.loc[0, "accession"] == "NCT02" and table.loc[0, "date"] == "2020-01-30"


def test_arxivs_feed() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><title>arXiv Query</title><entry>'
        "<id>http://arxiv.org/abs/2001.00001v2</id><published>2020-01-01T00:00:00Z</published><title>A title &amp; more</title>"
        "<summary>Abs.</summary><author><name>Ann Ng</name></author><author><name>Bo van Ek</name></author>"
        '<arxiv:doi>10.1000/x</arxiv:doi><category term="stat.ME"/></entry></feed>'
    )
    first = read(feed, "atom", 1).iloc[0]
    assert first["accession"] == "arXiv:2001.00001" and first["title"] == "A title & more" and first["year"] == 2020
    assert (
        first["authors"] == "Ng, Ann; van Ek, Bo" and first["doi"] == "10.1000/x" and first["entry_type"] == "preprint"
    )
