"""What the tests of scripts share."""

import importlib.util
from types import ModuleType

import pytest


@pytest.fixture
def script(root):
    """Loads a script of workflow/scripts as a module, as a test may call its `main`."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, root / "workflow/scripts" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
