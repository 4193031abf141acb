"""Looks at everything somebody wrote with the guard: what is marked, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from innovation.guard import STAFF_DOORS, Door, Finding, Kind, Watch, inspect
from innovation.guard.watch import SERVICE_NUMBERS
from innovation.ideas.risks import Risk
from innovation.language import detect
from innovation.programme.queries import snapshot

# The guard knows the words of this language; in others it sees only what looks the same.
READ_LANGUAGE = "fi"
# What tells of a language; names and units are in none.
_PROSE = ("text", "what_helps")
# A name that somebody chose to be shown is no mark, and a unit has an address of its own.
_ALLOWED = {"name": frozenset({Kind.PERSON}), "unit": frozenset({Kind.PERSON, Kind.ADDRESS})}
_SENSITIVE = frozenset({Kind.HETU, Kind.HETU_LIKE, Kind.CARE_DETAIL, Kind.SECURITY})


@dataclass(frozen=True)
class Inspected:
    """What was seen in the texts of one draft; it holds no piece of them.

    marks: by field, each with its offsets in that field's text. doors: where else it should go,
    likeliest first. unread: in a language that the guard does not read.
    """

    marks: Mapping[str, tuple[Finding, ...]]
    doors: tuple[Door, ...] = ()
    urgent: bool = False
    web_address: bool = False
    unread: bool = False

    @property
    def kinds(self) -> frozenset[Kind]:
        """Every kind of mark in any field."""
        return frozenset(mark.kind for marks in self.marks.values() for mark in marks)

    @property
    def risk(self) -> Risk:
        """How soon a moderator has to look."""
        kinds = self.kinds
        if self.urgent:
            return Risk.URGENT
        if kinds & _SENSITIVE:
            return Risk.SENSITIVE
        if kinds:
            return Risk.PERSONAL
        doubtful = self.doors or self.web_address or self.unread
        return Risk.DOUBT if doubtful else Risk.NONE

    @property
    def calm_risk(self) -> Risk:
        """How soon when somebody has found that nobody is in danger."""
        rest = tuple(door for door in self.doors if door not in (Door.EMERGENCY, Door.CRISIS))
        calm = Inspected(self.marks, rest, False, self.web_address, self.unread)
        return calm.risk

    @property
    def waits(self) -> bool:
        """Whether a moderator reads it before anybody else, whoever wrote it."""
        return self.risk > Risk.NONE

    @property
    def tells_who(self) -> bool:
        """Whether somebody can be recognised or reached, or is in danger; on the web anything can.

        Care and illness of nobody in particular is no such thing, nor is a better place elsewhere.
        """
        harmless = {Kind.CARE_DETAIL}
        return self.urgent or self.web_address or bool(self.kinds - harmless)

    @property
    def waits_inside(self) -> bool:
        """The same for what only the staff will see: inventions and safety may be told there."""
        return self.urgent or bool(self.kinds - {Kind.SECURITY})

    def reasons(self) -> list[str]:
        """Name what was seen, in words for logs and files: kinds, doors, "urgent", …"""
        said = [*sorted(self.kinds), *self.doors]
        more = {"urgent": self.urgent, "web_address": self.web_address, "language": self.unread}
        return [*said, *(name for name, true in more.items() if true)]


def look(texts: Mapping[str, str], language: str = READ_LANGUAGE) -> Inspected:
    """Inspect the texts, by field, the way the programme wants it.

    language: what the author said or the page is in, for texts too short to tell it. The first
    words that a process meets take some milliseconds, so a view looks before it holds the database.
    """
    watch = programme_watch()
    found = {field: inspect(text, watch) for field, text in texts.items() if text}
    marks = {
        field: tuple(one for one in seen if one.kind not in _ALLOWED.get(field, ()))
        for field, seen in found.items()
    }
    every = found.values()
    return Inspected(
        {field: some for field, some in marks.items() if some},
        tuple(dict.fromkeys(door for seen in every for door in seen.doors)),
        any(seen.urgent for seen in every),
        any(seen.web_address for seen in every),
        any(_unread(texts.get(field, ""), language) for field in _PROSE),
    )


def programme_watch() -> Watch:
    """Give the programme's settings of the guard."""
    said = snapshot().watch
    return Watch(
        left_out=frozenset(Kind(kind) for kind in said.get("left_out", ()) if kind in list(Kind)),
        numbers=SERVICE_NUMBERS | frozenset(said.get("numbers", ())),
        places=frozenset(said.get("places", ())),
        office_holders=frozenset(said.get("office_holders", ())),
    )


def doors_for(doors: tuple[Door, ...], *, staff: bool) -> tuple[Door, ...]:
    """Give the doors that are of use to the writer: those of the staff only to people at work.

    These report harm as an incident; the patients' door stays beside it where it was done to them
    or to somebody of theirs.
    """
    if staff:
        return tuple(dict.fromkeys(one for door in doors for one in _at_work(door)))
    others = {Door.INCIDENT: Door.PATIENT_SAFETY, Door.GRIEVANCE: Door.COMPLAINT}
    named = (others.get(door, door) for door in doors)
    return tuple(dict.fromkeys(door for door in named if door not in STAFF_DOORS))


def _at_work(door: Door) -> tuple[Door, ...]:
    return (Door.INCIDENT, door) if door is Door.PATIENT_SAFETY else (door,)


def _unread(text: str, language: str) -> bool:
    return bool(text) and (detect(text) or language) != READ_LANGUAGE
