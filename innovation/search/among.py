"""Ideas like a text among texts that are not in the index, such as those that wait with it.

They are read and compared as those in the index are; what was read of them is kept in the process.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b

from innovation import language
from innovation.search import concepts, meaning
from innovation.search.comparing import Alike, Asked
from innovation.search.engine import Clause, Engine, SearchUnavailableError
from innovation.search.similarity import LONGEST, counted

# For one text the weights of its terms: of what it is about, and of its words.
Terms = Mapping[str, float]
# A text and its language.
Said = tuple[str, str]

# Words that nobody has met take long: what is not read by then is read for the next who asks.
_PATIENCE = 2.0
_read: dict[bytes, Terms] = {}


def similar_among(
    engine: Engine | None, text: str, code: str, others: Mapping[int, Said], least: float
) -> list[Alike]:
    """Give which other texts tell of the same need as a text in a language, best first.

    engine: tells, together with the others, how rare words are; None while there is no index.
    others: by number, those to be read first standing first. least: the score of the last.
    """
    if not others:
        return []
    concepts.know_programme_words()
    meaning.load()
    read = _read_all(others)

    def counting(clauses: Sequence[Clause]) -> tuple[Sequence[int], int]:
        known, documents = _in_index(engine, clauses)
        terms = [one.keys() for one in read.values()]
        for at, clause in enumerate(clauses):
            forms = {form for way in clause.ways for slot in way.slots for form in slot}
            known[at] += sum(not one.isdisjoint(forms) for one in terms)
        return known, documents + len(read)

    asked = Asked(counting, meaning.read(text[:LONGEST], code))
    # Comparing takes longer than telling what it can come to at most.
    likely = {number: terms for number, terms in read.items() if asked.bound(terms) >= least}
    compared = [asked.compare(number, terms) for number, terms in likely.items()]
    found = [one for one in compared if one.score >= least]
    return sorted(found, key=lambda one: (-one.score, -one.number))


def _in_index(engine: Engine | None, clauses: Sequence[Clause]) -> tuple[list[int], int]:
    if engine is not None:
        with suppress(SearchUnavailableError), engine.together():
            return counted(engine, clauses)
    return [0] * len(clauses), 0


def _read_all(texts: Mapping[int, Said]) -> dict[int, Terms]:
    """Read texts, as far as patience goes; nothing is kept of one that is not asked for again.

    So nothing stays of what was removed from a text.
    """
    analyser = language.analyser()
    keys = {number: _key(analyser, *said) for number, said in texts.items()}
    wanted = set(keys.values())
    for key in [key for key in list(_read) if key not in wanted]:
        _read.pop(key, None)
    found: dict[int, Terms] = {}
    until = time.monotonic() + _PATIENCE
    for number, key in keys.items():
        terms = _read.get(key)
        if terms is None and time.monotonic() < until:
            terms = _read[key] = _terms(*texts[number])
        if terms is not None:
            found[number] = terms
    return found


def _key(analyser: str, text: str, code: str) -> bytes:
    return blake2b("\0".join((analyser, code, text)).encode(), digest_size=16).digest()


def _terms(text: str, code: str) -> Terms:
    words = list(language.index_words(text, code))
    terms = dict.fromkeys((form for *_place, ways in words for form, _kind, _weight in ways), 1.0)
    return terms | meaning.terms_of([meaning.sentences(text, words)])
