"""Finds what tells of the health or the care of somebody who can be recognised."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from innovation.guard import wording
from innovation.guard.findings import Finding, Kind
from innovation.guard.lexicon import marks_of
from innovation.guard.phrases import Place, phrases_in
from innovation.guard.reading import Text, Word

# What tells of care whoever it is; what does so only beside the person whose it is.
_TELLING = ("diagnosis", "medicine", "disability", "service")
_WITH_SOMEBODY = ("client", "symptom", "ailment")
_WITH_ME = ("symptom", "ailment")
# How many words may stand between a person and what is told, where that is not telling by itself.
_FAR, _FAR_FROM_ME = 8, 5
_NEXT = 5
# How far before a person stands that they live there: at the end of the road lives a man who.
_LIVES = 3
_AGE = re.compile(r"\d{1,3}-?(?:vuotia(?:s|an|alla|alta|alle|sta|ana)|vuotis\w*|v|vee)")
_YEARS = frozenset("v vee vuotias vuotiaan vuotiaalla vuotiaalle".split())
# Plural endings; a stem in i has its own, since ukille and äidillä are singular.
_PLURAL = re.compile(
    r"(?:(?<=[a-zåäö])(?<![uy])t|ei(?:ll[aä]|lt[aä]|lle|ss[aä]|st[aä]|den|hin)|[eo]j[aä]|ien|öiden)$"
)
_PLURAL_I = re.compile(r"i(?:ll[aä]|lt[aä]|lle|ss[aä]|st[aä]|in|den|en|t[aä])$")
_MINE = re.compile(r"(?:ni|mme)(?:kin|kaan|kään|han|hän|ko|kö)?$")
_WHO = re.compile(
    r"(?:kko|kkö|nen|sairas|potilas|isti|n[uy]t|kuuro|sokea|juoppo|hullu|tti|vangit|lapsi|nuori)$"
)
# "The baby has" and "the baby was given": vauvalla, vauvalle.
_HAS = re.compile(r"ll[aäe]$")


def care_details(text: Text, names: Sequence[Finding]) -> Iterator[Finding]:
    """Give the stretches from a person to what is told of them.

    names: the people that are named in the text.
    """
    phrases = (list(phrases_in(text, "fact")), list(phrases_in(text, "own_fact")))
    spoken_of = False
    for number in range(len(text.sentences)):
        words = text.sentence(number)
        facts, own_facts = (_inside(words, places) for places in phrases)
        somebody = _somebody(words, names)
        he = [word for word in words if word.has("he")]
        general = any(word.has("general") for word in words)
        if somebody or (spoken_of and he):
            told = facts + _told(words, somebody or he, _WITH_SOMEBODY) + own_facts
            if told:
                yield _finding(text, somebody or he, told, own=False)
        elif not general:
            me = [word for at, word in enumerate(words) if _is_me(words, at)]
            told = own_facts + [word for word in words if _is_my_illness(word)]
            told += facts + _told(words, me, _WITH_ME, _FAR_FROM_ME) if me else []
            # The sentence after the one with somebody tells of them: Diagnoosi on epilepsia.
            theirs = [] if me or not spoken_of else _told(words, (), ())
            if told or theirs:
                near = _nearest(me, told or theirs)
                yield _finding(text, near, told or theirs, own=not theirs)
        spoken_of = bool(somebody) or (spoken_of and bool(he))


def _is_me(words: Sequence[Word], at: int) -> bool:
    """Tell "I have", and "my" before an illness: minun astmani."""
    if words[at].has("i_have"):
        return True
    after = words[at + 1 : at + 3]
    return words[at].has("mine") and any(one.has(*_TELLING, *_WITH_ME) for one in after)


def _inside(words: Sequence[Word], places: Sequence[Place]) -> list[Word]:
    """Give the ends of the phrases that stand in this sentence."""
    start, end = words[0].start, words[-1].end
    inside = [place for place in places if start <= place.first.start and place.last.end <= end]
    return [word for place in inside for word in (place.first, place.last)]


def _told(
    words: Sequence[Word], whose: Sequence[Word], weaker: tuple[str, ...], far: int = _FAR
) -> list[Word]:
    """Give the words that tell of health or care, the weaker ones only near the person."""
    places = [at for at, word in enumerate(words) if word in whose]
    return [
        word
        for at, word in enumerate(words)
        if word not in whose
        and (
            (
                word.has(*_TELLING)
                and (far == _FAR or any(abs(at - place) <= far for place in places))
            )
            or (word.has(*weaker) and any(abs(at - place) <= far for place in places))
        )
        and not _is_people(word)
    ]


def _nearest(me: list[Word], told: list[Word]) -> list[Word]:
    """Give the one word for "I" that stands nearest to what is told, if there is any."""
    return [min(me, key=lambda one: abs(one.start - told[0].start))] if me else []


def _somebody(words: Sequence[Word], names: Sequence[Finding]) -> list[Word]:
    """Give the words that tell who it is, none when anybody could be meant."""
    found: list[Word] = []
    for at, word in enumerate(words):
        named = any(name.start <= word.start < name.end for name in names)
        if (
            (named and not word.has("role"))
            or _is_relative(words, at)
            or (word.has("patient", "related") and not _is_many(word) and _is_told_apart(words, at))
        ):
            found.append(word)
    return found


def _is_relative(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    if not word.has("close", "related"):
        return False
    if _MINE.search(word.low):
        return True
    if _is_many(word):
        return False
    if any(one.has("my", "of_another") for one in words[max(0, at - 2) : at]):
        return True
    general = any(one.has("general", "perhaps") for one in words)
    if word.has("close"):
        return not general
    # A child or a man is somebody in particular when they have something: vauvalla on.
    has = _HAS.search(word.low) or any(one.has("came_to") for one in words[at + 1 : at + 4])
    ill = any(one.has(*_TELLING, "ailment") for one in _around(words, at))
    return bool(has) and ill and not general


def _is_told_apart(words: Sequence[Word], at: int) -> bool:
    """Tell whether an age, a room, a ward, "our" or "a certain" says which patient it is."""
    before = words[max(0, at - 2) : at]
    if _MINE.search(words[at].low) or any(one.has("certain", "my", "of_another") for one in before):
        return True
    lives = any(one.has("lives") for one in words[max(0, at - _LIVES) : at])
    if lives and any(one.has("who_is") for one in words[at + 1 : at + 2]):
        return True
    around = _around(words, at)
    if any(one.has("general", "over") for one in around):
        return False
    return any(_AGE.fullmatch(one.low) or one.has("aged", "room_nick") for one in around) or any(
        (one.has("room") and (after.low[:1].isdigit() or after.has("count")))
        or (one.low.isdigit() and after.low in _YEARS)
        for one, after in pairwise(around)
    )


def _around(words: Sequence[Word], at: int) -> Sequence[Word]:
    return words[max(0, at - _NEXT) : at + _NEXT + 1]


def _is_my_illness(word: Word) -> bool:
    """Tell diabetekseni and masennuslääkkeeni."""
    return word.has(*_TELLING, *_WITH_ME) and word.low.endswith("ni")


def _is_people(word: Word) -> bool:
    """Tell those who have an illness in general: diabeetikoille, muistisairaat."""
    return _is_many(word) and any(_WHO.search(form) for form in word.forms)


def _is_many(word: Word) -> bool:
    """Tell a plural by its ending: muistisairaat, potilaille, but not äidillä and not ukille."""
    if _MINE.search(word.low):
        return False
    base = min((form for form in word.forms if form != word.low), key=len, default=word.low)
    if word.low == base:
        return False
    if _PLURAL.search(word.low):
        return True
    match = _PLURAL_I.search(word.low)
    # In speech äitille is one mother: what stands before the ending is a word of the lists.
    if match is None or base.endswith("i"):
        return False
    return not marks_of(word.low[: match.start() + 1], ())


def _finding(text: Text, who: Sequence[Word], told: Sequence[Word], *, own: bool) -> Finding:
    every = (*who, *told)
    start, end = min(word.start for word in every), max(word.end for word in every)
    telling = sorted({(word.start, word.end) for word in told if word not in who})
    instead = wording.for_care(text, every, who, own=own)
    return Finding(start, end, Kind.CARE_DETAIL, instead=instead, own=own, telling=tuple(telling))
