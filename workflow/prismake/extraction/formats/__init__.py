"""Layouts of other projects: the Metapsy standard, RevMan, wide sheets, and sheets of ready effects."""
