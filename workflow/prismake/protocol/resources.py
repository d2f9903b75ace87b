"""What a job asks a cluster for, as functions of its input, so that a review of a thousand records asks for little.

The factors in the rules are measured: most memory of each rule at 1,000,000 records (tests/benchmarks/size.py), with a
quarter more. On one machine they bound nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Python with pandas and pyarrow, before it has read anything, takes 0.2 GB.
BASE_MB = 1000
BASE_MINUTES = 10


def memory(per_mb: float) -> Callable[[Any, Any], int]:
    """Resource function `mem_mb`: so many megabytes for each megabyte of input, on top of what every job takes."""

    def mem_mb(wildcards: Any, input: Any) -> int:
        return BASE_MB + round(per_mb * input.size_mb)

    return mem_mb


def minutes(per_gb: float) -> Callable[[Any, Any], int]:
    """Resource function `runtime`: so many minutes for each gigabyte (1000 MB) of input, on top of what every job may take."""

    def runtime(wildcards: Any, input: Any) -> int:
        return BASE_MINUTES + round(per_gb * input.size_mb / 1000)

    return runtime
