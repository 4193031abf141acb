"""The words of the index: learnt from public texts, forgotten when they stand nowhere any more."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice

from sqlalchemy import (
    JSON,
    Boolean,
    Select,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    select,
    text,
    update,
)

from innovation.core import transaction
from innovation.core.db import db, insert, per_database
from innovation.search.engine import Document
from innovation.search.models import SearchSpelling, SearchWord

SHORTEST, LONGEST = 3, 40
# So many words are written at a time, each with a row for each of its letters: other writers
# wait some hundredths of a second at most.
PORTION = 200
_ASKED = 2_000

# Letters that many keyboards lack, and those of foreign words, as they are often written.
_PLAIN = str.maketrans({"ä": "a", "ö": "o", "å": "a", "x": "ks", "z": "ts", "w": "v", "c": "k"})
_TWICE = re.compile(r"(.)\1+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

# PostgreSQL takes a portion in one statement, several times faster than row by row.
_ADD_SPELLINGS = text(
    "INSERT INTO search_spellings (rest, word)"
    " SELECT * FROM unnest(CAST(:rests AS text[]), CAST(:words AS text[]))"
    " ON CONFLICT DO NOTHING"
)


def is_word(text: str) -> bool:
    """Tell whether this may be learnt: letters, and hyphens inside."""
    return SHORTEST <= len(text) <= LONGEST and _WORD.fullmatch(text) is not None


def rests(word: str) -> set[str]:
    """Give what a misspelt word may share: what is left without one letter, or of its sound."""
    shorter = (word[:place] + word[place + 1 :] for place in range(len(word)))
    return {word, sound(word), *shorter}


def sound(word: str) -> str:
    """Give what is the same in hammaslääkäri and hamaslaakari, in taksi and taxi."""
    return _TWICE.sub(r"\1", word.translate(_PLAIN))


class Census:
    """Counts the words of documents on their way into the index.

    Its methods that write open units of work of their own, one for each portion.
    """

    def __init__(self) -> None:
        """Have counted nothing."""
        # Of everything that is written; what is no word is sifted out at the end.
        self._ideas: Counter[str] = Counter()
        self._as_written: set[str] = set()

    def passing(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Give the documents as they come, and count their words."""
        for document in documents:
            self._ideas.update(document.words.keys())
            self._as_written.update(compress(document.words, document.words.values()))
            yield document

    def learn(self) -> int:
        """Put the words that are not known yet into the database; gives how many."""
        missing: list[str] = []
        for words in _portions(self._ideas, _ASKED):
            asked = {word: word in self._as_written for word in words}
            with transaction.reading():
                # Only what is new is sifted: what is known has passed.
                missing += filter(is_word, db.session.scalars(_not_learnt(), {"asked": asked}))
        missing.sort()
        self._write(missing)
        return len(missing)

    def relearn(self) -> int:
        """Make the words in the database what was counted, when everything passed by.

        Gives how many words were added, corrected or forgotten.
        """
        self._ideas = Counter({word: n for word, n in self._ideas.items() if is_word(word)})
        with transaction.reading():
            known = _known()
        gone = sorted(known.keys() - self._ideas.keys())
        different = sorted(
            word
            for word, count in self._ideas.items()
            if known.get(word) != (count, word in self._as_written)
        )
        self._write([word for word in different if word not in known])
        self._correct([word for word in different if word in known])
        for words in _portions(gone, PORTION):
            with transaction.writing():
                _forget(words)
        return len(gone) + len(different)

    def _write(self, missing: Sequence[str]) -> None:
        for words in _portions(missing, PORTION):
            rows = [
                {"word": word, "ideas": self._ideas[word], "as_written": word in self._as_written}
                for word in words
            ]
            spellings = sorted((rest, word) for word in words for rest in rests(word))
            with transaction.writing():
                adding = insert(SearchWord)
                db.session.execute(
                    adding.on_conflict_do_update(
                        index_elements=["word"], set_={"as_written": adding.excluded.as_written}
                    ),
                    rows,
                )
                _add(spellings)

    def _correct(self, different: Sequence[str]) -> None:
        for words in _portions(different, PORTION):
            with transaction.writing():
                db.session.execute(
                    update(SearchWord),
                    [
                        {
                            "word": word,
                            "ideas": self._ideas[word],
                            "as_written": word in self._as_written,
                        }
                        for word in words
                    ],
                )


def learn(documents: Iterable[Document]) -> int:
    """Learn the words of these documents; gives how many were new. Outside any unit of work."""
    census = Census()
    for _document in census.passing(documents):
        pass
    return census.learn()


def relearn(every_document: Iterable[Document]) -> int:
    """Count all words anew; gives how many changed. Outside any unit of work."""
    census = Census()
    for _document in census.passing(every_document):
        pass
    return census.relearn()


@per_database
def _not_learnt() -> Select[str]:
    """Ask which words are missing, or known as base forms alone though they stand so in a text.

    asked: each word with whether it stands so. What is known, which is nearly all, is not sent.
    """
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    each = func.json_each_text if on_postgresql else func.json_each
    asked = each(bindparam("asked", type_=JSON)).table_valued(
        column("key", Text), column("value", Text)
    )
    stands_so = cast(asked.c.value, Boolean)
    return (
        select(asked.c.key)
        .outerjoin(SearchWord, SearchWord.word == asked.c.key)
        .where(SearchWord.word.is_(None) | (SearchWord.as_written < stands_so))
    )


def _known() -> dict[str, tuple[int, bool]]:
    wanted = select(SearchWord.word, SearchWord.ideas, SearchWord.as_written)
    rows = db.session.connection().execute(wanted)
    return {word: (ideas, as_written) for word, ideas, as_written in rows}


def _add(spellings: Sequence[tuple[str, str]]) -> None:
    """Write ways to words, each what is left and of which word, that are not there yet."""
    # Past the ORM, which takes longer than the database.
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        lefts, words = zip(*spellings, strict=True)
        connection.execute(_ADD_SPELLINGS, {"rests": list(lefts), "words": list(words)})
    else:
        connection.execute(
            insert(SearchSpelling).on_conflict_do_nothing(),
            [{"rest": rest, "word": word} for rest, word in spellings],
        )


def _forget(words: Sequence[str]) -> None:
    """Delete words, and the ways to them."""
    db.session.connection().execute(
        delete(SearchSpelling).where(
            SearchSpelling.rest == bindparam("of_rest"), SearchSpelling.word == bindparam("of")
        ),
        [{"of_rest": rest, "of": word} for word in words for rest in rests(word)],
    )
    db.session.execute(
        delete(SearchWord)
        .where(SearchWord.word.in_(words))
        .execution_options(synchronize_session=False)
    )


def _portions(words: Iterable[str], size: int) -> Iterator[list[str]]:
    left = iter(words)
    while portion := list(islice(left, size)):
        yield portion
