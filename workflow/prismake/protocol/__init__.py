"""The model of protocol, deviations and analyses: what the stages read."""
