"""Files that were cut, flipped or shuffled end in votes and faults, never in a traceback.

PRISMAKE_BROKEN_FILES sets the number of files for each tool.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from prismake.screening.sources import read_sources

SAMPLES = {
    "rayyan": (
        "articles.csv",
        'key,title,notes\nrayyan-7,One,"a | RAYYAN-INCLUSION: {""Ann""=>""Included"", ""Bo""=>""Excluded""} | RAYYAN-LABELS: x | '
        'RAYYAN-EXCLUSION-REASONS: b,c | USER-NOTES: {""Bo""=>[""n""]}"\n',
    ),
    "covidence": (
        "excluded.csv",
        'Title,DOI,Covidence #,Notes\nOne,10.1/a,#3,"Exclusion reason: X; Bo (2020)(Select): y; "\n',
    ),
    "asreview": (
        "a.ris",
        "TY  - GEN\nTI  - One\nN1  - ASReview_relevant\nER  - \n\nTY  - GEN\nN1  - ASReview_not_seen\nER  -\n",
    ),
    "eppi": (
        "e.json",
        '{"CodeSets":[{"Attributes":{"AttributesList":[{"AttributeId":1,"AttributeName":"INCLUDE"}]}}],'
        '"References":[{"ItemId":1,"Title":"One","Codes":[{"AttributeId":1}]}]}',
    ),
    "distillersr": (
        "d.json",
        '[{"refid":5,"title":"One","tags":{"DOI":"1"},"data_sets":{"1":{"user":"A","level":"1","data":'
        '[{"question":"Include","response":{"answer":"Yes","text":""}}]}}}]',
    ),
    "abstrackr": (
        "a.csv",
        "(internal) id,(source) id,title,consensus,labeled_at,Ann,labeled_at\n1,7,One,o,,1,2024-01-01\nnot yet\n2,8,Two\n",
    ),
    "metagear": ("m.csv", "STUDY_ID,REVIEWERS,INCLUDE,Title\n1,Ann,YES,One\n2,Ann,not vetted,Two\n"),
    "long": (
        "l.csv",
        "phase,record_id,reviewer,decision,decided_at\nfull_text,s:1,Ann,include,2024-01-01\ntitle_abstract,s:2,Bo,no,x\n",
    ),
    "wide": ("w.csv", "record_id;one;two;final\ns:1;1;0;0\ns:2;yes;no;\n"),
}
WIDE = {"reviewers": {"one": "Ann", "two": "Bo"}, "adjudicator": {"column": "final", "only_conflicts": True}}


def broken(content: bytes, seed: int) -> bytes:
    """Content cut, with bytes flipped, lines shuffled or doubled, or a piece of it elsewhere."""
    rng = random.Random(seed)
    way = rng.randrange(5)
    if way == 0:
        return content[: rng.randrange(len(content) + 1)]
    if way == 1:
        flipped = bytearray(content)
        for _ in range(rng.randint(1, 8)):
            flipped[rng.randrange(len(flipped))] = rng.randrange(256)
        return bytes(flipped)
    lines = content.split(b"\n")
    if way == 2:
        rng.shuffle(lines)
    elif way == 3:
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    else:
        at, piece = rng.randrange(len(content)), content[: rng.randrange(len(content))]
        return content[:at] + piece + content[at:]
    return b"\n".join(lines)


@pytest.mark.parametrize("tool", sorted(SAMPLES))
def test_no_traceback(tool: str, tmp_path: Path):
    name, text = SAMPLES[tool]
    for seed in range(int(os.environ.get("PRISMAKE_BROKEN_FILES", "10"))):
        (tmp_path / name).write_bytes(broken(text.encode(), seed))
        source = {"id": "x", "tool": tool, "files": [name], **(WIDE if tool == "wide" else {})}
        votes, faults = read_sources([source], lambda n: tmp_path / n)
        assert len(votes) >= 0 and len(faults) >= 0
