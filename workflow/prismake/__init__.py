"""Prismake: a whole systematic review, from raw exports to the report, rebuilt with one command."""

__version__ = "0.1.0"
