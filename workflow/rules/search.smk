# From raw exports to source records.
#
# Needs: the export files that config names under searches, in the review folder or below data_root.
# Makes: results/searches/{search}/ (records, set_aside, summary, messages), results/searches/source_records.parquet,
#        searches.csv, set_aside.csv, messages.csv.
# Steps: import each search -> combine all searches.


rule import_search:
    """Read the export files of one search into source records."""
    input:
        files=INPUTS.search_files,
        lookups=INPUTS.search_lookups,
    output:
        records="results/searches/{search}/records.parquet",
        set_aside="results/searches/{search}/set_aside.csv",
        summary="results/searches/{search}/summary.json",
        messages="results/searches/{search}/messages.csv",
    log:
        "results/logs/import_search.{search}.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(3),
        runtime=minutes(20),
    params:
        code=code("import_search"),
        settings=INPUTS.search_settings,
    script:
        "../scripts/import_search.py"


rule combine_searches:
    """Put the source records of all searches into one table, in the order of the searches."""
    input:
        records=expand("results/searches/{search}/records.parquet", search=SEARCHES),
        set_aside=expand("results/searches/{search}/set_aside.csv", search=SEARCHES),
        summaries=expand("results/searches/{search}/summary.json", search=SEARCHES),
        messages=expand("results/searches/{search}/messages.csv", search=SEARCHES),
    output:
        source_records="results/searches/source_records.parquet",
        searches="results/searches/searches.csv",
        set_aside="results/searches/set_aside.csv",
        messages="results/searches/messages.csv",
    log:
        "results/logs/combine_searches.log",
    conda:
        "../envs/prismake.yaml"
    resources:
        mem_mb=memory(1),
        runtime=minutes(2),
    params:
        code=code("combine_searches"),
        settings=settings("searches"),
    script:
        "../scripts/combine_searches.py"
