"""The neutral words that are offered fit into the sentence; what would break it is not offered."""

import pytest

from innovation.guard import Kind, inspect
from innovation.ideas.advice import replaced

pytestmark = pytest.mark.once

NAMES = [
    ("hoitaja Maija Virtaselle sanottiin että odota", "Hoitajalle sanottiin että odota"),
    ("Kerroin asiasta hoitaja Maija Virtaselle.", "Kerroin asiasta hoitajalle."),
    ("Sain ohjeen lääkäri Pekka Lahtiselta.", "Sain ohjeen lääkäriltä."),
    ("Fysioterapeutti Outi Harjunpää näytti liikkeet.", "Terapeutti näytti liikkeet."),
    ("Puhuin palveluohjaaja Merja Niemisen kanssa.", "Puhuin ohjaajan kanssa."),
    ("Tapasin sosiaalityöntekijä Kaisa Mäkelän eilen.", "Tapasin työntekijän eilen."),
    ("Odotin lääkäri Niemistä tunnin.", "Odotin lääkäriä tunnin."),
    ("Luotin omahoitaja Kirsiin täysin.", "Luotin hoitajaan täysin."),
    ("Ohje oli hoitaja Sari Korhosella.", "Ohje oli hoitajalla."),
    ("Juttu jäi kiinni hoitaja Korhosesta.", "Juttu jäi kiinni hoitajasta."),
    ("Kysyin terapeutti Laineelta aikaa.", "Kysyin terapeutilta aikaa."),
    ("Ilman Sirpa-hoitajaa emme olisi pärjänneet.", "Ilman hoitajaa emme olisi pärjänneet."),
    ("Kiitos Sirpa-hoitajalle ja muille.", "Kiitos hoitajalle ja muille."),
    ("Annoin lapun äidilleni Ainolle.", "Annoin lapun läheiselleni."),
    ("Äitini Aino K. jäi yksin.", "Läheiseni jäi yksin."),
    ("Veljeltäni Matilta vietiin keppi.", "Läheiseltäni vietiin keppi."),
    ("Aino-mummon huone oli kylmä.", "Läheiseni huone oli kylmä."),
    ("Omahoitajani Kirsi vaihtui kesällä.", "Hoitajani vaihtui kesällä."),
    ("Kyselin omahoitajaltani Kirsiltä syytä.", "Kyselin hoitajaltani syytä."),
    ("Kukaan ei auttanut potilas Eino Virtasta.", "Kukaan ei auttanut potilasta."),
    ("Asiakas Helmi Koskiselle ei kerrottu.", "Asiakkaalle ei kerrottu."),
    ("Hänen äitinsä Aino soitti.", "Hänen läheisensä soitti."),
    ("Asukkaallemme Aino Niemiselle ei tuotu ruokaa.", "Asukkaallemme ei tuotu ruokaa."),
    ("Esimieheltäni Kari Mäkeläiseltä en saanut tietoa.", "Esihenkilöltäni en saanut tietoa."),
    ("Poikaani Eetua kiusattiin.", "Läheistäni kiusattiin."),
    ("Tyttärelleen Emmalle hän soitti.", "Läheiselleen hän soitti."),
    ("Kollega Maija Virtaselle soitettiin.", "Työkaverilleni soitettiin."),
    ("Rouva Koskiselta puuttui ohje.", "Eräältä henkilöltä puuttui ohje."),
    ("Pekka Lahtinen vei minut keskustaan.", "Eräs henkilö vei minut keskustaan."),
    ("Pekka Lahtisen ehdotus oli hyvä.", "Erään henkilön ehdotus oli hyvä."),
    ("Hoitaja Karin auttoi.", "Hoitaja auttoi."),
    ("Hoitaja Karin kanssa sujui.", "Hoitajan kanssa sujui."),
    ("Hoitaja Virtasellekin tuli kiire.", "Hoitajallekin tuli kiire."),
    # Names that look like a case of another word.
    ("Silloin hoitaja Anna sanoi niin.", "Silloin hoitaja sanoi niin."),
    ("Silloin hoitaja Marjatta sanoi niin.", "Silloin hoitaja sanoi niin."),
    ("Silloin hoitaja Johan sanoi niin.", "Silloin hoitaja sanoi niin."),
    ("Näin hoitaja Tuulikin eilen.", "Näin hoitajan eilen."),
    ("Kerroin hoitaja Timosta muille.", "Kerroin hoitajasta muille."),
    # As people speak.
    ("Mie sanoin hoitaja Maijalle jotta ei käy.", "Mie sanoin hoitajalle jotta ei käy."),
    ("Sossu Virtaselt tuli paperi.", "Työntekijältä tuli paperi."),
    ("Lekuri Korhosel ei ollu aikaa.", "Lääkärillä ei ollu aikaa."),
    ("Naapurin Irmalle ei käyny kukaan.", "Naapurilleni ei käyny kukaan."),
    ("Mun veli Matti jäi ulos.", "Mun läheiseni jäi ulos."),
    ("Taksikuski Reinoon voi luottaa.", "Kuljettajaan voi luottaa."),
    ("Virtasen mummolle ei tuotu ruokaa.", "Läheiselleni ei tuotu ruokaa."),
    ("Avustaja Jeren työvuorot vaihtuu.", "Avustajan työvuorot vaihtuu."),
    ("Terveisin Maija Virtanen", "Terveisin"),
]
CLAUSES = [
    ("Isälläni on diabetes ja epilepsia.", "Läheiseni tarvitsee hoitoa tai tukea."),
    ("Minulla on diabetes.", "Tarvitsen hoitoa tai tukea."),
    ("Mulla on ms-tauti mutta taksi ei tule.", "Tarvitsen hoitoa tai tukea mutta taksi ei tule."),
    (
        "Miehelläni on ALS, ja nostolaite saatiin myöhään.",
        "Läheiseni tarvitsee hoitoa tai tukea, ja nostolaite saatiin myöhään.",
    ),
    (
        "Ovi on painava. Isälläni on Parkinsonin tauti ja hän jää ulos.",
        "Ovi on painava. Läheiseni tarvitsee hoitoa tai tukea ja hän jää ulos.",
    ),
    ("Asiakkaallamme on diabetes.", "Eräs asiakas tarvitsee hoitoa tai tukea."),
]
# What stands around the mark would be left hanging.
INSIDE = [
    ("Äidilläni todettiin muistisairaus keväällä, eikä kukaan kertonut.", "muistisairaus"),
    ("Sanoin, että äidilläni on diabetes, kun kysyttiin.", "diabetes"),
    ("Meillä on hoidossa 84-vuotias nainen, jolla on diabetes.", "diabetes"),
    ("Eräs asiakkaamme on skitsofreenikko eikä avaa ovea.", "skitsofreenikko"),
    ("Käyn dialyysissä kolme kertaa viikossa.", "dialyysissä"),
    ("Äite on ihan sekasi ja diapetes heittellee, kotihoito käy eri aikaan.", "diapetes"),
]


def put_right(text: str) -> str:
    """Take everything that is offered, from the end on, so that the places stay."""
    for mark in reversed(list(inspect(text))):
        text = replaced(text, mark)
    return text


@pytest.mark.parametrize(("text", "right"), [*NAMES, *CLAUSES])
def test_what_is_offered_fits_and_is_not_marked_again(text: str, right: str) -> None:
    assert put_right(text) == right
    assert not inspect(right)


@pytest.mark.parametrize(("text", "telling"), INSIDE)
def test_inside_a_sentence_what_to_take_away_is_told_instead(text: str, telling: str) -> None:
    (mark,) = (one for one in inspect(text) if one.kind is Kind.CARE_DETAIL)
    assert mark.instead == ""
    assert telling in [text[start:end] for start, end in mark.telling]


def test_somebody_elses_relative_is_not_made_the_writers_own() -> None:
    found = inspect("Asukkaan tytär Maija Virtanen soitti.")
    assert [one.instead for one in found if one.kind is Kind.PERSON] == ["läheinen"]
