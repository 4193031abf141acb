"""Base forms of words that no dictionary knows, guessed by their endings: somessa, plugeilla."""

import re
from collections.abc import Iterator

_V = "[aeiouyäö]"
_CLITIC = re.compile(r"(?<=...)(?:kin|kaan|kään|han|hän|ko|kö)$")
_POSSESSIVE = re.compile(rf"(?<=...)(?:(?<={_V})(?:ni|si|mme|nne)|ns[aä]|(?<=[aä]){_V}n|(?<=e)en)$")
_LOCAL = "ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|ks[ie]|n[aä]|tt[aä]"
# A plural's i: plugeilla of plugi, saitoilla of saita, bloggareita of bloggari.
_PLURAL = re.compile(rf"(?:i(?:{_LOCAL}|hin|den|tten|t[aä])|j[aä]|jen|ien|iin)$")
_SINGULAR = re.compile(
    rf"(?:(?<={_V})(?:{_LOCAL}|n|t)|(?<=([aeiouyäö]))\1n|h{_V}n|seen|(?<=[eiou{_V[1:-1]}][eio])t[aä]|"
    rf"(?<=[aouei])a|(?<=[yöäei])ä)$"
)
_CONSONANT = re.compile(rf"(?<=[^aeiouyäö\W])i(?:{_LOCAL}|n|in|t|[aä])?$")
_STRONG = {"p": "pp", "t": "tt", "k": "kk", "d": "t", "v": "p"}
_GRADE = re.compile(rf"(?<=[aeiouyäölrn])([ptkdv])({_V})$")
_ADJECTIVE = re.compile(r"^(\w{2,}k)k([aä])(?:\2|s)?$")
# -inen, -us and -uus by their own stems.
_FAMILIES = (
    (re.compile(r"(?<=\w\w\wi)s(?:e\w*|ten|i[aä]|i\w+|t[aä])$"), "nen"),
    (re.compile(r"(?<=[uyoöae])ks(?:e\w*|i[aä]|i\w+)$"), "s"),
    (re.compile(r"(?<=uu|yy)(?:de\w*|tt[aä]|te\w+|ksi\w+)$"), "s"),
)
_VERB_ATA = re.compile(
    r"^(\w{2,}?[^aeiouyäö\W])(?:aa(?:n|t|mme|tte|vat|ma\w*|minen|mis\w*|va\w*)?|as(?:i|in|it|imme|"
    r"itte|ivat)|an(?:nut|neet|nee\w*)|at(?:tu\w*|tiin|tava\w*|aan|a)|ais\w*|aus|auks\w*)$"
)
_VERB_OIDA = re.compile(
    r"^(\w{2,}?)(oi|öi)(?:n|t|mme|tte|vat|vät|nut|nyt|neet|nee\w*|tu\w*|ty\w*|tiin|daan|dään|d[aä]|"
    r"tav\w*|täv\w*|m[aä]\w*|mi\w*|v[aä]\w*|si\w*|tte\w*|nti\w*|nni\w*)?$"
)
_SHORTEST = 3


def base_forms(word: str) -> Iterator[str]:
    """Give what an unknown inflected word may be the form of, likeliest first."""
    bare = _CLITIC.sub("", word)
    for form in dict.fromkeys((bare, _POSSESSIVE.sub("", bare))):
        yield from (guess for guess in _nouns(form) if len(guess) >= _SHORTEST)
        yield from _verbs(form)


def _nouns(form: str) -> Iterator[str]:
    stem = _SINGULAR.sub("", form)
    if stem != form:
        yield stem
        yield from _graded(stem)
    plural = _PLURAL.sub("", form)
    if plural != form:
        yield from _singular_of(plural, form)
    foreign = _CONSONANT.sub("", form)
    if foreign != form:
        yield foreign
    bases = (ending.sub(written, form) for ending, written in _FAMILIES)
    yield from (base for base in bases if base != form)
    adjective = _ADJECTIVE.match(stem)
    if adjective:
        yield f"{adjective[1]}{adjective[2]}s"


def _singular_of(plural: str, form: str) -> Iterator[str]:
    """Undo what the plural's i did to the vowel before it."""
    if plural.endswith("e"):
        # The i of the base form is an e before the plural's: plugi, plugeilla, plugeja.
        yield plural[:-1] + "i"
        yield plural[:-1]
        return
    yield plural
    if form.endswith("ien"):
        yield plural + "i"
    if plural.endswith(("o", "ö")):
        yield plural[:-1] + ("a" if plural.endswith("o") else "ä")


def _graded(stem: str) -> Iterator[str]:
    grade = _GRADE.search(stem)
    if grade:
        yield f"{stem[: grade.start()]}{_STRONG[grade[1]]}{grade[2]}"


def _verbs(form: str) -> Iterator[str]:
    flat = form.replace("ä", "a").replace("y", "u")
    match = _VERB_ATA.match(flat)
    if match:
        back = flat == form
        yield form[: match.end(1)] + ("ata" if back else "ätä")
    match = _VERB_OIDA.match(form)
    if match:
        yield match[1] + match[2] + ("da" if match[2] == "oi" else "dä")
