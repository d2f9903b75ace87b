"""The validators over real extraction tables: what they find, each finding looked at, and no more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from prismake.extraction.codebook import read_codebook
from prismake.extraction.consistency import check_consistency
from prismake.extraction.formats.metapsy import read_metapsy
from prismake.extraction.plausibility import check_plausibility
from prismake.extraction.structure import check_structure
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import Choices

# Eleven data sets of psychotherapy trials, 548 studies. What was found there (the reports were not looked at):
# - standard errors as SDs: Castel 2012, Falcao 2008, Ito 2020, Nickel 2004, Luo 2020, Power 1989, Ede 2020, Matsumoto 2022,
#   Latif 2021, Yurtsever 2018, ElBarazi 2022, at one or more times; their effects are among the largest of their sets;
# - more people than randomised: Nhu 2024, Odowd 2006, Wiborg 2015, Wolf 1992, Kubany 2004, Yurtsever 2018;
# - effects that their own means contradict: Ehlers 2014, Latif 2021, Lehavot 2021, McGeary 2022 (two arms), Neuner 2010.
EXPECTED = {"sd-looks-like-se": 27, "analysed-above-randomised": 17, "large-effect": 69, "effect-contradicted": 6}


def test_findings_in_the_metapsy_data_sets(shared_data: Path, root: Path) -> None:
    book = read_codebook(root / "workflow/schemas/codebook.yaml")
    found: Counter[str] = Counter()
    for path in sorted((shared_data / "metapsy").glob("*/data.csv")):
        turned = {"options": {"precalc_favours": "arm1"}} if path.parent.name == "ptsd-psyctr" else None
        tables = read_metapsy({"data": str(path)}, book, turned)
        roles = tuple(set(tables["arms"]["role"]) - {"intervention"})
        findings = [
            *tables.faults,
            *check_structure(tables, book),
            *check_plausibility(tables),
            *check_consistency(tables),
            *assemble(tables, Choices(direction="as_reported", comparators=roles)).findings,
        ]
        found.update(f.code for f in findings)
    assert dict(found) == EXPECTED
