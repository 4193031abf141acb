"""From what a text says to how certain each sub-project is."""

from collections.abc import Mapping, Sequence
from math import exp

# How steeply certainty grows with what speaks for a sub-project, and what has to be outweighed
# before anything is suggested at all.
STEEP, SILENCE = 1.0, 1.2
# A long text has more of everything: what it says is spread over this many words.
USUAL_WORDS, SPREAD = 30, 0.85


def shortened(words: int) -> float:
    """Give what the scores of a text of so many words are divided by."""
    return float(max(1.0, words / USUAL_WORDS) ** SPREAD)


def certainties(
    values: Mapping[str, float], weights: Mapping[str, Sequence[float]], classes: int, words: int
) -> list[float]:
    """Give how certain each class is, from 0 to 1 and 1 in all.

    values: how much the text has of each feature; weights: what the features say for each class.
    The last class, none of the sub-projects, has SILENCE beforehand.
    """
    scores = [0.0] * classes
    for feature, row in weights.items():
        value = values[feature]
        for at, weight in enumerate(row):
            if weight:
                scores[at] += value * weight
    length = shortened(words)
    scores = [score / length for score in scores]
    scores[-1] += SILENCE
    highest = max(scores)
    odds = [exp(STEEP * (score - highest)) for score in scores]
    whole = sum(odds)
    return [one / whole for one in odds]
