"""A library that turns text into search terms in Finnish, Swedish and English: plain functions."""

from innovation.language.detection import detect, load_detection
from innovation.language.known import KnownWord
from innovation.language.terms import (
    Term,
    analyser,
    index_terms,
    is_finnish,
    keep_forms,
    know,
    load,
    matching,
    query_terms,
    recall_forms,
)

__all__ = [
    "KnownWord",
    "Term",
    "analyser",
    "detect",
    "index_terms",
    "is_finnish",
    "keep_forms",
    "know",
    "load",
    "load_detection",
    "matching",
    "query_terms",
    "recall_forms",
]
