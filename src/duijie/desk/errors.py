"""Every failure a person can cause or mend, as one sentence that says what to do."""

from __future__ import annotations

import errno

from duijie.tables.problems import TableError
from duijie.words import say


class Refused(ValueError):
    """A wish that cannot be met; ``str()`` is one sentence for the person."""


def sentence_of(error: BaseException) -> str | None:
    """Return the sentence for an error that was to be expected, ``None`` for one that is a fault of the program."""
    if isinstance(error, Refused | TableError):
        return str(error)
    if isinstance(error, MemoryError):
        return say(
            "内存不够；请关掉别的程序，或分批处理。", "out of memory; close other programs, or work in smaller parts."
        )
    return _of_index(error) or (_of_system(error) if isinstance(error, OSError) and error.errno else None)


def _of_index(error: BaseException) -> str | None:
    from duijie.engine.matching.index import IndexBusy, IndexDamaged  # noqa: PLC0415  only where something failed

    if isinstance(error, IndexDamaged):
        return say(
            f"索引已损坏（{error}）；请用 duijie index build 从原始表格重新建一个。",
            f"the index is damaged ({error}); build it anew from its source with duijie index build.",
        )
    if isinstance(error, IndexBusy):
        return say(
            "另一个程序正在写这个索引；请等它写完再试。",
            "another program is writing to this index; wait until it has finished and try again.",
        )
    return None


def _of_system(error: OSError) -> str:
    where = error.filename or ""
    if error.errno == errno.ENOSPC:
        return say(f"磁盘满了（{where}）；请腾出空间再试。", f"the disk is full ({where}); make room and try again.")
    why = error.strerror or str(error)
    return say(
        f"读写 {where} 出错（{why}）；请检查路径、权限和磁盘。",
        f"reading or writing {where} failed ({why}); check path, permissions and disk.",
    )
