"""Which sub-projects an idea may belong to, how sure that is, and which of its words say so."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from innovation.core.db import db
from innovation.programme.queries import Snapshot, SubProjectFact, snapshot
from innovation.routing.evidence import Hint, Word, hints, read_in, summed, words_of
from innovation.routing.model_file import NAME, Model, ModelFileError, read_model
from innovation.routing.profiles import Profiles, profiles_of
from innovation.routing.scoring import certainties
from innovation.routing.vocabulary_file import (
    VocabularyFileError,
    read_vocabulary,
    vocabulary_path,
)

logger = logging.getLogger(__name__)

MOST = 3
MOST_WORDS = 6
# Nothing is suggested where silence is so many times as likely as the likeliest sub-project.
SILENT = 2.0
# Certainty in words: certain and likely from these values up, possible below.
SURE, LIKELY = 0.7, 0.4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A sub-project that an idea may belong to. certainty: from 0 to 1.

    words: what of the text spoke for it, as it is written there, the most telling first.
    """

    sub_project: str
    certainty: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Up to three sub-projects, the likeliest first; none when nothing speaks clearly.

    available: false when suggestions cannot be made now. stamp: what made them.
    """

    items: tuple[Suggestion, ...] = ()
    available: bool = True
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Adviser:
    """Profiles and what was learnt, ready for use."""

    profiles: Profiles
    model: Model | None

    @property
    def stamp(self) -> str:
        """What tells these suggestions from those made before and after."""
        return self.model.stamp if self.model else "profiles"

    def weights(self, feature: str) -> Sequence[float]:
        """Give what a feature says for each class."""
        slugs = self.profiles.slugs
        weights = self.profiles.weights.get(feature, ())
        learnt = self.model.weights.get(feature) if self.model else None
        if not learnt:
            return weights
        weights = weights or (0.0,) * len(slugs)
        return [known + learnt.get(slug, 0.0) for known, slug in zip(weights, slugs, strict=True)]

    def suggest(self, text: str, language: str) -> tuple[Suggestion, ...]:
        """Give up to MOST suggestions for a text."""
        code = read_in(language)
        words = words_of(text, code)
        found = list(hints(words, code, self.profiles.phrases))
        values = summed(found)
        known = {feature: row for feature in values if (row := self.weights(feature))}
        shares = certainties(values, known, len(self.profiles.slugs), len(words))
        ranked = sorted(range(len(shares) - 1), key=lambda at: -shares[at])[:MOST]
        if not ranked or shares[-1] > SILENT * shares[ranked[0]]:
            return ()
        return tuple(
            Suggestion(
                self.profiles.slugs[at],
                round(shares[at], 3),
                _telling(text, words, found, known, at),
            )
            for at in ranked
        )


def _telling(
    text: str,
    words: Sequence[Word],
    found: Sequence[Hint],
    weights: Mapping[str, Sequence[float]],
    at: int,
) -> tuple[str, ...]:
    """Give the words of the text that speak more for this class than for others."""
    worth: dict[int, float] = defaultdict(float)
    for hint in found:
        row = weights.get(hint.feature)
        if row:
            more = row[at] - sum(row) / len(row)
            for place in hint.words:
                worth[place] += more * hint.weight / len(hint.words)
    chosen: dict[str, float] = {}
    for place, amount in worth.items():
        if amount > 0.15:
            written = text[words[place].start : words[place].end].lower()
            chosen[written] = max(amount, chosen.get(written, 0.0))
    ranked = sorted(chosen, key=lambda word: -chosen[word])
    return tuple(ranked[:MOST_WORDS])


@dataclass(frozen=True, slots=True)
class _Kept:
    """The adviser that is in use, and what it was made from."""

    sub_projects: tuple[SubProjectFact, ...]
    vocabulary: int
    model: int
    profiles: Profiles | None
    adviser: Adviser | None


_kept: dict[str, _Kept] = {}
# Set when somebody looked for suggestions that were not ready; the web server then makes them.
wanted = Event()


def suggest(text: str, language: str = "fi", *, folder: Path) -> Suggestions:
    """Suggest where an idea belongs. folder: the installation's, with what was learnt.

    Never raises for a damaged file: it then says that suggestions are not available.
    """
    adviser = adviser_in(folder)
    if adviser is None:
        return Suggestions(available=False)
    return Suggestions(adviser.suggest(text, language), stamp=adviser.stamp)


def is_ready(folder: Path) -> bool:
    """Tell whether this process has an adviser of the programme as it is; making one takes seconds.

    Asking for one that is not ready lets it be made, where somebody listens to `wanted`.
    """
    programme = snapshot()
    kept = _kept.get(_where(folder))
    made_from = (programme.sub_projects, _changed(vocabulary_path(programme.slug)))
    ready = kept is not None and (kept.sub_projects, kept.vocabulary) == made_from
    if not ready:
        wanted.set()
    return ready


def _where(folder: Path) -> str:
    return f"{db.session().get_bind().engine.url} {folder}"


def adviser_in(folder: Path) -> Adviser | None:
    """Give the adviser of an installation, made anew when a file or the programme has changed.

    None when a file is damaged, which is logged once for each change.
    """
    programme = snapshot()
    path = folder / NAME
    model, vocabulary = _changed(path), _changed(vocabulary_path(programme.slug))
    where = _where(folder)
    kept = _kept.get(where)
    profiles = None
    if kept and (kept.sub_projects, kept.vocabulary) == (programme.sub_projects, vocabulary):
        if kept.model == model:
            return kept.adviser
        profiles = kept.profiles
    adviser: Adviser | None = None
    try:
        profiles = profiles or profiles_in(programme)
        adviser = Adviser(profiles, read_model(path))
    except (VocabularyFileError, ModelFileError) as problem:
        logger.error("routing suggestions are not available: %s", problem)
    _kept[where] = _Kept(programme.sub_projects, vocabulary, model, profiles, adviser)
    return adviser


def profiles_in(programme: Snapshot) -> Profiles:
    """Make the profiles of a programme. Raises VocabularyFileError."""
    known = programme.sub_project_by_slug
    vocabulary = read_vocabulary(vocabulary_path(programme.slug), known)
    return profiles_of(programme.sub_projects, vocabulary)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
