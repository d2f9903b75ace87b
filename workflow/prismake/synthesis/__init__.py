"""Effect sizes, models, heterogeneity, bias, sensitivity, narrative synthesis."""
