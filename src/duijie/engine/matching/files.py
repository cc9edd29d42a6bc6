"""Files that are either as they were written or say so: sizes, digests, and waiting until they are on the disk."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


class IndexDamaged(ValueError):
    """A file of an index is missing, cut short or altered; the message says which and how."""

    def __init__(self, where: Path, what: str) -> None:
        self.where = where
        self.what = what
        super().__init__(f"{where}: {what}")


def describe(path: Path) -> dict[str, Any]:
    """Return the size and the BLAKE2b-128 digest of a file."""
    with path.open("rb") as file:
        digest = blake2b(digest_size=16)
        while part := file.read(1 << 20):
            digest.update(part)
    return {"bytes": path.stat().st_size, "blake2b": digest.hexdigest()}


def check_size(path: Path, told: Mapping[str, Any]) -> None:
    """Raise :class:`IndexDamaged` if a file is not there, or not of the size that :func:`describe` told."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise IndexDamaged(path, "missing") from error
    if size != told["bytes"]:
        raise IndexDamaged(path, f"{size} bytes instead of {told['bytes']}")


def check_files(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Read files again; raise :class:`IndexDamaged` at the first that is not as :func:`describe` told."""
    for name, told in files.items():
        check_size(folder / name, told)
        if describe(folder / name) != told:
            raise IndexDamaged(folder / name, "not as it was written")


def load(path: Path, *, mapped: bool = False) -> NDArray[Any]:
    """Return an array written with ``numpy.save``; raise :class:`IndexDamaged` if it is missing or unreadable."""
    try:
        found: NDArray[Any] = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except FileNotFoundError as error:
        raise IndexDamaged(path, "missing") from error
    except Exception as error:  # numpy raises nearly anything at a damaged header
        raise IndexDamaged(path, "unreadable") from error
    return found.view(np.ndarray)


def settle(*paths: Path) -> None:
    """Wait until files, and what folders list, are on the disk."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sealed(about: Mapping[str, Any]) -> str:
    """Return a description as JSON, with a digest of itself."""
    return json.dumps({**about, "check": seal(about)}, indent=1)


def unsealed(path: Path, text: bytes) -> dict[str, Any]:
    """Return the description read from ``path``; raise :class:`IndexDamaged` if it was altered."""
    try:
        about: dict[str, Any] = json.loads(text)
        intact = about.pop("check") == seal(about)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamaged(path, "unreadable") from error
    if not intact:
        raise IndexDamaged(path, "not as it was written")
    return about


def seal(about: Mapping[str, Any]) -> str:
    """Return the digest of a description."""
    return blake2b(json.dumps(about, sort_keys=True).encode(), digest_size=16).hexdigest()
