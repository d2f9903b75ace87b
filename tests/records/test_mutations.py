"""Broken files end in records that add up or in one clear error: 300 cases here, 10,000 by hand
(tests/benchmarks/mutations.py).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def mutations(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutations", root / "tests" / "benchmarks" / "mutations.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILES = {
    "a.ris": "TY  - JOUR\nTI  - Title {n}\nAU  - Ng, A.\nPY  - 2001\nAB  - Some text\nER  - \n\n",
    "a.bib": "@article{{k{n},\n title = {{Title {{N}} {n}}},\n author = {{Ng, A. and Ek, B.}},\n year = {{2001}}\n}}\n\n",
    "a.wos": "PT J\nAU Ng, A\n   Ek, B\nTI Title\n   number {n}\nSO J TEST\nPY 2001\nUT WOS:{n}\nER\n\n",
    "a.nbib": "PMID- {n}\nTI  - Title {n}\n      goes on\nAU  - Ng A\nDP  - 2001\nSO  - J Test\n\n",
    "a.enw": "%0 Journal Article\n%T Title {n}\n%A Ng, A.\n%D 2001\n\n",
    "a.csv": '"{n}","Title, number {n}","Ng, A.; Ek, B.",2001,"Text\nof ""two"" lines"\n',
    "a.xml": "<record><ref-type name='Journal Article'>17</ref-type><titles><title>Title {n}</title></titles></record>\n",
    "ebsco.txt": "Record: {n}\nTitle: A title {n}\nAuthors: Ng, A.; Ek, B.\nSource: Journal. Jan2001, Vol. 5 Issue 2, p1-2.\nAbstract: Text\ngoes on\n"
    "Accession Number: {n}\nDatabase: CINAHL\n\n",
    "embase.txt": "RECORD {n}\n\nTITLE\nA title {n}\n\nAUTHOR NAMES\nNg A.\n\nSOURCE\nJournal (2001) 5:2 (1-2)\n\n",
    "scopus.txt": "Ng, A., Ek, B.\n57;65;\nA title {n}\n(2017) Journal of Tests, 11 (4), pp. 9-16. Cited 3 times.\nhttps://x.org\n\nABSTRACT: Text\nSOURCE: Scopus\n\n",
    "cnki.txt": "SrcDatabase-来源库: 期刊\nTitle-题名: 题 {n}\nAuthor-作者: 王伟;\nSource-文献来源: 学报\nYear-年: 2001\n\n",
    "ovid.xml": '<record index="{n}"><F C="TI" L="Title"><D type="c">Title {n}</D></F><F C="AU"><D type="s">Ng A</D></F></record>\n',
    "bibo.rdf": '    <bibo:Book rdf:about="#{n}">\n        <dcterms:title>Title {n}</dcterms:title>\n        <dcterms:date>2001</dcterms:date>\n'
    '        <dcterms:creator rdf:nodeID="n1"/>\n    </bibo:Book>\n',
}
BEGINNINGS = {
    "ovid.xml": "<records>\n",
    "bibo.rdf": '<rdf:RDF xmlns:bibo="http://purl.org/ontology/bibo/">\n    <foaf:Person rdf:nodeID="n1">\n    <foaf:surname>Ng</foaf:surname>\n'
    "    </foaf:Person>\n",
    "a.csv": "id,title,authors,year,abstract\n",
    "a.xml": "<xml><records>\n",
    "a.wos": "FN Clarivate Analytics Web of Science\nVR 1.0\n",
}


def test_invented_files_broken(mutations: ModuleType, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(BEGINNINGS.get(name, "") + "".join(text.format(n=n) for n in range(1, 40)))
    counts, failures = mutations.run(mutations.sources(tmp_path), 140, seed=11)
    assert failures == []
    assert counts["records"] > 70


def test_real_files_broken(mutations: ModuleType, shared_data: Path) -> None:
    counts, failures = mutations.run(mutations.sources(shared_data / "exports"), 160, seed=12)
    assert failures == []
    assert counts["records"] > 80
