"""Extraction tables, codebook, validators, reconciliation, risk of bias."""
