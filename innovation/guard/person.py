"""Finds names that tell who somebody is: with a role, with a relation, or first and last name."""

import re
from collections.abc import Iterator

from innovation import language
from innovation.guard import wording
from innovation.guard.findings import Finding, Kind
from innovation.guard.reading import Text, Word
from innovation.guard.watch import Watch

# Case endings with which a place is spoken of, and a person mostly is not.
_LOCAL = re.compile(r"(?:ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|iin|een|hin|[aoueiyäö]{2}n)$")
_COMPANY = frozenset("oy oyj ry ky ab tmi as osk rf seura säätiö yhtiö".split())
_LIKE_VIRTANEN = ("nen", "sen", "selle", "selta", "sella", "sta")
_MOST_NAMES = 3
# What may stand between a relation and the name: "poikani, Eetu" and "vaimoni (Sari)".
_APPOSITION = re.compile(r",? \(?|-")
_NEXT = re.compile(r" |-")


def people(text: Text, watch: Watch) -> Iterator[Finding]:
    """Give the names with what tells who it is; each stretch of the text once."""
    end = 0
    for at, word in enumerate(text.words):
        if word.start < end:
            continue
        found = _at(text, at, watch)
        if found:
            end = found.end
            yield found


def _at(text: Text, at: int, watch: Watch) -> Finding | None:
    """Read what begins with this word as somebody's name, if it is."""
    word = text.words[at]
    if "-" in word.written:
        return _joined(word)
    if word.has("office"):
        return None
    if word.has("role", "close", "related", "patient") and not _is_my_name(text, at):
        names = _names(text, at + 1, titled=True, of_role=word.has("role"))
        if names and not _is_public(text, at + 1, names, watch):
            first = word if word.start < names[0].start else names[0]
            return _finding(first, names, wording.for_name(word, names, text), text)
    if _may_begin(word, text, False, False):
        names = _names(text, at, titled=False, of_role=False)
        sure = len(names) > 1 and any(name.named for name in names[:2])
        if sure and not _is_public(text, at, names, watch):
            return _finding(names[0], names, wording.for_name(None, names, text), text)
        if len(names) == 1:
            return _followed(text, at)
    return None


def _is_my_name(text: Text, at: int) -> bool:
    """Tell a word that is itself part of a name: Poika Koskinen is not, but Rouva is a title."""
    word = text.words[at]
    return word.named and word.capital and not word.initial and not word.has("close", "role")


def _joined(word: Word) -> Finding | None:
    """Read Liisa-hoitaja, Aino-mummo: a name with what somebody is."""
    first, _, last = word.low.partition("-")
    tail = word.marks
    if not word.written[0].isupper() or "-" in last:
        return None
    name = language.name_of(first)
    if name.person and tail & {"tail_person", "role", "close"}:
        return Finding(
            word.start, word.end, Kind.PERSON, instead=wording.for_joined(word), named_at=word.start
        )
    return None


def _names(text: Text, at: int, *, titled: bool, of_role: bool) -> list[Word]:
    """Give the words from this one on that make up a name; initials count behind a first one."""
    found: list[Word] = []
    while at < len(text.words) and len(found) < _MOST_NAMES:
        word = text.words[at]
        if word.has("no_name", "office") or word.low in _COMPANY:
            return []
        if (found or titled) and not _is_linked(text, at, found):
            break
        if not (_may_follow(word) if found else _may_begin(word, text, titled, of_role)):
            break
        found.append(word)
        at += 1
    if not found or _goes_on(text, at, found):
        return []
    return [] if len(found) == 1 and len(found[0].low) == 1 else found


def _is_linked(text: Text, at: int, found: list[Word]) -> bool:
    """Tell whether only what may stand inside a name, or before it, stands before this word."""
    word = text.words[at]
    between = text.between(text.words[at - 1], word)
    if not found:
        return bool(_APPOSITION.fullmatch(between)) and not (between[0] == "," and not word.named)
    behind_initial = len(found[-1].low) == 1 and between in (". ", ".", " ")
    return behind_initial or bool(_NEXT.fullmatch(between))


def _goes_on(text: Text, at: int, found: list[Word]) -> bool:
    """Tell the name of something else: Maija Poppanen -kahvila, Impi Oy."""
    if at >= len(text.words):
        return False
    between, after = text.between(found[-1], text.words[at]), text.words[at]
    return between in (" -", " –", " ‑") or (between == " " and after.low in _COMPANY)


def _may_begin(word: Word, text: Text, titled: bool, of_role: bool) -> bool:
    """Whether this may be the first word of a name. titled: it stands behind a role or relation."""
    if not word.low.replace("-", "").isalpha():
        return False
    if not word.capital:
        # In small letters only what is nothing but a name.
        return titled and word.named and len(word.low) > 2
    if len(word.low) == 1:
        return word.written.isupper() and text.text[word.end : word.end + 1] == "."
    if word.name.person:
        return titled or not (word.initial and word.name.common)
    return titled and not word.initial and _may_be_surname(word, of_role)


def _may_be_surname(word: Word, of_role: bool) -> bool:
    """Whether a word with a capital, behind a role, is a name that the dictionary has not."""
    if word.name.place:
        return word.low.endswith(_LIKE_VIRTANEN)
    return of_role and word.written[1:].islower() and not _LOCAL.search(word.low)


def _may_follow(word: Word) -> bool:
    """Whether this may be a further name: anything with a capital, or an initial."""
    if len(word.low) == 1:
        return word.written.isupper() and word.low.isalpha()
    if not word.low.replace("-", "").isalpha() or word.initial:
        return False
    return word.capital or (word.named and len(word.low) > 3)


def _followed(text: Text, at: int) -> Finding | None:
    """Read Virtasen mummo, Koskelan isäntä, Aino-niminen: a name before what somebody is."""
    word = text.words[at]
    if at + 1 >= len(text.words) or text.between(word, text.words[at + 1]) != " ":
        return None
    after = text.words[at + 1]
    genitive = word.low.endswith("n") or word.low.endswith("s")
    if word.named and after.low in _SINGULAR_TITLES and (genitive or after.low in _TITLES_BEHIND):
        instead = wording.for_name(after, (), text)
        return Finding(word.start, after.end, Kind.PERSON, instead=instead, named_at=word.start)
    return None


_TITLES_BEHIND = frozenset("täti setä mummo mummu pappa ukki eno hoitaja rouva vaari muori".split())
_SINGULAR_TITLES = _TITLES_BEHIND | frozenset(
    "isäntä emäntä mummolle mummon papan pappaa poika pojan tytär tyttären vaimo rouvalle".split()
)


def _is_public(text: Text, first: int, names: list[Word], watch: Watch) -> bool:
    """Tell an office-holder in the public task, and what the programme has published."""
    written = " ".join(word.written for word in names).lower()
    if any(holder.lower() in written for holder in watch.office_holders):
        return True
    if any(written.startswith(place.lower()) for place in watch.places):
        return True
    before = text.words[max(0, first - 2) : first]
    if any(word.has("office") for word in before):
        return True
    # "Maija Virtanen, aluehallituksen puheenjohtaja".
    behind = text.words[first + len(names) : first + len(names) + 2]
    return any(word.has("office") for word in behind) and len(names) > 1


def _finding(first: Word, names: list[Word], instead: str, text: Text) -> Finding:
    end = names[-1].end
    if len(names[-1].low) == 1 and text.text[end : end + 1] == ".":
        end += 1
    return Finding(first.start, end, Kind.PERSON, instead=instead, named_at=names[0].start)
