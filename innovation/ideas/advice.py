"""What a writer is shown of what the text check saw: places, neutral words, the right doors."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import current_app, request
from wtforms import HiddenField

from innovation.core.i18n import LazyString, pick
from innovation.core.i18n import lazy_gettext as _
from innovation.core.keys import keyed_hash
from innovation.guard import Door, Finding, Kind
from innovation.ideas.inspecting import READ_LANGUAGE, Inspected, doors_for
from innovation.programme.queries import Snapshot, snapshot
from innovation.web.forms import Form
from innovation.web.locale import language

# The button that puts neutral words in the place of a mark: its value names field and mark.
REPLACE = "replace"
_URGENT = "urgent"
_AROUND = 48
_MOST_SHOWN = 8
_LONGEST_NOTICED = 4_000
_SHORT, _MOST_NAMED = 2, 3

KIND_WORDS: dict[Kind, LazyString] = {
    Kind.HETU: _("This is a personal identity code. Remove it; we have not stored it."),
    Kind.HETU_LIKE: _("This looks like a personal identity code. If it is one, remove it."),
    Kind.PHONE: _("This looks like a telephone number."),
    Kind.EMAIL: _("This looks like an e-mail address."),
    Kind.IBAN: _("This looks like a bank account number."),
    Kind.ADDRESS: _("This looks like somebody's address."),
    Kind.PERSON: _("There seems to be another person's name in the text."),
    Kind.CARE_DETAIL: _("This tells of somebody's health or care."),
    Kind.SECURITY: _("This could be used to get in where one should not."),
}
OWN_CARE = _("This tells of your own health or care. You may be recognised by it.")
# For a programme that says nothing of a door by itself.
DOOR_WORDS: dict[str, LazyString] = {
    Door.EMERGENCY: _("Emergency: call 112"),
    Door.CRISIS: _("A crisis helpline"),
    Door.URGENT_CARE: _("Urgent care: Medical Helpline 116117"),
    Door.COMPLAINT: _("A complaint about one's own care: the unit that gave it"),
    Door.PATIENT_SAFETY: _("Danger in care: the place where it happened"),
    Door.APPEAL: _("An appeal: see the end of the decision"),
    Door.INITIATIVE: _("A residents' initiative: the wellbeing services county"),
    Door.INCIDENT: _("A safety incident: your unit's reporting system"),
    Door.GRIEVANCE: _("A grievance: tell the person in charge"),
    Door.OCCUPATIONAL_SAFETY: _("Occupational safety: your supervisor and safety representative"),
    Door.WHISTLEBLOWING: _("Wrongdoing: the employer's whistleblowing channel"),
    Door.INVENTION: _("An invention: disclose it to your employer first"),
}
# Whoever tells of danger is shown all of these.
_HELP = (Door.EMERGENCY, Door.URGENT_CARE, Door.CRISIS)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked place with the words around it. instead: neutral words, "" to leave it out.

    offered: whether the button can do it; neutral words are in Finnish, and leaving out a whole
    clause breaks its sentence. replace: its value. telling: what to take out of such a clause.
    """

    label: str
    words: LazyString
    before: str
    marked: str
    after: str
    offered: bool
    instead: str
    replace: str
    field: str
    telling: str = ""


@dataclass(frozen=True, slots=True)
class Doorway:
    """Where a matter belongs instead; href and phone may be empty."""

    label: str
    explanation: str
    href: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What a writer is shown. noticed: what has been shown so far, to be sent back with the form.

    unseen: something is new, so the text is not sent before its writer has seen it. more: marks
    that are not listed.
    """

    marks: tuple[Mark, ...] = ()
    more: int = 0
    doors: tuple[Doorway, ...] = ()
    urgent: bool = False
    noticed: str = ""
    unseen: bool = False
    reading_hours: str = ""

    @property
    def count(self) -> int:
        """How many marked places there are."""
        return len(self.marks) + self.more

    def __bool__(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.marks or self.doors or self.urgent)


NOTHING = Advice()


class AdvisedForm(Form):
    """A form whose texts are checked before they are sent; `advice` is what its writer sees."""

    # The fields that others may read.
    checked: ClassVar[tuple[str, ...]] = ("text",)
    advice: Advice = NOTHING

    noticed = HiddenField()

    def texts(self) -> dict[str, str]:
        """Give what stands in the checked fields."""
        return {name: str(self._fields[name].data or "") for name in self.checked}

    def advise(
        self, seen: Inspected, written_in: str, *, staff: bool, beside: bool = False
    ) -> bool:
        """Make the advice on what was seen; tells whether there is anything new in it.

        written_in: the language, for neutral words. beside: it is shown while the writer goes on,
        which is no second look at danger.
        """
        labels = {name: str(self._fields[name].label.text) for name in self.checked}
        known = str(self.noticed.data or "")[:_LONGEST_NOTICED].split()
        texts, told = self.texts(), snapshot()
        tags = list(_tags(texts, seen, staff))
        # Who may be in danger is not asked to choose other words.
        shown = [] if seen.urgent else list(_marks(texts, seen, labels, written_in))
        ways = _HELP if seen.urgent else ()
        doors = (*ways, *(one for one in doors_for(seen.doors, staff=staff) if one not in ways))
        kept = [tag for tag in tags if not (beside and tag == _tag(_URGENT) and tag not in known)]
        self.advice = Advice(
            tuple(shown[:_MOST_SHOWN]),
            len(shown[_MOST_SHOWN:]),
            tuple(_doorway(door, told) for door in doors),
            seen.urgent,
            " ".join(dict.fromkeys((*known, *kept))),
            any(tag not in known for tag in tags),
            pick(told.reading_hours, language()),
        )
        return self.advice.unseen

    def put_instead(self, seen: Inspected) -> bool:
        """Put neutral words where the pressed button says; tells whether one was pressed."""
        name, _colon, wanted = request.form.get(REPLACE, "").partition(":")
        if name not in self.checked:
            return False
        text = self.texts()[name]
        for mark in seen.marks.get(name, ()):
            if _tag(mark.kind, text[mark.start : mark.end]) == wanted:
                self._fields[name].data = replaced(text, mark)
                break
        return True


def replaced(text: str, mark: Finding) -> str:
    """Give the text with the neutral words in the place of the mark."""
    before, after = text[: mark.start], text[mark.end :]
    instead = mark.instead
    if instead and _begins_sentence(before):
        instead = instead[0].upper() + instead[1:]
    if not instead:
        before, after = before.rstrip(" "), after
        before += "" if not after or after[0] in ".,;:!?)\n " else " "
    return f"{before}{instead}{after}".strip()


def _begins_sentence(before: str) -> bool:
    return not before.strip() or bool(re.search(r"[.!?…]\s+$|\n\s*$", before))


def _tags(texts: Mapping[str, str], seen: Inspected, staff: bool) -> Iterator[str]:
    """Give a sign for everything that was seen, by which it is known again and nothing else."""
    for name, marks in seen.marks.items():
        for mark in marks:
            yield _tag(mark.kind, texts[name][mark.start : mark.end])
    for door in doors_for(seen.doors, staff=staff):
        yield _tag("door", door)
    if seen.urgent:
        yield _tag(_URGENT)


def _tag(*parts: str) -> str:
    said = " ".join(" ".join(parts).casefold().split())
    secret = current_app.extensions["settings"].secret_key
    return keyed_hash(secret, f"noticed:{said}").hex()[:12]


def _marks(
    texts: Mapping[str, str], seen: Inspected, labels: Mapping[str, str], written_in: str
) -> Iterator[Mark]:
    several = len(seen.marks) > 1 or "text" not in seen.marks
    for name, marks in seen.marks.items():
        text = texts[name]
        for mark in marks:
            words = OWN_CARE if mark.own else KIND_WORDS[mark.kind]
            finnish = written_in == READ_LANGUAGE
            yield Mark(
                labels[name] if several else "",
                words,
                _head(text[: mark.start]),
                text[mark.start : mark.end],
                _tail(text[mark.end :]),
                _can_be_put(mark, finnish),
                mark.instead if finnish else "",
                f"{name}:{_tag(mark.kind, text[mark.start : mark.end])}",
                name,
                "" if mark.instead and finnish else _telling(text, mark),
            )


def _can_be_put(mark: Finding, finnish: bool) -> bool:
    """Tell whether a press can put it right: a clause can only be changed into another one."""
    if not mark.instead:
        return mark.kind is not Kind.CARE_DETAIL
    return finnish


def _telling(text: str, mark: Finding) -> str:
    """Give the first words that tell of care, to be taken out by hand: ”diabetes, epilepsia”."""
    words = (text[start:end] for start, end in mark.telling)
    return ", ".join(
        list(dict.fromkeys(word for word in words if len(word) > _SHORT))[:_MOST_NAMED]
    )


def _head(text: str) -> str:
    """Give the end of what stands before a mark, cut at a word."""
    if len(text) <= _AROUND:
        return text
    return "… " + text[-_AROUND:].partition(" ")[2]


def _tail(text: str) -> str:
    """Give the beginning of what stands after a mark, cut at a word."""
    if len(text) <= _AROUND:
        return text
    return text[:_AROUND].rpartition(" ")[0] + " …"


def _doorway(door: Door, told: Snapshot) -> Doorway:
    known: dict[str, Any] | None = next((one for one in told.doors if one["kind"] == door), None)
    if known is None:
        return Doorway(str(DOOR_WORDS[door]), "", "")
    phone = "".join(known["phone"].split())
    href = known["href"] or (f"tel:{phone}" if phone else "")
    return Doorway(pick(known["label"], language()), pick(known["explanation"], language()), href)
