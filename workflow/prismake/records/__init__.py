"""The record model, and readers and writers of every exchange format, one module a format."""
