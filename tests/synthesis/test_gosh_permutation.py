"""Subsets and permutations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from prismake.synthesis.gosh import all_subsets, gosh, summary
from prismake.synthesis.model import fit
from prismake.synthesis.permutation import permutation_test


def test_every_subset_once():
    used = all_subsets(4)
    assert used.shape == (15, 4) and len({tuple(row) for row in used}) == 15


def test_gosh_fits_each_subset(eight):
    y, v = eight[0][:5], eight[1][:5]
    found = gosh(y, v)
    row = next(i for i, used in enumerate(found.used) if used.tolist() == [1, 0, 1, 1, 0])
    assert found.models.b[row, 0] == pytest.approx(fit(y[[0, 2, 3]], v[[0, 2, 3]]).b[0], rel=1e-12)
    assert found.every and summary(found)["n_subsets"] == 31


def test_many_studies_are_sampled_by_a_seed(eight):
    one, two = gosh(*eight, most=10, sample=200, seed=4), gosh(*eight, most=10, sample=200, seed=4)
    assert not one.every and np.array_equal(one.used, two.used)


def test_sign_flips_are_counted_exactly(eight):
    y, v = eight[0][:6], eight[1][:6]
    observed = abs(fit(y, v, method="DL").statistic[0])
    share = np.mean(
        [abs(fit(y * s, v, method="DL").statistic[0]) >= observed - 1e-8 for s in itertools.product([1, -1], repeat=6)]
    )
    found = permutation_test(y, v, method="DL")
    assert found.p[0] == pytest.approx(share) and found.exact and found.arrangements == 64


def test_rows_are_permuted_with_moderators(eight):
    y, v = eight[0][:5], eight[1][:5]
    x = np.column_stack([np.ones(5), [1, 2, 4, 7, 9]])
    observed = abs(fit(y, v, x, method="DL").statistic)
    reached = np.mean(
        [
            abs(fit(y, v, x[list(o)], method="DL").statistic) >= observed - 1e-8
            for o in itertools.permutations(range(5))
        ],
        axis=0,
    )
    found = permutation_test(y, v, x, method="DL")
    assert found.p == pytest.approx(reached) and found.arrangements == 120


def test_sampling_holds_the_observed_arrangement_and_repeats(eight):
    x = np.column_stack([np.ones(8), np.arange(8)])
    one, two = (permutation_test(*eight, x, most=100, sample=300, seed=2) for _ in range(2))
    assert not one.exact and one.arrangements == 301 and one.p.min() > 0 and np.array_equal(one.p, two.p)
