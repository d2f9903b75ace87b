"""Narrative synthesis: vote counting by direction, combining p values, and their plots (SWiM)."""
