"""Finds the street addresses of people's homes: a street's name, a number, a stair, a flat."""

import re
from collections.abc import Iterator

from innovation.guard.findings import Finding, Kind
from innovation.guard.watch import Watch

_STREET = (
    r"(?:kat(?:u|ua|uun)|kadu(?:n|lla|lta|lle|ssa|sta)|"
    r"tie(?:n|llä|ltä|lle|ssä|stä|hen|tä)?|kuja(?:n|lla|lta|lle|ssa|sta|a)?|"
    r"pol(?:ku|kua|kuun|un|ulla|ulta|ulle|ussa|usta)|rait(?:ti|tia|tiin|in|illa|ilta|ille)|"
    r"väylä(?:n|llä|ltä|lle|ä)?|kaar(?:i|ta|en|ella|elta|elle|essa|esta)|"
    r"rin(?:ne|nettä|teen|teellä|teeltä|teelle|teessä)|pen(?:ger|gertä|keren|kereellä|kereeltä)|"
    r"ran(?:ta|taa|taan|nan|nalla|nalta|nalle|nassa)|kier(?:to|toa|ron|rolla|rolta|rolle)|"
    r"tori(?:n|lla|lta|lle|a)?|port(?:ti|tia|in|illa|ilta)|mä(?:ki|keä|en|ellä|eltä|elle|essä)|"
    r"piha(?:n|lla|lta|lle|a)?|aukio(?:n|lla|lta|lle|ta)?|tai(?:val|valta|paleen|paleella)|"
    r"tanhua(?:n|lla|lta|lle|a)?|bulevardi(?:n|lla|lta|lle)?|perä(?:n|llä|ltä|lle|ä)?|"
    r"niemi|niemen|niemellä|harju|harjun|harjulla|laita|laidan|linja|linjan|linjalla|"
    r"väg(?:en)?|gatan?|stig(?:en)?|gränd(?:en)?|street|road|lane|avenue)"
)
_CASE = r"(?::?(?:ssa|ssä|sta|stä|n|een|seen|hen|lla|llä|lle|een|iin|tta|ta|tä|a|ä))?"
# 14 B 7, 8 A 21, 5 as. 3, 12-14, 3b, 5a4; not 14 A-luokan and not 2,40.
_FLAT = (
    r"(?:\s?[A-Za-z](?=\d|(?![^\W_])))?"
    r"(?:\s?(?:,?\s?(?:as|asunto|huoneisto|lgh|apt|bst)\.?\s?)?\d{1,3}(?![^\W_]))?"
)
_CAPITAL = r"(?-i:[A-ZÅÄÖ])[a-zåäö]{1,20}"
_ADDRESS = re.compile(
    rf"(?<![^\W_])((?:{_CAPITAL}[ -])?[^\W\d_][^\W\d_-]{{0,30}}-?(?<=\w\w){_STREET}"
    rf"|(?:{_CAPITAL}[ -]){{1,2}}{_STREET})"
    rf",? (?:nro\.? |numerossa |numero |n:o )?"
    rf"(\d{{1,4}}(?:\s?[-–]\s?\d{{1,4}})?(?![.,:/]\d)(?:{_FLAT}){_CASE})(?![^\W_])",
    re.IGNORECASE,
)
# A house with a name, and a post code behind it: Toivola 12, 93600 Kuusamo. A box is an office's.
_WITH_POST_CODE = re.compile(
    r"(?<![^\W_])(?!PL\b)([A-ZÅÄÖ][a-zåäö]{2,25}) (\d{1,4}(?: ?[A-Za-z](?: ?\d{1,3})?)?),? "
    r"\d{5} [A-ZÅÄÖ][a-zåäö]+"
)
# A name, a number, a stair and a flat: Kuusikko 3 A 2.
_WITH_FLAT = re.compile(r"(?<![^\W_])([A-ZÅÄÖ][a-zåäö]{3,25}) (\d{1,3} ?[A-Z] ?\d{1,3})(?![^\W_])")
_PLAIN = re.compile(
    r"(?:valta|kanta|seutu|yhdys|moottori|maan|pää|kehä|oh?i|pika|yksityis|metsä|hoito|palvelu|"
    r"potilas|asiakas|oppimis|koulutus|ura|läpi|kulku|pyörä|siirto|hätä|ilma|hengitys|virtsa|"
    r"kuntoutus|hoidon|palveluiden|valmis|kauppa|satamaa?|kaupan)"
    r"(?:tie|polku|polun|tien|tiellä|tori|torilla|torin|väylä|väylän|linja)\w{0,4}",
    re.IGNORECASE,
)
_SURE = re.compile(r"(?:katu|kadu|tie|kuja|väg|gata)", re.IGNORECASE)
_NOT_HERE = re.compile(
    r"\s?(?:§|%|€|euro|kilomet|km\b|min\b|minuut|tunti|vuotta|päivä|kertaa|kpl|kappale|metri|mom\b|"
    r"luku\b|hoitaj|pysäk|asiak|auto|henk)",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"\b(?:asu|assu|asumme|koti|kotona|kotini|osoitteeni|osoitteemme|osoitteesta[mn]|meillä|meille|meiltä|meijän|"
    r"luonani|luokse|taloni|talomme|mökki|mökillä|naapuri|äiti|isä|mumm|pappa|ukki|bor\b|live\b|"
    r"lives|hem\b|kämpp|pihaan|ovelle|kirje|minu|mun\b)",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"terveysasema|terveyskesku|sairaala|toimisto|kirjasto|koulu|kirkko|kauppa[^k]|apteek|neuvola|"
    r"asemalla|pysäk|keskuksessa|keskuksen|kylätalo|seurantalo|nuorisotalo|palvelutalo|hoivako|virasto|kirjaamo|"
    r"aukioloaj|poliklini|vastaanotto|kahvila|järjestö|yhdisty|monitoimi|urheilu|uimahal|hyvinvointikesku|"
    r"perhekesku|kunnantalo|kaupungintalo|hammashoito|laborator|toimipiste|päiväkeskus|kerho|hälsostation|sjukhus",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?\n](?:\s|$)")


def addresses(text: str, watch: Watch) -> Iterator[Finding]:
    """Give the addresses; not those of places that everybody may visit, nor the roads of a map."""
    if not any(map(str.isdigit, text)):
        return
    for shape in (_ADDRESS, _WITH_POST_CODE, _WITH_FLAT):
        for match in shape.finditer(text):
            if _is_home(match, watch) and (shape is not _WITH_FLAT or _lives(match)):
                yield Finding(match.start(), match.end(), Kind.ADDRESS, instead="kotiosoitteeni")


def _is_home(match: re.Match[str], watch: Watch) -> bool:
    street = match[1]
    flat = any(character.isalpha() for character in match[2])
    if _PLAIN.fullmatch(street) or _NOT_HERE.match(match.string, match.end()):
        return False
    if any(place.lower() in street.lower() for place in watch.places):
        return False
    lives = _lives(match)
    if not street[0].isupper() and not (_SURE.search(street) and (flat or lives)):
        return False
    return lives or not any(_PUBLIC.search(part) for part in _around(match))


def _lives(match: re.Match[str]) -> bool:
    """Tell whether the sentence says that somebody lives there."""
    return any(_HOME.search(part) for part in _around(match))


def _around(match: re.Match[str]) -> tuple[str, str]:
    """Give what stands before and behind in the same sentence."""
    before = match.string[max(0, match.start() - 120) : match.start()]
    after = match.string[match.end() : match.end() + 80]
    return _SENTENCE.split(before)[-1], _SENTENCE.split(after, maxsplit=1)[0]
