"""Snowball stems, for Swedish and English and for the Finnish words that no dictionary knows."""

import threading
from functools import lru_cache

import Stemmer

ALGORITHMS = {"fi": "finnish", "sv": "swedish", "en": "english"}

# A stemmer keeps its state between the letters of a word, so that threads must take turns.
_turn = threading.Lock()
_stemmers = {language: Stemmer.Stemmer(name, 0) for language, name in ALGORITHMS.items()}


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Give the stem of a word in small letters; the word itself in other languages."""
    if language not in _stemmers:
        return word
    with _turn:
        return str(_stemmers[language].stemWord(word))
