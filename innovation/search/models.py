"""Tables of search: the index of PostgreSQL, the words of the index, concepts, missed searches."""

from datetime import date, datetime

from sqlalchemy import Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base

# On SQLite the table of documents stays empty: Whoosh serves there.
_VECTOR = TSVECTOR().with_variant(Text(), "sqlite")
# Beginnings of words are looked for along the index, which only this order of letters allows.
_WORD = Text(collation="C").with_variant(Text(), "sqlite")


class SearchDocument(Base):
    """An idea as PostgreSQL indexes it. Two generations stand side by side while one is made anew.

    title, terms: terms with their places, for matching. weights: every term's hash and weight, as
    `ranking.packed` writes them. stamp: see `engine.Document`.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        # One for each generation, under a condition that the primary key does not fit: a search
        # along that one would read every document.
        Index(
            "ix_search_documents_terms_0",
            "terms",
            postgresql_using="gin",
            postgresql_where=text("generation + 0 = 0"),
            sqlite_where=text("generation + 0 = 0"),
        ),
        Index(
            "ix_search_documents_terms_1",
            "terms",
            postgresql_using="gin",
            postgresql_where=text("generation + 0 = 1"),
            sqlite_where=text("generation + 0 = 1"),
        ),
    )

    generation: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    # Without a reference to the idea: a document may be put in while its idea is being removed.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str]
    title: Mapped[str] = mapped_column(_VECTOR)
    terms: Mapped[str] = mapped_column(_VECTOR)
    weights: Mapped[bytes]


class SearchGeneration(Base):
    """A generation of PostgreSQL's index that serves or is being filled. made_by: by which rules.

    filled_by, seen_at: who is filling it, and when that one was seen last; empty when it serves.
    """

    __tablename__ = "search_generations"

    generation: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    made_by: Mapped[str]
    serves: Mapped[bool]
    filled_by: Mapped[str]
    seen_at: Mapped[datetime | None]


class SearchWord(Base):
    """A word that stands in public texts, with how many ideas have it, roughly.

    as_written: it stands so in a text; otherwise it is a base form alone.
    """

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(_WORD, primary_key=True)
    ideas: Mapped[int]
    as_written: Mapped[bool]


class SearchSpelling(Base):
    """What is left of a word without one of its letters: the way from a typo to the word.

    A dozen rows for each word, so they are kept narrow: no foreign key, which would need an index
    of its own. `lexicon` deletes them with their word.
    """

    __tablename__ = "search_spellings"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so

    rest: Mapped[str] = mapped_column(_WORD, primary_key=True)
    word: Mapped[str] = mapped_column(_WORD, primary_key=True)


class SearchConcept(Base):
    """A concept of the administrators' own, or what they changed in one of the vocabulary.

    words: lists of words by the names that the vocabulary's files use. active: false switches the
    concept off.
    """

    __tablename__ = "search_concepts"

    key: Mapped[str] = mapped_column(primary_key=True)
    active: Mapped[bool]
    words: Mapped[dict[str, list[str]]]
    changed_at: Mapped[datetime]


class MissedSearch(Base):
    """Words that somebody looked for and nothing was found by; never who."""

    __tablename__ = "missed_searches"

    words: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
    last_on: Mapped[date] = mapped_column(index=True)
