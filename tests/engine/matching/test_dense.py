"""Directions: small integers for them, nearest documents, and the encoders that give them."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plainly import fixed, recombined, sample_demands, sample_offers, tiny

from duijie.engine.matching import dense
from duijie.engine.matching.dense import (
    BundledEncoder,
    FolderEncoder,
    LsaEncoder,
    NoEncoder,
    offer_words,
    open_encoder,
)
from duijie.engine.matching.index import Index, IndexDamaged
from duijie.engine.matching.search import cosines, search_near
from duijie.engine.matching.types import Document
from duijie.engine.matching.vectors import quantise

if TYPE_CHECKING:
    from pathlib import Path


def units(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def random_units(n: int, d: int, seed: int = 0) -> np.ndarray:
    return units(np.random.default_rng(seed).standard_normal((n, d)))


# small integers


def movement(one: np.ndarray, other: np.ndarray) -> float:
    """Return the most that quantising moves the cosine of any two of these directions."""

    def again(vectors: np.ndarray) -> np.ndarray:
        codes, scales = quantise(vectors)
        return codes.astype(float) * scales[:, None].astype(float)

    return float(np.abs(again(one) @ again(other).T - one.astype(float) @ other.T.astype(float)).max())


@pytest.mark.parametrize("d", [2, 8, 64, 128, 512])
def test_quantising_random_directions_moves_a_cosine_by_less_than_a_hundredth(d: int) -> None:
    ball, peaked = random_units(600, d), random_units(600, d, 1)
    peaked[:, 0] += 1.0
    assert movement(ball, random_units(600, d, 2)) < 0.01
    assert movement(units(peaked), ball) < 0.011


def test_quantising_keeps_length_one_and_the_zero() -> None:
    vectors = random_units(200, 48)
    vectors[7] = 0
    codes, scales = quantise(vectors)
    lengths = np.linalg.norm(codes.astype(float) * scales[:, None], axis=1)
    assert lengths == pytest.approx(np.where(np.arange(200) == 7, 0.0, 1.0), abs=1e-6)
    assert np.abs(codes).max(axis=1).tolist() == [0 if i == 7 else 127 for i in range(200)]
    assert quantise(np.zeros((0, 48), np.float32))[0].shape == (0, 48)


def test_quantising_encoded_directions_moves_a_cosine_by_what_is_written(
    lsa: LsaEncoder, offers: np.ndarray, demands: np.ndarray
) -> None:
    assert movement(offers, demands) < 0.0025
    assert movement(lsa.encode_offers(sample_offers()), lsa.encode_demands(sample_demands())) < 0.008


# nearest


class Given:
    """An encoder for tests: the direction of a document is the one told for its id."""

    def __init__(self, told: dict[str, np.ndarray]) -> None:
        self.told = told
        self.dimensions = len(next(iter(told.values())))

    def encode_offers(self, documents: list[Document]) -> np.ndarray:
        return np.array([self.told[d.id] for d in documents], np.float32)

    def save(self, folder: Path) -> None: ...

    def describe(self) -> dict[str, str]:
        return {"name": "none"}


@pytest.fixture(scope="module")
def near() -> tuple[Index, dict[str, np.ndarray]]:
    """Three segments of 1,500 documents, every seventh removed."""
    corpus = recombined(1500)
    told = dict(zip([d.id for d in corpus], random_units(1500, 32), strict=True))
    told["R-00001"] = np.zeros(32, np.float32)
    index = Index(encoder=Given(told))
    for start in (0, 700, 900):
        index.add(corpus[start : {0: 700, 700: 900, 900: 1500}[start]])
    index.remove([d.id for d in corpus[::7]])
    return index, told


@pytest.mark.parametrize("k", [1, 10, 300, 5000])
def test_nearest_documents_are_those_of_brute_force(near: tuple[Index, dict[str, np.ndarray]], k: int) -> None:
    index, told = near
    queries = random_units(5, 32, 9)
    codes, scales = quantise(queries)
    living = {d.id: told[d.id] for d in index.snapshot.living()}
    names = np.array(list(living))
    own, own_scales = quantise(np.array(list(living.values()), np.float32))
    for q, hits in enumerate(search_near(index.snapshot, queries, k)):
        cosine = (own.astype(int) @ codes[q].astype(int)).astype(np.float32) * own_scales * scales[q]
        best = [i for i in np.lexsort((names, -cosine))[:k] if cosine[i] > 0]
        assert [index.snapshot.id(p) for p in hits.positions] == names[best].tolist()
        assert np.array_equal(hits.scores.astype(np.float32), cosine[best])
        ptr = np.array([0, len(hits.positions)])
        shuffled = hits.positions[::-1].copy()
        assert np.array_equal(cosines(index.snapshot, queries[q : q + 1], ptr, shuffled), cosine[best][::-1])
    exact = np.array(list(living.values())) @ queries.T
    assert search_near(index.snapshot, queries, 1)[0].scores[0] == pytest.approx(exact[:, 0].max(), abs=0.01)


def test_nearest_documents_pass_the_filter(near: tuple[Index, dict[str, np.ndarray]]) -> None:
    index, _ = near
    masks = index.snapshot.mask({"region": lambda code: code.startswith("15")})
    query = random_units(1, 32, 9)
    every = search_near(index.snapshot, query, 2000)[0]
    passing = [p for p in every.positions if index.snapshot.document(int(p)).region.startswith("15")]
    assert search_near(index.snapshot, query, 20, masks=masks)[0].positions.tolist() == passing[:20]


def test_merging_does_not_move_a_direction(near: tuple[Index, dict[str, np.ndarray]]) -> None:
    index, _ = near
    merged = Index(encoder=index.encoder)
    merged.add(list(index.snapshot.living()))
    queries = random_units(3, 32, 5)
    before = search_near(index.snapshot, queries, 50)
    for hits, again in zip(before, search_near(merged.snapshot, queries, 50), strict=True):
        assert [index.snapshot.id(p) for p in hits.positions] == [merged.snapshot.id(p) for p in again.positions]
        assert np.array_equal(hits.scores, again.scores)


def test_without_directions_nothing_is_near(near: tuple[Index, dict[str, np.ndarray]]) -> None:
    index = Index()
    index.add(tiny())
    query = random_units(1, 32)
    assert search_near(index.snapshot, query, 3)[0].positions.tolist() == []
    assert cosines(index.snapshot, query, np.array([0, 2]), np.array([0, 1])).tolist() == [0.0, 0.0]
    assert search_near(near[0].snapshot, query[:0], 3) == []
    assert search_near(near[0].snapshot, np.zeros((1, 32), np.float32), 3)[0].positions.tolist() == []
    with pytest.raises(ValueError, match="k must be at least 1"):
        search_near(near[0].snapshot, query, 0)


# latent semantic analysis


TOPICS = (
    "永磁 稀土 钕铁硼 矫顽力 磁体 镝 铽",
    "马铃薯 种薯 脱毒 晚疫病 块茎 淀粉 品种",
    "风机 叶片 除冰 涂层 风电 塔筒 齿轮箱",
)


def topical(n: int) -> list[Document]:
    rng = np.random.default_rng(0)
    return [Document(f"{i}", "", " ".join(rng.choice(TOPICS[i % 3].split(), 4, replace=False))) for i in range(n)]


@pytest.fixture(scope="module")
def lsa() -> LsaEncoder:
    return LsaEncoder.train([*sample_offers(), *sample_demands()])


def test_lsa_brings_texts_of_one_topic_together_though_they_share_no_word() -> None:
    encoder = LsaEncoder.train(topical(90), 3)
    texts = ["永磁 矫顽力", "铽 磁体", "晚疫病 脱毒", "块茎 淀粉"]
    v = encoder.encode_demands([Document("", "", text) for text in texts])
    assert v.dtype == np.float32
    assert np.linalg.norm(v, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert min(v[0] @ v[1], v[2] @ v[3]) > 0.9
    assert (v[:2] @ v[2:].T).max() < 0.5


def test_lsa_saved_and_opened_gives_the_same_directions(lsa: LsaEncoder, tmp_path: Path) -> None:
    lsa.save(tmp_path)
    opened = open_encoder(lsa.describe(), tmp_path)
    assert opened.describe() == lsa.describe() == {"name": "lsa", "head_weight": 3}
    assert (opened.dimensions, lsa.dimensions) == (128, 128)
    assert np.array_equal(opened.encode_demands(sample_demands()), lsa.encode_demands(sample_demands()))


def test_lsa_trained_twice_is_the_same() -> None:
    one, other = (LsaEncoder.train(topical(30), 5) for _ in range(2))
    assert np.array_equal(one.projection, other.projection)
    assert not np.array_equal(one.projection, LsaEncoder.train(topical(30), 5, seed=1).projection)


def test_lsa_of_a_document_does_not_depend_on_its_neighbours(lsa: LsaEncoder) -> None:
    together = lsa.encode_offers(sample_offers()[:20])
    alone = np.concatenate([lsa.encode_offers([d]) for d in sample_offers()[:20]])
    assert np.array_equal(together, alone)


def test_lsa_says_nothing_of_what_it_does_not_know(lsa: LsaEncoder) -> None:
    found = lsa.encode_demands([Document("", ""), Document("", "zyzzyva"), Document("", "稀土")])
    assert np.linalg.norm(found, axis=1) == pytest.approx([0, 0, 1], abs=1e-5)
    assert lsa.encode_offers([]).shape == (0, 128)


def test_lsa_needs_something_to_learn_from() -> None:
    for corpus in ([], [Document("", "稀土")], [Document("", "稀土"), Document("", "稀土")], tiny(1) * 5):
        with pytest.raises(ValueError, match="nothing to learn from"):
            LsaEncoder.train(corpus)
    four = [Document("", "稀土"), Document("", "稀土"), Document("", "冰"), Document("", "冰")]
    found = LsaEncoder.train(four).encode_offers(four)
    assert found @ found.T == pytest.approx(np.kron(np.eye(2), np.ones((2, 2))), abs=1e-5)


# the bundled encoder


@pytest.fixture(scope="module")
def offers() -> np.ndarray:
    return BundledEncoder().encode_offers(sample_offers()[:60])


@pytest.fixture(scope="module")
def demands() -> np.ndarray:
    return BundledEncoder().encode_demands(sample_demands()[:10])


@pytest.mark.parametrize(
    ("chinese", "english", "other"),
    [
        ("风机叶片除冰", "de-icing of wind turbine blades", "sheep breeding"),
        ("绵羊育种", "sheep breeding", "de-icing of wind turbine blades"),
        ("马铃薯脱毒种薯", "virus-free seed potatoes", "rare earth permanent magnets"),
        ("稀土永磁材料", "rare earth permanent magnets", "virus-free seed potatoes"),
    ],
)
def test_the_bundled_encoder_brings_two_languages_together(chinese: str, english: str, other: str) -> None:
    v = BundledEncoder().encode_texts([chinese, english, other])
    assert v[0] @ v[1] > v[0] @ v[2] + 0.2


def test_bundled_directions_are_of_length_one(offers: np.ndarray, demands: np.ndarray) -> None:
    for found, n in ((offers, 60), (demands, 10)):
        assert (found.shape, found.dtype) == ((n, 512), np.float32)
        assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(n), abs=1e-5)


def test_the_bundled_encoder_takes_any_text() -> None:
    found = BundledEncoder().encode_texts(["", " \n", "a\ud800", "\0", "😀", "风" * 300])
    assert np.linalg.norm(found, axis=1) == pytest.approx([0, 0, 1, 1, 1, 1], abs=1e-5)
    assert BundledEncoder().encode_texts([]).shape == (0, 512)
    endless = Document("", "风机" * 50_000, "叶片" * 50_000)
    assert BundledEncoder().encode_demands([endless]).shape == (1, 512)


@fixed(max_examples=100)
@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4), st.text(max_size=200))
def test_what_of_an_offer_is_encoded_is_short(title: str, keywords: list[str], text: str) -> None:
    assert len(offer_words(Document("", title, text, tuple(keywords)))) <= 80


def test_offer_words_close_the_gaps_between_chinese_words() -> None:
    offer = Document("", "稀土 永磁 motor 电机", "正文。", ("磁 钢", "XK-3"))
    assert offer_words(offer) == "稀土永磁 motor 电机，磁钢、xk-3。正文。"


# an index with each encoder


@pytest.mark.parametrize("name", ["none", "lsa", "bundled"])
def test_an_index_opens_with_the_encoder_it_was_built_with(name: str, lsa: LsaEncoder, tmp_path: Path) -> None:
    encoder = {"none": NoEncoder(), "lsa": lsa, "bundled": BundledEncoder()}[name]
    made = Index.create(tmp_path / "index", tiny(6), encoder=encoder)
    made.add(tiny()[6:9])
    opened = Index.open(tmp_path / "index")
    assert type(opened.encoder) is type(encoder)
    assert opened.encoder.dimensions == encoder.dimensions
    opened.add(tiny()[9:])
    opened.merge(everything=True)
    opened.verify()
    if name == "none":
        assert opened.encoder.encode_demands(tiny(1)) is None
        return
    query = opened.encoder.encode_demands(tiny(1))
    assert np.array_equal(query, encoder.encode_demands(tiny(1)))
    expected = np.concatenate([p.segment.arrays["vectors"] for p in opened.snapshot.parts])
    own, _ = quantise(encoder.encode_offers(tiny()))
    assert np.abs(expected.astype(int) - own).max() <= 1  # a batch of another size may round otherwise
    assert len(search_near(opened.snapshot, query, 12)[0].positions) == 12


def test_an_encoder_of_a_later_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown encoder: qwen"):
        open_encoder({"name": "qwen"}, tmp_path)


def test_an_lsa_encoder_that_is_gone_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=r"lsa-keys\.npy: missing"):
        open_encoder({"name": "lsa", "head_weight": 3}, tmp_path)


# a model from a folder


def test_a_folder_without_a_model_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"模型 holds no sentence-transformers model: no modules\.json there$"):
        FolderEncoder(tmp_path / "模型")


def test_a_missing_package_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "modules.json").write_text("[]")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ImportError, match=r"^an encoder from a folder needs: pip install 'duijie\[encoder\]'$"):
        FolderEncoder(tmp_path)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a sentence-transformers model of 16 dimensions with random weights."""
    reason = "sentence-transformers is not installed: pip install 'duijie[encoder]'"
    sentence_transformers = pytest.importorskip("sentence_transformers", reason=reason)
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("model")
    signs = sorted({sign for d in tiny() for sign in d.title + d.text if not sign.isspace()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *signs]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    # of a plain model it makes one with mean pooling
    sentence_transformers.SentenceTransformer(str(folder / "bert"), device="cpu").save(str(folder / "whole"))
    return folder / "whole"


def test_a_model_from_a_folder_gives_directions(model: Path) -> None:
    encoder = FolderEncoder(model)
    texts = ["稀土永磁", "风机叶片防冰", "稀土永磁", "a\ud800", ""]
    found = encoder.encode_texts(texts)
    assert (encoder.dimensions, found.shape, found.dtype) == (16, (5, 16), np.float32)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert found[0] == pytest.approx(found[2], abs=1e-6)
    assert found[0] @ found[1] < 0.999
    assert encoder.encode_texts([]).shape == (0, 16)
    copy = pickle.loads(pickle.dumps(encoder))  # as a worker process gets it: without the model
    assert copy._model is None
    assert copy.encode_texts(texts) == pytest.approx(found, abs=1e-6)


def test_an_index_remembers_the_folder_of_its_model(model: Path, tmp_path: Path) -> None:
    Index.create(tmp_path / "index", tiny(), encoder=FolderEncoder(model))
    opened = Index.open(tmp_path / "index")
    assert isinstance(opened.encoder, FolderEncoder)
    assert opened.encoder.folder == model
    offer = tiny()[3]
    hits = search_near(opened.snapshot, opened.encoder.encode_offers([offer]), 3)[0]
    assert opened.snapshot.id(int(hits.positions[0])) == offer.id
    model.rename(model.with_name("moved"))
    try:
        with pytest.raises(FileNotFoundError, match="holds no sentence-transformers model"):
            Index.open(tmp_path / "index")
    finally:
        model.with_name("moved").rename(model)


def test_encoders_that_were_not_asked_for_are_not_loaded() -> None:
    assert "torch" not in vars(dense)
    assert BundledEncoder().describe()["name"] == "bundled"
