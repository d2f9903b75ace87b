# What was registered, what was done, and what others claim.
#
# Needs: config/ (protocol, lock, deviations, exploratory analyses, claims), the results of every analysis, the ledger.
# Makes: results/protocol/, results/claims/.
# Steps: three-way check -> claims audit.


rule check_protocol:
    """Hold what was registered against what is configured and what was run."""
    input:
        config=optional("config/config.yaml"),
        protocol=optional("config/protocol.yaml"),
        deviations=optional("config/deviations.yaml"),
        exploratory=optional("config/exploratory.yaml"),
        lock=optional("config/protocol.lock.json"),
        results=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
        ledger="results/screening/ledger.csv",
        schemas=INPUTS.workflow_files("schemas/*.schema.yaml"),
    output:
        leaves="results/protocol/leaves.csv",
        analyses=report(
            "results/protocol/analyses.csv",
            caption="../report/analyses.rst",
            category="Registration and claims",
            labels={"what": "Analyses as registered and as run"},
        ),
        deviations=report(
            "results/protocol/deviations.csv",
            caption="../report/deviations.rst",
            category="Registration and claims",
            labels={"what": "Deviations"},
        ),
        check="results/protocol/check.json",
        messages="results/protocol/messages.csv",
    log:
        "results/logs/check_protocol.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("check_protocol"),
        settings={"overrides": dict(config)},
    script:
        "../scripts/check_protocol.py"


rule audit_claims:
    """Hold stated numbers against themselves, each other, and this review's results."""
    input:
        claims=optional("config/claims.yaml"),
        flow="results/flow/flow.json",
        results=expand("results/analyses/{analysis}/result.json", analysis=ANALYSES),
    output:
        table=report(
            "results/claims/claims.csv",
            caption="../report/claims.rst",
            category="Registration and claims",
            labels={"what": "Claims audit"},
        ),
        summary="results/claims/claims.json",
    log:
        "results/logs/audit_claims.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("audit_claims"),
    script:
        "../scripts/audit_claims.py"
