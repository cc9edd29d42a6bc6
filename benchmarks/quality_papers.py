"""Known items among real abstracts, and people found through their papers."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, diags

from corpus import read_papers
from duijie.engine.matching.dense import BundledEncoder, LsaEncoder
from duijie.engine.matching.evaluate import bootstrap_interval, pairwise_loss
from duijie.engine.matching.features import scores
from duijie.engine.matching.index import Index
from duijie.engine.matching.model import default_model
from duijie.engine.matching.rank import CANDIDATES, Matcher
from duijie.engine.matching.search import Query, score, search
from duijie.engine.matching.teams import team_score
from duijie.engine.matching.text import terms
from duijie.engine.matching.types import Document
from markdown import table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

# known items


def report_known(data: Path, *, small: bool) -> str:
    """Return how well a title finds its own abstract, which does not hold the title."""
    papers = read_papers(data)[: 300 if small else None]
    index = Index(encoder=BundledEncoder())
    index.add([Document(p["id"], "", p["text"]) for p in papers])
    asked = [Document(p["id"], p["title"]) for p in papers if p["title"]][: 30 if small else None]
    own = index.snapshot.positions([d.id for d in asked])
    queries = [Query.of_terms(Counter(terms(d.title))) for d in asked]
    lexical = [h.positions for h in search(index.snapshot, queries, 1_000)]
    matcher = Matcher(index)
    found = matcher.candidates(index.snapshot, asked, CANDIDATES)
    total = scores(found.matrix, matcher.model)
    ranked = []
    for q in range(len(asked)):
        here = slice(found.ptr[q], found.ptr[q + 1])
        ranked.append(found.positions[here][np.argsort(-total[here], kind="stable")])
    rows: list[list[object]] = []
    for name, found_by in (("BM25 of words and bigrams: search()", lexical), ("default model", ranked)):
        places = [np.flatnonzero(r == p) for r, p in zip(found_by, own, strict=True)]
        values = np.array([1 / (at[0] + 1) if len(at) else 0.0 for at in places])
        low, high = bootstrap_interval(values, seed=0)
        rows.append([name, len(asked), f"{values.mean():.4f}", f"{low:.4f}–{high:.4f}", f"{(values == 1).mean():.1%}"])
    head = ["ranking", "titles", "MRR", "95 % interval", "first at once"]
    return table(f"A title finds its abstract among {len(papers):,} (papers-zh)", head, rows)


# people from the evidence of their papers


@dataclass(frozen=True)
class Experts:
    """Papers, ratings ``(person, place of paper, rating)``, and the papers of each person in each protocol."""

    papers: list[Document]
    ratings: list[tuple[str, int, float]]
    official: list[dict[str, list[int]]]
    everything: dict[str, list[int]]


def read_experts(data: Path) -> Experts:
    """Return the reviewer assignment data set of Stelmakh et al. 2023, as far as its papers are here."""
    folder = data / "expert-finding"
    told = map(json.loads, (folder / "papers.jsonl").read_text("utf-8").splitlines())
    papers = [Document(p["ssId"] or f"?{i}", p["title"] or "", p.get("abstract") or "") for i, p in enumerate(told)]
    place = {p.id: i for i, p in enumerate(papers)}
    with (folder / "ratings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ratings = [
        (r["participant_id"], place[r["paper_id"]], float(r["expertise_1_5"])) for r in rows if r["paper_id"] in place
    ]

    def known(profiles: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
        return {person: [place[p] for p in own if p in place] for person, own in profiles.items()}

    official = json.loads((folder / "profiles_d20.json").read_text("utf-8"))
    everything = json.loads((folder / "participant_papers.json").read_text("utf-8"))
    return Experts(papers, ratings, [known(p) for p in official.values()], known(everything))


def few_experts(experts: Experts) -> Experts:
    """Return four people with their own and their rated papers, and one profile of each."""
    ratings = [r for r in experts.ratings if r[0] in sorted({r[0] for r in experts.ratings})[:4]]
    people = {r[0] for r in ratings}
    kept = sorted({p for r in ratings for p in (r[1], *experts.official[0][r[0]])})
    place = {p: i for i, p in enumerate(kept)}
    profiles = {person: [place[p] for p in experts.official[0][person]] for person in people}
    papers = [experts.papers[p] for p in kept]
    return Experts(papers, [(a, place[p], r) for a, p, r in ratings], [profiles], profiles)


def person_score(similarities: Values) -> float:
    """Return the cubic mean of a rated paper's similarities to a person's papers: near ones count most, all count."""
    return float((np.maximum(similarities, 0.0) ** 3).mean() ** (1 / 3))


def loss_of(
    experts: Experts,
    similar: Values,
    row: Mapping[int, int],
    profiles: Mapping[str, Sequence[int]],
    mean: Callable[[Values], float],
) -> float:
    """Return the pairwise loss of ranking each person's rated papers by the person's own papers."""  # fmt: skip
    mine = [r for r in experts.ratings if profiles.get(r[0])]
    told = [mean(similar[row[paper], profiles[person]]) for person, paper, _ in mine]
    return pairwise_loss([rating for *_, rating in mine], told, [person for person, *_ in mine])


def english_terms(text: str, stop: frozenset[str]) -> list[str]:
    """Return the engine's terms without English stop words, and pairs of neighbours among them."""
    words = [t for t in terms(text) if t not in stop]
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def tfidf(texts: Sequence[Sequence[str]]) -> csr_matrix:
    """Return unit vectors of log term frequency × inverse document frequency, sparse ``(texts, terms)``."""
    number: dict[str, int] = {}
    cells: list[int] = []
    data: list[float] = []
    ptr = [0]
    for text in texts:
        for term, count in Counter(text).items():
            cells.append(number.setdefault(term, len(number)))
            data.append(1 + np.log(count))
        ptr.append(len(cells))
    matrix = csr_matrix((data, cells, ptr), (len(texts), len(number)))
    frequency = np.bincount(matrix.indices, minlength=len(number))
    matrix.data *= np.log(1 + len(texts) / frequency)[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    return (diags(1 / np.maximum(lengths, 1e-9)) @ matrix).tocsr()


def report_people(data: Path, *, small: bool) -> str:
    """Return how well papers say who knows about another paper."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    experts = read_experts(data)
    if small:
        experts = few_experts(experts)
    rated = sorted({paper for _, paper, _ in experts.ratings})
    row = {paper: i for i, paper in enumerate(rated)}
    stop = frozenset(ENGLISH_STOP_WORDS)

    def by_tfidf(terms_of: Callable[[Document], list[str]]) -> Values:
        vectors = tfidf([terms_of(p) for p in experts.papers])
        out: Values = (vectors[rated] @ vectors.T).toarray()
        return out

    plain = by_tfidf(lambda p: [t for t in terms(f"{p.title} {p.text}") if t not in stop])
    pairs = by_tfidf(lambda p: english_terms(p.title, stop) * 2 + english_terms(p.text, stop))
    lexical, whole, lsa, meaning = _engine_similarities(experts, rated, small=small)
    recipe = pairs + 0.5 * lexical + 0.3 * lsa + 0.1 * meaning
    ways: list[tuple[str, Values, Callable[[Values], float]]] = [
        ("plain TF-IDF of words, mean over papers", plain, lambda s: float(s.mean())),
        ("the same, cubic mean", plain, person_score),
        ("TF-IDF of words and word pairs, cubic mean", pairs, person_score),
        ("BM25 of the engine ÷ the paper's own, cubic mean", lexical, person_score),
        ("LSA of the engine (d = 128), cubic mean", lsa, person_score),
        ("bundled encoder, cubic mean", meaning, person_score),
        ("default model of the engine, team_score", whole, team_score),
        ("default model of the engine, cubic mean", whole, person_score),
        ("pairs + ½ BM25 + 0.3 LSA + 0.1 encoder, cubic mean", recipe, person_score),
        ("the same, team_score", recipe, team_score),
    ]
    rows: list[list[object]] = []
    for name, similar, mean in ways:
        official = [loss_of(experts, similar, row, p, mean) for p in experts.official]
        everything = loss_of(experts, similar, row, experts.everything, mean)
        spread = float(np.std(official, ddof=1)) if len(official) > 1 else 0.0
        rows.append([name, f"{np.mean(official):.4f}", f"{spread:.4f}", f"{everything:.4f}"])
    people_count = len({person for person, *_ in experts.ratings})
    note = (
        f"Pairwise loss, smaller is better; {people_count} people, {len(experts.ratings)} ratings. Official: the mean over"
        f" {len(experts.official)} profiles of 20 papers a person. With all papers each person listed it is another protocol,"
        " not to be compared with published figures. By bootstrap over people a loss is sure to about ±0.03."
    )
    head = ["similarity and mean", "official loss", "spread of the profiles", "loss with all papers"]
    return table("People found through their papers (expert-finding)", head, rows, note)


def _engine_similarities(experts: Experts, rated: list[int], *, small: bool) -> tuple[Values, Values, Values, Values]:
    """Return BM25 ÷ the paper's own, the default model's score, and two cosines: ``(rated papers, all papers)`` each."""
    index = Index(encoder=LsaEncoder.train(experts.papers) if small else BundledEncoder())
    index.add(experts.papers)
    snapshot = index.snapshot
    everything = np.arange(len(experts.papers))
    lexical = np.zeros((len(rated), len(everything)))
    for i, paper in enumerate(rated):
        query = Query.of(experts.papers[paper], index.params)
        found = score(snapshot, replace(query, weights=np.sqrt(query.weights)), everything)
        lexical[i] = found / max(1e-9, found[paper])
    asked = [experts.papers[paper] for paper in rated]
    matcher = Matcher(index)
    features = matcher.features_of(asked, [everything] * len(asked))
    whole = scores(features.matrix, default_model()).reshape(lexical.shape)
    lsa = LsaEncoder.train(experts.papers)
    offers = lsa.encode_offers(experts.papers)
    meaning = features.matrix[:, 2].reshape(lexical.shape)
    return lexical, whole, (offers[rated] @ offers.T).astype(np.float64), meaning
