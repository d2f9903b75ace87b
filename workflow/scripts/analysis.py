"""Pool the effects that one analysis of the protocol asks for."""

from typing import Any

from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_csv, write_json
from prismake.synthesis.analysis import check_analysis, pooled_effects, run_analysis


def main(*, effects: str, as_registered: str, result: str, pooled: str, settings: dict[str, Any]) -> None:
    """Write result.json and the pooled effects with their weights.

    settings: `analysis` is its name, `specification` its entry in the protocol, `effects` the table that it pools.
    Raises InputFaults where the entry asks for what does not exist (an unknown word, a column that the effects do not
    have); an analysis as registered, which nobody can change any more, says so in its result instead.
    """
    table = read_csv(as_registered if settings["effects"] == "as_registered" else effects)
    name, spec = settings["analysis"], settings["specification"]
    faults = check_analysis(table, spec, name, settings.get("file", "config/protocol.yaml"))
    if faults.errors and settings["again"]:
        table, spec = table.iloc[:0], {key: spec[key] for key in ("role", "title") if key in spec}
    else:
        faults.raise_errors()
    found = run_analysis(table, spec, name)
    if settings["effects"] == "as_registered":
        found["effects_table"] = "effects/as_registered.csv"
    if faults.errors:
        found["not_estimable"] = "; ".join(
            ": ".join(filter(None, (fault.what, fault.value))) for fault in faults.errors
        )
    rows = pooled_effects(table, spec)
    write_csv(rows, pooled)
    write_json(found, result)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        effects=snakemake.input.effects,  # noqa: F821
        as_registered=snakemake.input.as_registered,  # noqa: F821
        result=snakemake.output.result,  # noqa: F821
        pooled=snakemake.output.pooled,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
