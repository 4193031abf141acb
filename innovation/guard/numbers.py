"""Finds telephone numbers, bank accounts and e-mail addresses by their shape."""

import re
from collections.abc import Iterator

from innovation.guard.findings import Finding, Kind
from innovation.guard.folding import Folded
from innovation.guard.watch import Watch

# Two or more digits with single separators between them; what it means is decided afterwards.
_NUMBER = re.compile(
    r"(?<![\w.,/§+-])(?<!\d:)(\+|00)?\d(?:[ \-/]{0,2}\(?\d\)?|[.](?=\d{3,4}(?:[ .-]|\b))\d){5,17}"
    r"(?![\w§€%]|[.,:/]\d|-\d)"
)
_MOBILE = re.compile(r"0(?:4\d|50)\d{5,8}")
_LANDLINE = re.compile(r"0(?:9|8|13|14|15|16|17|18|19|2|3|5|6)\d{5,9}")
# Numbers of firms and authorities, and those that cost nothing.
_CORPORATE = re.compile(r"0(?:10|20|29|30|60[06]|70|71|73|75|80|100)\d+")
# What stands before a number that is of something else, or behind it.
_OTHER_NUMBER = re.compile(
    r"(?:VIITE|TILAUS|SARJA|DIAARI|ASIAKAS|LASKU|TUOTE|PÖYTÄKIRJA|KIRJAUS|LAITE|JÄSEN|ASIA|"
    r"RIVI|INVENTAARI|TARRA|PAKKAUS|ERÄ|POTILAS|KIINTEISTÖ|MALLI|ARTIKKELI|LOMAKE|LÄHETE|RESEPTI|"
    r"TUNNISTE)\w{0,3}[- ]?(?:NUMERO|NRO|N:O|NUM|KOODI|TUNNUS|)\w{0,8}\W{1,3}"
    r"(?:(?:ON|OLI|LUKI|ESIM|VAIKKAPA|NRO|KUTEN)\W{1,3}){0,2}"
    r"\W{0,2}$|(?:DNRO|DNO|REF|NRO:?|N:O|SNRO|S/N|ISBN|OID|Y-TUNNUS\w*|VIITE|DIAARI|EAN|"
    r"HTTPS?:\S*|WWW\S*)\W{0,3}$"
)
_SERVICE_LINE = re.compile(
    r"VAIHDE|VAIHTE|AJANVARAU|NEUVON|PÄIVYST|PALVELUNUM|ASIAKASPALVELU|TERVEYSASEMA|SAIRAALA|"
    r"TERVEYSKESKU|TOIMISTO|KIRJAAMO|PUHELINPALVELU|AUTTAV|KRIISIPUHELI|APTEEK|POLIKLINI|POLIN|"
    r"OSASTO|NEUVOLA|HAMMASHOI|KESKUS|VÄXEL|RÅDGIV|SWITCHBOARD|KELA|TULKKI|LINJA"
)
_OWN = re.compile(r"\b(?:MINU|MINÄ|MUN\b|MULLE|MULLA|MUT\b|SOITTAKAA|OMA\b|KOTI|ÄITI|ISÄ)")
# Letters that were typed for noughts.
_LETTER_O = re.compile(r"(?<![A-Z0-9])O(?=[45][O\d])|(?<=\d)O(?=[\d -])")
_SPELLED = re.compile(
    r"\bNOLLA[ ,.-]+(?:(?:NOLLA|YKS\w*|KAKS\w*|KOL\w*|NEL\w*|VII[ST]\w*|KUUS\w*|SEI\w*|SEITTEM\w*|"
    r"KAHEK?S\w*|YHEK?S\w*|KAHDEKS\w*|YHDEKS\w*)[ ,.-]+){5,11}(?:NOLLA|YKS\w*|KAKS\w*|KOL\w*|"
    r"NEL\w*|VII[ST]\w*|KUUS\w*|SEI\w*|KAHEKS\w*|YHEKS\w*|KAHDEKS\w*|YHDEKS\w*)"
)

_EMAIL = re.compile(
    r"(?<![\w.+-])([A-ZÅÄÖ0-9][\w.+-]{0,63})"
    r"(?:@|＠| ?\(AT\) ?| ?\[AT\] ?| ?\(ÄT\) ?| ?\[ÄT\] ?| ?\(Ä\) ?| ?\(A\) ?| ?\{AT\} ?| ÄT | AT "
    r"| ÄTT | MIUKUMAUKU | ?\(MIUKUMAUKU\) ?| MIUMAU | @ | ?<AT> ?)"
    r"((?:[A-Z0-9ÅÄÖ][A-Z0-9ÅÄÖ-]{0,40}(?:\.| ?\(PISTE\) ?| PISTE | DOT | ?\(DOT\) ?| ?\[DOT\] ?"
    r"| ?\[PISTE\] ?)){1,4}[A-Z]{2,12})(?![\w])"
)
_FIRST_OF_ORGANISATION = re.compile(
    r"(?:KIRJAAMO|INFO|ASIAKASPALVELU|PALAUTE|TIETOSUOJA|TOIMISTO|NEUVONTA|VIESTINTÄ|VIESTINTA|"
    r"REKRY|REKRYTOINTI|TIEDOTUS|POSTI|HELPDESK|TUKI|SUPPORT|REGISTRATOR|CONTACT|MEDIA|LASKUTUS|"
    r"SOSIAALIASIAVASTAAVA|POTILASASIAVASTAAVA|AJANVARAUS)"
)

_IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30})(?![A-Z0-9])")
_COUNTRIES = frozenset(
    "AD AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT "
    "RO SE SI SK SM UA TR AL BA RS ME MK GE".split()
)
_LENGTHS = {"FI": 18, "SE": 24, "EE": 20, "NO": 15, "DK": 18, "DE": 22, "LV": 21, "LT": 20}
_OLD_ACCOUNT = re.compile(r"(?<![\w-])\d{6}-\d{2,8}(?![\w-])")
_ACCOUNT_WORD = re.compile(r"TILI\w*(?: ON| NRO|:|)\W{0,3}$|KONTO\w*\W{0,3}$")

WEB = re.compile(r"\bHTTPS?:/|\bWWW\.\w|\b[A-Z0-9-]{2,40}\.(?:FI|COM|NET|ORG|EU|INFO|IO|SE)\b(?!@)")


def phones(folded: Folded, watch: Watch) -> Iterator[Finding]:
    """Give the telephone numbers of people; not those that services have published."""
    for match in _NUMBER.finditer(_LETTER_O.sub("0", folded.text)):
        if _is_phone(match, watch):
            yield Finding(*folded.span(*match.span()), Kind.PHONE)
    for match in _SPELLED.finditer(folded.text):
        yield Finding(*folded.span(*match.span()), Kind.PHONE)


def _is_phone(match: re.Match[str], watch: Watch) -> bool:
    digits = "".join(filter(str.isdigit, match[0]))
    abroad = match[1] is not None
    if abroad:
        digits = digits.removeprefix("00")
        if digits.startswith("358"):
            digits, abroad = "0" + digits.removeprefix("358").removeprefix("0"), False
    if watch.publishes(digits) or _is_other_number(match):
        return False
    if abroad:
        return 8 <= len(digits) <= 15
    if _MOBILE.fullmatch(digits):
        return _is_grouped(match[0])
    if _CORPORATE.fullmatch(digits) or not _LANDLINE.fullmatch(digits):
        return False
    around = match.string[max(0, match.start() - 70) : match.end() + 40]
    return _is_grouped(match[0]) and (not _SERVICE_LINE.search(around) or bool(_OWN.search(around)))


def _is_other_number(match: re.Match[str]) -> bool:
    """Tell the number of an invoice, a device or a case by what stands before it."""
    before = match.string[max(0, match.start() - 60) : match.start()]
    return bool(_OTHER_NUMBER.search(before))


def _is_grouped(written: str) -> bool:
    """Tell a number in groups as telephone numbers are from one whose last digits hang on."""
    groups = re.split(r"[ \-/.()]+", written.strip("+() "))
    if len(groups) == 1 or all(len(group) == 1 for group in groups):
        return True
    hangs_on = len(groups) == 2 and len(groups[0]) > 5 and len(groups[1]) < 4
    return len(groups[-1]) >= 2 and not hangs_on


def emails(folded: Folded, _watch: Watch) -> Iterator[Finding]:
    """Give the e-mail addresses, those written with words too; not those of an office's inbox."""
    for match in _EMAIL.finditer(folded.text):
        if not _FIRST_OF_ORGANISATION.match(match[1]):
            yield Finding(*folded.span(*match.span()), Kind.EMAIL)


def accounts(folded: Folded, _watch: Watch) -> Iterator[Finding]:
    """Give the bank accounts: right by their check digits, or in the shape of a Finnish one."""
    for match in _IBAN.finditer(folded.text):
        length = _iban_length(match[1])
        if length:
            yield Finding(*folded.span(match.start(), match.start() + length), Kind.IBAN)
    for match in _OLD_ACCOUNT.finditer(folded.text):
        if _ACCOUNT_WORD.search(folded.text, max(0, match.start() - 30), match.start()):
            yield Finding(*folded.span(*match.span()), Kind.IBAN)


def _iban_length(written: str) -> int:
    """Give how many characters of this belong to an account number, 0 when it is none."""
    country = written[:2]
    # RF begins a reference of an invoice, with check digits of the same kind.
    if country not in _COUNTRIES:
        return 0
    wanted = _LENGTHS.get(country)
    places = [at for at, character in enumerate(written) if character not in " -"]
    lengths = [wanted] if wanted else range(len(places), 14, -1)
    for length in lengths:
        if length > len(places):
            continue
        end = places[length - 1] + 1
        plain = "".join(written[at] for at in places[:length])
        whole = end == len(written) or written[end] in " -"
        if whole and (_is_right(plain) or (country == "FI" and plain[2:].isdigit())):
            return end
    return 0


def _is_right(plain: str) -> bool:
    """Check by ISO 7064: the number with letters as 10 to 35 leaves 1 when divided by 97."""
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
