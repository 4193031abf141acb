"""Whole words for what a hyphen leaves out: sosiaali- ja terveyspalvelut says sosiaalipalvelut."""

from collections.abc import Callable, Iterator, Sequence

from innovation.language.forms import Forms
from innovation.language.tokens import Token

_BETWEEN = frozenset("ja tai sekä eli että ynnä kuin".split())
_FURTHEST = 6


def completed(
    tokens: Sequence[Token], at: int, forms_of: Callable[[Token], Forms]
) -> tuple[str, ...]:
    """Give the whole words that the token at this place means; none when nothing is left out."""
    token = tokens[at]
    found: list[str] = []
    if token.hangs:
        other = _partner(tokens[at + 1 : at + 1 + _FURTHEST])
        if other:
            found += [_join(token.word, tail, hyphen) for _, tail, hyphen in _cuts(forms_of(other))]
    if token.follows:
        other = _partner(tokens[max(0, at - _FURTHEST) : at][::-1])
        if other:
            own = forms_of(token)
            heads = [(head, hyphen) for head, _, hyphen in _cuts(forms_of(other))]
            found += [
                _join(head, lemma, hyphen)
                for head, hyphen in heads
                for lemma in own.lemmas or own.stems
            ]
    return tuple(dict.fromkeys(found))


def _partner(others: Sequence[Token]) -> Token | None:
    """Give the word that has what is left out: past conjunctions and further hanging words."""
    for other in others:
        if not (other.hangs or other.follows or other.word in _BETWEEN):
            return other
    return None


def _cuts(forms: Forms) -> Iterator[tuple[str, str, bool]]:
    """Give the heads and tails of a compound, and whether a hyphen stands between."""
    for lemma in forms.lemmas:
        for part in forms.parts:
            head = lemma.removesuffix(part)
            if head and head != lemma and len(part) > 2:
                yield head.rstrip("-"), part, head.endswith("-")


def _join(head: str, tail: str, hyphen: bool) -> str:
    return f"{head}-{tail}" if hyphen else head + tail
