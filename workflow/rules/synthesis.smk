# Meta-analysis: every analysis of the protocol, by name.
#
# Needs: results/effects/ (effects.csv, as_registered.csv), the analyses of the protocol, of its deviations and of config/exploratory.yaml.
# Makes: results/analyses/{analysis}/ (result.json, effects.csv).
# Steps: effects -> select, one row a study -> pool -> subgroups, moderators, sensitivity, publication bias.


rule analysis:
    """Pool the effects that one analysis of the protocol asks for."""
    input:
        effects="results/effects/effects.csv",
        as_registered="results/effects/as_registered.csv",
    output:
        result="results/analyses/{analysis}/result.json",
        pooled="results/analyses/{analysis}/effects.csv",
    log:
        "results/logs/analysis_{analysis}.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("analysis"),
        settings=INPUTS.analysis_settings,
    script:
        "../scripts/analysis.py"
