"""Models of publication bias: what an estimate would be had every result been published."""
