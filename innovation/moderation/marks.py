"""Marks places in a text: what the guard doubts, and what differs between two versions."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.guard import Door, Finding, Findings, Kind, Watch, inspect
from innovation.ideas.inspecting import doors_for

_WORDS = re.compile(r"\s+|[^\s]+")
# The languages in which the guard knows words; in others it only sees numbers and addresses.
_READ = ("fi",)

KIND_NAMES: dict[str, LazyString] = {
    Kind.HETU: _("identity code"),
    Kind.HETU_LIKE: _("looks like an identity code"),
    Kind.PHONE: _("phone number"),
    Kind.EMAIL: _("e-mail address"),
    Kind.IBAN: _("account number"),
    Kind.ADDRESS: _("home address"),
    Kind.PERSON: _("name"),
    Kind.CARE_DETAIL: _("somebody's care"),
    Kind.SECURITY: _("safety of a place"),
}
OWN_CARE = _("the writer's own care")

DOOR_NAMES: dict[str, LazyString] = {
    Door.EMERGENCY: _("somebody in danger now: 112"),
    Door.CRISIS: _("a crisis: crisis help lines"),
    Door.URGENT_CARE: _("urgent care: 116 117"),
    Door.COMPLAINT: _("a complaint about somebody's own care"),
    Door.PATIENT_SAFETY: _("a patient-safety incident"),
    Door.APPEAL: _("an appeal against a decision"),
    Door.INITIATIVE: _("a residents' initiative"),
    Door.INCIDENT: _("an incident report by staff"),
    Door.GRIEVANCE: _("a report of neglect by staff"),
    Door.OCCUPATIONAL_SAFETY: _("occupational safety"),
    Door.WHISTLEBLOWING: _("the whistleblowing channel"),
    Door.INVENTION: _("a notice of an invention"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `marked` when the reader should look at it.

    kinds: what the mark that ends here is, in words. instead: neutral wording, in Finnish.
    """

    text: str
    marked: bool = False
    kinds: tuple[LazyString, ...] = ()
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the checklist. state: fine, stop (the guard saw something) or look (nobody did)."""

    label: LazyString
    state: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Texts of one case as the guard reads them.

    texts: each cut into pieces, in the order given. kinds: what was found. doors: where else it
    should go, in words. urgent: somebody may be in danger. web_address: it leads to a web page.
    known: the guard knows the language.
    """

    texts: tuple[list[Piece], ...]
    kinds: frozenset[Kind]
    doors: tuple[LazyString, ...]
    urgent: bool
    web_address: bool
    known: bool

    @property
    def marks(self) -> list[Piece]:
        """Every marked place with its kind."""
        return [piece for text in self.texts for piece in text if piece.kinds]

    @property
    def checks(self) -> list[Check]:
        """The checklist: what the guard can tell, and what only a person can."""
        reached = bool(self.kinds - {Kind.CARE_DETAIL, Kind.SECURITY})
        care, unsafe = Kind.CARE_DETAIL in self.kinds, Kind.SECURITY in self.kinds
        unseen = "fine" if self.known else "look"
        checks = [
            Check(_("Names or contact details"), "stop")
            if reached
            else Check(_("No names or contact details"), unseen),
            Check(_("Somebody's health details"), "stop")
            if care
            else Check(_("Nobody's health details"), unseen),
            Check(_("Perhaps in the wrong place"), "stop")
            if self.doors
            else Check(_("The right place for it"), unseen),
        ]
        if unsafe:
            checks.append(Check(_("Something that makes a place unsafe"), "stop"))
        if self.web_address:
            checks.append(Check(_("A web address: look where it leads"), "stop"))
        if len(self.texts) > 1:  # A comment has no title and may answer several.
            checks.append(Check(_("One matter"), "look"))
            checks.append(Check(_("A title that can be understood"), "look"))
        return checks


def read(*texts: str, language: str, watch: Watch | None = None, staff: bool = False) -> Reading:
    """Let the guard look at the texts. language: that they are written in.

    watch: the programme's settings. staff: whoever wrote it is at work, so their doors are named.
    """
    found = [inspect(text, watch or Watch()) for text in texts]
    doors = doors_for(
        tuple(dict.fromkeys(door for one in found for door in one.doors)), staff=staff
    )
    return Reading(
        texts=tuple(_cut(text, one) for text, one in zip(texts, found, strict=True)),
        kinds=frozenset().union(*(one.kinds for one in found)),
        doors=tuple(DOOR_NAMES[door] for door in doors),
        urgent=any(one.urgent for one in found),
        web_address=any(one.web_address for one in found),
        known=language in _READ,
    )


def _cut(text: str, found: Findings) -> list[Piece]:
    """Cut the text where a mark begins or ends; a mark may lie inside another."""
    places = {0, len(text), *(place for one in found for place in (one.start, one.end))}
    pieces = []
    for start, end in pairwise(sorted(places)):
        around = [one for one in found if one.start <= start and end <= one.end]
        ending = [one for one in around if one.end == end]
        instead = next((one.instead for one in ending if one.instead), "")
        kinds = tuple(dict.fromkeys(_kind(one) for one in ending))
        pieces.append(Piece(text[start:end], bool(around), kinds, instead))
    return pieces


def _kind(one: Finding) -> LazyString:
    return OWN_CARE if one.own else KIND_NAMES[one.kind]


def differences(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Cut two versions of a text, word by word, so that what is only in one of them is marked."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    for what, first, last, start, end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        marked = what != "equal"
        left.append(Piece("".join(before[first:last]), marked))
        right.append(Piece("".join(after[start:end]), marked))
    return [piece for piece in left if piece.text], [piece for piece in right if piece.text]
