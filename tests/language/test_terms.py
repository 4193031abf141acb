"""Texts become the words that people look for: base forms, parts, names and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.language import Term, analyser, index_terms, load, query_terms

pytestmark = pytest.mark.once


@pytest.fixture(scope="module", autouse=True)
def _dictionary() -> None:
    load("pyvoikko")


def words(terms: list[Term], *kinds: str) -> set[str]:
    return {term.text for term in terms if not kinds or term.kind in kinds}


@pytest.mark.parametrize(
    ("form", "lemma", "parts"),
    [
        ("kotihoidon", "kotihoito", {"koti", "hoito"}),
        ("etäkuntoutuksessa", "etäkuntoutus", {"etä", "kuntoutus"}),
        ("neuvolassa", "neuvola", set()),
        ("terveyskeskukseen", "terveyskeskus", {"terveys", "keskus"}),
        ("hoitajalle", "hoitaja", set()),
        ("Pudasjärvellä", "pudasjärvi", {"järvi"}),
        ("mielenterveyspalveluihin", "mielenterveyspalvelu", {"mielenterveys", "palvelu"}),
        ("sairaanhoitopiirissä", "sairaanhoitopiiri", {"hoito", "piiri"}),
        ("uudenvuoden", "uusivuosi", set()),
        ("isossavarpaassa", "isovarvas", set()),
        ("kännykällekin", "kännykkä", set()),
        ("parempia", "hyvä", set()),
        ("vaa'an", "vaaka", set()),
        ("EU:n", "eu", set()),
        ("Sote-ICT:n", "sote-ict", {"sote", "ict"}),
        ("sote-uudistuksen", "sote-uudistus", {"sote", "uudistus"}),
        ("10-vuotiaan", "10-vuotias", {"vuotias"}),
    ],
)
def test_an_inflected_word_is_found_by_its_base_form_and_parts(
    form: str, lemma: str, parts: set[str]
) -> None:
    terms = index_terms(f"Asia on {form} kanssa", "fi")
    assert lemma in words(terms, "lemma", "root")
    assert parts <= words(terms, "part")
    assert lemma in words(query_terms(form, "fi"), "lemma", "root")


@pytest.mark.parametrize(
    ("form", "verb"),
    [
        ("odottaneet", "odottaa"),
        ("hoidettu", "hoitaa"),
        ("rakastunut", "rakastua"),
        ("ilmoittautuneille", "ilmoittautua"),
        ("soivaan", "soida"),
        ("lähettäminen", "lähettää"),
        ("hoitamaton", "hoitaa"),
        ("noudattamat", "noudattaa"),
        ("näkemästään", "nähdä"),
        ("odottavilla", "odottaa"),
        ("tehtyä", "tehdä"),
    ],
)
def test_a_participle_is_found_by_its_verb(form: str, verb: str) -> None:
    assert verb in words(index_terms(form, "fi"), "root")
    assert verb in words(query_terms(form, "fi", parts=True), "root")


@pytest.mark.parametrize("form", ["tulevaisuus", "menneisyydessä", "tyytyväinen", "riippuvaiset"])
def test_a_word_made_of_a_participle_has_left_its_verb(form: str) -> None:
    assert not words(index_terms(form, "fi"), "root")


@pytest.mark.parametrize(
    ("form", "adjective"),
    [
        ("parempia", "hyvä"),
        ("paras", "hyvä"),
        ("suurin", "suuri"),
        ("nopeammin", "nopea"),
        ("pienimmissä", "pieni"),
        ("nopeasti", "nopea"),
        ("helpommaksi", "helppo"),
    ],
)
def test_a_comparison_is_found_by_its_adjective(form: str, adjective: str) -> None:
    assert adjective in words(index_terms(form, "fi"), "root", "lemma")


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("vanhemmille", "vanhempi"),
        ("nopeastikin", "nopeasti"),
        ("suurimmassa", "suurin"),
        ("kahdestakymmenestä", "kaksikymmentä"),
        ("kolmannen", "kolmas"),
        ("viidennellätoista", "viidestoista"),
        ("häihin", "häät"),
        ("kasvojen", "kasvot"),
        ("saksilla", "sakset"),
        ("hoidetaanko", "hoitaa"),
        ("ettemme", "ettei"),
        ("asunnossammekaan", "asunto"),
        ("lapsellenikin", "lapsi"),
        ("soitettaisiinkohan", "soittaa"),
        ("THL:ssä", "thl"),
        ("20:n", "20"),
        ("haukiputaalla", "haukipudas"),
        ("kuusamon", "kuusamo"),
        ("oulusta", "oulu"),
        ("poti-laiden", "potilas"),
    ],
)
def test_a_form_meets_what_somebody_types(form: str, lemma: str) -> None:
    assert words(query_terms(lemma, "fi")) & words(index_terms(f"Ja {form} on", "fi"))


@pytest.mark.parametrize(
    ("form", "noun"),
    [("lähettämisestä", "lähettäminen"), ("ilmoittautumisen", "ilmoittautuminen")],
)
def test_an_action_is_found_by_its_noun_too(form: str, noun: str) -> None:
    assert noun in words(index_terms(form, "fi"), "lemma")


def test_a_query_in_base_form_means_that_word_and_with_parts_its_verb_too() -> None:
    assert words(query_terms("lähettäminen", "fi")) == {"lähettäminen"}
    assert "lähettää" in words(query_terms("lähettäminen", "fi", parts=True), "root")
    assert "lähettää" in words(query_terms("lähettämisen", "fi"), "root")
    assert words(query_terms("lähettää", "fi")) & words(index_terms("lähettäminen", "fi"))


@pytest.mark.parametrize("text", ["etä-kuntoutus", "etäkuntoutusta", "etä\u2011kuntoutuksen"])
def test_a_hyphen_inside_a_compound_does_not_matter(text: str) -> None:
    assert "etäkuntoutus" in words(index_terms(text, "fi"), "lemma")


@pytest.mark.parametrize("text", ["PS-2026-0042", "112", "15.3.2026", "3,5", "8.30", "2021/123"])
@pytest.mark.parametrize("language", ["fi", "sv", "en", "se"])
def test_numbers_stay_as_they_are(text: str, language: str) -> None:
    assert words(index_terms(f"Asia {text}.", language)) >= {text.lower()}
    assert words(query_terms(text, language)) == {text.lower()}


def test_a_query_looks_for_whole_words_only() -> None:
    query = words(query_terms("kotihoidon", "fi"))
    assert query == {"kotihoidon", "kotihoito"}
    assert query & words(index_terms("kotihoidossa", "fi"))
    assert words(query_terms("hoito", "fi")) & words(index_terms("kotihoidossa", "fi"), "part")
    assert not query & words(index_terms("hoitoa kotona", "fi"))


def test_a_query_may_ask_for_the_parts_of_its_own_compounds() -> None:
    parts = query_terms("kotihoitajan", "fi", parts=True)
    assert words(parts, "part") == {"koti", "hoitaja"}
    assert words(parts, "part") <= words(index_terms("kotihoidon hoitaja", "fi"))
    assert [term.kind for term in parts][:2] == ["surface", "lemma"]
    assert max(term.weight for term in parts if term.kind == "part") <= 0.5


@pytest.mark.parametrize(
    ("form", "lemma", "never"),
    [
        ("asemassa", "asema", "massa"),
        ("kuuluu", "kuulua", "luu"),
        ("maailman", "maailma", "nonsense"),
        ("matala", "matala", "tala"),
        ("osallistuvat", "osallistuva", "tupa"),
        ("kuulemma", "kuulemma", "lemma"),
        ("tavallistakin", "tavallinen", "takki"),
    ],
)
def test_a_plain_reading_leaves_no_room_for_odd_seams(form: str, lemma: str, never: str) -> None:
    found = words(index_terms(form, "fi"))
    assert lemma in found
    assert never not in found


@pytest.mark.parametrize(
    ("form", "written"),
    [("yövuoroja", "yö"), ("ihmisoikeuksista", "ihmis"), ("e-reseptit", "e"), ("EU-maan", "eu")],
)
def test_short_first_parts_are_found_as_they_are_written(form: str, written: str) -> None:
    assert written in words(index_terms(form, "fi"), "part")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lastenklinikalla", "lapsiklinikka"),
        ("lääkärintyötä", "lääkärityö"),
        ("perheenhoidon", "perhehoito"),
    ],
)
def test_a_first_part_may_stand_in_the_genitive_or_not(one: str, other: str) -> None:
    assert words(query_terms(other, "fi")) & words(index_terms(one, "fi"))


@pytest.mark.parametrize(
    ("text", "meant", "place"),
    [
        ("sosiaali- ja terveyspalvelut", "sosiaalipalvelu", "sosiaali"),
        ("koti-, laitos- ja sairaalahoidossa", "laitoshoito", "laitos"),
        ("terveyskeskukset ja -asemat", "terveysasema", "asemat"),
        ("it- tai sote-alan", "it-ala", "it"),
    ],
)
def test_what_a_hyphen_leaves_out_is_found(text: str, meant: str, place: str) -> None:
    found = {term.text: text[term.start : term.end] for term in index_terms(text, "fi")}
    assert found[meant] == place
    assert meant in words(query_terms(text, "fi"), "lemma")


def test_a_hyphen_with_nothing_behind_it_is_no_riddle() -> None:
    assert "kesä" in words(index_terms("kesä- ja", "fi"))
    assert "asema" in words(index_terms("ja -asemat", "fi"))
    assert index_terms("- -- a- -b", "fi")


def test_the_word_as_written_weighs_most_and_a_part_least() -> None:
    weights = {term.kind: term.weight for term in index_terms("kotihoidon", "fi")}
    assert 1 >= weights["surface"] > weights["lemma"] > weights["part"] > 0


def test_a_capital_inside_a_sentence_speaks_for_a_name() -> None:
    name = words(index_terms("Asun Vaalassa.", "fi"), "lemma")
    assert "vaala" in name
    assert words(index_terms("Oulussa on jono", "fi"), "lemma") >= {"oulu", "jono"}


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("sv", "hembesöken", "hembesök"), ("en", "appointments", "appointment")],
)
def test_swedish_and_english_words_meet_in_their_stem(language: str, one: str, other: str) -> None:
    assert words(query_terms(one, language), "stem") == words(index_terms(other, language), "stem")


def test_words_of_other_languages_stay_as_they_are() -> None:
    assert words(index_terms("Buorre beaivi здравствуйте", "se")) == {
        "buorre",
        "beaivi",
        "здравствуйте",
    }


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("مَوْعِد الطبيب", "موعد"),
        ("Запись на приём", "приём"),
        ("Sámegielat bálvalusat", "bálvalusat"),
        ("đ ŋ ŧ čáŋalmahttit", "čáŋalmahttit"),
        ("می\u200cخواهم نوبت", "می\u200cخواهم"),
    ],
)
@pytest.mark.parametrize("language", ["fi", "sv", "en", "ar"])
def test_words_in_other_letters_are_whole_and_found(text: str, typed: str, language: str) -> None:
    query = query_terms(typed, language)
    assert len({term.start for term in query}) == 1
    assert words(query, "surface") <= words(index_terms(text, language))


def test_places_are_those_of_the_text_as_given() -> None:
    text = "👩\u200d👧 Koti\u00adhoidon (hoitaja) a\u0308iti!"
    found = {text[term.start : term.end]: term for term in index_terms(text, "fi")}
    assert set(found) == {"Koti\u00adhoidon", "hoitaja", "a\u0308iti"}
    assert "kotihoito" in words(index_terms(text, "fi"))
    assert "äiti" in words(index_terms(text, "fi"))


def test_the_analysis_has_a_name_and_a_version() -> None:
    assert "voikko" in analyser()
    assert analyser() == analyser()


@given(st.text(max_size=120), st.sampled_from(["fi", "sv", "en", "se"]))
def test_any_text_gives_terms_that_lie_in_it(text: str, language: str) -> None:
    index = index_terms(text, language)
    for term in index:
        assert 0 <= term.start < term.end <= len(text)
        assert term.text
        assert term.text == term.text.strip()
        assert 0 < term.weight <= 1
    assert words(query_terms(text, language)) <= words(index)


def test_endless_and_odd_words_are_answered_at_once() -> None:
    for text in (
        "hoito" * 3000,
        "-" * 5000,
        "a-" * 3000,
        "a:" * 3000,
        "1." * 3000,
        "ä\u0308" * 3000,
        "\u0640 \u0640\u064b",
    ):
        assert all(0 < len(term.text) <= 70 for term in index_terms(text, "fi"))
