"""The nouns that are offered instead of a name, in every case, and with whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass

NOMINATIVE, GENITIVE, PARTITIVE, ILLATIVE, PLURAL = (
    "nominative genitive partitive illative plural".split()
)


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun that is offered. weak: its stem before endings; strong: before "ni" and "na"."""

    nominative: str
    weak: str
    strong: str
    partitive: str
    illative: str

    def __getitem__(self, case: str) -> str:
        """Give its form in a case."""
        fixed = {
            NOMINATIVE: self.nominative,
            GENITIVE: f"{self.weak}n",
            PARTITIVE: self.partitive,
            ILLATIVE: self.illative,
            PLURAL: f"{self.weak}t",
        }
        stem = self.strong if case == "na" else self.weak
        return fixed.get(case) or stem + in_harmony(case, self.nominative)


def _regular(word: str) -> Noun:
    """Make a noun that only takes endings: hoitaja, lääkäri."""
    end = word[-1]
    return Noun(word, word, word, word + in_harmony("a", word), f"{word}{end}n")


def in_harmony(ending: str, word: str) -> str:
    """Write the ending with the vowels that the word asks for."""
    telling = [letter for letter in word if letter in "aouäöy"]
    back = bool(telling) and telling[-1] in "aou"
    return ending if back else ending.replace("a", "ä").replace("o", "ö")


CLOSE = Noun("läheinen", "läheise", "läheise", "läheistä", "läheiseen")
COLLEAGUE, NEIGHBOUR = _regular("työkaveri"), _regular("naapuri")
CERTAIN = Noun("eräs", "erää", "erää", "erästä", "erääseen")
SOMEBODY = Noun("henkilö", "henkilö", "henkilö", "henkilöä", "henkilöön")
_STAFF = _regular("työntekijä")
_THERAPIST = Noun("terapeutti", "terapeuti", "terapeutti", "terapeuttia", "terapeuttiin")
# What is offered for a role, by the end of its word; whoever else works there is "työntekijä".
_ROLES: tuple[tuple[str, Noun], ...] = (
    *((end, _regular("hoitaja")) for end in ("hoitaja", "hoitsu", "sköterska", "nurse", "yökkö")),
    *(
        (end, _regular("lääkäri"))
        for end in ("lääkäri", "lekuri", "tohtori", "kirurgi", "psykiatri", "läkare", "doktor")
    ),
    *((end, _THERAPIST) for end in ("terapeutti", "fyssari", "fysio", "jumppari", "toimari")),
    *((end, _regular("kuljettaja")) for end in ("kuljettaja", "kuski")),
    *(
        (end, Noun("esihenkilö", "esihenkilö", "esihenkilö", "esihenkilöä", "esihenkilöön"))
        for end in ("esihenkilö", "esimies", "pomo", "päällikkö")
    ),
    *(
        (end, _regular(end))
        for end in ("ohjaaja", "avustaja", "sihteeri", "opettaja", "psykologi", "kuraattori")
    ),
)
CARED_FOR: tuple[tuple[str, Noun], ...] = (
    ("asiakas", Noun("asiakas", "asiakkaa", "asiakkaa", "asiakasta", "asiakkaaseen")),
    ("asukas", Noun("asukas", "asukkaa", "asukkaa", "asukasta", "asukkaaseen")),
    ("potilas", Noun("potilas", "potilaa", "potilaa", "potilasta", "potilaaseen")),
    ("lapsi", Noun("lapsi", "lapse", "lapse", "lasta", "lapseen")),
)


def of_role(forms: Iterable[str]) -> Noun:
    """Give what somebody with this role is called; forms: of the word for it, in base form too."""
    every = tuple(forms)
    return next((noun for end, noun in _ROLES if any(one.endswith(end) for one in every)), _STAFF)


def owned(noun: Noun, case: str, owner: str) -> str:
    """Inflect the noun, with whose it is: läheiselleni, hoitajaltamme, läheisellään."""
    if not owner:
        return noun[case]
    if case in (NOMINATIVE, GENITIVE, PLURAL):
        return noun.strong + in_harmony("nsa" if owner == "nsa" else owner, noun.nominative)
    form = noun[case].removesuffix("n")
    form = f"{form[:-1]}e" if case == "ksi" else form
    if owner != "nsa":
        return form + owner
    return form + (in_harmony("nsa", noun.nominative) if case == ILLATIVE else f"{form[-1]}n")
