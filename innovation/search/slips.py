"""How far a misspelt word is from a word, and how likely the slips between them are."""

# What a slip costs; common ones cost less than a whole one.
_FIRST_LETTER = 0.3
_DOUBLE, _SWAPPED, _LIKE, _BESIDE, _BREATH, _MISSING = 0.7, 0.8, 0.6, 0.9, 0.8, 0.8
_ROWS = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm")
_ALIKE = frozenset(
    frozenset(pair) for pair in ("aä", "oö", "åo", "bp", "dt", "gk", "vw", "ck", "sz", "fv", "ij")
)


def slips(typed: str, word: str) -> tuple[int, float]:
    """Give the distance between two words and what it costs; common slips cost less than one.

    A slip is a letter too many, too few or another one, or two neighbours that changed places.
    """
    first, last = _alike(typed, word)
    rows, width = len(typed) - first - last, len(word) - first - last
    before: list[tuple[int, float]] = []
    above = [(0, 0.0)]
    for place in range(width):
        above.append(_plus(above[-1], _missing(word, first + place)))
    for row in range(rows):
        letter, odd = typed[first + row], _odd(typed, first + row)
        here = [_plus(above[0], odd)]
        for place in range(width):
            other = word[first + place]
            same = above[place] if letter == other else _plus(above[place], _other(letter, other))
            best = min(
                same, _plus(above[place + 1], odd), _plus(here[-1], _missing(word, first + place))
            )
            swapped = row and place and letter == word[first + place - 1]
            if swapped and typed[first + row - 1] == other:
                best = min(best, _plus(before[place - 1], _SWAPPED))
            here.append(best)
        before, above = above, here
    distance, cost = above[-1]
    return distance, cost + (_FIRST_LETTER if typed[:1] != word[:1] else 0.0)


def _alike(one: str, other: str) -> tuple[int, int]:
    """Give how many letters are the same at the beginning, and of the others at the end."""
    most = min(len(one), len(other))
    first = next((place for place in range(most) if one[place] != other[place]), most)
    most -= first
    last = next((back for back in range(most) if one[-1 - back] != other[-1 - back]), most)
    return first, last


def _plus(sum_: tuple[int, float], cost: float) -> tuple[int, float]:
    return sum_[0] + 1, sum_[1] + cost


def _odd(word: str, place: int) -> float:
    """Give the cost of a letter that only one of the words has."""
    letter = word[place]
    if letter in (word[place - 1 : place], word[place + 1 : place + 2]):
        return _DOUBLE
    return _BREATH if letter in "h-" else 1.0


def _missing(word: str, place: int) -> float:
    """Give the cost of a letter that was left out: of all slips the most frequent."""
    return min(_MISSING, _odd(word, place))


def _other(one: str, other: str) -> float:
    if frozenset((one, other)) in _ALIKE:
        return _LIKE
    return _BESIDE if other in _NEIGHBOURS.get(one, "") else 1.0


def _neighbours() -> dict[str, str]:
    """Give for each letter those beside it on the Finnish and Swedish keyboard."""
    spots = {
        letter: (row, place) for row, line in enumerate(_ROWS) for place, letter in enumerate(line)
    }
    return {
        letter: "".join(
            other
            for other, (its_row, its_place) in spots.items()
            if other != letter and abs(its_row - row) <= 1 and abs(its_place - place) <= 1
        )
        for letter, (row, place) in spots.items()
    }


_NEIGHBOURS = _neighbours()
