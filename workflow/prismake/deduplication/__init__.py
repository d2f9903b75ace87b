"""Deduplication: normalise, block, compare, decide, cluster, merge."""
