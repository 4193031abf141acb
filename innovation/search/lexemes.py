"""Terms as PostgreSQL's full text reads them: a document's vector, a query's conditions."""

from collections.abc import Iterable, Mapping, Sequence

from innovation.search.engine import Clause, Kind, Query, Way

# A vector ends at one megabyte and a term at 2,046 bytes, and PostgreSQL refuses what is longer.
_LARGEST = 1_000_000
_LONGEST = 500
# A title stays in its row, which has to fit on a page.
_LARGEST_TITLE = 2_000
# PostgreSQL keeps no more places of a term.
_MOST_PLACES = 255


def terms_vector(terms: Mapping[str, Sequence[int]]) -> str:
    """Write terms with their places, which are in order; what would not fit is left out from the
    end.
    """
    return _vector(terms, _LARGEST)


def title_vector(terms: Iterable[str]) -> str:
    """Write the terms of a title, without places."""
    return _vector(dict.fromkeys(sorted(terms), ()), _LARGEST_TITLE)


def _vector(terms: Mapping[str, Sequence[int]], largest: int) -> str:
    written: list[str] = []
    size = 0
    for term, places in terms.items():
        name = _quoted(term)
        if name is None:
            continue
        first = places[:_MOST_PLACES]
        size += len(name.encode()) + 4 + 2 * len(first)
        if size > largest:
            break
        written.append(f"{name}:{','.join(map(str, first))}" if first else name)
    return " ".join(written)


def joined(clauses: Iterable[Clause], unwanted: Iterable[Clause] = ()) -> str | None:
    """Write what meets every clause and none of the unwanted ones; None when nothing can."""
    wanted = [_clause(clause) for clause in clauses]
    if not wanted or None in wanted:
        return None
    against = [f"!{one}" for one in map(_clause, unwanted) if one]
    return " & ".join([*filter(None, wanted), *against])


def ways_of(clause: Clause, unwanted: Iterable[Clause] = ()) -> list[str]:
    """Write each way to meet a clause and none of the unwanted ones; none when nothing can."""
    against = "".join(f" & !{one}" for one in map(_clause, unwanted) if one)
    return [f"{one}{against}" for one in map(_way, clause.ways) if one]


def alone(term: str) -> str | None:
    """Write what has a term; None for what PostgreSQL has no term for."""
    return _quoted(term)


def listed(queries: Iterable[str]) -> str:
    """Write several queries as one text, as PostgreSQL writes an array."""
    escaped = (one.replace("\\", "\\\\").replace('"', '\\"') for one in queries)
    return "{" + ",".join(f'"{one}"' for one in escaped) + "}"


def in_title(query: Query) -> str | None:
    """Write what a title has that names a wanted word itself; None when no word is named so."""
    terms = {
        term
        for clause in query.wanted
        for way in clause.ways
        if way.kind in {Kind.SURFACE, Kind.LEMMA}
        for slot in way.slots
        for term in slot
    }
    return _any(map(_quoted, sorted(terms)))


def _clause(clause: Clause) -> str | None:
    return _any(map(_way, clause.ways))


def _way(way: Way) -> str | None:
    slots = [_any(map(_quoted, slot)) for slot in way.slots]
    if not slots or None in slots:
        return None
    if not way.adjacent:
        return f"({' & '.join(filter(None, slots))})"
    # Of a single word too, only what stands somewhere as a whole word: next to itself.
    return f"({' <-> '.join(filter(None, slots))})" if slots[1:] else f"({slots[0]} <0> {slots[0]})"


def _any(choices: Iterable[str | None]) -> str | None:
    possible = [one for one in choices if one]
    return f"({' | '.join(possible)})" if possible else None


def _quoted(term: str) -> str | None:
    """Give a term between quotes; None for what PostgreSQL has no term for."""
    if term.isalnum() and len(term) <= _LONGEST:
        return f"'{term}'"  # as nearly all are
    plain = term.replace("\0", "")[:_LONGEST]
    escaped = plain.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'" if plain else None
