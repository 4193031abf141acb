"""Learns from decisions: what words say, beginning from the profiles and straying only with reason.

A softmax regression whose weights are drawn towards those of the profiles: with few decisions the
profiles speak, with many the decisions do. Imported by the worker and the command line alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from innovation.routing.evidence import hints, read_in, summed, words_of
from innovation.routing.model_file import Model
from innovation.routing.profiles import Decision, Profiles
from innovation.routing.scoring import SILENCE, STEEP, shortened

Matrix = npt.NDArray[np.float32]

# How strongly the weights of a word are drawn back to the profiles, in decisions.
DRAWN_BACK = 2.0
ROUNDS = 5
PACE = 0.25
# A word of a single decision may be anybody's name.
RAREST = 2
# Smaller than this says nothing, and would only make the file large.
LEAST = 0.02
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class _Example:
    """A text as numbers: which features it has (rows of the weights), and how much of each."""

    features: npt.NDArray[np.int32]
    values: Matrix
    target: int


def learn(decisions: Sequence[Decision], profiles: Profiles, last: int = 0) -> Model:
    """Learn from decisions; those on sub-projects without a profile are left out.

    last: the id of the newest routing, to be kept with the model.
    """
    numbers: dict[str, int] = {}
    examples = list(_examples(decisions, profiles, numbers))
    nothing = (0.0,) * len(profiles.slugs)
    rows = [profiles.weights.get(feature, nothing) for feature in numbers]
    prior = np.asarray(rows, np.float32).reshape(len(numbers), len(profiles.slugs))
    counts = np.zeros(len(numbers), np.float32)
    for example in examples:
        counts[example.features] += 1
    learnt = _fitted(examples, prior, counts) - prior
    kept: dict[str, dict[str, float]] = {}
    for (feature, number), often in zip(numbers.items(), counts, strict=True):
        if often >= RAREST and np.abs(learnt[number]).max() >= LEAST:
            kept[feature] = {
                slug: round(float(weight), 3)
                for slug, weight in zip(profiles.slugs, learnt[number], strict=True)
                if abs(weight) >= LEAST
            }
    return Model(_stamp(kept, len(examples)), profiles.slugs, kept, len(examples), last)


def _examples(
    decisions: Sequence[Decision], profiles: Profiles, numbers: dict[str, int]
) -> Iterator[_Example]:
    """Read the texts. numbers: grows with every new feature."""
    place = {slug: at for at, slug in enumerate(profiles.slugs)}
    for decision in decisions:
        if decision.sub_project not in place:
            continue
        code = read_in(decision.language)
        words = words_of(decision.text, code)
        values = summed(hints(words, code, profiles.phrases))
        features = [numbers.setdefault(feature, len(numbers)) for feature in values]
        scale = STEEP / shortened(len(words))
        yield _Example(
            np.asarray(features, np.int32),
            np.asarray([*values.values()], np.float32) * np.float32(scale),
            place[decision.sub_project],
        )


def _fitted(examples: Sequence[_Example], prior: Matrix, counts: Matrix) -> Matrix:
    """Give the weights, by rounds of small steps that shrink where they repeat."""
    weights = prior.copy()
    none = weights.shape[1] - 1
    # One pace for all classes of a word: what one gains, the others lose.
    steepness = np.full(len(weights), 1e-3, np.float32)
    drawn = DRAWN_BACK / np.maximum(counts, 1.0)
    chance = np.random.default_rng(_SEED)
    for _round in range(ROUNDS):
        for number in chance.permutation(len(examples)):
            features, values = examples[number].features, examples[number].values
            target = examples[number].target
            rows = weights[features]
            scores = values @ rows
            # What belongs nowhere is told apart from the sub-projects, but nothing is learnt of
            # it from ideas that belong somewhere: silence stays what it was.
            scores[none] = scores[none] + STEEP * SILENCE if target == none else -np.inf
            wrong = np.exp(scores - scores.max())
            wrong /= wrong.sum()
            wrong[target] -= 1.0
            step = values[:, None] * wrong + drawn[features, None] * (rows - prior[features])
            steepness[features] += np.square(step).sum(axis=1)
            weights[features] = rows - PACE * step / np.sqrt(steepness[features])[:, None]
    return weights


def _stamp(weights: Mapping[str, Mapping[str, float]], decisions: int) -> str:
    return blake2b(repr((decisions, weights)).encode(), digest_size=6).hexdigest()
