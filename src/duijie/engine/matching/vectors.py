"""Directions as small integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def quantise(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return unit vectors as int8 ``(n, d)`` and the scale of each ``(n,)``: ``scale · int8`` is the vector again.

    The rounding moves a cosine by at most (largest seen) 0.0025 among 512-dimensional directions of the bundled
    encoder, 0.008 among 128-dimensional ones of latent semantic analysis, and 0.01 among random ones of any shape.
    """
    peak = np.abs(vectors).max(axis=1, initial=0.0)
    codes = np.rint(vectors * (127.0 / np.maximum(peak, 1e-9))[:, None]).astype(np.int8)
    lengths = np.sqrt(np.einsum("ij,ij->i", codes.astype(np.int32), codes.astype(np.int32)))
    scales = np.where(lengths > 0, 1.0 / np.maximum(lengths, 1.0), 0.0)
    return codes, scales.astype(np.float32)
