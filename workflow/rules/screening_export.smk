# What goes to the screening tools.
#
# Needs: results/deduplication/records.parquet and membership.csv, before_screening of config and the sheets it names.
# Makes: results/screening/excluded_before.csv, results/screening/export/.
# Steps: take out what is removed before screening -> write the other records for each tool.


rule export_for_screening:
    """Take out what is removed before screening and write the other records for the screening tools."""
    input:
        records="results/deduplication/records.parquet",
        membership="results/deduplication/membership.csv",
        sheets=[
            path
            for rule_ in REVIEW.config.get("before_screening", [])
            for path in optional(rule_.get("sheet"))
        ],
    output:
        excluded="results/screening/excluded_before.csv",
        rayyan="results/screening/export/rayyan.csv",
        covidence="results/screening/export/covidence.ris",
        asreview="results/screening/export/asreview.csv",
        eppi="results/screening/export/eppi.ris",
        zotero="results/screening/export/zotero.ris",
        bibtex="results/screening/export/records.bib",
        sheet="results/screening/export/sheet.csv",
    log:
        "results/logs/export_for_screening.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(12),
        runtime=minutes(30),
    params:
        code=code("export_for_screening"),
        settings=settings("before_screening"),
    script:
        "../scripts/export_for_screening.py"
