# A second opinion on every analysis, by metafor: `snakemake crosscheck`. Never part of a plain build; once made, it is
# kept up to date with the rest and shown in the report.
#
# Needs: results/analyses/, results/effects/; R with the package metafor (without it, the reason is written).
# Makes: results/crosscheck/ (crosscheck.csv with both numbers, crosscheck.json with their count).
# Steps: tasks for R -> metafor -> both numbers side by side.


rule crosscheck:
    """Recompute every analysis with metafor and put both numbers side by side."""
    input:
        results=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
        pooled=expand("results/analyses/{analysis}/effects.csv", analysis=ANALYSES),
        effects="results/effects/effects.csv",
        as_registered="results/effects/as_registered.csv",
        script=INPUTS.workflow_file("templates/crosscheck/metafor.R"),
    output:
        table="results/crosscheck/crosscheck.csv",
        overview="results/crosscheck/crosscheck.json",
    log:
        "results/logs/crosscheck.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("crosscheck"),
    script:
        "../scripts/crosscheck.py"
