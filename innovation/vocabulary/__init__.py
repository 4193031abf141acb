"""A library of the field's concepts, each with its official, everyday and foreign words."""

from innovation.vocabulary.source import (
    FOLDER,
    KEY,
    LISTS,
    LONGEST_WORD,
    NEEDED_LISTS,
    OWN_LISTS,
    Concept,
    Entry,
    VocabularyError,
    entries_of,
    read_concepts,
    shipped,
)

__all__ = [
    "FOLDER",
    "KEY",
    "LISTS",
    "LONGEST_WORD",
    "NEEDED_LISTS",
    "OWN_LISTS",
    "Concept",
    "Entry",
    "VocabularyError",
    "entries_of",
    "read_concepts",
    "shipped",
]
