# Which source records are one record, which are related works, and which pairs a person should look at.
#
# Needs: results/searches/source_records.parquet; the sheet of human rulings, if there is one.
# Makes: results/deduplication/ (records, membership, pairs, queue, related, conflicts, overlap, summary, pending, messages, overlap figure).
# Steps: deduplicate. The queue, filled in, becomes or is added to the sheet of rulings.
RULINGS = (
    settings("deduplication.rulings")["deduplication.rulings"]
    or "resources/deduplication/rulings.csv"
)


rule deduplicate:
    """Find the source records that are the same entry and join them into records."""
    input:
        source_records="results/searches/source_records.parquet",
        rulings=optional(RULINGS),
    output:
        records="results/deduplication/records.parquet",
        membership="results/deduplication/membership.csv",
        pairs="results/deduplication/pairs.csv",
        queue="results/deduplication/queue.csv",
        related="results/deduplication/related.csv",
        conflicts="results/deduplication/conflicts.csv",
        overlap="results/deduplication/overlap.csv",
        summary="results/deduplication/summary.json",
        pending="results/deduplication/pending.csv",
        messages="results/deduplication/messages.csv",
        figures=multiext("results/deduplication/overlap", ".svg", ".pdf", ".png"),
    log:
        "results/logs/deduplicate.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(26),
        runtime=minutes(40),
    params:
        code=code("deduplicate"),
        settings=settings(
            "review.simulated",
            "deduplication.mode",
            "deduplication.join_preprints",
            "deduplication.join_dissertations",
            "deduplication.without_rules",
            "deduplication.largest_cluster",
            "deduplication.queue_is_settled",
            searches=list(SEARCHES),
        ),
    script:
        "../scripts/deduplicate.py"
