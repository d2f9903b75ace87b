# The report and the status page.
#
# Needs: the tables, numbers and figures of all stages; resources/manuscript/*.md; the templates.
# Makes: results/report/ (report.html and the other formats of config, numbers.csv), results/status/.
# Steps: report (facts -> templates -> one document -> each format), status.
REPORT_ENDINGS = {
    "html": "html",
    "docx": "docx",
    "pdf": "pdf",
    "latex": "tex",
    "markdown": "md",
}
REPORT_FORMATS = sorted({"html", *settings("report.formats")["report.formats"]})
MANUSCRIPT = settings("report.manuscript")["report.manuscript"]

PENDING = expand(
    "results/{stage}/pending.csv",
    stage=[
        "deduplication",
        "screening",
        "retrieval",
        "extraction",
        "risk_of_bias",
        "grade",
    ],
)

REPORTED = [
    *PENDING,
    "results/deduplication/records.parquet",
    "results/deduplication/summary.json",
    "results/flow/flow.json",
    "results/flow/flow.svg",
    "results/flow/flow.png",
    "results/flow/identities.csv",
    *expand("results/flow/ids/{box}.csv", box=FLOW_LISTS),
    "results/screening/agreement.json",
    "results/screening/drift.csv",
    "results/screening/drift.svg",
    "results/screening/drift.png",
    "results/retrieval/reports.csv",
    "results/retrieval/studies.csv",
    "results/extraction/characteristics.csv",
    "results/extraction/codebook.json",
    "results/extraction/sources.csv",
    "results/risk_of_bias/judgements.csv",
    "results/risk_of_bias/overall.csv",
    *expand(
        "results/risk_of_bias/{figure}.{ending}",
        figure=["traffic_light", "summary"],
        ending=["svg", "png"],
    ),
    "results/effects/effects.csv",
    "results/effects/as_registered.csv",
    "results/effects/not_computed.csv",
    "results/grade/summary_of_findings.csv",
    "results/grade/summary_of_findings.json",
    "results/narrative/narrative.json",
    "results/narrative/directions.csv",
    *expand(
        "results/narrative/{figure}.{ending}",
        figure=["effect_direction", "albatross", "harvest"],
        ending=["svg", "png"],
    ),
    *expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
    *expand("results/analyses/{analysis}/effects.csv", analysis=ANALYSES),
    *expand(
        "results/figures/{analysis}/{figure}.{ending}",
        analysis=ANALYSES,
        figure=ANALYSIS_FIGURES,
        ending=["svg", "png"],
    ),
    "results/protocol/analyses.csv",
    "results/protocol/leaves.csv",
    "results/protocol/deviations.csv",
    "results/protocol/check.json",
    "results/claims/claims.csv",
    "results/claims/claims.json",
    # metafor's numbers, once they have been asked for.
    *optional("results/crosscheck/crosscheck.csv"),
    *optional("results/crosscheck/crosscheck.json"),
]


rule report:
    """Write the report: one document, in every format that config asks for."""
    input:
        results=REPORTED,
        manuscript=INPUTS.folder_files(MANUSCRIPT, ".md"),
        styles=optional(settings("report.reference_docx")["report.reference_docx"]),
        bibliography=optional(settings("report.bibliography")["report.bibliography"]),
        csl=optional(settings("report.csl")["report.csl"]),
        templates=INPUTS.workflow_files(
            "templates/report/**/*.*", "templates/checklists/*.yaml"
        ),
    output:
        formats=report(
            [
                f"results/report/report.{REPORT_ENDINGS[name]}"
                for name in REPORT_FORMATS
            ],
            caption="../report/report.rst",
            category="Report",
            labels={"what": "The report"},
        ),
        numbers=report(
            "results/report/numbers.csv",
            caption="../report/numbers.rst",
            category="Report",
            labels={"what": "Every number and its source"},
        ),
    log:
        "results/logs/report.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(9),
        runtime=minutes(10),
    params:
        code=code("report"),
        settings=settings(
            "review",
            "final",
            "searches",
            "report",
            protocol=REVIEW.configured,
            analyses=REVIEW.analyses,
        ),
    script:
        "../scripts/report.py"


rule status:
    """Say where the review stands, who waits for whom, and what changed since an earlier bundle."""
    input:
        pending=PENDING,
        flow="results/flow/flow.json",
        ledger="results/screening/ledger.csv",
        screened="results/flow/ids/records_screened.csv",
        studies="results/flow/ids/total_studies.csv",
        analyses="results/protocol/analyses.csv",
        check="results/protocol/check.json",
        results=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
        earlier=optional(settings("report.earlier_bundle")["report.earlier_bundle"]),
        template=INPUTS.workflow_file("templates/report/status.html.j2"),
        style=INPUTS.workflow_file("templates/report/report.css"),
    output:
        json="results/status/status.json",
        html=report(
            "results/status/status.html",
            caption="../report/status.rst",
            category="Report",
            labels={"what": "Where the review stands"},
        ),
        text="results/status/status.txt",
    log:
        "results/logs/status.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("status"),
        settings=settings("review", "final", searches=SEARCHES),
    script:
        "../scripts/status.py"
