# From the decisions of each tool to one decision a record and phase.
#
# Needs: results/deduplication/{records.parquet, membership.csv}, results/searches/source_records.parquet, the files of
#   decisions that config names, resources/retrieval/retrieval.csv, resources/screening/changes.csv (when criteria or records changed).
# Makes: results/screening/ (ledger, decisions, work lists, matches, agreement, drift over time, messages, pending), and in results/screening/to_fill/
#   copies of the work lists to fill in, of which an edited one is never overwritten (so they are no declared outputs).
# Steps: read each tool -> attach votes to source records -> resolve by the protocol -> agreement -> work lists.


rule merge_screening:
    """Join the decisions of every tool and reviewer into one ledger, and resolve them by the protocol's rules."""
    input:
        files=INPUTS.screening_files(),
        records="results/deduplication/records.parquet",
        source_records="results/searches/source_records.parquet",
        membership="results/deduplication/membership.csv",
        excluded_before="results/screening/excluded_before.csv",
        retrieval=optional(REVIEW.config["retrieval"]),
        rulings=optional(RULINGS),
        changes=optional("resources/screening/changes.csv"),
    output:
        ledger="results/screening/ledger.csv",
        decisions="results/screening/decisions.csv",
        conflicts="results/screening/conflicts.csv",
        waiting="results/screening/waiting.csv",
        matches="results/screening/matches.csv",
        agreement="results/screening/agreement.json",
        drift="results/screening/drift.csv",
        drift_figure="results/screening/drift.svg",
        messages="results/screening/messages.csv",
        pending="results/screening/pending.csv",
    log:
        "results/logs/merge_screening.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("merge_screening"),
        settings=settings(
            "screening",
            "final",
            "seed",
            "review.simulated",
            protocol=protocol("screening", "exclusion_reasons"),
        ),
    script:
        "../scripts/merge_screening.py"
