# From the extraction sheets to effect sizes, risk of bias and narrative synthesis.
#
# Needs: resources/extraction/ (or the files that config names), resources/risk_of_bias/, results/retrieval/studies.csv.
# Makes: results/extraction/, results/risk_of_bias/, results/effects/, results/narrative/.
# Steps: extract -> risk_of_bias -> effect_sizes -> narrative_synthesis.
EXTRACTION = REVIEW.config.get("extraction", {})
SHEETS = (".csv", ".tsv", ".xlsx", ".xls", ".ods")
EXTRACTION_SHEETS = [
    REVIEW.find(path) for path in EXTRACTION.get("files", {}).values()
] or INPUTS.folder_files(EXTRACTION.get("folder"), *SHEETS)
OWN_CODEBOOK = optional(
    f"{EXTRACTION.get('folder', 'resources/extraction')}/codebook.yaml"
)
CODEBOOK = INPUTS.workflow_files("schemas/codebook.yaml")[0]


rule extract:
    """Read and check the extraction sheets, whatever their layout, and write them as canonical tables."""
    input:
        sheets=EXTRACTION_SHEETS,
        second=INPUTS.folder_files(EXTRACTION.get("second_folder"), *SHEETS),
        adjudicated=optional(EXTRACTION.get("adjudicated")),
        included="results/retrieval/studies.csv",
        codebook=CODEBOOK,
        own_codebook=OWN_CODEBOOK,
    output:
        studies="results/extraction/studies.csv",
        arms="results/extraction/arms.csv",
        outcomes="results/extraction/outcomes.csv",
        results="results/extraction/results.csv",
        effects_reported="results/extraction/effects_reported.csv",
        sources="results/extraction/sources.csv",
        characteristics=report(
            "results/extraction/characteristics.csv",
            caption="../report/characteristics.rst",
            category="Studies",
            labels={"what": "Characteristics of the included studies"},
        ),
        findings="results/extraction/findings.csv",
        pending="results/extraction/pending.csv",
        differences="results/extraction/differences.csv",
        agreement="results/extraction/agreement.csv",
        facts_for_raters="results/extraction/facts_for_raters.csv",
        codebook="results/extraction/codebook.json",
        datapackage="results/extraction/datapackage.json",
        workbook="results/extraction/sheets.xlsx",
    log:
        "results/logs/extract.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("extract"),
        settings=settings("extraction", "final", **protocol("comparisons", "outcomes")),
    script:
        "../scripts/extract.py"


rule risk_of_bias:
    """Settle the raters' judgements, derive the overall ones, and draw them."""
    input:
        sheet=optional(REVIEW.config.get("risk_of_bias", {}).get("sheet")),
        included="results/retrieval/studies.csv",
    output:
        given="results/risk_of_bias/given.csv",
        answers="results/risk_of_bias/items.csv",
        judgements="results/risk_of_bias/judgements.csv",
        overall="results/risk_of_bias/overall.csv",
        conflicts="results/risk_of_bias/conflicts.csv",
        robvis="results/risk_of_bias/robvis.csv",
        summary="results/risk_of_bias/summary.json",
        agreement="results/risk_of_bias/agreement.json",
        findings="results/risk_of_bias/findings.csv",
        pending="results/risk_of_bias/pending.csv",
        traffic_light_svg=report(
            "results/risk_of_bias/traffic_light.svg",
            caption="../report/traffic_light.rst",
            category="Studies",
            labels={"what": "Risk of bias, study by study"},
        ),
        traffic_light_pdf="results/risk_of_bias/traffic_light.pdf",
        traffic_light_png="results/risk_of_bias/traffic_light.png",
        summary_svg=report(
            "results/risk_of_bias/summary.svg",
            caption="../report/risk_of_bias.rst",
            category="Studies",
            labels={"what": "Risk of bias, by domain"},
        ),
        summary_pdf="results/risk_of_bias/summary.pdf",
        summary_png="results/risk_of_bias/summary.png",
    log:
        "results/logs/risk_of_bias.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("risk_of_bias"),
        settings=settings(
            "risk_of_bias.columns", "review.simulated", **protocol("risk_of_bias")
        ),
    script:
        "../scripts/risk_of_bias.py"


rule effect_sizes:
    """Compute every effect size that the protocol asks for, each with its way and its sources."""
    input:
        studies="results/extraction/studies.csv",
        arms="results/extraction/arms.csv",
        outcomes="results/extraction/outcomes.csv",
        results="results/extraction/results.csv",
        effects_reported="results/extraction/effects_reported.csv",
        sources="results/extraction/sources.csv",
        rob="results/risk_of_bias/overall.csv",
        judgements="results/risk_of_bias/judgements.csv",
        given="results/risk_of_bias/given.csv",
        codebook=CODEBOOK,
        own_codebook=OWN_CODEBOOK,
    output:
        effects="results/effects/effects.csv",
        as_registered="results/effects/as_registered.csv",
        not_computed="results/effects/not_computed.csv",
        findings="results/effects/findings.csv",
        wide="results/effects/wide.csv",
        metapsy="results/effects/metapsy.csv",
        study_information="results/effects/revman/study_information.csv",
        study_arms="results/effects/revman/study_arms.csv",
        study_results="results/effects/revman/study_results.csv",
        risk_of_bias="results/effects/revman/risk_of_bias.csv",
    log:
        "results/logs/effect_sizes.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("effect_sizes"),
        settings=dict(
            as_registered=REVIEW.effects_as_registered,
            **protocol(
                "effect_measure",
                "effect_options",
                "direction",
                "comparisons",
                "outcomes",
            ),
        ),
    script:
        "../scripts/effect_sizes.py"


rule narrative_synthesis:
    """Say what the studies show where they are not pooled: directions, sign test, combined p values."""
    input:
        effects="results/effects/effects.csv",
        not_computed="results/effects/not_computed.csv",
        studies="results/extraction/studies.csv",
        included="results/retrieval/studies.csv",
    output:
        narrative="results/narrative/narrative.json",
        directions="results/narrative/directions.csv",
        not_pooled="results/narrative/not_pooled.csv",
        effect_direction_svg="results/narrative/effect_direction.svg",
        effect_direction_pdf="results/narrative/effect_direction.pdf",
        effect_direction_png="results/narrative/effect_direction.png",
        albatross_svg="results/narrative/albatross.svg",
        albatross_pdf="results/narrative/albatross.pdf",
        albatross_png="results/narrative/albatross.png",
        harvest_svg="results/narrative/harvest.svg",
        harvest_pdf="results/narrative/harvest.pdf",
        harvest_png="results/narrative/harvest.png",
    log:
        "results/logs/narrative_synthesis.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("narrative_synthesis"),
        settings=settings(
            "review.simulated",
            **protocol("narrative_synthesis", "outcomes", "analyses", "risk_of_bias"),
        ),
    script:
        "../scripts/narrative_synthesis.py"
