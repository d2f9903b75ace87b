# Where every number comes from, and the bundle to share.
#
# Needs: all that people wrote, the results of all stages. Stands last, because it records the rules before it.
# Makes: results/provenance/, results/bundle/bundle.zip.
# Steps: provenance -> bundle.
WRITTEN = {
    "config": INPUTS.folder_files("config", ".yaml", ".json"),
    "searches": [
        path for search in SEARCHES for path in INPUTS.files_of_search(search)
    ],
    "screening": INPUTS.screening_files(),
    "sheets": INPUTS.sheets(),
}


rule record_provenance:
    """Record the files that this build read, their hashes, the rules and the versions they ran with, and the ids behind each number."""
    input:
        **WRITTEN,
        check="results/protocol/check.json",
        leaves="results/protocol/leaves.csv",
        stamps="results/protocol/analyses.csv",
        flow="results/flow/flow.json",
        ids=expand("results/flow/ids/{box}.csv", box=FLOW_LISTS),
        analyses=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
        pooled=expand("results/analyses/{analysis}/effects.csv", analysis=ANALYSES),
        others=[
            "results/deduplication/summary.json",
            "results/screening/agreement.json",
            "results/risk_of_bias/summary.json",
            "results/risk_of_bias/agreement.json",
            "results/narrative/narrative.json",
        ],
        counted=[
            "results/deduplication/membership.csv",
            "results/screening/ledger.csv",
            "results/risk_of_bias/overall.csv",
            "results/risk_of_bias/judgements.csv",
            "results/narrative/directions.csv",
        ],
        environment=INPUTS.environment_lock(),
    output:
        provenance="results/provenance/provenance.json",
        numbers="results/provenance/numbers.csv",
    log:
        "results/logs/record_provenance.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(1),
        runtime=minutes(2),
    params:
        code=code("record_provenance"),
        settings=settings(
            "review.id",
            data_root=str(REVIEW.data_root or ""),
            rules=INPUTS.rule_book(workflow.rules),
        ),
    script:
        "../scripts/record_provenance.py"


rule bundle:
    """Pack what may be shared, described and with a manifest; abstracts, full texts and e-mail addresses stay out."""
    input:
        results=[
            *REPORTED,
            "results/report/numbers.csv",
            "results/searches/searches.csv",
            "results/deduplication/membership.csv",
            "results/deduplication/pairs.csv",
            "results/deduplication/overlap.csv",
            "results/screening/ledger.csv",
            "results/screening/decisions.csv",
            "results/retrieval/study_links.csv",
            "results/provenance/provenance.json",
            "results/provenance/numbers.csv",
            "results/status/status.json",
            *rules.report.output.formats,
        ],
        written=[path for paths in WRITTEN.values() for path in paths],
        cleared=optional("CLEARED.csv"),
    output:
        bundle="results/bundle/bundle.zip",
    log:
        "results/logs/bundle.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(3),
        runtime=minutes(10),
    params:
        code=code("bundle"),
        settings=settings(
            "review",
            "bundle",
            data_root=str(REVIEW.data_root or ""),
            exports=INPUTS.exports(),
            last_date=REVIEW.last_date,
        ),
    script:
        "../scripts/bundle.py"
