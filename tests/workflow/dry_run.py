"""What a plain `snakemake` would run, asked in process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.settings.enums import Quietness, RerunTrigger
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, ResourceSettings

# As profiles/default/config.yaml has them; a test holds the two together.
TRIGGERS = frozenset({RerunTrigger.MTIME, RerunTrigger.PARAMS, RerunTrigger.INPUT, RerunTrigger.SOFTWARE_ENV})
CHECKSUM_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Plan:
    """`jobs`: names of the jobs that would run ("analysis:primary"), with reasons; `after`: job -> jobs that need it;
    `files`: job -> (its inputs, its outputs); `settings`: the keys of all jobs' settings."""

    jobs: dict[str, str]
    after: dict[str, frozenset[str]]
    files: dict[str, tuple[list[str], list[str]]]
    settings: frozenset[str]

    @property
    def inputs(self) -> frozenset[str]:
        """Every input of every job."""
        return frozenset(path for inputs, _ in self.files.values() for path in inputs)

    def reached_from(self, *first: str) -> set[str]:
        """The given jobs (a rule's name stands for all its jobs) and everything that depends on them, directly or not."""
        found: set[str] = set()
        waiting = [job for job in self.after if job in first or job.split(":")[0] in first]
        while waiting:
            job = waiting.pop()
            if job not in found:
                found.add(job)
                waiting.extend(self.after[job])
        return found - {"all"}


def dry_run(snakefile: Path, folder: Path, config: dict[str, object] | None = None) -> Plan:
    """Plan a build of the review in `folder` without running it."""
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config=config or {}),
            snakefile=snakefile,
            workdir=folder,
        )
        planned = workflow.dag(DAGSettings(max_checksum_file_size=CHECKSUM_LIMIT, rerun_triggers=TRIGGERS))
        planned.execute_workflow(executor="dryrun")
        dag = workflow._workflow.dag
        names = {job: ":".join([job.rule.name, *job.wildcards_dict.values()]) for job in dag.jobs}
        return Plan(
            jobs={name: str(dag.reason(job)) for job, name in names.items() if dag.needrun(job) and name != "all"},
            after={name: frozenset(names[later] for later in dag.depending[job]) for job, name in names.items()},
            settings=frozenset(key for job in names for key in dict(job.params.items()).get("settings") or ()),
            files={name: (list(map(str, job.input)), list(map(str, job.output))) for job, name in names.items()},
        )
