# The PRISMA 2020 flow: a list of ids for each box, their lengths, the drawing, the identities.
#
# Needs: the tables of searches, deduplication, screening and retrieval; for the identities those of every later stage too.
# Makes: results/flow/ (flow.json, ids/, prisma2020.csv, updates.csv/.svg/.png, flow.svg/.pdf/.png/.html/.docx, rows.csv, identities.csv,
#   retracted.csv).
# Steps: count_flow -> draw_flow, check_identities.
FLOW_TABLES = dict(
    searches="results/searches/searches.csv",
    source_records="results/searches/source_records.parquet",
    membership="results/deduplication/membership.csv",
    excluded_before="results/screening/excluded_before.csv",
    decisions="results/screening/decisions.csv",
    ledger="results/screening/ledger.csv",
    reports="results/retrieval/reports.csv",
    studies="results/retrieval/studies.csv",
    study_links="results/retrieval/study_links.csv",
)
ARM_LISTS = "sought_reports not_sought notretrieved_reports retrieval_pending assessed excluded ongoing awaiting fulltext_pending included_reports"
FLOW_LISTS = (
    "previous_studies previous_reports database_results register_results duplicates excluded_automatic excluded_other "
    "records_screened records_excluded records_excluded_human records_excluded_automation records_advanced "
    "records_ongoing records_awaiting records_pending "
    "website_results organisation_results citations_results contact_results other_method_results other_duplicates "
    "new_studies new_reports updated_studies unlinked_reports total_studies total_reports"
).split() + [f"{arm}_{name}" for arm in ("dbr", "other") for name in ARM_LISTS.split()]


rule count_flow:
    """Count the PRISMA 2020 flow: a list of ids for each box, and their lengths."""
    input:
        **FLOW_TABLES,
    output:
        flow="results/flow/flow.json",
        prisma2020="results/flow/prisma2020.csv",
        updates="results/flow/updates.csv",
        messages="results/flow/messages.csv",
        lists=expand("results/flow/ids/{box}.csv", box=FLOW_LISTS),
    log:
        "results/logs/count_flow.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(6),
        runtime=minutes(10),
    params:
        code=code("count_flow"),
        settings=settings("review.update_of", **protocol("exclusion_reasons")),
    script:
        "../scripts/count_flow.py"


rule draw_flow:
    """Draw the PRISMA 2020 diagram as SVG, PDF and PNG, and write the same as an accessible table."""
    input:
        flow="results/flow/flow.json",
        study_links="results/retrieval/study_links.csv",
        results=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
    output:
        svg=report(
            "results/flow/flow.svg",
            caption="../report/flow.rst",
            category="Flow",
            labels={"what": "PRISMA 2020 flow diagram"},
        ),
        pdf="results/flow/flow.pdf",
        png="results/flow/flow.png",
        page="results/flow/flow.html",
        rows="results/flow/rows.csv",
        docx="results/flow/flow.docx",
        updates_svg="results/flow/updates.svg",
        updates_png="results/flow/updates.png",
    log:
        "results/logs/draw_flow.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("draw_flow"),
        settings=settings(
            "review.simulated", "flow.hide_zero", "flow.screening_reasons"
        ),
    script:
        "../scripts/draw_flow.py"


rule check_identities:
    """Check the identities of the flow and of the stages after it; a failing one stops the build."""
    input:
        **FLOW_TABLES,
        extracted="results/extraction/studies.csv",
        risk_of_bias="results/risk_of_bias/overall.csv",
        effects="results/effects/effects.csv",
        not_computed="results/effects/not_computed.csv",
        narrative="results/narrative/directions.csv",
        not_pooled="results/narrative/not_pooled.csv",
        results=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
        pooled=expand("results/analyses/{analysis}/effects.csv", analysis=ANALYSES),
        retractions=optional(REVIEW.config["retractions"]),
    output:
        identities=report(
            "results/flow/identities.csv",
            caption="../report/identities.rst",
            category="Flow",
            labels={"what": "Consistency of the counts"},
        ),
        retracted="results/flow/retracted.csv",
        messages="results/flow/identity_messages.csv",
    log:
        "results/logs/check_identities.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(6),
        runtime=minutes(10),
    params:
        code=code("check_identities"),
        settings=settings("final", **protocol("risk_of_bias")),
    script:
        "../scripts/check_identities.py"
