"""Looks at one text for everything that the guard knows."""

from collections.abc import Iterator

from innovation.guard.address import addresses
from innovation.guard.care import care_details
from innovation.guard.doors import doors_of
from innovation.guard.findings import Finding, Findings, Kind
from innovation.guard.folding import Folded, fold
from innovation.guard.identity_code import identity_codes
from innovation.guard.numbers import WEB, accounts, emails, phones
from innovation.guard.person import people
from innovation.guard.reading import read
from innovation.guard.security import security_details
from innovation.guard.watch import Watch
from innovation.language import analyser
from innovation.language.lately import Lately

# Of two marks in one place the surer one stays; names stay beside the care that is told of them.
_NUMBERS = (
    Kind.HETU,
    Kind.HETU_LIKE,
    Kind.IBAN,
    Kind.EMAIL,
    Kind.ADDRESS,
    Kind.SECURITY,
    Kind.PHONE,
)
_AS_SET = Watch()
_lately: Lately[Findings] = Lately(200, 60.0)


def inspect(text: str, watch: Watch = _AS_SET) -> Findings:
    """Find everything that the guard looks for; offsets are those of `text` as given.

    The first text that a process looks at takes a second, for the dictionary; after that a page
    takes some milliseconds. Nothing of the text is kept, logged or sent anywhere; for a minute it
    is known by a sign what was found, so that the same text is not looked at again.
    """
    if not text.strip():
        return Findings()
    # The form, the action and the advice look at the same text, one after the other.
    return _lately.find(text, (watch, analyser()), lambda: _inspected(text, watch))


def _inspected(text: str, watch: Watch) -> Findings:
    folded = fold(text)
    words = read(text)
    found = [*_by_shape(text, folded, watch), *security_details(words)]
    names = list(people(words, watch))
    found += (*names, *care_details(words, names))
    doors, urgent = doors_of(words)
    return Findings(
        tuple(sorted(_apart(one for one in found if watch.looks_for(one.kind)))),
        doors,
        urgent,
        web_address=bool(WEB.search(folded.text)),
    )


def identity_codes_in(text: str) -> tuple[Finding, ...]:
    """Find the identity codes alone, for what is refused at once; quick for any text."""
    # A code needs nine digits (some signs fold to two or three); most texts have fewer.
    if sum(map(str.isnumeric, text)) < 3:
        return ()
    return tuple(sorted(identity_codes(fold(text))))


def _by_shape(text: str, folded: Folded, watch: Watch) -> Iterator[Finding]:
    if sum(map(str.isnumeric, text)) >= 3:
        yield from identity_codes(folded)
        yield from accounts(folded, watch)
    yield from emails(folded, watch)
    yield from phones(folded, watch)
    yield from addresses(text, watch)


def _apart(found: Iterator[Finding]) -> Iterator[Finding]:
    """Leave out what lies in the place of a surer mark, and merge marks of one kind that meet."""
    every = list(found)
    taken: list[tuple[int, int]] = []
    for kind in _NUMBERS:
        for one in sorted(item for item in every if item.kind is kind):
            if not any(one.start < end and start < one.end for start, end in taken):
                taken.append((one.start, one.end))
                yield one
    for kind in (Kind.PERSON, Kind.CARE_DETAIL):
        end = 0
        for one in sorted(item for item in every if item.kind is kind):
            if one.start >= end:
                end = one.end
                yield one
