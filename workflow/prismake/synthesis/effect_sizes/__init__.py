"""Effect sizes: the measures as metafor names them, and conversions from what papers report."""
