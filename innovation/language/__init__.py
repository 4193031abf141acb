"""A library that turns text into search terms in Finnish, Swedish and English: plain functions."""

from innovation.language.detection import detect, load_detection
from innovation.language.forms import Weighed
from innovation.language.known import KnownWord
from innovation.language.names import Name
from innovation.language.terms import (
    Term,
    analyser,
    index_terms,
    index_words,
    is_finnish,
    keep_forms,
    know,
    load,
    matcher,
    name_of,
    query_terms,
    recall_forms,
)

__all__ = [
    "KnownWord",
    "Name",
    "Term",
    "Weighed",
    "analyser",
    "detect",
    "index_terms",
    "index_words",
    "is_finnish",
    "keep_forms",
    "know",
    "load",
    "load_detection",
    "matcher",
    "name_of",
    "query_terms",
    "recall_forms",
]
