"""A library that turns text into search terms in Finnish, Swedish and English: plain functions."""

from innovation.language.terms import Term, analyser, index_terms, load, query_terms

__all__ = ["Term", "analyser", "index_terms", "load", "query_terms"]
