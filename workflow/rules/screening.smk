# From the decisions of each tool to one decision a record and phase.
#
# Needs: results/deduplication/{records.parquet, membership.csv, queue.csv}, results/searches/source_records.parquet, the files of
#   decisions that config names, the sheets of retrieval and other methods (which reports there are), resources/screening/changes.csv
#   (when criteria or records changed).
# Makes: results/screening/ (ledger, decisions, work lists, matches, agreement, drift over time and its figure, messages, pending), and in
#   results/screening/to_fill/ copies of the work lists to fill in (conflicts, waiting, duplicates to rule on), of which an edited one is
#   never overwritten (so they are no declared outputs).
# Steps: read each tool -> attach votes to source records -> resolve by the protocol -> agreement -> work lists; draw_drift.


rule merge_screening:
    """Join the decisions of every tool and reviewer into one ledger, and resolve them by the protocol's rules."""
    input:
        files=INPUTS.screening_files(),
        records="results/deduplication/records.parquet",
        source_records="results/searches/source_records.parquet",
        membership="results/deduplication/membership.csv",
        excluded_before="results/screening/excluded_before.csv",
        queue="results/deduplication/queue.csv",
        retrieval=optional(REVIEW.config["retrieval"]),
        other_methods=optional(REVIEW.config["other_methods"]),
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
        messages="results/screening/messages.csv",
        pending="results/screening/pending.csv",
    log:
        "results/logs/merge_screening.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(10),
        runtime=minutes(10),
    params:
        code=code("merge_screening"),
        settings=settings(
            "screening",
            "final",
            "seed",
            protocol=protocol("screening", "exclusion_reasons"),
        ),
    script:
        "../scripts/merge_screening.py"


rule draw_drift:
    """Draw how each reviewer's share of includes and agreement with the others went over time."""
    input:
        drift="results/screening/drift.csv",
    output:
        svg=report(
            "results/screening/drift.svg",
            caption="../report/drift.rst",
            category="Flow",
            labels={"what": "Reviewers over time"},
        ),
        pdf="results/screening/drift.pdf",
        png="results/screening/drift.png",
    log:
        "results/logs/draw_drift.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("draw_drift"),
        settings=settings("review.simulated"),
    script:
        "../scripts/draw_drift.py"
