"""Say what the studies show where they are not pooled."""

from typing import Any

import pandas as pd
from prismake.extraction.picture import save
from prismake.extraction.risk_of_bias.tools import tool_of
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_csv, write_json
from prismake.synthesis.narrative.directions import directions
from prismake.synthesis.narrative.not_pooled import not_pooled
from prismake.synthesis.narrative.plots import albatross_plot, effect_direction_plot, harvest_plot
from prismake.synthesis.narrative.stage import synthesis


def main(
    *, effects: str, not_computed: str, studies: str, included: str, outputs: dict[str, str], settings: dict[str, Any]
) -> None:
    """Write narrative.json, directions.csv, not_pooled.csv and the three plots."""
    plan = settings.get("narrative_synthesis") or {}
    sheet = read_csv(studies)
    grouping = str(plan.get("grouping") or "").removeprefix("study_")
    groups = dict(zip(sheet["study_id"], sheet[grouping], strict=True)) if grouping in sheet.columns else {}
    frame, lost = read_csv(effects), read_csv(not_computed)
    table = directions(frame, lost, groups, tuple(plan.get("outcomes") or ()))
    pooling = not_pooled(read_csv(included), sheet, frame, lost, settings.get("analyses") or {})
    labels = {name: (entry or {}).get("label", name) for name, entry in (settings.get("outcomes") or {}).items()}
    write_json(synthesis(table, pooling, plan, labels), outputs["narrative"])
    write_csv(table, outputs["directions"])
    write_csv(pooling, outputs["not_pooled"])
    note = "Simulated example" if settings.get("review.simulated") else ""
    levels = [level.id for level in tool_of(settings.get("risk_of_bias") or {}).graded]
    shown = table if len(table) else pd.DataFrame(columns=table.columns)
    for name, picture in (
        ("effect_direction", effect_direction_plot(shown, labels, note=note)),
        ("albatross", albatross_plot(shown, labels, note=note)),
        ("harvest", harvest_plot(shown, labels, levels, note=note)),
    ):
        save(picture, {kind: outputs[f"{name}_{kind}"] for kind in ("svg", "pdf", "png")})


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        effects=snakemake.input.effects,  # noqa: F821
        not_computed=snakemake.input.not_computed,  # noqa: F821
        studies=snakemake.input.studies,  # noqa: F821
        included=snakemake.input.included,  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
