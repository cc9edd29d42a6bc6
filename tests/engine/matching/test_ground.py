"""The ground: scores computed again from it are the same to the last bit, whatever has become of the index."""

from __future__ import annotations

import random

import numpy as np
import pytest

from duijie.engine.matching.dense import LsaEncoder
from duijie.engine.matching.ground import Demands, Directed, Ground, OneByOne, direction_of, replay
from duijie.engine.matching.index import Index
from duijie.engine.matching.model import default_model
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.search import _TOGETHER, search_near
from duijie.engine.matching.types import Document
from duijie.engine.matching.vectors import quantise

WORDS = (
    "甘蓝 耐旱 育种 马铃薯 分级 稀土 永磁 电机 风机 叶片 防冰 检测 低温 电池 容量 秸秆 还田 羊绒 纤维 煤矸石".split()
)


def documents(number: int, seed: int, prefix: str) -> list[Document]:
    rng = random.Random(seed)
    return [
        Document(
            f"{prefix}{n:03}",
            "".join(rng.sample(WORDS, 3)),
            "，".join("".join(rng.choices(WORDS, k=4)) + f"达到 {rng.randrange(99)}%" for _ in range(6)),
            tuple(rng.sample(WORDS, 2)),
            field=f"0{n % 3}",
            region=("150100", "150200", "")[n % 3],
            trl=n % 9 + 1,
            budget=None if n % 4 else 10.5 * n,
        )
        for n in range(number)
    ]


OFFERS, DEMANDS = documents(300, 1, "S"), documents(20, 2, "D")


@pytest.fixture(params=["words", "words and direction"])
def index(request) -> Index:
    made = Index(encoder=LsaEncoder.train(OFFERS, 32) if request.param != "words" else None)
    for start in range(0, len(OFFERS), 70):  # segments, of which one document is dead
        made.add(OFFERS[start : start + 70])
    made.remove(["S007"])
    return made


def test_replay_is_the_same_to_the_last_bit(index):
    answers = list(Matcher(index).match(DEMANDS, 20, credible_only=False))
    directions = index.encoder.encode_demands(DEMANDS)
    grounds = Ground.of(index.snapshot, DEMANDS, directions)
    index.remove([offer.id for offer in OFFERS[:150]])  # what becomes of the index makes no difference
    by_id = {offer.id: offer for offer in OFFERS}
    for demand, answer, ground in zip(DEMANDS, answers, grounds, strict=True):
        offers = [by_id[match.offer] for match in answer.matches]
        again = replay(demand, offers, Ground.from_json(ground.to_json()), default_model(), index.encoder)
        assert tuple(again) == answer.matches
        alone = replay(demand, offers[5:6], ground, default_model(), index.encoder)[0]
        assert (alone.score, alone.reasons) == (answer.matches[5].score, answer.matches[5].reasons)


def test_ground_of_another_demand_is_refused(index):
    ground = Ground.of(index.snapshot, DEMANDS[:1])[0]
    with pytest.raises(ValueError, match="another text"):
        replay(Document("X", "甘蓝"), OFFERS[:1], ground, default_model())


@pytest.mark.parametrize("told", [{}, {"documents": 1}, None])
def test_what_is_no_ground_is_refused(told):
    with pytest.raises(ValueError, match="not a ground"):
        Ground.from_json(told)


def test_nothing_is_replayed_for_no_offers(index):
    assert replay(DEMANDS[0], [], Ground.of(index.snapshot, DEMANDS[:1])[0], default_model()) == []


def test_direction_written_again_is_the_same():
    vectors = np.random.default_rng(0).standard_normal((50, 512)).astype(np.float32)
    codes, _scales = quantise(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    again = np.stack([direction_of(row.tobytes()) for row in codes])
    assert (quantise(again)[0] == codes).all()
    assert (direction_of(bytes(8)) == 0).all()


def test_known_directions_are_not_encoded_again(index):
    class Refusing:
        dimensions = 32

        def encode_demands(self, _documents):
            raise AssertionError

    known = Directed({d.id: np.ones(32, np.float32) for d in DEMANDS}, Refusing())  # type: ignore[arg-type]
    assert known.encode_demands(DEMANDS[:2]).shape == (2, 32)  # type: ignore[union-attr]


def test_demands_are_stored_as_they_look():
    class Two(LsaEncoder):
        def encode_demands(self, documents):
            return np.full((len(documents), 4), 0.5, np.float32)

    encoder = Demands(Two(np.zeros(0, np.uint64), np.zeros((0, 4), np.float32)))
    assert (encoder.encode_offers(DEMANDS[:3]) == 0.5).all()


def test_encoder_that_reads_one_by_one_does_not_mind_the_company():
    class Sociable(LsaEncoder):
        dimensions = 2

        def __init__(self):
            pass

        def encode_texts(self, texts):
            return np.full((len(texts), 2), len(texts), np.float32)

    assert (OneByOne(Sociable()).encode_texts(["甲", "乙"]) == 1).all()  # type: ignore[arg-type]
    assert OneByOne(Sociable()).encode_texts([]).shape == (0, 2)  # type: ignore[arg-type]


def test_many_directions_find_what_each_finds_alone_on_any_number_of_threads():
    index = Index(encoder=LsaEncoder.train(OFFERS, 32))
    index.add(OFFERS)
    directions = index.encoder.encode_demands(DEMANDS)
    assert directions is not None
    assert len(directions) >= _TOGETHER
    alone = [search_near(index.snapshot, directions[i : i + 1], 25)[0] for i in range(len(directions))]
    for threads in (1, 2, 3):
        for one, other in zip(alone, search_near(index.snapshot, directions, 25, threads=threads), strict=True):
            assert one.positions.tolist() == other.positions.tolist()
            assert one.scores.tolist() == other.scores.tolist()
