"""Arrays of all segments in one compiled call: a table of addresses, read as arrays again inside compiled code.

Numba compiles a function anew for each kind of array (mapped or not, writable or not) and unpacks every argument at
each call; a search of 16 segments has 300 of them. As numbers in one table they cost nothing, and a whole search is one
call. Who passes the table holds the arrays: a snapshot holds both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
Row = I64
"""A row of the table: what :data:`SIZE`, :data:`BASE` … name as numbers, the arrays of :data:`ARRAYS` as addresses."""

ARRAYS: dict[str, Any] = {
    "keys": np.uint64,
    "entry_ptr": np.int64,
    "entry_block": np.uint32,
    "entry_count": np.uint16,
    "entry_start": np.int64,
    "entry_peak": np.uint8,
    "post_doc": np.uint16,
    "post_impact": np.uint8,
    "columns": np.uint8,
    "ptr": np.int64,
    "terms": np.uint32,
    "counts": np.uint16,
    "lengths": np.int32,
    "sign_lengths": np.int32,
    "id_ptr": np.int64,
    "id_bytes": np.uint8,
}
"""The arrays of a segment that compiled code reads by their addresses, in the order of the table's columns."""
SIZE, BASE, KEYS_SIZE, TERMS_SIZE, ALIVE, FREQUENCY = range(6)
"""Documents, position of the first, keys, keys of terms; addresses of what is alive and of document frequencies."""
(
    KEYS, ENTRY_PTR, ENTRY_BLOCK, ENTRY_COUNT, ENTRY_START, ENTRY_PEAK, POST_DOC, POST_IMPACT, COLUMNS,
    PTR, TERMS, COUNTS, LENGTHS, SIGN_LENGTHS, ID_PTR, ID_BYTES,
) = range(6, 22)  # fmt: skip
_UNKNOWN = 1 << 40  # elements of an array whose size nobody asks for

_compiled = njit(cache=True, nogil=True, boundscheck=False)


def address(array: NDArray[Any], kind: Any) -> int:
    """Return where a contiguous array of ``kind`` stands in memory; raise ``TypeError`` for any other array."""
    if array.dtype != kind or not array.flags.c_contiguous:
        raise TypeError(f"{array.dtype} instead of contiguous {np.dtype(kind)}")
    where: int = array.__array_interface__["data"][0]
    return where


def table_row(base: int, arrays: Mapping[str, NDArray[Any]], alive: Mask, frequency: I32) -> list[int]:
    """Return the row of one segment whose first document has the position ``base``."""
    numbers = [len(arrays["lengths"]), base, len(arrays["keys"]), len(arrays["entry_ptr"]) - 1]
    numbers += [address(alive, np.bool_), address(frequency, np.int32)]
    return numbers + [address(arrays[name], kind) for name, kind in ARRAYS.items()]


def with_masks(table: I64, masks: Sequence[Mask]) -> I64:
    """Return the table with other bitmaps of documents that may be found."""
    table = table.copy()
    table[:, ALIVE] = [address(mask, np.bool_) for mask in masks]
    return table


@intrinsic
def _pointer(_typing: Any, _address: Any) -> Any:
    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), build


@intrinsic
def prefetch(_typing: Any, _address: Any) -> Any:
    """Ask memory for the cache line at an address, without waiting; any address is allowed."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        where = builder.inttoptr(arguments[0], cgutils.voidptr_t)
        builder.call(call, [where, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(types.int64), build


@_compiled
def u8_at(where: int) -> U8:
    """Return the uint8 array at an address; likewise the functions below."""
    return carray(_pointer(where), _UNKNOWN, np.uint8)  # type: ignore[no-any-return]


@_compiled
def u16_at(where: int) -> U16:  # noqa: D103
    return carray(_pointer(where), _UNKNOWN, np.uint16)  # type: ignore[no-any-return]


@_compiled
def u32_at(where: int) -> U32:  # noqa: D103
    return carray(_pointer(where), _UNKNOWN, np.uint32)  # type: ignore[no-any-return]


@_compiled
def u64_at(where: int) -> U64:  # noqa: D103
    return carray(_pointer(where), _UNKNOWN, np.uint64)  # type: ignore[no-any-return]


@_compiled
def i32_at(where: int) -> I32:  # noqa: D103
    return carray(_pointer(where), _UNKNOWN, np.int32)  # type: ignore[no-any-return]


@_compiled
def i64_at(where: int) -> I64:  # noqa: D103
    return carray(_pointer(where), _UNKNOWN, np.int64)  # type: ignore[no-any-return]


@_compiled
def mask_at(where: int) -> Mask:  # noqa: D103
    return carray(_pointer(where), _UNKNOWN, np.bool_)  # type: ignore[no-any-return]
