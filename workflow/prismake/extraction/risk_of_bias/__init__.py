"""Risk of bias: the tools, the judgements of two raters, the overall judgement, agreement and plots."""
