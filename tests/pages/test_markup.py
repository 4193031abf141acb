"""The plain markup of texts: what it makes, and what it never lets through."""

import time
from xml.etree.ElementTree import Element

import html5lib
import pytest

from innovation.pages.markup import Block, blocks, first_mistake, is_safe
from innovation.pages.texts import FOLDER, KINDS, PAGES, PLACES, ready_text

pytestmark = pytest.mark.once

TEXT = """# Otsikko
Rivi <b>yksi</b>
rivi & kaksi

## Pienempi
- eka
- toka [linkki](/contact)
1. numero
{rules}
Nimi on {service}.
"""


def html_of(made: list[Block]) -> str:
    return "".join(f"<p>{line}</p>" for block in made for line in block.lines)


def elements_of(made: list[Block]) -> list[Element]:
    parsed = html5lib.parseFragment(html_of(made), namespaceHTMLElements=False)
    return [one for one in parsed.iter() if isinstance(one.tag, str)]


def test_a_text_becomes_pieces() -> None:
    made = blocks(TEXT, {"service": "Alusta <i>"}, {"rules"})
    assert [block.kind for block in made] == ["h2", "p", "h3", "ul", "ol", "part", "p"]
    assert made[1].lines == ("Rivi &lt;b&gt;yksi&lt;/b&gt;<br>rivi &amp; kaksi",)
    assert made[3].lines[1] == 'toka <a href="/contact">linkki</a>'
    assert made[5].part == "rules"
    assert made[6].lines == ("Nimi on Alusta &lt;i&gt;.",)


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/contact", True),
        ("/ideas?q=a#b", True),
        ("https://tietosuoja.fi", True),
        ("https://www.tillgänglighetskrav.fi/a/b?c=d", True),
        ("https://host.example:8443/a", True),
        ("http://host.example", False),
        ("//host.example", False),
        ("/\\host.example", False),
        ("/a\\b", False),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://user@host.example", False),
        ("https:///host.example", False),
        ('https://host.example/"onclick="x', False),
        ("/\t/host.example", False),
        ("mailto:a@b.example", False),
        ("", False),
    ],
)
def test_links_lead_to_our_own_paths_and_https_alone(target: str, safe: bool) -> None:
    assert is_safe(target) == safe
    made = elements_of(blocks(f"[sana]({target})", {}))
    assert any(one.tag == "a" for one in made) == (safe and " " not in target)


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '[a" onclick="alert(1)](/contact)',
        "[<svg onload=alert(1)>](https://a.example)",
        "# <iframe src=//a.example>",
        "- <a href=javascript:alert(1)>x</a>",
        "[[a](/b)](javascript:alert(1))",
        "{service}",
        "[{service}](/contact)",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_no_text_makes_an_element_of_its_own(attack: str) -> None:
    made = elements_of(blocks(attack, {"service": '<b onclick="x">"'}))
    assert {one.tag for one in made} <= {"DOCUMENT_FRAGMENT", "p", "a", "br"}
    assert {name for one in made for name in one.attrib} <= {"href"}


@pytest.mark.parametrize("text", ["[" * 20_000, "{" * 20_000, "[a](" * 5_000, "\n" * 20_000])
def test_a_crafted_text_costs_no_time(text: str) -> None:
    began = time.process_time()
    blocks(text, {})
    first_mistake(text, PLACES, ())
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hei {nobody}", "nobody"),
        ("Hei {rules} siellä", "line of its own"),
        ("[a](javascript:x)", "javascript:x"),
        ("[a](http://a.example)", "http://a.example"),
    ],
)
def test_what_would_not_be_shown_as_meant_is_named(text: str, words: str) -> None:
    assert words in str(first_mistake(text, PLACES, {"rules"}))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_ready_text_is_in_order(name: str, language: str) -> None:
    text, kind = ready_text(name, language), KINDS[name]
    assert first_mistake(text, PLACES, kind.parts) is None
    assert {block.part for block in blocks(text, {}, kind.parts) if block.part} == kind.parts
    headings = [[len(ready_text(name, code).split("\n# "))] for code in ("fi", language)]
    assert headings[0] == headings[1]


def test_there_is_no_ready_text_without_a_page() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}.{code}.txt" for name in PAGES for code in ("fi", "sv", "en")
    }
