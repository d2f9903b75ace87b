"""Readers of decisions, one module a tool; each gives a table of votes with `votes.VOTE_COLUMNS`."""
