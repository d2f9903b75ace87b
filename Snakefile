# Prismake: a systematic review from raw exports to the report.
#
#   search -> deduplicate -> screen -> retrieve -> flow -> extract, risk of bias -> effects -> analyses -> report
#
# `snakemake` builds the review in this folder, `snakemake --directory OTHER` another one. What people write stands in
# config/ and resources/, what is made of it in results/.
include: "workflow/rules/common.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/deduplication.smk"
include: "workflow/rules/screening_export.smk"
include: "workflow/rules/screening.smk"
include: "workflow/rules/retrieval.smk"
include: "workflow/rules/flow.smk"
include: "workflow/rules/extraction.smk"
include: "workflow/rules/synthesis.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/protocol.smk"
include: "workflow/rules/report.smk"


rule all:
    """Everything that a review delivers."""
    default_target: True
    input:
        "results/report/report.html",
        "results/status/status.html",
        "results/bundle/bundle.zip",
        "results/provenance/provenance.json",
        "results/protocol/check.json",
        "results/claims/claims.csv",
        "results/flow/flow.svg",
        "results/flow/identities.csv",
        "results/narrative/narrative.json",
        "results/screening/export/rayyan.csv",
        expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
        expand("results/figures/{analysis}/forest.svg", analysis=ANALYSES),
