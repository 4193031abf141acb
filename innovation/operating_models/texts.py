"""Innokylä's headings, word for word and in its order, with the keys that the export keeps stable.

The Finnish names are those of Innokylä's own form, so they are not messages of the interface; the
other languages explain them.
"""

from dataclasses import dataclass

from innovation.core.i18n import LazyString, Texts
from innovation.core.i18n import lazy_gettext as _

LONGEST_LINE = 300
LONGEST_NAME = 150
LONGEST_SUMMARY = 1_000
LONGEST_TEXT = 10_000
DEFAULT_FUNDER = "Sosiaali- ja terveysministeriö (STM)"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading over several fields."""

    key: str
    names: Texts


@dataclass(frozen=True, slots=True)
class Field:
    """One field. longest: in characters. many: one thing on each line. tall: a text of its own."""

    key: str
    part: str
    names: Texts
    longest: int = LONGEST_TEXT
    tall: bool = True
    many: bool = False
    hint: LazyString | str = ""


def _names(fi: str, sv: str, en: str) -> Texts:
    return {"fi": fi, "sv": sv, "en": en}


BASICS, DESCRIPTION, COVER = "basics", "description", "cover"
PATH_PARTS = ("realise", "imagine", "describe")
PARTS: dict[str, Part] = {
    part.key: part
    for part in (
        Part(BASICS, _names("Perustiedot", "Grunduppgifter", "Basic facts")),
        Part(
            DESCRIPTION,
            _names(
                "Toimintamallin kuvaus",
                "Beskrivning av verksamhetsmodellen",
                "Description of the operating model",
            ),
        ),
        Part(COVER, _names("Kansikuva", "Omslagsbild", "Cover picture")),
        Part("realise", _names("Oivalla ja ymmärrä", "Inse och förstå", "Realise and understand")),
        Part(
            "imagine", _names("Kuvittele ja kokeile", "Föreställ dig och prova", "Imagine and try")
        ),
        Part("describe", _names("Kuvaa ja jaa", "Beskriv och dela", "Describe and share")),
    )
}
PHASE = _names("Kehittämisen vaihe", "Utvecklingsskede", "Phase of development")
PATH = _names("Kehittämisen polku", "Utvecklingsstigen", "Path of development")
MAKER = _names("Tekijä", "Framtagen av", "Made by")
CREATED = _names("Luotu", "Skapad", "Created")
CHANGED = _names("Viimeksi muokattu", "Senast ändrad", "Last changed")

_ADDRESS = _("The picture itself is added in Innokylä. Write its file name or address here.")
_EACH = _("One on each line.")


def _line(key: str, part: str, names: Texts, longest: int = LONGEST_LINE, **more: object) -> Field:
    return Field(key, part, names, longest, tall=False, **more)  # type: ignore[arg-type]


FIELDS: tuple[Field, ...] = (
    _line(
        "name",
        BASICS,
        _names("Toimintamallin nimi", "Verksamhetsmodellens namn", "Name of the operating model"),
        LONGEST_NAME,
    ),
    Field(
        "summary",
        BASICS,
        _names("Toimintamallin lyhyt kuvaus", "Kort beskrivning", "Short description"),
        LONGEST_SUMMARY,
        hint=_("Two or three sentences: what it is and whom it helps."),
    ),
    _line("place", BASICS, _names("Toteutuspaikka", "Plats", "Place")),
    _line(
        "region",
        BASICS,
        _names(
            "Paikkakunta, maakunta tai hyvinvointialue",
            "Ort, landskap eller välfärdsområde",
            "Town, region or wellbeing services county",
        ),
    ),
    Field(
        "funders",
        BASICS,
        _names("Toimintamallin rahoittaja", "Finansiär", "Funder"),
        LONGEST_SUMMARY,
        many=True,
        hint=_EACH,
    ),
    _line(
        "whole",
        BASICS,
        _names(
            "Toimintamallin kokonaisuus", "Helhet som modellen hör till", "The whole it belongs to"
        ),
    ),
    Field(
        "links",
        BASICS,
        _names("Liitteet ja linkit", "Bilagor och länkar", "Attachments and links"),
        LONGEST_SUMMARY * 2,
        many=True,
        hint=_EACH,
    ),
    _line("image", BASICS, _names("Kuva", "Bild", "Picture"), hint=_ADDRESS),
    _line("image_caption", BASICS, _names("Kuvateksti", "Bildtext", "Caption")),
    Field(
        "solution",
        DESCRIPTION,
        _names("Ratkaisun perusidea", "Lösningens grundidé", "The basic idea of the solution"),
        hint=_("What is done in a new way, and how."),
    ),
    Field(
        "environment",
        DESCRIPTION,
        _names("Toimintaympäristö", "Verksamhetsmiljö", "Operating environment"),
        hint=_("Where it was made, and which problem it answers."),
    ),
    Field(
        "users",
        DESCRIPTION,
        _names(
            "Kohderyhmä ja asiakasymmärrys",
            "Målgrupp och kundförståelse",
            "Target group and understanding of clients",
        ),
        hint=_("For whom, and how their voice was heard."),
    ),
    Field(
        "conditions",
        DESCRIPTION,
        _names(
            "Toimivuuden ja käyttöönoton ehdot",
            "Villkor för att modellen fungerar och kan tas i bruk",
            "Conditions of working and of taking into use",
        ),
        hint=_("What it needs: people, skills, tools, agreements, money."),
    ),
    Field(
        "results",
        DESCRIPTION,
        _names(
            "Arvioinnin tulokset tiivistettynä",
            "Utvärderingens resultat i korthet",
            "Results of the evaluation in brief",
        ),
        hint=_("What changed, with figures where there are any."),
    ),
    Field(
        "tips",
        DESCRIPTION,
        _names(
            "Vinkit toimintamallin soveltajille",
            "Tips till den som tillämpar modellen",
            "Tips for those who apply it",
        ),
        hint=_("What you would do again, and what you would do differently."),
    ),
    _line("cover_image", COVER, _names("Kansikuva", "Omslagsbild", "Cover picture"), hint=_ADDRESS),
    Field(
        "path_environment",
        "realise",
        _names("Toimintaympäristö", "Verksamhetsmiljö", "Operating environment"),
    ),
    Field(
        "path_start",
        "realise",
        _names(
            "Lähtötilanne ja strategiset liittymäkohdat",
            "Utgångsläge och kopplingar till strategier",
            "Starting point and links to strategies",
        ),
    ),
    Field(
        "path_needs",
        "realise",
        _names(
            "Kehitystyön lähtökohtana olevat tarpeet",
            "Behov som utvecklingen utgår från",
            "Needs that the work starts from",
        ),
    ),
    Field(
        "path_change",
        "realise",
        _names("Tavoiteltu muutos", "Önskad förändring", "Intended change"),
    ),
    Field(
        "path_measuring",
        "realise",
        _names("Muutoksen mittaaminen", "Hur förändringen mäts", "Measuring the change"),
    ),
    Field(
        "path_trial",
        "imagine",
        _names("Kuvittele ja kokeile", "Föreställ dig och prova", "Imagine and try"),
        hint=_("What was thought of, tried out and learned on the way."),
    ),
    Field(
        "path_sharing",
        "describe",
        _names("Kuvaa ja jaa", "Beskriv och dela", "Describe and share"),
        hint=_("How others hear of it and take it into use."),
    ),
    Field(
        "path_attachments",
        "describe",
        _names("Liitteet", "Bilagor", "Attachments"),
        LONGEST_SUMMARY * 2,
        many=True,
        hint=_EACH,
    ),
)
FIELD_BY_KEY: dict[str, Field] = {one.key: one for one in FIELDS}
# What is chosen, not written: an id or a slug in `contents`.
CHOSEN: dict[str, Texts] = {
    "phase": PHASE,
    "sub_project": _names("Osahanke", "Delprojekt", "Sub-project"),
    "area": _names("Alue", "Område", "Area"),
}


def fields_of(part: str) -> tuple[Field, ...]:
    """Give the fields under a heading, in Innokylä's order."""
    return tuple(one for one in FIELDS if one.part == part)


def lines_of(text: str) -> list[str]:
    """Give what stands on each line, empty ones left out."""
    return [line.strip() for line in text.split("\n") if line.strip()]
