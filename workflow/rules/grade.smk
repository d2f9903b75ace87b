# Certainty of the evidence: GRADE's summary of findings.
#
# Needs: results/analyses/{analysis}/result.json, resources/grade/grade.csv (people's judgements, where config names the sheet).
# Makes: results/grade/ (summary of findings, findings, pending, a sheet to fill in).
# Steps: summarise_findings.


rule summarise_findings:
    """Put the summary of findings together from the analyses and people's judgements of their certainty."""
    input:
        results=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
        sheet=optional(REVIEW.config.get("grade", {}).get("sheet")),
    output:
        table=report(
            "results/grade/summary_of_findings.csv",
            caption="../report/findings.rst",
            category="Studies",
            labels={"what": "Summary of findings"},
        ),
        json="results/grade/summary_of_findings.json",
        findings="results/grade/findings.csv",
        pending="results/grade/pending.csv",
        to_fill="results/grade/grade_to_fill.csv",
    log:
        "results/logs/summarise_findings.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("summarise_findings"),
        settings=settings("grade.sheet", analyses=list(REVIEW.analyses)),
    script:
        "../scripts/summarise_findings.py"
