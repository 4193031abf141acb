"""What a preset file says, as plain frozen values, and how its texts have to look."""

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from innovation.guard import Kind
from innovation.programme.preset_source import Texts

PUBLISHING_RULES = ("everything_first", "known_authors", "clean_at_once")
# How well somebody is known: not at all, by an account, by a strong proof of identity.
ANONYMOUS, REGISTERED, STRONG = "anonymous", "registered", "strong"
# What may be asked for each; a comment and a support always belong to an account.
LEVELS: dict[str, tuple[str, ...]] = {
    "submit": (ANONYMOUS, REGISTERED, STRONG),
    "comment": (REGISTERED, STRONG),
    "support": (REGISTERED, STRONG),
}
# Classes of data that are kept for a number of days; what each is, privacy.retention says.
RETAINED = (
    "receipt_email",
    "unfinished",
    "withdrawn",
    "hidden_text",
    "hidden_comment",
    "original",
    "published",
    "archived",
    "unused_account",
    "unused_account_notice",
    "sent_mail",
    "feedback_email",
    "audit",
)
USUAL_LEVELS = {deed: allowed[0] for deed, allowed in LEVELS.items()}
SCENES = ("rannikko", "oulu", "lakeus", "oulunkaari", "oulun-etelainen", "koillismaa")
# Where a matter may belong instead: the doors that the guard names, and what it does not know of.
# Those of STAFF_DOORS are for people at work alone.
STAFF_DOORS = ("incident", "grievance", "occupational_safety", "whistleblowing", "invention")
DOOR_KINDS = (
    "emergency",
    "crisis",
    "urgent_care",
    "complaint",
    "patient_safety",
    "appeal",
    "initiative",
    *STAFF_DOORS,
    "advice",
    "other",
)


class Form(TypedDict):
    """How a text should look, as an expression and in words."""

    pattern: str
    like: str


ID_FORM = Form(
    pattern=r"[a-z0-9]+(?:[-_][a-z0-9]+)*", like="an id of letters a-z, digits and hyphens"
)
PREFIX = Form(pattern=r"[A-Z]{1,6}", like="one to six capital letters A-Z")
CODE_FORM = Form(pattern=r"\d{3}", like="a code of three digits")
PHONE = Form(pattern=r"\+?[\d ]{3,20}", like="a telephone number")
EMAIL = Form(pattern=r"[^@\s]+@[^@\s]+", like="an e-mail address")
WEB_ADDRESS = Form(pattern=r"https://\S+", like="an https address")
ADDRESS = Form(
    pattern=r"(?:https://|mailto:|tel:|/(?!/))\S*", like="an https, mailto, tel or own address"
)
LEMMA = Form(
    pattern=r"[a-zåäö0-9]+(?:-[a-zåäö0-9]+)*", like="a word in small letters, without spaces"
)
LEFT_OUT = Form(
    pattern="|".join(kind for kind in Kind if kind not in (Kind.HETU, Kind.HETU_LIKE)),
    like="a kind of mark that may be left out (phone, email, iban, address, person, …)",
)
FULL_NAME = Form(pattern=r"\S+(?: \S+)+", like="a first and a last name")


@dataclass(frozen=True)
class Contact:
    """How people reach the programme; what is not known is an empty text."""

    phone: str
    email: str
    address: str
    hours: Texts
    place: Texts


@dataclass(frozen=True)
class Promises:
    """What is promised: working days until looked at, calendar days for the other two."""

    looked_at_working_days: int
    first_answer_days: int
    decision_days: int


@dataclass(frozen=True)
class ClosedPeriod:
    """Days on which nothing is answered, the first and the last, and what it is called."""

    first: date
    last: date
    name: Texts


@dataclass(frozen=True)
class Criterion:
    """What ideas are assessed by: its name, and what is asked."""

    id: str
    name: Texts
    question: Texts


@dataclass(frozen=True)
class ImpactTag:
    """What an idea would improve."""

    id: str
    name: Texts


@dataclass(frozen=True)
class GroupKind:
    """A kind of group in whose name its members write."""

    id: str
    name: Texts


@dataclass(frozen=True)
class Parent:
    """A larger project that sub-projects belong to; the dates are information and close nothing."""

    id: str
    name: Texts
    official: Texts
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class SubProjectPreset:
    """A sub-project as data; `name` is the official one, with soft hyphens in long words."""

    id: str
    parent: str
    name: Texts
    short_name: Texts
    aliases: tuple[str, ...]
    purpose: Texts
    confirmed: bool
    valid_from: date | None
    valid_to: date | None
    successor: str


@dataclass(frozen=True)
class AreaPreset:
    """An area and the scene that is drawn for it; no scene for the bucket of other areas."""

    id: str
    name: Texts
    aliases: tuple[str, ...]
    scene: str
    regional: bool


@dataclass(frozen=True)
class MunicipalityPreset:
    """A municipality with Statistics Finland's code, or without one for "another municipality"."""

    id: str
    code: str
    area: str
    name: Texts
    confirmed: bool
    source: str


@dataclass(frozen=True)
class WrongDoor:
    """A matter that belongs elsewhere, and where; phone and address may still be unknown."""

    id: str
    kind: str
    label: Texts
    explanation: Texts
    phone: str
    href: str


@dataclass(frozen=True)
class Rule:
    """A rule of discussion that a text can be hidden with; readers see its number and name."""

    id: str
    number: int
    name: Texts
    explanation: Texts


@dataclass(frozen=True)
class ReasonPreset:
    """A ready reason for one use, to start from; administrators change them later."""

    use: str
    text: Texts


@dataclass(frozen=True)
class WatchPreset:
    """What the text check leaves out, and what is public where the programme works: guard.Watch."""

    left_out: tuple[str, ...]
    numbers: tuple[str, ...]
    places: tuple[str, ...]
    office_holders: tuple[str, ...]


@dataclass(frozen=True)
class WordPreset:
    """A name or abbreviation that texts inflect: its base form, and what stands before endings."""

    lemma: str
    stems: tuple[str, ...]


@dataclass(frozen=True)
class Preset:
    """One programme, read and checked; lists keep the file's order, which pages keep too."""

    id: str
    name: Texts
    short_name: Texts
    region: Texts
    reference_prefix: str
    languages: tuple[str, ...]
    contact: Contact
    promises: Promises
    publishing_rule: str
    licence_name: str
    licence_url: str
    licence: Texts
    reading_hours: Texts
    parents: tuple[Parent, ...]
    sub_projects: tuple[SubProjectPreset, ...]
    areas: tuple[AreaPreset, ...]
    municipalities: tuple[MunicipalityPreset, ...]
    wrong_doors: tuple[WrongDoor, ...]
    rules: tuple[Rule, ...]
    watch: WatchPreset
    reasons: tuple[ReasonPreset, ...]
    closed_periods: tuple[ClosedPeriod, ...]
    criteria: tuple[Criterion, ...]
    impact_tags: tuple[ImpactTag, ...]
    group_kinds: tuple[GroupKind, ...]
    levels: dict[str, str]
    retention: dict[str, int]
    words: tuple[WordPreset, ...]
