"""What jobs ask a cluster for grows with their input."""

from types import SimpleNamespace

from prismake.protocol.resources import BASE_MB, BASE_MINUTES, memory, minutes


def test_a_small_job_asks_for_the_base():
    nothing = SimpleNamespace(size_mb=0.01)
    assert memory(25)(None, nothing) == BASE_MB
    assert minutes(60)(None, nothing) == BASE_MINUTES


def test_both_grow_with_the_input():
    gigabyte = SimpleNamespace(size_mb=1000)
    assert memory(2.5)(None, gigabyte) == BASE_MB + 2500
    assert minutes(60)(None, gigabyte) == BASE_MINUTES + 60
