"""A library that turns text into search terms in Finnish, Swedish and English: plain functions."""

from innovation.language.detection import detect, load_detection
from innovation.language.known import KnownWord
from innovation.language.terms import (
    Term,
    analyser,
    index_terms,
    is_finnish,
    know,
    load,
    query_terms,
)

__all__ = [
    "KnownWord",
    "Term",
    "analyser",
    "detect",
    "index_terms",
    "is_finnish",
    "know",
    "load",
    "load_detection",
    "query_terms",
]
