"""Compute every effect size that the protocol's measure and comparisons ask for."""

from typing import Any

from prismake.extraction.codebook import read_codebook
from prismake.extraction.formats.metapsy import metapsy_rows, write_metapsy
from prismake.extraction.formats.revman import wide_rows
from prismake.extraction.formats.revman_writer import revman_tables
from prismake.extraction.tables import read_extraction
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_csv
from prismake.synthesis.effect_sizes.as_registered import effects_as_registered, overall_levels
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import read_choices


def main(
    *,
    sheets: dict[str, str],
    rob: str,
    judgements: str,
    given: str,
    codebook: str,
    own_codebook: list[str],
    outputs: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write effects.csv, not_computed.csv and findings.csv from the canonical sheets of rule extract, their data in the
    layouts of other programs, and as_registered.csv: the effects without what was changed once results were known.

    Raises InputFaults where the protocol's effect options are not known, or an effect's sign contradicts the report's.
    """
    choices, faults = read_choices(settings)
    faults.raise_errors()
    book = read_codebook(codebook, own_codebook[0] if own_codebook else None)
    extraction = read_extraction(sheets, book)
    result = assemble(extraction, choices, overall_levels(read_csv(rob)))
    result.findings.raise_errors()
    registered, noticed = effects_as_registered(extraction, settings["as_registered"], read_csv(given))
    result.findings.extend(noticed)
    write_csv(result.effects, outputs["effects"])
    write_csv(registered, outputs["as_registered"])
    write_csv(result.not_computed, outputs["not_computed"])
    write_csv(result.findings.frame(), outputs["findings"])
    write_csv(wide_rows(result.effects), outputs["wide"])
    write_metapsy(metapsy_rows(result.effects), outputs["metapsy"])
    for name, frame in revman_tables(extraction.tables, read_csv(judgements)).items():
        write_csv(frame, outputs[name])


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    names = ("studies", "arms", "outcomes", "results", "effects_reported", "sources")
    main(
        sheets={name: snakemake.input[name] for name in names},  # noqa: F821
        rob=snakemake.input.rob,  # noqa: F821
        judgements=snakemake.input.judgements,  # noqa: F821
        given=snakemake.input.given,  # noqa: F821
        codebook=snakemake.input.codebook,  # noqa: F821
        own_codebook=list(snakemake.input.own_codebook),  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
