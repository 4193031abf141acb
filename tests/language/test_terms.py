"""Texts become the words that people look for: base forms, parts, names and numbers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.language import Term, analyser, index_terms, load, query_terms

pytestmark = pytest.mark.once


@pytest.fixture(scope="module", autouse=True)
def _dictionary() -> None:
    load()


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
    assert lemma in words(terms, "lemma")
    assert parts <= words(terms, "part")
    assert lemma in words(query_terms(form, "fi"), "lemma")


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
    ],
)
def test_a_participle_is_found_by_its_verb(form: str, verb: str) -> None:
    assert verb in words(index_terms(form, "fi"), "lemma")
    assert verb in words(query_terms(form, "fi"), "lemma")


@pytest.mark.parametrize(
    ("form", "noun"),
    [("lähettämisestä", "lähettäminen"), ("ilmoittautumisen", "ilmoittautuminen")],
)
def test_an_action_is_found_by_its_noun_too(form: str, noun: str) -> None:
    assert noun in words(index_terms(form, "fi"), "lemma")


@pytest.mark.parametrize(
    ("form", "lemma", "part"),
    [
        ("takaisinsoittojärjestelmän", "takaisinsoittojärjestelmä", "järjestelmä"),
        ("somevastaavalle", "somevastaava", None),
        ("terkkarissa", "terkkari", None),
    ],
)
def test_an_unknown_word_is_found_by_its_known_tail(
    form: str, lemma: str, part: str | None
) -> None:
    terms = index_terms(form, "fi")
    assert lemma in words(terms, "lemma")
    assert part is None or part in words(terms, "part")


def test_a_word_nobody_knows_is_found_by_its_stem() -> None:
    stems = [words(index_terms(form, "fi"), "lemma") for form in ("Xyzzyllä", "xyzzyn")]
    assert stems[0] & stems[1]


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
    assert words(query_terms(one, language), "lemma") == words(
        index_terms(other, language), "lemma"
    )


def test_words_of_other_languages_stay_as_they_are() -> None:
    assert words(index_terms("Buorre beaivi здравствуйте", "se")) == {
        "buorre",
        "beaivi",
        "здравствуйте",
    }


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
    ):
        assert all(len(term.text) <= 70 for term in index_terms(text, "fi"))


def test_eight_threads_give_the_same_answers_as_one() -> None:
    stems = [
        "koti",
        "hoito",
        "palvelu",
        "neuvola",
        "kuntoutus",
        "ajan",
        "potilas",
        "vastaan",
        "lääkäri",
    ]
    ends = ["varauksen", "keskuksessa", "ottoon", "päivällä", "jonossa", "työntekijät", "huoneelta"]
    forms = [first + last for first in stems for last in ends]
    together = [f"{form} {form}kin" for form in forms]
    # The threads ask first, so that nothing comes from the cache of the one.
    with ThreadPoolExecutor(8) as pool:
        answers = [list(pool.map(lambda text: index_terms(text, "fi"), together)) for _ in range(2)]
        swedish = list(pool.map(lambda text: index_terms(text, "sv"), together * 4))
    alone = [index_terms(text, "fi") for text in together]
    assert answers == [alone, alone]
    assert swedish == [index_terms(text, "sv") for text in together] * 4
