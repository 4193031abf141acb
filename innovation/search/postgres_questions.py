"""What is asked of PostgreSQL's index, as statements; what begins with # is put in by name."""
# ruff: noqa: S608 - nothing is put in but numbers of our own

from functools import cache

from innovation.search.engine import LOOKED_AT, MOST_HITS, MOST_WEIGHED
from innovation.search.postgres_rows import SERVING

# One long question is put to every row anew that has some word of it, which takes long; many
# short ones are answered by the index alone. So each way of meeting a clause is asked for.
_MET = "FROM search_documents WHERE generation + 0 = #G AND terms @@ ANY (CAST(#WAYS AS tsquery[]))"
# Those with a word in the title first: one key is sorted faster than two.
_FIRST = """ORDER BY number
    + CASE WHEN title @@ CAST(%(title)s AS tsquery) THEN 4294967296 ELSE 0 END
    DESC LIMIT %(limit)s"""
KNOWN = f"""ARRAY(
  SELECT (SELECT count(*) FROM (SELECT {_MET} LIMIT #MOST) AS met)
  FROM unnest(CAST(%(clauses)s AS text[])) WITH ORDINALITY AS wanted(ways, place)
  ORDER BY place)""".replace("#WAYS", "wanted.ways")
EVERY = f"ARRAY(SELECT number {_MET} {_FIRST})".replace("#WAYS", "%(every)s")
# How many meet each clause, and then who meets them all.
_BOTH = f"""ARRAY(
  WITH #EACH #COUNTS UNION ALL (SELECT number FROM search_documents
    WHERE generation = #G AND number = ANY (ARRAY(#ALL)) {_FIRST}))"""
MOST = f"""ARRAY(
  SELECT number
  FROM unnest(CAST(%(clauses)s AS text[]), CAST(%(worth)s AS integer[])) AS wanted(ways, worth),
    LATERAL (SELECT number {_MET}) AS met
  WHERE number <> ALL (CAST(%(every)s AS integer[]))
  GROUP BY number HAVING count(*) >= %(enough)s
  ORDER BY sum(worth) DESC, number DESC LIMIT #WEIGHED)""".replace("#WAYS", "wanted.ways")

# Of the ideas with each word the first few that the index comes to; of these, which is read in the
# documents themselves, those that have it as a whole word, with what is needed to weigh it there.
_HAVING = f"""SELECT {SERVING}, word, number, weights
  FROM unnest(CAST(%(words)s AS text[]), CAST(%(queries)s AS text[]), CAST(%(whole)s AS text[]))
    AS wanted(word, query, whole)
  LEFT JOIN LATERAL (SELECT number, weights FROM (
    SELECT number, terms, weights FROM search_documents
    WHERE generation + 0 = #G AND terms @@ CAST(query AS tsquery) LIMIT {LOOKED_AT}) AS met
    WHERE terms @@ CAST(whole AS tsquery)) AS met ON true"""


@cache
def having(half: int) -> str:
    """Write the statement that asks which half serves, and this half for some ideas with words."""
    return _HAVING.replace("#G", str(half))


@cache
def both(clauses: int) -> str:
    """Write _BOTH for so many clauses."""
    names = [f"met{place}" for place in range(clauses)]
    each = [
        f"{name} AS MATERIALIZED (SELECT number {_MET.replace('#WAYS', f'%(ways{place})s')})"
        for place, name in enumerate(names)
    ]
    counts = [f"SELECT count(*) FROM {name}" for name in names]
    every = [f"SELECT number FROM {name}" for name in names]
    return (
        _BOTH.replace("#EACH", ", ".join(each))
        .replace("#COUNTS", " UNION ALL ".join(counts))
        .replace("#ALL", " INTERSECT ".join(every))
    )


@cache
def statement(*columns: str, half: int) -> str:
    """Write the statement that asks which half serves, and this half for lists of numbers.

    The half stands in the words of the statement: each has an index of its own.
    """
    asked = f"SELECT {SERVING}, {', '.join(columns)}".replace("#G", str(half))
    return asked.replace("#MOST", str(MOST_HITS)).replace("#WEIGHED", str(MOST_WEIGHED))
