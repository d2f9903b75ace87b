"""What the columns of databases' and tools' tables mean, as data: one entry a format.

A format is known by its `signature`: headers that must all be there. Headers are compared by letters and digits
alone, so that "Publication.Year" (after R) and "Publication Year" are one. `columns` names, for each column of the
model, the headers that hold it, the best first; what a format does not name is looked for under the usual names
(`USUAL`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

Names = tuple[str, ...]


@dataclass(frozen=True)
class TableFormat:
    """One kind of table. `people` says how its author cell separates and orders names."""

    name: str
    database: str
    platform: str
    signature: Names
    columns: dict[str, Names] = field(default_factory=dict)
    people: str = "any"


USUAL: dict[str, Names] = {
    "title": ("title", "articletitle", "documenttitle", "primarytitle", "ti", "t1", "titre", "titel", "titulo", "ttulo", "titolo", "文献标题", "标题", "题名", "篇名", "title题名", "文献タイトル", "タイトル", "論文名", "название", "제목", "논문명"),
    "title_alternative": ("originaltitle", "alternatetitle", "translatedtitle", "ot", "tt"),
    "authors": ("authors", "author", "authornames", "authorfullnames", "firstauthors", "creators", "creator",
    "contributors", "au", "byline", "autor", "autoren", "autores", "auteur", "auteurs", "autori", "作者", "author作者", "著者名", "著者", "авторы", "저자"),
    "year": ("year", "publicationyear", "publishedyear", "pubyear", "yr", "py", "pyear", "publicationdate",
    "coverdate", "date", "jahr", "erscheinungsjahr", "annee", "anne", "ano", "ao", "anno", "年份", "出版年", "年", "year年", "发表年份", "год", "발행연도", "연도"),
    "date": ("date", "publicationdate", "pubdate", "datepublished", "coverdate", "pubtime发表时间", "发表时间", "出版日期"),
    "journal": ("journal", "publicationtitle", "sourcetitle", "journaltitle", "journalbook", "secondarytitle",
    "publicationname", "pubtitle",
                "containertitle", "jn", "jf", "source", "venue", "publication", "zeitschrift", "revue", "revista", "rivista", "来源出版物名称", "来源出版物标题", "刊名", "期刊", "期刊名称", "source文献来源", "source刊名", "文献来源", "来源", "出版物名", "誌名", "названиеисточника", "학술지명", "ttulodelafuente", "titulodelafuente", "ttulodafonte", "titulodafonte", "titredelasource", "quellentitel", "periodico", "peridico", "fachzeitschrift", "zeitschriftentitel", "tidskrift", "tijdschrift"),
    "journal_abbreviation": ("journalabbreviation", "abbreviatedsourcetitle", "journalisoabbreviation",
    "isoabbreviation", "来源出版物名称缩写", "缩写来源出版物标题"),
    "volume": ("volume", "vol", "vo", "volumenumber", "卷", "卷号", "volume卷", "巻", "том", "권", "volumen", "band", "jahrgang", "tomo", "tome"),
    "issue": ("issue", "number", "ip", "no", "issuenumber", "期", "期号", "period期", "号", "выпуск", "호", "nummer", "heft", "nmero", "numero", "fascculo", "fasciculo", "ausgabe", "numro"),
    "pages": ("pages", "pagerange", "page", "pg", "页码", "page页码", "页码范围", "ページ", "seiten", "pginas", "paginas", "pagine", "pagina", "pagesrange"),
    "first_page": ("startpage", "pagestart", "firstpage", "beginningpage", "起始页码", "起始页", "開始ページ", "страницаначала", "pginadeinicio", "paginadeinicio", "pginainicial", "paginainicial", "startseite", "anfangsseite", "pagededbut"),
    "last_page": ("endpage", "pageend", "lastpage", "endingpage", "结束页码", "结束页", "終了ページ", "страницаокончания", "pginafinal", "paginafinal", "endseite", "pagedefin"),
    "article_number": ("articlenumber", "artno", "elocationid", "论文编号", "文献编号", "文章编号", "論文番号", "статьяno"),
    "doi": ("doi", "doilink", "digitalobjectidentifier", "do", "doids", "doidoi"),
    "pmid": ("pmid", "pubmedid", "medlinepmid", "pubmedpmid", "pm"),
    "accession": ("accessionnumber", "accessionno", "recordid", "key", "uniqueid"),
    "issn": ("issn", "issns", "eissn", "issn国际标准刊号"),
    "isbn": ("isbn", "isbns"),
    "publisher": ("publisher", "出版商", "出版者", "出版社", "издательство", "verlag", "editorial", "editora", "editore", "diteur", "editeur", "uitgever"),
    "language": ("language", "languageoforiginaldocument", "languages", "la", "lg", "原始文献语言", "语言", "语种", "言語", "язык", "sprache", "idioma", "langue", "lingua", "taal"),
    "abstract": ("abstract", "abstractnote", "abstracts", "ab", "description", "summary", "摘要", "summary摘要", "抄録", "要旨", "краткоеописание", "аннотация", "초록", "zusammenfassung", "rsum", "resume", "resumen", "resumo", "riassunto", "samenvatting"),
    "keywords": ("keywords", "authorkeywords", "keyword", "kw", "subjects", "de", "作者关键字", "作者关键词", "关键词", "keyword关键词", "索引关键字", "著者キーワード", "キーワード", "ключевыесловаавтора", "ключевыеслова", "키워드", "schlagwrter", "schlagworte", "schlsselwrter", "stichworte", "palabrasclave", "palavraschave", "motscls", "motscles", "parolechiave"),
    "url": ("url", "link", "links", "articleurl", "documenturl", "sourceurl", "链接", "网址", "url网址", "link链接", "リンク", "ссылка"),
    "type": ("documenttype", "itemtype", "publicationtype", "typeofreference", "entrytype", "type", "pt", "doctype",
    "typeofwork", "文献类型", "文档类型", "srcdatabase来源库", "文献タイプ", "типдокумента", "dokumenttyp", "dokumentenart", "publikationstyp", "tipodedocumento", "typededocument", "tipodidocumento"),
    "database": ("database", "databasename", "nameofdatabase", "dbname"),
}  # fmt: skip

_WOS_COLUMNS: dict[str, Names] = {
    "accession": ("uniquewosid", "uniqueid", "utuniquewosid", "utuniqueid"), "pmid": ("pubmedid",),
    "title": ("articletitle", "title"),
    "authors": ("authorfullnames", "authors", "authorswos", "groupauthors", "bookauthors", "bookgroupauthors"),
    "year": ("publicationyear", "publicationyearwos", "earlyaccessdate"), "date": ("publicationdate",),
    "journal": ("sourcetitle",), "journal_abbreviation": ("journalisoabbreviation", "journalabbreviation"),
    "type": ("documenttype", "publicationtype"), "keywords": ("authorkeywords", "keywordsplus"), "issn": ("issn",
    "eissn"),
    "article_number": ("articlenumber",), "url": ("doilink",),
}  # fmt: skip
_OVID_COLUMNS: dict[str, Names] = {
    "accession": ("ui", "an"), "title": ("ti",), "title_alternative": ("ot", "tt"), "authors": ("au", "fa"),
    "year": ("yr", "dp"), "date": ("dp",),
    "journal": ("jn", "nj"), "volume": ("vo",), "issue": ("ip",), "pages": ("pg",), "issn": ("is",), "isbn": ("ib",),
    "publisher": ("pu", "pb"),
    "language": ("lg",), "abstract": ("ab",), "keywords": ("kw", "id", "mh", "de"), "doi": ("do", "di"),
    "pmid": ("pm",), "type": ("pt", "dt"),
    "url": ("url", "ftu", "fturl"), "database": ("db",), "citation": ("so",), "link": ("xl",),
}  # fmt: skip
_EMBASE_COLUMNS: dict[str, Names] = {
    "accession": ("pui", "embaseaccessionid"), "pmid": ("medlinepmid",), "authors": ("authornames",),
    "journal": ("sourcetitle",), "citation": ("source",),
    "title_alternative": ("originaltitle",), "year": ("publicationyear",), "date": ("dateofpublication",),
    "publisher": ("bookpublisher",),
    "keywords": ("authorkeywords", "keywords", "emtreemedicalindextermsmajorfocus", "emtreedrugindextermsmajorfocus"),
    "language": ("articlelanguage",),
    "type": ("publicationtype",), "url": ("embaselink", "fulltextlink"), "link": ("openurllink",),
    "article_number": ("articlenumber",),
    "abstract": ("abstract", "originalabstract"),
}  # fmt: skip

FORMATS: tuple[TableFormat, ...] = (
    TableFormat("zotero-csv", "", "Zotero", ("key", "itemtype", "publicationyear", "publicationtitle", "dateadded"), {
        "accession": ("key", "ikey"), "type": ("itemtype",), "year": ("publicationyear",),
        "journal": ("publicationtitle", "proceedingstitle"),
        "abstract": ("abstractnote",), "keywords": ("manualtags", "automatictags"), "date": ("date",),
        "notes": ("extra",),
        "database": (), "archive": ("archive",), "location": ("archivelocation", "callnumber"),
        "type_words": ("type",),
    }, "semicolon"),
    TableFormat("scopus-csv", "Scopus", "Scopus", ("authors", "title", "sourcetitle", "eid"), {
        "accession": ("eid",), "journal": ("sourcetitle",), "journal_abbreviation": ("abbreviatedsourcetitle",),
        "article_number": ("artno",),
        "first_page": ("pagestart",), "last_page": ("pageend",), "type": ("documenttype",),
        "keywords": ("authorkeywords", "indexkeywords"),
        "authors": ("authors",), "database": (), "url": ("link",),
    }, "scopus"),
    TableFormat("scopus-csv", "Scopus", "Scopus", ("authors", "title", "sourcetitle", "citedby", "link", "source"), {
        "accession": ("eid",), "journal": ("sourcetitle",), "article_number": ("artno",),
        "first_page": ("pagestart",), "last_page": ("pageend",),
        "type": ("documenttype",), "keywords": ("authorkeywords", "indexkeywords"), "database": (), "url": ("link",),
    }, "scopus"),
    TableFormat("wos-table", "Web of Science", "Web of Science", ("articletitle", "sourcetitle", "publicationyear",
    "timescitedwoscore"), _WOS_COLUMNS, "semicolon"),
    TableFormat("wos-table", "Web of Science", "Web of Science", ("articletitle", "sourcetitle", "publicationtype",
    "authorfullnames"), _WOS_COLUMNS, "semicolon"),
    TableFormat("wos-tab", "Web of Science", "Web of Science", ("pt", "au", "ti", "so", "ut"), {
        "accession": ("ut",), "title": ("ti", "ft"), "authors": ("af", "au", "ca", "gp"), "year": ("py", "ea"),
        "date": ("pd",), "journal": ("so",),
        "journal_abbreviation": ("ji", "j9"), "volume": ("vl",), "issue": ("is",), "first_page": ("bp",),
        "last_page": ("ep",), "article_number": ("ar",),
        "doi": ("di", "d2"), "pmid": ("pm",), "issn": ("sn", "ei"), "isbn": ("bn",), "publisher": ("pu",),
        "language": ("la",), "abstract": ("ab",),
        "keywords": ("de", "id", "ak"), "type": ("dt", "pt"), "url": ("dl",), "title_alternative": ("x1", "z1", "y1"),
    }, "semicolon"),
    TableFormat("wos-tab", "Web of Science", "Web of Science", ("pt", "au", "ba", "ti", "so", "ut"), {}, "semicolon"),
    TableFormat("ovid-table", "", "Ovid", ("vn", "db", "ti", "so"), _OVID_COLUMNS, "lines"),
    TableFormat("embase-table", "Embase", "Embase.com", ("title", "authornames", "source", "openurllink"),
    _EMBASE_COLUMNS, "comma"),
    TableFormat("embase-table", "Embase", "Embase.com", ("title", "authornames", "emtreemedicalindexterms"),
    _EMBASE_COLUMNS, "comma"),
    TableFormat("ebsco-csv", "", "EBSCOhost", ("longdbname", "shortdbname", "an", "title"), {
        "accession": ("an",), "database": ("longdbname", "shortdbname"), "authors": ("contributors",),
        "journal": ("source",), "type": ("doctypes", "pubtypes"),
        "date": ("publicationdate", "coverdate"), "year": ("publicationdate", "coverdate"), "url": ("plink",),
        "keywords": ("subjects", "identifiers"),
        "pmid": ("mid",),
    }, "semicolon"),
    TableFormat("ebsco-csv", "", "EBSCOhost", ("articletitle", "journaltitle", "accessionnumber", "plink"), {
        "type": ("doctype",), "year": ("publicationdate",), "date": ("publicationdate",),
        "first_page": ("firstpage",), "url": ("plink",),
        "keywords": ("keywords", "subjects"), "database": (),
    }, "semicolon"),
    TableFormat("ebsco-xml-table", "", "EBSCOhost", ("jinfojtl", "artinfotigatl"), {
        # EBSCOhost's XML, flattened by a spreadsheet program: a path is a header, `*` stands for the number of a
        # repeated element
        "accession": ("headeruiterm",), "database": ("headerlongdbname", "headershortdbname"),
        "title": ("artinfotigatl",), "authors": ("artinfoaugau*", "artinfoaugau"),
        "journal": ("jinfojtl",), "issn": ("jinfoissn", "jinfoissn*text"), "year": ("pubinfodtyear",),
        "volume": ("pubinfovid",), "issue": ("pubinfoiid",),
        "first_page": ("artinfoppf",), "abstract": ("artinfoab*", "artinfoab"), "doi": ("artinfoui*text",
        "artinfouitext"), "type": ("artinfodoctype*", "artinfopubtype"),
        "keywords": ("artinfosugsubj*text",), "url": ("headerdisplayinfoplinkurl",), "pmid": (),
        "publisher": ("pubinfopub",),
    }, "cells"),
    TableFormat("pubmed-csv", "PubMed", "PubMed", ("pmid", "title", "authors", "citation", "journalbook"), {
        "accession": ("pmid",), "journal": ("journalbook",), "citation": ("citation",), "date": ("createdate",),
        "database": (),
        "year": ("publicationyear",), "type": (),
    }, "comma"),
    TableFormat("pubmed-csv-old", "PubMed", "PubMed", ("title", "description", "details", "shortdetails",
    "identifiers", "entrezuid"), {
        "accession": ("entrezuid",), "pmid": ("entrezuid",), "authors": ("description",), "citation": ("details",),
        "abstract": (), "url": ("url",), "type": (),
        "database": (),
    }, "comma"),
    TableFormat("central-csv", "CENTRAL", "Cochrane Library", ("centralid", "authors", "title", "source",
    "publicationtype"), {
        "accession": ("centralid",), "pmid": ("pubmedid",), "journal": ("source",), "type": ("publicationtype",),
        "database": (),
    }, "semicolon"),
    TableFormat("ieee-csv", "IEEE Xplore", "IEEE Xplore", ("documenttitle", "authors", "pdflink",
    "documentidentifier"), {
        "journal": ("publicationtitle",), "type": ("documentidentifier",), "url": ("pdflink",), "isbn": ("isbns",),
        "date": ("issuedate", "onlinedate"),
        "keywords": ("authorkeywords", "ieeeterms"),
    }, "given"),
    TableFormat("springer-csv", "SpringerLink", "SpringerLink", ("itemtitle", "publicationtitle", "itemdoi",
    "contenttype"), {
        "title": ("itemtitle",), "journal": ("publicationtitle", "bookseriestitle"), "volume": ("journalvolume",),
        "issue": ("journalissue",), "doi": ("itemdoi",), "type": ("contenttype",), "database": (),
    }, "given"),
    TableFormat("clinicaltrials-csv", "ClinicalTrials.gov", "ClinicalTrials.gov", ("nctnumber", "studytitle"), {
        "accession": ("nctnumber",), "title": ("studytitle",), "abstract": ("briefsummary",), "url": ("studyurl",),
        "year": ("firstposted", "startdate"), "date": ("firstposted", "startdate"), "other": ("otherids",),
        "keywords": ("conditions",), "type": (), "database": (), "authors": (),
    }),
    TableFormat("clinicaltrials-csv", "ClinicalTrials.gov", "ClinicalTrials.gov", ("nctnumber", "title", "status"), {
        "accession": ("nctnumber",), "year": ("firstposted", "startdate"), "date": ("firstposted", "startdate"),
        "other": ("otherids",), "keywords": ("conditions",), "type": (), "database": (), "authors": (),
    }),
    TableFormat("proquest-xls", "ProQuest", "ProQuest", ("title", "storeid", "accessionnumber", "documenttype",
    "pubtitle"), {
        "accession": ("storeid", "accessionnumber"), "doi": ("digitalobjectidentifier",), "journal": ("pubtitle",),
        "date": ("pubdate",), "year": ("year", "pubdate"),
        "type": ("documenttype", "articletype"), "keywords": ("subjectterms", "subjectheadings", "subjects"),
        "url": ("documenturl", "url"),
    }, "semicolon"),
    TableFormat("proquest-text", "", "ProQuest", ("proquestdocumentid", "publicationtitle"), {
        "accession": ("proquestdocumentid", "accessionnumber"), "other": ("accessionnumber",), "title": ("title",),
        "title_alternative": ("alternatetitle", "originaltitle"), "journal": ("publicationtitle", "source"),
        "date": ("publicationdate",), "year": ("publicationyear", "year", "publicationdate"),
        "first_page": ("firstpage",), "issn": ("issn", "eissn", "electronicissn", "printissn"),
        "language": ("languageofpublication", "language"), "type": ("documenttype", "sourcetype"),
        "abstract": ("abstract", "abstractenglish", "abstractsummary"),
        "keywords": ("subject", "identifierkeyword", "meshsubject", "keyword", "keywords"), "url": ("documenturl", "url"),
    }, "semicolon"),
    TableFormat("ebsco-text", "", "EBSCOhost", ("persistentlinktothisrecordpermalink", "accessionnumber", "source"), {
        "title_alternative": ("translatedtitle", "alternatetitle", "originaltitle", "othertitles"),
        "journal": (), "journal_abbreviation": ("isonlmtitleabbreviation", "nlmtitleabbreviation"),
        "accession": ("accessionnumber", "ericnumber"), "pmid": ("pmid", "nlmuid"),
        "year": ("publicationyear", "publicationdate"), "date": ("publicationdate",), "language": ("language", "languages"),
        "abstract": ("abstract", "abstractenglish", "authorsuppliedabstract", "abstractauthor"),
        "type": ("documenttype", "publicationtype"), "pages": (), "authors": (), "keywords": (),
        "url": ("persistentlinktothisrecordpermalink", "persistentlinktothisrecord", "permalink"),
    }, "semicolon"),
    TableFormat("cnki-table", "CNKI", "CNKI", ("title题名", "author作者", "source文献来源"), {
        "accession": (), "year": ("year年", "pubtime发表时间", "pubtime出版时间"), "date": ("pubtime发表时间", "pubtime出版时间"),
        "pages": ("page页码", "pagecount页码"), "type": ("srcdatabase来源库", "srcdatabase文献来源"), "database": (),
        "journal": ("source文献来源", "source刊名", "source来源"), "url": ("url网址", "link链接"),
    }, "semicolon"),
    TableFormat("scopus-csv", "Scopus", "Scopus", ("作者", "年份", "来源出版物名称", "eid"), {
        "accession": ("eid",), "title": ("文献标题", "标题"), "authors": ("作者",), "database": (),
    }, "scopus"),
    TableFormat("ictrp-table", "ICTRP", "ICTRP", ("trialid", "publictitle", "scientifictitle"), {
        "accession": ("trialid",), "title": ("scientifictitle", "publictitle"), "title_alternative": ("publictitle",),
        "authors": (), "year": ("dateregistration3", "dateregistration"), "date": ("dateregistration3",),
        "other": ("secondaryids", "secondaryid"), "url": ("webaddress", "url"), "keywords": ("condition",), "type": (),
        "database": (), "journal": (), "abstract": (),
    }),
    TableFormat("publish-or-perish-csv", "Google Scholar", "Publish or Perish", ("authors", "title", "articleurl",
    "gsrank", "querydate"), {
        "journal": ("source",), "url": ("articleurl",), "first_page": ("startpage",), "last_page": ("endpage",),
        "database": (),
    }, "given"),
    TableFormat("lens-csv", "The Lens", "The Lens", ("lensid", "title", "authors", "publicationyear"), {
        "accession": ("lensid",), "type": ("publicationtype",), "journal": ("sourcetitle",),
        "date": ("datepublished",), "issue": ("issuenumber", "issue"),
        "url": ("sourceurls", "externalurl"), "keywords": ("keywords", "meshterms"), "database": (),
    }, "given"),
    TableFormat("dimensions-csv", "Dimensions", "Dimensions", ("publicationid", "title", "sourcetitle", "pubyear",
    "dimensionsurl"), {
        "accession": ("publicationid",), "authors": ("authors",), "journal": ("sourcetitle",
        "sourcetitleanthologytitle"), "year": ("pubyear",),
        "date": ("publicationdate",), "pages": ("pagination",), "type": ("publicationtype", "documenttype"),
        "url": ("dimensionsurl", "sourcelinkout"),
        "keywords": ("meshterms",), "database": (),
    }, "semicolon"),
    TableFormat("openalex-csv", "OpenAlex", "OpenAlex", ("openalexid", "doi"), {"accession": ("openalexid",)}),
    TableFormat("openalex-csv", "OpenAlex", "OpenAlex", ("id", "displayname", "publicationyear", "doi"), {
        "accession": ("id",), "title": ("displayname", "title"), "authors": ("authorshipsauthordisplayname",
        "authorshipsrawauthorname"),
        "journal": ("primarylocationsourcedisplayname",), "first_page": ("bibliofirstpage",),
        "last_page": ("bibliolastpage",),
        "volume": ("bibliovolume",), "issue": ("biblioissue",), "date": ("publicationdate",), "pmid": ("idspmid",),
        "type": ("type",),
    }, "pipe-given"),
    TableFormat("rayyan-csv", "", "Rayyan", ("key", "title", "authors", "journal", "issn", "abstract"), {
        "accession": ("key",), "pmid": ("pubmedid",), "notes": ("notes",), "date": (),
    }, "any"),
    TableFormat("asreview-csv", "", "ASReview", ("prismakerecordid", "title", "abstract"), {
        "accession": ("prismakerecordid",),
    }),
    TableFormat("covidence-csv", "", "Covidence", ("title", "authors", "covidence", "study", "ref"), {
        "accession": ("covidence",), "other": ("accessionnumber",), "year": ("publishedyear",),
    }, "semicolon"),
    TableFormat("distillersr-csv", "", "DistillerSR", ("refid", "author", "title", "abstract", "user"), {
        "accession": ("refid",), "other": ("accessionnumber",), "issue": ("issue", "number"), "date": (),
        "database": (),
    }, "any"),
    TableFormat("abstrackr-csv", "", "Abstrackr", ("internalid", "sourceid", "pubmedid", "title", "abstract"), {
        "accession": ("internalid",), "other": ("sourceid",), "pmid": ("pubmedid",),
    }, "any"),
    TableFormat("bibtex-csv", "", "", ("entrytype", "id", "title", "author"), {
        "accession": ("id",), "type": ("entrytype",), "journal": ("journal", "booktitle"), "notes": ("note",),
        "issue": ("number",), "date": (),
    }, "bibtex"),
    TableFormat("citavi-table", "", "Citavi", ("shorttitle", "title", "authoreditororganization", "yearresolved"), {
        "authors": ("authoreditororganization",), "year": ("yearresolved",), "journal": ("periodical",),
        "accession": ("citaviid", "sequencenumber"),
    }, "semicolon"),
)  # fmt: skip
