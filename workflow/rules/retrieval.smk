# From included records to reports, retrieved or not, and from reports to studies.
#
# Needs: results/screening/decisions.csv, results/deduplication/{records.parquet, membership.csv}, and the sheets resources/{retrieval/retrieval.csv,
#   studies/studies.csv, other_methods/other_methods.csv, previous_review/previous_review.csv} where they are there yet.
# Makes: results/retrieval/ (reports, studies, their links, the lists to fill in, messages, pending), and copies of these lists in
#   results/retrieval/to_fill/, of which an edited one is never overwritten (so they are no declared outputs).
# Steps: list the reports sought -> say which were retrieved and how they were assessed -> link those included to studies.
REGISTERS = [
    search["id"]
    for search in REVIEW.config["searches"]
    if search.get("kind") == "register"
]


rule retrieve_reports:
    """List the reports that were sought, retrieved and assessed, and link those included to their studies."""
    input:
        decisions="results/screening/decisions.csv",
        records="results/deduplication/records.parquet",
        membership="results/deduplication/membership.csv",
        retrieval=optional(REVIEW.config["retrieval"]),
        studies=optional(REVIEW.config["studies"]["sheet"]),
        other_methods=optional(REVIEW.config["other_methods"]),
        previous_review=optional(REVIEW.config["previous_review"]),
    output:
        reports="results/retrieval/reports.csv",
        studies="results/retrieval/studies.csv",
        study_links="results/retrieval/study_links.csv",
        to_retrieve="results/retrieval/to_retrieve.csv",
        to_link="results/retrieval/to_link.csv",
        messages="results/retrieval/messages.csv",
        pending="results/retrieval/pending.csv",
    log:
        "results/logs/retrieve_reports.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(8),
        runtime=minutes(5),
    params:
        code=code("retrieve_reports"),
        settings=settings(
            "studies", "final", registers=REGISTERS, **protocol("exclusion_reasons")
        ),
    script:
        "../scripts/retrieve_reports.py"
