"""What a command is given: tables with their remarks and bad rows, offers as an index, a model, places to write to."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from duijie.desk.aside import run_aside
from duijie.desk.console import progress, remark, remarks
from duijie.desk.errors import Refused
from duijie.tables.write import write_bad
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duijie.engine.matching.dense import Encoder
    from duijie.engine.matching.index import Index
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.types import Document
    from duijie.tables.problems import Reading

T = TypeVar("T")

ON_DISK_FROM = 20_000
"""Offers from which on an index for one run is built by several processes, in a folder that is deleted afterwards."""
_AT_ONCE = 2_000  # offers indexed between two steps of the bar


def take(reading: Reading[T], source: Path, beside: Path | None = None, *, own: bool = False) -> tuple[T, ...]:
    """Return the rows of a reading; say its remarks, and write its bad rows into a file beside ``beside``.

    Of a table of our ``own`` making it needs no saying what of it was not read.
    """
    if not own:
        _say_remarks(reading, source)
    if reading.bad:
        target = (beside or source).parent / f"{source.stem}.bad{source.suffix}"
        write_bad(target, reading)
        count = len({problem.row for problem in reading.bad})
        remark(
            say(
                f"{source.name}：跳过了 {count} 行有错的，连同原因写在 {target}",
                f"{source.name}: {count} bad row(s) left out, written with the reasons to {target}",
            )
        )
    return reading.rows


def _say_remarks(reading: Reading[Any], source: Path) -> None:
    remarks(
        f"{source.name}：{warning}" if say("zh", "en") == "zh" else f"{source.name}: {warning}"
        for warning in reading.warnings
    )
    if reading.ignored_columns:
        names = say("、", ", ").join(reading.ignored_columns)
        remark(say(f"{source.name}：没有用到的列：{names}", f"{source.name}: columns not used: {names}"))


def check_outputs(outs: Sequence[Path], endings: Sequence[str], inputs: Sequence[Path]) -> None:
    """Raise :class:`Refused` if an output could not be written or would overwrite an input; create missing folders."""
    seen: set[Path] = {path.resolve() for path in inputs}
    for out in outs:
        if out.suffix.casefold() not in endings:
            good = say("、", ", ").join(endings)
            raise Refused(
                say(
                    f"不知道该把 {out.name} 写成什么格式；--out 请以 {good} 结尾。",
                    f"cannot tell which format {out.name} should have; end --out in {good}.",
                )
            )
        if out.is_dir():
            raise Refused(say(f"{out} 是文件夹；--out 请给出文件名。", f"{out} is a folder; name a file for --out."))
        if out.resolve() in seen:
            raise Refused(
                say(
                    f"--out {out} 会盖掉一个输入文件或另一个输出；请换个名字。",
                    f"--out {out} would overwrite an input or another output; choose another name.",
                )
            )
        seen.add(out.resolve())
    for out in outs:
        make_folder(out.parent)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it. Raises :class:`Refused` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(
            say(
                f"建不了文件夹 {folder}（{why}）；请换个地方。",
                f"cannot create the folder {folder} ({why}); choose another place.",
            )
        ) from error


def check_encoder(name: str) -> None:
    """Raise :class:`Refused` if there is no encoder called so."""
    if name not in {"bundled", "lsa", "none"} and not Path(name).is_dir():
        raise Refused(
            say(
                f"没有叫“{name}”的编码器，也没有这个文件夹；--encoder 可用 bundled、lsa、none 或一个模型文件夹。",
                f"there is no encoder “{name}”, nor such a folder; use bundled, lsa, none or a model's folder.",
            )
        )


def choose_encoder(name: str, offers: Sequence[Document]) -> Encoder:
    """Return the encoder called ``bundled``, ``lsa`` (trained on ``offers``) or ``none``, or from a model's folder."""
    from duijie.engine.matching import dense  # noqa: PLC0415  sentence models come with it

    check_encoder(name)
    if name == "none":
        return dense.NoEncoder()
    try:
        if name == "bundled":
            return dense.BundledEncoder()
        if name == "lsa":
            return dense.LsaEncoder.train(offers)
        return dense.FolderEncoder(Path(name))
    except ImportError as error:
        raise Refused(
            say(
                "从文件夹载入语言模型需要另装一套程序；请先运行 pip install 'duijie[encoder]'。",
                "a language model from a folder needs more packages; run pip install 'duijie[encoder]' first.",
            )
        ) from error
    except FileNotFoundError as error:
        raise Refused(
            say(
                f"{name} 里没有 sentence-transformers 模型（缺 modules.json）；请给出模型所在的文件夹。",
                f"{name} holds no sentence-transformers model (no modules.json); name the model's folder.",
            )
        ) from error
    except ValueError as error:
        raise Refused(
            say(
                "供给太少，lsa 学不到东西；请改用 --encoder bundled 或 none。",
                "too few offers for lsa to learn from; use --encoder bundled or none.",
            )
        ) from error


def read_model(path: Path | None) -> Model:
    """Return the ranking model in a file, or the one that comes with the package."""
    from duijie.engine.matching.model import Model, default_model  # noqa: PLC0415

    if path is None:
        return default_model()
    try:
        return Model.from_json(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Refused(
            say(
                f"找不到模型文件 {path}；请检查路径，或去掉 --model 用自带的。",
                f"there is no model file {path}; check the path, or leave --model out for the bundled one.",
            )
        ) from None
    except (ValueError, IsADirectoryError) as error:
        raise Refused(
            say(
                f"{path} 不是排序模型；请给出 duijie learn 写的 .json。",
                f"{path} is no ranking model; give a .json written by duijie learn.",
            )
        ) from error


def processes_for(count: int) -> int:
    """Return how many processes should index so many documents."""
    return (os.cpu_count() or 1) if count >= ON_DISK_FROM else 1


@contextmanager
def indexed(offers: Sequence[Document], encoder: str) -> Iterator[Index]:
    """Index offers for one run: in memory, or, if they are many, in a folder that is deleted afterwards."""
    from duijie.engine.matching.index import Index  # noqa: PLC0415

    with ExitStack() as stack:
        chosen = choose_encoder(encoder, offers)
        with progress(say("索引供给", "indexing offers"), len(offers)) as advance:
            index = Index(encoder=chosen)
            if len(offers) >= ON_DISK_FROM:
                folder = stack.enter_context(TemporaryDirectory(prefix="duijie-", ignore_cleanup_errors=True))
                index = run_aside(lambda: _on_disk(Path(folder) / "index", offers, chosen, advance))
            for start in range(0, len(offers), _AT_ONCE) if index.folder is None else ():
                index.add(offers[start : start + _AT_ONCE])
                advance(len(offers[start : start + _AT_ONCE]))
        yield index


def _on_disk(folder: Path, offers: Sequence[Document], encoder: Encoder, advance: Callable[[int], None]) -> Index:
    from duijie.engine.matching.index import Index  # noqa: PLC0415

    return Index.create(folder, offers, encoder=encoder, processes=processes_for(len(offers)), progress=advance)


def open_index(folder: Path) -> Index:
    """Open an index folder. Raises :class:`Refused` where there is none."""
    from duijie.engine.matching.index import Index, IndexDamaged  # noqa: PLC0415

    if not folder.is_dir():
        raise Refused(
            say(
                f"没有索引文件夹 {folder}；请先用 duijie index build {folder} --offers 文件 建一个。",
                f"there is no index folder {folder}; build one with duijie index build {folder} --offers FILE.",
            )
        )
    try:
        return Index.open(folder)
    except FileNotFoundError as error:
        if (folder / "manifest.json").exists():
            raise Refused(
                say(
                    f"这个索引用的语言模型不在原处了（{error}）；请放回原处，或重新建索引。",
                    f"the language model of this index is gone ({error}); put it back, or build the index anew.",
                )
            ) from None
        raise Refused(
            say(
                f"{folder} 是空文件夹，不是索引；请先用 duijie index build 建一个。",
                f"{folder} is an empty folder, not an index; build one with duijie index build.",
            )
        ) from None
    except ImportError as error:
        raise Refused(
            say(
                "这个索引用了另装的语言模型；请先运行 pip install 'duijie[encoder]'。",
                "this index uses a language model; run pip install 'duijie[encoder]' first.",
            )
        ) from error
    except IndexDamaged:
        raise
    except ValueError as error:
        raise Refused(
            say(
                f"这一版读不了这个索引（{error}）；请用建它的版本，或重新建索引。",
                f"this version cannot read the index ({error}); use the one that built it, or build it anew.",
            )
        ) from error
