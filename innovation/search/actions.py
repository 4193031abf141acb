"""Every write about concepts, and the note of what was looked for and not found."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.core.text import clean_line, slug
from innovation.guard import inspect
from innovation.guard.rules import refuse_identity_codes
from innovation.ideas.models import Counter
from innovation.search.concepts import MARK, KnownConcept, forget, known_concepts
from innovation.search.models import MissedSearch, SearchConcept
from innovation.vocabulary import LISTS, LONGEST_WORD

PERMISSION = "programme:manage"
MOST_WORDS = 80
# Parts of addresses that a concept's own page must not take.
_TAKEN = frozenset({"", "new", "missed"})
_BITS = 31

# What is noted of a search: short, without numbers by which somebody could be known.
LONGEST_MISSED = 60
MOST_MISSED_WORDS = 8
MOST_DIGITS = 2
MOST_MISSED = 5_000
MISSED_FOR = timedelta(days=365)
_WORD = re.compile(r"[^\W_]+(?:[-'’:][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class ConceptDraft:
    """The words of a concept by list. seen: when it was last changed, as the page showed it."""

    words: Mapping[str, tuple[str, ...]]
    seen: datetime | None = None


def add_concept(actor: Actor, draft: ConceptDraft) -> str:
    """Add a concept of one's own and give its key; sent twice, it is added once."""
    authorize(actor, PERMISSION)
    words = _checked(draft.words)
    key = slug(words["fi"][0])
    if key in _TAKEN:
        raise RuleBrokenError(_("Write the name with letters."), "fi")
    known = known_concepts().get(key)
    if known is None:
        _write(key, True, words)
    elif known.given is not None or any(known.concept.words(name) != words[name] for name in LISTS):
        raise RuleBrokenError(_("There is a concept of this name already."), "fi")
    return key


def edit_concept(actor: Actor, key: str, draft: ConceptDraft) -> None:
    """Change the words of a concept; of a given one, only the lists that differ are kept.

    Raises ConflictError when somebody was faster and the words would change.
    """
    authorize(actor, PERMISSION)
    known = _known(key)
    words = _checked(draft.words)
    if all(known.concept.words(name) == words[name] for name in LISTS):
        return
    if known.changed_at != draft.seen:
        raise ConflictError(_("The concept was changed while this page was open."))
    _write_over(known, known.active, words)


def switch_concept(actor: Actor, key: str, active: bool) -> None:
    """Take a concept out of use, or into use again. Safe to repeat."""
    authorize(actor, PERMISSION)
    known = _known(key)
    if known.active != active:
        _write_over(known, active, {name: known.concept.words(name) for name in LISTS})


def take_back_concept(actor: Actor, key: str) -> None:
    """Make a concept as it came; one's own concept is removed. Safe to repeat."""
    authorize(actor, PERMISSION)
    _remove(key)


def note_missed(words: str) -> None:
    """Note that nothing was found for these words: never who looked, and nothing personal.

    Anybody's search may end without a result, so nobody is asked for a right.
    """
    kept = missed_words(words)
    if not kept:
        return
    known = db.session.scalar(select(MissedSearch.times).where(MissedSearch.words == kept))
    if known is None and (
        (db.session.scalar(select(func.count()).select_from(MissedSearch)) or 0) >= MOST_MISSED
    ):
        return
    today = clock.today()
    db.session.execute(
        insert(MissedSearch)
        .values(words=kept, times=1, last_on=today)
        .on_conflict_do_update(
            index_elements=["words"],
            set_={"times": MissedSearch.times + 1, "last_on": today},
        )
    )


def missed_words(text: str) -> str:
    """Give what may be kept of a search that found nothing, "" when it had better be nothing."""
    line = clean_line(text)
    if "@" in line or len(line) > LONGEST_MISSED or len(inspect(line)):
        return ""
    words = [word.lower() for word in _WORD.findall(line)]
    words = [word for word in words if sum(map(str.isnumeric, word)) <= MOST_DIGITS]
    digits = sum(character.isnumeric() for word in words for character in word)
    letters = any(map(str.isalpha, "".join(words)))
    if not letters or len(words) > MOST_MISSED_WORDS or digits > MOST_DIGITS:
        return ""
    return " ".join(words)


def forget_missed(actor: Actor) -> int:
    """Delete what nobody has looked for in MISSED_FOR; gives how many."""
    authorize(actor, PERMISSION)
    before = clock.today() - MISSED_FOR
    gone = db.session.execute(
        delete(MissedSearch).where(MissedSearch.last_on < before).returning(MissedSearch.words)
    )
    return len(gone.all())


def _known(key: str) -> KnownConcept:
    known = known_concepts().get(key)
    if known is None:
        raise NotFoundError(f"concept {key}")
    return known


def _checked(lists: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Give the words cleaned, each once. Raises RuleBrokenError at the list that is wrong."""
    seen: set[tuple[str, str]] = set()
    checked: dict[str, tuple[str, ...]] = {}
    for name, code in LISTS.items():
        words = [clean_line(word) for word in lists.get(name, ())]
        words = [word for word in words if any(map(str.isalnum, word))]
        if len(words) > MOST_WORDS:
            raise RuleBrokenError(_("At most %(limit)s words, please.", limit=MOST_WORDS), name)
        long = next((word for word in words if len(word) > LONGEST_WORD), "")
        if long:
            raise RuleBrokenError(
                _("A word may have at most %(limit)s characters.", limit=LONGEST_WORD), name
            )
        refuse_identity_codes(**{name: "\n".join(words)})
        kept = []
        for word in words:
            if (code, word.lower()) not in seen:
                seen.add((code, word.lower()))
                kept.append(word)
        checked[name] = tuple(kept)
    if not checked["fi"]:
        raise RuleBrokenError(_("Write at least one Finnish name."), "fi")
    return checked


def _write_over(known: KnownConcept, active: bool, words: Mapping[str, tuple[str, ...]]) -> None:
    """Write what differs from the given concept; nothing is kept where nothing differs."""
    given = known.given
    different = {
        name: words[name] for name in LISTS if given is None or given.words(name) != words[name]
    }
    if active and not different:
        _remove(known.concept.key)
    else:
        _write(known.concept.key, active, different)


def _write(key: str, active: bool, words: Mapping[str, tuple[str, ...]]) -> None:
    values = {
        "active": active,
        "words": {name: list(kept) for name, kept in words.items()},
        "changed_at": clock.now(),
    }
    db.session.execute(
        insert(SearchConcept)
        .values(key=key, **values)
        .on_conflict_do_update(index_elements=["key"], set_=values)
    )
    _mark()


def _remove(key: str) -> None:
    db.session.execute(delete(SearchConcept).where(SearchConcept.key == key))
    _mark()


def _mark() -> None:
    """Let every process read the concepts anew."""
    value = secrets.randbits(_BITS)
    db.session.execute(
        insert(Counter)
        .values(name=MARK, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )
    forget()
