"""Words that no dictionary has: speech, loan words, products, and the programme's own names."""

from collections.abc import Iterator

import pytest

from innovation.language import KnownWord, Term, analyser, index_terms, know, load, query_terms

pytestmark = pytest.mark.once


@pytest.fixture(scope="module", autouse=True)
def _dictionary() -> None:
    load("pyvoikko")


def words(terms: list[Term], *kinds: str) -> set[str]:
    return {term.text for term in terms if not kinds or term.kind in kinds}


@pytest.mark.parametrize(
    ("form", "lemma", "part"),
    [
        ("takaisinsoittojärjestelmän", "takaisinsoittojärjestelmä", "järjestelmä"),
        ("somevastaavalle", "somevastaava", None),
        ("terkkarissa", "terkkari", None),
        ("rekrykoulutukseen", "rekrykoulutus", "koulutus"),
        ("uniapneavastaanotolle", "uniapneavastaanotto", "vastaanotto"),
        ("huostaanotettu", "huostaanottaa", "ottaa"),
    ],
)
def test_an_unknown_word_is_found_by_its_known_tail(
    form: str, lemma: str, part: str | None
) -> None:
    terms = index_terms(form, "fi")
    assert lemma in words(terms, "lemma", "root", "stem")
    assert part is None or part in words(terms, "part")


def test_an_unknown_word_is_found_by_its_known_head() -> None:
    assert "lataus" in words(index_terms("latausinfran", "fi"), "part")


def test_a_word_nobody_knows_is_found_by_its_stem() -> None:
    stems = [words(index_terms(form, "fi"), "stem") for form in ("Xyzzyllä", "xyzzyn")]
    assert stems[0] & stems[1]


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("Zalandolla", "zalando"),
        ("tiktokissa", "tiktok"),
        ("plugeilla", "plugi"),
        ("twiiteistä", "twiitti"),
        ("valviralta", "valvira"),
        ("endokrinologian", "endokrinologia"),
        ("fysiatrin", "fysiatri"),
        ("teratologisia", "teratologinen"),
        ("bannattu", "bannata"),
        ("bannasivat", "bannata"),
        ("filtteröitiin", "filtteröidä"),
        ("dumppasin", "dumpata"),
        ("Traficomille", "traficom"),
        ("infofinlandista", "infofinland"),
    ],
)
def test_a_loan_word_or_a_product_is_found_without_its_ending(form: str, typed: str) -> None:
    assert words(query_terms(typed, "fi")) & words(index_terms(f"Se {form} oli", "fi"))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("mää", "minä"),
        ("sie", "sinä"),
        ("oon", "olla"),
        ("ootteko", "olla"),
        ("kattoo", "katsoa"),
        ("tarttis", "tarvita"),
        ("eikä", "ei"),
        ("lääkärii", "lääkäri"),
        ("terveyskeskuksee", "terveyskeskus"),
        ("naapuritki", "naapuri"),
        ("puhuttii", "puhua"),
        ("ymmärtäny", "ymmärtää"),
        ("tekis", "tehdä"),
        ("kaupast", "kauppa"),
        ("kännykäl", "kännykkä"),
        ("valkosia", "valkoinen"),
        ("punasel", "punainen"),
        ("kirjottaa", "kirjoittaa"),
        ("ilmotus", "ilmoitus"),
        ("nopee", "nopea"),
        ("haluu", "haluta"),
        ("kaheksan", "kahdeksan"),
        ("tiiä", "tietää"),
        ("oottaa", "odottaa"),
        ("meijän", "me"),
        ("sairauen", "sairaus"),
        ("kolome", "kolme"),
        ("jalaka", "jalka"),
        ("pittää", "pitää"),
        ("taloohin", "talo"),
        ("kauphaan", "kauppa"),
        ("männä", "mennä"),
        ("terveyskeskuksesa", "terveyskeskus"),
        ("korkiaa", "korkea"),
        ("vuojen", "vuosi"),
        ("jouvutaan", "joutua"),
        ("sillon", "silloin"),
        ("asiakkait", "asiakas"),
    ],
)
def test_spoken_finnish_is_found_by_the_written_word(said: str, written: str) -> None:
    assert words(query_terms(written, "fi")) & words(index_terms(f"Ja {said} ny", "fi"))
    assert words(query_terms(said, "fi")) & words(index_terms(written, "fi"))


@pytest.mark.parametrize("word", ["musta", "kylä", "vaan", "kato", "toi"])
def test_a_written_word_is_not_taken_for_a_spoken_one(word: str) -> None:
    spoken = {"minä", "kyllä", "vain", "katsoa", "tuo"}
    assert not words(index_terms(word, "fi")) & spoken


def test_an_endless_compound_has_parts() -> None:
    word = "kotihoidonpalveluohjauskeskuksentyöntekijöidenhuoneessa"
    found = words(index_terms(word, "fi"), "part")
    assert {"koti", "hoito", "palvelu", "ohjaus", "keskus", "huone"} <= found


class TestKnownWords:
    """Words of the programme: data, which may change while the application runs."""

    @pytest.fixture(autouse=True)
    def _words(self) -> Iterator[None]:
        know(
            [
                KnownWord("pohde", ("pohde", "pohtee")),
                KnownWord("kanta", ("kanta", "kanna")),
                KnownWord("tkio"),
                KnownWord("omaolo"),
                KnownWord("sote"),
            ]
        )
        yield
        know(())

    @pytest.mark.parametrize(
        ("form", "lemma"),
        [
            ("Pohteessa", "pohde"),
            ("Pohteelle", "pohde"),
            ("Pohteenkin", "pohde"),
            ("pohdetta", "pohde"),
            ("TKIO:n", "tkio"),
            ("tkion", "tkio"),
            ("TKIO:ssa", "tkio"),
            ("Omaolossa", "omaolo"),
            ("omaoloonkin", "omaolo"),
            ("sotessa", "sote"),
            ("soteen", "sote"),
            ("Kantaan", "kanta"),
            ("kannassamme", "kanta"),
            ("sote-keskus", "sote"),
            ("sotekeskuksessa", "sote"),
        ],
    )
    def test_a_stem_with_an_ending_is_the_word(self, form: str, lemma: str) -> None:
        assert lemma in words(index_terms(form, "fi"), "lemma", "part")

    @pytest.mark.parametrize("form", ["pohteeton", "kantajoukko", "omaolokas", "tkioxyz", "soten1"])
    def test_anything_else_behind_the_stem_is_another_word(self, form: str) -> None:
        lemmas = {"pohde", "kanta", "omaolo", "tkio", "sote"}
        assert not words(index_terms(form, "fi"), "lemma") & lemmas

    def test_what_the_dictionary_says_stays(self) -> None:
        assert {"oma", "olo"} <= words(index_terms("omaolossa", "fi"), "part")

    def test_they_change_at_once_and_the_name_of_the_analysis_with_them(self) -> None:
        before = analyser()
        know([KnownWord("hyte")])
        assert analyser() != before
        assert "hyte" in words(index_terms("hyteen", "fi"), "lemma")
        assert "pohde" not in words(index_terms("Pohteessa", "fi"), "lemma")
        know([KnownWord("hyte")])
        after = analyser()
        load("pyvoikko", [KnownWord("hyte"), KnownWord("sote")])
        assert analyser() != after
