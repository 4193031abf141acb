"""Written forms of spoken Finnish, as far as rules can tell: what to ask the dictionary instead."""

import re
from collections.abc import Iterator

# The closed words of speech, south and north; everything else goes by rules. What is a written word
# too ("musta" is also black) is left out.
_CLOSED_WORDS = """
minä: mä mää mie mnää miä mun miun mut miut mua miuta mulla miulla mul mulle miulle multa miulta
sinä: sä sää sie siä sun siun nun sut siut sua siuta sulla siulla sul sulle siulle sulta siulta
tämä: tää nää tän täs täsä tänne
tuo: noi ton tota
tuollainen: tommonen tollanen tommone
tällainen: tämmönen tämmöne tällane tällänen
sellainen: semmonen semmone sellane sellanen
millainen: mimmonen millane
missä: mis misä
miksi: miks mikskä
itse: ite itte
vielä: viel
kyllä: kyl
sitten: sit sitte
mutta: mut
niin: nii
kun: ku
kuin: ku
olla: oon oot oomme oomma ootte ootteko ookko ois oisin oisit oisko olis olisko oltas onks
mennä: männä mänöö männöö mänen meen meet
tulla: tuun tuut
panna: paan paat
tarvita: tarvii tarttee tarttis tarviin tarvin tarttisi tarvittis tartteis
pitää: pittää pitäs pitäis
tehdä: tehä teijän tekköö
nähdä: nähä
katsoa: kattoo kattos kattokaa kahtoa kahtoo
saada: saaha
voida: voiaan
kysyä: kyssyy
ei: eiks emmä
"""
_CLOSED: dict[str, tuple[str, ...]] = {}
for _line in _CLOSED_WORDS.strip().splitlines():
    _written, _, _said = _line.partition(":")
    for _form in _said.split():
        _CLOSED[_form] = (*_CLOSED.get(_form, ()), _written)

_V = "[aeiouyäö]"
# What was said and what is written. The order is that of trust; the dictionary has the last word.
_SOUNDS = (
    (r"^oo(?=tt?[aei])", "odo"),
    # An i that is not heard: punanen, valkosia, kirjottaa, tarkotus, ilmotus.
    (
        r"([aäoöuy])(nen|se[nt]?|st[aä]|si[aä]|sell[aäe]\w*|sess[aä]|sest[aä]|sen[aä]|seks|sten|"
        r"sii?n)$",
        r"\1i\2",
    ),
    (r"([oö])(t+)(?=[aäiue])", r"\1i\2"),
    (r"([aä])(s)(?=[aäiue])", r"\1i\2"),
)
# Endings that lost a letter: naapuriki, tultii, kaupast, talos, tekis, ymmärtäny, onks.
_ENDINGS = (
    (r"ki$", "kin"),
    (r"(?<=kaa|kää)$", "n"),
    (rf"({_V})\1$", r"\1\1n"),
    # Oulu's talosa and terveyskeskuksesa.
    (rf"(?<={_V})s(?=[aä]$)", "ss"),
    (r"(?<=[aouey])s$", "ssa"),
    (r"(?<=[äöyei])s$", "ssä"),
    (r"(st|lt|ll|ss)$", r"\1a"),
    (r"(st|lt|ll|ss)$", r"\1ä"),
    (rf"(?<={_V})l$", "lla"),
    (rf"(?<={_V})l$", "llä"),
    (r"is$", "isi"),
    (r"ks$", "ksi"),
    (r"(n[uy])$", r"\1t"),
    (r"(?<=n[uy]t)ki$", "kin"),
    (rf"({_V})ks$", r"\1ko"),
    (rf"({_V})ks$", r"\1kö"),
    (r"(?<=[kpaäoö][aäoö])s$", ""),
    (r"(?<=ko|kö|pa|pä)s$", ""),
    (r"ne$", "nen"),
    (r"on$", "oin"),
    (r"(?<=[aou]i)t$", "ta"),
    (r"(?<=[äöyei]i)t$", "tä"),
    (rf"(?<={_V})$", "n"),
    (rf"(?<={_V})$", "t"),
)
_VOWELS = (
    # Two vowels that became one long: nopee, haluu, kattoo, lukii.
    (r"ee(?=$|[tnks])", "ea"),
    (r"ee(?=$|[tnks])", "eä"),
    (r"oo(?=$|[tnk])", "oa"),
    (r"öö(?=$|[tnk])", "öä"),
    (r"uu(?=$|[nkt])", "uaa"),
    (r"yy(?=$|[nkt])", "yää"),
    (r"ii(?=$|[nkt])", "ia"),
    (r"ii(?=$|[nkt])", "iä"),
    (r"uu$", "ua"),
    (r"yy$", "yä"),
    (r"tt(?=[oöeiaäuy])", "ts"),
    (r"ht(?=[oöaäe])", "ts"),
    (r"u(?=isi)", "ua"),
    (r"i(?=([aä])\1?[nt]?$)", "e"),
    # A d that is not said: kaheksan, tehään, meiän, meijän, sairauen, tiiän.
    (r"h(?=[aeiouyäö])", "hd"),
    (rf"(?<={_V})j(?=[aäeouy])", "d"),
    (r"(?<=u)v(?=[aou])", ""),
    (r"(?<=u)v(?=[aou])", "d"),
    (r"(?<=[aeiouyäö])(?=[aäe]n)", "d"),
    (r"ii(?=[aäe])", "ied"),
    (r"(?<=[eiuy])(?=[aäei](n|t|ss|st|ll|lt|mme|tte))", "d"),
    # Oulu and the north: kolome, jalaka, pittää, sannoo, taloohin, kauphaan, tulhaan, kotihin.
    (r"([aeiouyäö])([lrnh])\1(?=[kpmvhjg])", r"\1\2"),
    (r"([ptksmnlrjv])\1(?=([aeiouyäö])\2)", r"\1"),
    (rf"({_V})\1h({_V})n", r"\1\1n"),
    (rf"(?<=[lrnstkpm])h({_V})\1", r"\1\1"),
    (rf"([lrnstkpm])h({_V})\2", r"\1\1\2\2"),
    (rf"({_V})h({_V})n$", r"\1\2n"),
)
Rules = tuple[tuple[re.Pattern[str], str], ...]


def _compiled(*groups: tuple[tuple[str, str], ...]) -> Rules:
    return tuple((re.compile(said), written) for group in groups for said, written in group)


_ONCE = _compiled(_SOUNDS, _ENDINGS, _VOWELS)
_FIRST, _SECOND = _compiled(_ENDINGS), _compiled(_SOUNDS, _VOWELS)


def closed(word: str) -> tuple[str, ...]:
    """Give the written words for a pronoun or a verb that speech has shortened."""
    return _CLOSED.get(word, ())


def written_forms(word: str) -> Iterator[str]:
    """Give the forms that a spoken form may stand for, likeliest first, by one rule each."""
    seen = {word}
    for said, written in _ONCE:
        changed = said.sub(written, word, count=1)
        if changed not in seen:
            seen.add(changed)
            yield changed


def written_twice(word: str) -> Iterator[str]:
    """Give the forms with two rules applied: speech loses ending and vowel at once (punasel)."""
    seen = {word, *written_forms(word)}
    for said, written in _FIRST:
        once = said.sub(written, word, count=1)
        if once == word:
            continue
        for also_said, also_written in _SECOND:
            changed = also_said.sub(also_written, once, count=1)
            if changed not in seen:
                seen.add(changed)
                yield changed
