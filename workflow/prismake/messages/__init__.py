"""The faults that every layer raises, one place for their words."""
