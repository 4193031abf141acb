"""The vocabulary that comes with the product: its form, its size, and its Finnish."""

from collections import Counter
from pathlib import Path

import pytest

from innovation import language
from innovation.programme.presets import PRESETS, read_preset
from innovation.vocabulary import (
    FOLDER,
    LISTS,
    NEEDED_LISTS,
    Concept,
    VocabularyError,
    read_concepts,
    shipped,
)

pytestmark = pytest.mark.once

FEWEST = 400
# Words in use that the dictionary does not have, each read by somebody. A new one is most often a
# slip of the pen; otherwise it takes its place here.
IN_NO_DICTIONARY = frozenset(
    """
    adenomyoosi aistiherkkä aivostimulaattori alatieultra anafylaksia aneurysma angina
    antikolinerginen artroosi aseksuaali asiakaschat askites aspiraatio assari atopia audionomi
    aurinkokeratoosi
    bi bipo borreliatartunta chat chatbotti covid dari dashboard davvisámegiella debriefing
    deffa defibrillaattori delirium diapam dieetata digisote dissosiaatio divertikkeli
    dopamiini doula dreeni dysfagia dysforia dystonia email endo endokrinologi endokrinologia
    endometrioosi endoskopia energiatiheä enterorokko erkkaope eskari etäisä ex exä fatiikki
    fentanyyli ferritiini fibro fibromyalgia flimmeri futis gastroenterologia gastroskopia
    geriatri googlata grooming gyne hackathon hajuherkkä halal halikoira harvinaisyksikkö
    helpdesk hematologi hematologia hemiplegia hemodialyysi hengailla huitsinnevada
    huostaanotettu hva hyperakusia hypoglykemia hypomania hypotyreoosi ihopoli infuusiopumppu
    inseminaatio isi iskä jojoilu kakoa kakssuuntainen kalprotektiini kaupassakäynti
    keikkalainen keuhkofibroosi kipupoli kirkasvalolamppu klostridi klotsapiini koliitti
    kolonoskopia kompressiosukka kortisolivaje korvapoli koulucoach kouluterkka koulutsemppari
    krampata kreatiniini kuvantaminen kuvantamishoitaja kuvantamisyksikkö kystoskopia
    kyynpurema laparoskopia lasu lene lihasrelaksantti lipödeema lumbago lusmuta lymfedeema
    lämpöily löpö maahanpanijaiset masu medisiini meili melatoniini mentori mentorointi
    metadoni metformiini metotreksaatti miepä mikstuura mokkula murkkuikä muskari myooma
    naistenpoli naloksoni natiiviröntgen nefrologi neglect nepsy nepsylapsi nepsyperhe
    nepsypiirre nepsyvalmentaja neurokirjo neuropatia neuropoli nuokkari nuorisopoli
    nuortenchat nupsy nuva offline oirebotti onkologi onkologia ope opioidi opo ortoosi
    pajalainen pakkodigi papa paprut parkata parkinsonhoitaja pdf pelillistäminen permetriini
    pleikkari poli polihoitaja polikäynti polille polyneuropatia popup pride prostata psyka
    psyykkari puudute pädi päiki pökkyrä rakenneultra ranneortoosi refluksi remppa respecta
    reumatologi rotuaari ruokaloota räplätä saikku senioripoli sh siiloutua siirrännäinen
    silmäpoli sinuiitti sisäkorvaistute snäppi spastisuus spinaalistenoosi spirometria srk
    startup statiini stixi stooma subutex suhari sukupuolidysforia sytostaatit sytostaatti
    sytostaattipäivä sámegiella sápmi särmäisjäte takaisinsoitto takaisinsoittojärjestelmä
    tarkkis testilab tk toisiolaki tramadoli trans transpoli tremori triage triptaani tubettaja
    tukichat työssäoppija ulkoilutus ultra ultrata uniapnea uniapneahoitaja uniapnealaite
    videopostaus vulvodynia wifi ylppärit yöpolygrafia äippä äiskä äppi русский
    """.split()
)


@pytest.fixture(scope="module")
def concepts() -> list[Concept]:
    return [one for path in sorted(FOLDER.glob("*.toml")) for one in read_concepts(path)]


def test_there_are_enough_concepts_each_in_three_languages(concepts: list[Concept]) -> None:
    assert len(concepts) >= FEWEST
    assert [one.key for one in concepts for name in NEEDED_LISTS if not one.words(name)] == []


def test_no_key_is_used_twice(concepts: list[Concept]) -> None:
    assert [key for key, times in Counter(one.key for one in concepts).items() if times > 1] == []
    assert len(shipped()) == len(concepts)


def test_related_concepts_exist(concepts: list[Concept]) -> None:
    keys = {one.key for one in concepts}
    lost = [(one.key, key) for one in concepts for key in one.related if key not in keys]
    assert lost == []
    assert [one.key for one in concepts if one.key in one.related] == []


def test_no_word_stands_twice_in_a_concept(concepts: list[Concept]) -> None:
    doubled = []
    for one in concepts:
        for code in ("fi", "sv", "en"):
            words = [
                word.lower() for name in LISTS if LISTS[name] == code for word in one.words(name)
            ]
            doubled += [(one.key, word) for word, times in Counter(words).items() if times > 1]
    assert doubled == []


def test_a_word_is_not_everywhere(concepts: list[Concept]) -> None:
    """A word of many concepts says nothing of any of them."""
    known = Counter(
        word
        for one in concepts
        for word in {word.lower() for name in LISTS for word in one.words(name)}
    )
    assert [(word, times) for word, times in known.most_common(20) if times > 5] == []


def test_capitals_are_for_names_and_abbreviations(concepts: list[Concept]) -> None:
    """English and Swedish names of diseases and days are names too, so only Finnish is asked."""
    shouted = [
        (one.key, word)
        for one in concepts
        for name in ("everyday", "dialect", "near")
        for word in one.words(name)
        if len(word) > 8 and word.isupper()
    ]
    assert shouted == []


def test_finnish_words_are_in_the_dictionary(concepts: list[Concept]) -> None:
    """Dialect is not asked: the dictionary does not know it. A guess or a stem is no knowledge."""
    language.load("pyvoikko")
    programme = read_preset(PRESETS / "popsote.toml")
    names = {stem for word in programme.words for stem in (word.lemma, *word.stems)}
    names |= IN_NO_DICTIONARY
    unknown = sorted(
        {
            word
            for one in concepts
            for name in ("fi", "everyday", "near")
            for word in one.words(name)
            if word.islower() and word.isalpha() and word not in names and not is_known(word)
        }
    )
    assert unknown == []


def is_known(word: str) -> bool:
    """Tell whether the word, or what it is made of, has a base form that is no guess."""
    terms = [term for term in language.query_terms(word, "fi") if term.kind != "surface"]
    return bool(terms) and not any(term.kind == "stem" for term in terms)


def good(**changes: str) -> str:
    lines = {
        "key": '"hammas"', "fi": '["hammashoito"]', "sv": '["tandvård"]', "en": '["dentist"]',
    } | changes  # fmt: skip
    return "[[concept]]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items())


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (good(key='"Hammas"'), "Hammas"),
        (good(key="3"), "no key"),
        (good(fi="[]"), "hammas: there are no words in the list fi"),
        (good(sv='"tandvård"'), "hammas: sv should be a list"),
        (good(en='["a  b"]'), "no clean text"),
        (good(near="[3]"), "near holds 3"),
        (good(near=f'["{"x" * 61}"]'), "too long"),
        (good(nearby="[]"), "nearby is not known"),
        (good() + "\n[other]", "only rows under"),
        ("[[concept]", "koe.toml"),
    ],
)
def test_a_slip_is_named_with_file_and_key(tmp_path: Path, source: str, told: str) -> None:
    path = tmp_path / "koe.toml"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"koe\.toml") as refused:
        read_concepts(path)
    assert told in str(refused.value)


def test_a_concept_is_read(tmp_path: Path) -> None:
    path = tmp_path / "koe.toml"
    path.write_text(good(near='["hampaat"]', related='["kipu"]'), encoding="utf-8")
    [concept] = read_concepts(path)
    assert concept.name == "hammashoito"
    assert concept.near == ("hampaat",)
    assert concept.related == ("kipu",)
