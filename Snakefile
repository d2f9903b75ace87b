# Prismake: a systematic review from raw exports to the report.
#
#   search -> deduplicate -> screen -> retrieve -> flow -> extract, risk of bias -> effects -> analyses -> report
#
# `snakemake` builds the review in this folder, `snakemake --directory OTHER` another one. What people write stands in
# config/ and resources/, what is made of it in results/.
report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/deduplication.smk"
include: "workflow/rules/screening_export.smk"
include: "workflow/rules/screening.smk"
include: "workflow/rules/retrieval.smk"
include: "workflow/rules/flow.smk"
include: "workflow/rules/extraction.smk"
include: "workflow/rules/synthesis.smk"
include: "workflow/rules/grade.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/crosscheck.smk"
include: "workflow/rules/protocol.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/sharing.smk"


onstart:
    # Two builds at once would write over each other; Snakemake's own lock is off, because it survives a killed build.
    hold_alone(Path.cwd())
    # A registered leaf edited in place stops here; rule check_protocol says the same where hooks are off.
    hold_to_lock(REVIEW)
    # What follows a result that was edited by hand would be made from it.
    refuse_edited_results(Path.cwd())


onsuccess:
    from prismake.report.status import last_line

    note_results(Path.cwd(), rules.all.input)
    if line := last_line(Path.cwd()):
        logger.info(line)


onerror:
    from prismake.messages.logs import last_words

    if words := last_words(log):
        logger.error(words)


rule all:
    """Everything that a review delivers, and all that it is made of: a deleted intermediate is made again."""
    default_target: True
    input:
        rules.report.output,
        rules.status.output,
        rules.bundle.output,
        rules.record_provenance.output,
        rules.check_protocol.output,
        rules.audit_claims.output,
        rules.draw_flow.output,
        rules.check_identities.output,
        rules.narrative_synthesis.output,
        rules.summarise_findings.output,
        rules.export_for_screening.output,
        rules.count_flow.output,
        rules.effect_sizes.output,
        rules.risk_of_bias.output,
        rules.extract.output,
        rules.retrieve_reports.output,
        rules.merge_screening.output,
        rules.draw_drift.output,
        rules.deduplicate.output,
        rules.combine_searches.output,
        expand(rules.import_search.output, search=SEARCHES),
        expand(rules.analysis.output, analysis=ANALYSES),
        expand(rules.draw_analysis.output, analysis=ANALYSES),
