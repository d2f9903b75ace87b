"""Two builds of one folder are kept apart, and a killed build leaves nothing behind."""

import os
import signal
import subprocess
import sys

import pytest
from prismake.messages.faults import InputFaults
from prismake.protocol.alone import hold_alone

pytest.importorskip("fcntl")

HOLDER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from prismake.protocol.alone import hold_alone
hold_alone(Path(sys.argv[2]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_build_is_refused_until_the_first_is_killed(root, tmp_path):
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root / "workflow"), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(InputFaults, match="another build of this review is running"):
            hold_alone(tmp_path)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        first.stdout.close()
    hold_alone(tmp_path)


def test_other_folders_are_free(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        hold_alone(tmp_path / name)
