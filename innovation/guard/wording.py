"""Neutral words for a marked place that fit into the sentence: in the case that the name was in."""

import re
from collections.abc import Iterable, Sequence

from innovation import language
from innovation.guard.nouns import (
    CARED_FOR,
    CERTAIN,
    CLOSE,
    COLLEAGUE,
    GENITIVE,
    ILLATIVE,
    NEIGHBOUR,
    NOMINATIVE,
    PARTITIVE,
    PLURAL,
    SOMEBODY,
    Noun,
    in_harmony,
    of_role,
    owned,
)
from innovation.guard.reading import Text, Word

_CLITIC = re.compile(r"(?<=..)(kin|kaan|kään|han|hän|ko|kö)$")
# Of the cases that an ending tells, the ending with a is the name: "lle", "lta".
_CASE = re.compile(r"(lle|lt[aä]|ll[aä]|ss[aä]|st[aä]|ksi|n[aä])$")
_INTO = re.compile(r"(?:([aeiouyäö])\1|h([aeiouyäö]))n$")
# Of surnames in i these have e before endings.
_WITH_E = frozenset("nurmi niemi salmi lahti järvi koski saari kivi suomi lumi tuomi".split())
_SHORTEST_NAME, _VOWELS = 3, "aeiouyäöå"
# Of these a name of their own looks like the genitive of another one.
_ALSO_NAMES = frozenset("karin martin robin kristin katrin elin".split())
_WITH_GENITIVE = frozenset(
    "kanssa kans kaa luona luo luokse mukaan mielestä puolesta kautta jälkeen takia vuoksi avulla "
    "vieressä".split()
)
# How a case ends in speech, and what it leaves away: Maijalt(a), Maijal(la), Maijas(sa).
_SPOKEN = (
    ("lt", "a"),
    ("lt", "ä"),
    ("st", "a"),
    ("st", "ä"),
    ("l", "la"),
    ("l", "lä"),
    ("s", "sa"),
)
_OWNER = re.compile(r"(ni|mme|si|nne|ns[aä])(?:kin|kaan|kään|han|hän|ko|kö)?$")
_HIS = re.compile(r"(?:lle|lta|ltä|lla|llä|ssa|ssä|sta|stä)([aeä])n$")
_AT_WORK = frozenset(("asiakas", "asukas", "potilas"))
_LONGEST_CLAUSE = 8
# The sentence goes on with a clause of its own behind these.
_NEW_CLAUSE = re.compile(
    r"\s*,?\s+(?:mutta|mut|eikä|joten|vaan)\b|"
    r"\s*,\s*(?:ja|kun|ku|koska|vaikka|niin|siksi|eli|se|hän|en|ei)\b|"
    r"\s+ja\s+(?:hän|hänen|hänelle|hänellä|se|sen|sitä|sillä|sille|me|mä|mää|minä|mun|minun|minulle|"
    r"en|ei|kukaan|aina|silti|nyt)\b",
    re.IGNORECASE,
)
_SUBORDINATE = frozenset(
    "että et jos kun ku koska joka jolla jonka jolle jota ennen vaikka".split()
)


def for_name(title: Word | None, names: Sequence[Word], text: Text) -> str:
    """Give the noun to say instead of a name with what somebody is, in the case it stands in.

    title: what somebody is, before the name or behind it. "" where leaving out reads better: the
    writer's own name.
    """
    behind = _behind(text, names[-1] if names else title)
    case, clitic = _case_of(names, behind)
    if title is None:
        if _names_the_writer(text, names[0]):
            return ""
        return _certain(case, clitic)
    owner = _owner(title)
    bare = _bare(title)
    # Without whose it is, the base form is left of äitini: the genitive looks the same.
    known = bare != title.low and bare in title.forms
    own_case, own_clitic = (NOMINATIVE, "") if known else _ending(bare, title.forms)
    if case == NOMINATIVE and (not names or own_case not in (NOMINATIVE, GENITIVE)):
        case, clitic = own_case, clitic or own_clitic
    noun, owner = _noun(title, owner, text)
    if noun is SOMEBODY:
        return _certain(case, clitic)
    return owned(noun, case, owner) + in_harmony(clitic, noun.nominative)


def _certain(case: str, clitic: str) -> str:
    return f"{CERTAIN[case]} {SOMEBODY[case]}{in_harmony(clitic, SOMEBODY.nominative)}"


def for_joined(word: Word) -> str:
    """Give the noun to say instead of Sirpa-hoitajalle, Aino-mummon."""
    bases = frozenset(form.rpartition("-")[2] for form in word.forms)
    case, _clitic = _ending(word.low.rpartition("-")[2], bases)
    if word.has("role"):
        return of_role(bases)[case]
    return owned(CLOSE, case, "ni")


def for_care(text: Text, told: Sequence[Word], who: Iterable[Word], *, own: bool) -> str:
    """Give a clause to say instead of what is told of somebody, "" where none would fit.

    It fits only where the marked words are a clause by themselves, from the beginning of a
    sentence on: in the middle of one, a clause breaks what stands around it. It names no illness,
    so that it is not marked again.
    """
    first, last = min(told), max(told)
    words = [word for word in text.sentence(first.sentence) if first <= word <= last]
    after = text.text[last.end :]
    ends = text.words[text.sentences[first.sentence][1] - 1] == last
    alone = first.initial and (ends or bool(_NEW_CLAUSE.match(after)))
    broken = re.search(r"[,;:(]", text.text[first.start : last.end])
    joined = any(word.low in _SUBORDINATE for word in words)
    if not alone or broken or joined or len(words) > _LONGEST_CLAUSE:
        return ""
    if own:
        return "tarvitsen hoitoa tai tukea"
    at_work = any(_is_cared_for(word) for word in who)
    return f"{'eräs asiakas' if at_work else 'läheiseni'} tarvitsee hoitoa tai tukea"


def _is_cared_for(word: Word) -> bool:
    if word.forms & _AT_WORK:
        return True
    return word.has("patient") and not (word.has("close", "related") or _owner(word))


def _noun(title: Word, owner: str, text: Text) -> tuple[Noun, str]:
    """Choose what somebody may be called, and whose it is: "ni" for one's own."""
    forms = title.forms | {title.low}
    if title.has("role"):
        return of_role(forms), owner
    if any(form.endswith(("kollega", "työkaveri", "työtoveri")) for form in forms):
        return COLLEAGUE, owner or "ni"
    if title.low.startswith("naapur"):
        return NEIGHBOUR, owner or "ni"
    cared_for = next((noun for end, noun in CARED_FOR if end in forms), None)
    if cared_for and (not owner or forms & _AT_WORK):
        return cared_for, owner
    if not (title.has("close", "related") or owner):
        return SOMEBODY, ""
    if not owner and not title.has("close") and forms & {"rouva", "herra", "mies", "nainen"}:
        return SOMEBODY, ""
    at = text.words.index(title)
    before = text.words[at - 1] if at else None
    of_another = (
        before and before.low.endswith("n") and before.has("patient", "client", "of_another")
    )
    return CLOSE, owner or ("" if of_another and not title.initial else "ni")


def _owner(word: Word) -> str:
    """Give whose somebody is by the ending: "ni", "nsa", "" for nobody's."""
    match = _OWNER.search(word.low)
    if not match:
        return "nsa" if _HIS.search(word.low) and word.has("close", "related") else ""
    # Of words that only end so, as "asiakaskoordinaattorini" does not, the base form ends so too.
    bases = [form for form in word.forms if form != word.low]
    if not bases and not word.has("close", "related", "role"):
        return ""
    ending = match[1].replace("ä", "a")
    return "" if any(base.endswith(match[1]) for base in bases) or not bases else ending


def _bare(word: Word) -> str:
    """Give the word without whose it is: äidilleni, hoitajaltamme."""
    owner = _OWNER.search(word.low)
    return word.low[: owner.start()] if owner and _owner(word) else word.low


def _behind(text: Text, word: Word | None) -> str:
    """Give the word that stands behind this one in the sentence, "" for none."""
    if word is None:
        return ""
    after = [one for one in text.sentence(word.sentence) if one.start > word.start]
    return after[0].low if after else ""


def _case_of(names: Sequence[Word], behind: str) -> tuple[str, str]:
    """Tell the case of a name by its last word that is no initial, and what hangs on it."""
    for word in reversed(names):
        if len(word.low) == 1:
            continue
        if word.low in _ALSO_NAMES and behind not in _WITH_GENITIVE:
            return NOMINATIVE, ""
        # The dictionary takes names apart too: Isola is no "isol", Johan no form of "jo".
        names_of = {form: language.name_of(form) for form in word.forms}
        bases = [form for form, name in names_of.items() if name.person or name.place]
        return _ending(word.low, bases or word.forms, known=word.name.person)
    return NOMINATIVE, ""


def _ending(low: str, forms: Iterable[str], *, known: bool = True) -> tuple[str, str]:
    """Tell the case that a word is in, and the "kin" or "kaan" that hangs on it.

    known: whether it is what it should be, a name for one, in a form that is written.
    """
    bases = {form for form in forms if form != low}
    clitic = _CLITIC.search(low)
    before = low[: clitic.start()] if clitic else ""
    hangs = len(before) > _SHORTEST_NAME and (before in bases or _CASE.search(before))
    # Heikin is of Heikki.
    if clitic and hangs and not any(base.endswith((clitic[1], "kki")) for base in bases):
        case, _none = _ending(before, bases)
        return case, clitic[1].replace("ä", "a").replace("ö", "o")
    if not known:
        full = _in_full(low)
        if full != low or not bases:
            return _by_case(full), ""
    if not bases:
        return NOMINATIVE, ""
    return _inflected(low, bases), ""


def _in_full(low: str) -> str:
    """Give what stands for a form of speech that names somebody: Maijalta for Maijalt."""
    ways = (low + more for end, more in _SPOKEN if low.endswith(end))
    return next((way for way in ways if language.name_of(way).person), low)


def _by_case(low: str) -> str:
    match = _CASE.search(low)
    return match[1].replace("ä", "a") if match else NOMINATIVE


def _inflected(low: str, bases: set[str]) -> str:
    """Tell the case of a form that is known to be one of these base forms."""
    stem = low[:-3] if low.endswith(("sta", "stä")) else ""
    # Timosta is of Timo, but Nurmista of Nurminen, as Nurmi has Nurmesta.
    is_nens = f"{stem}nen" in bases and (stem not in bases or stem in _WITH_E)
    if is_nens or any(low in _partitives(base) for base in bases):
        return PARTITIVE
    if any(low in (f"{base}n", f"{base}en") for base in bases):
        return GENITIVE
    case = _by_case(low)
    if case == "na":
        as_one = any(low in (f"{base}na", f"{base}nä") for base in bases)
        return case if as_one or low.endswith(("sena", "senä")) else NOMINATIVE
    if case != NOMINATIVE:
        return case
    if _INTO.search(low) or low.endswith("seen"):
        return ILLATIVE
    return {"n": GENITIVE, "t": PLURAL}.get(low[-1], NOMINATIVE)


def _partitives(base: str) -> set[str]:
    """Give the partitives that a name may have: Mattia, Smithiä, Koskea, Kangasta, Lainetta."""
    if len(base) <= _SHORTEST_NAME:
        return set()
    own = base if base[-1] in _VOWELS else f"{base}i"
    stems = (own, f"{base}t", f"{base[:-1]}e", f"{base}tt" if base[-1] == "e" else own)
    return {stem + end for stem in stems for end in "aä"}


# "My name is", "regards": what follows is the writer's own name.
_OF_THE_WRITER = frozenset(
    "olen oon nimeni nimi terveisin terv terkuin terkut kiittäen kunnioittaen ystävällisin "
    "yhteistyöterveisin allekirjoittanut nimim nimimerkki".split()
)


def _names_the_writer(text: Text, first: Word) -> bool:
    """Tell a signature and "my name is", where no other person fits."""
    words = text.sentence(first.sentence)
    before = [word.low for word in words if word.start < first.start][-2:]
    alone = not before and all(word.capital for word in words)
    return alone or any(low in _OF_THE_WRITER for low in before)
