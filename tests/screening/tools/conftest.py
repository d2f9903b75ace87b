"""Files as tools export them, in small."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest


@pytest.fixture
def shown() -> Callable[..., list[tuple[str, ...]]]:
    """Columns of a table of votes as tuples."""

    def show(votes: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
        return [tuple(row) for row in votes[list(columns)].values.tolist()]

    return show
