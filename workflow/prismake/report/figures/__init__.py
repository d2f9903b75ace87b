"""Figures drawn as SVG with real text, a title and a description, and turned into PDF and PNG."""
