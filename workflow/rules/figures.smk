# The figures of every analysis.
#
# Needs: results/analyses/{analysis}/ (result.json, effects.csv).
# Makes: results/figures/{analysis}/ (forest and the others of prismake.report.figures.names, each as SVG, PDF and PNG).
# Steps: draw_analysis. What cannot be drawn is a figure that says why.
from prismake.report.figures.names import ANALYSIS_FIGURES, ENDINGS


rule draw_analysis:
    """Draw the figures of one analysis."""
    input:
        result="results/analyses/{analysis}/result.json",
        effects="results/analyses/{analysis}/effects.csv",
    output:
        figures=[
            *(
                report(
                    f"results/figures/{{analysis}}/{figure}.svg",
                    caption="../report/analysis.rst",
                    category="Analyses",
                    subcategory="{analysis}",
                    labels={"what": title},
                )
                for figure, title in ANALYSIS_FIGURES.items()
            ),
            *expand(
                "results/figures/{{analysis}}/{figure}.{ending}",
                figure=ANALYSIS_FIGURES,
                ending=[ending for ending in ENDINGS if ending != "svg"],
            ),
        ],
    log:
        "results/logs/draw_analysis_{analysis}.log",
    conda:
        "../envs/prismake.yaml"
    params:
        code=code("draw_analysis"),
        settings=INPUTS.figure_settings,
    script:
        "../scripts/draw_analysis.py"
