"""Either dictionary gives the same words, to one thread and to eight; a process holds one."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from kfst import FST

from innovation.language import index_terms, load
from innovation.language.transducer import Transducer
from innovation.language.voikko import Dictionary, has_system_library

pytestmark = pytest.mark.once

FORMS = (
    "kotihoidon terveyskeskukseen lähettämisestä parempia hoitamaton Oulussa sairaanhoitajille "
    "takaisinsoittojärjestelmä lastenklinikalla ihmisoikeuksista nopeasti tulevaisuus"
).split()
# What flags on the way allow, require and forbid.
FLAGGED = (
    "epäonnistumisesta pohjois-pohjanmaalla nelivuotiaille kaksikymmentäviisi oululainen "
    "mentäisiinköhän hyvinvoivien erikoissairaanhoidon ensihoidossa yhdenvertaisimmin"
).split()
ASKED = """
import json, sys
from innovation.language import analyser, index_terms, load
load(sys.argv[1])
found = [sorted({term.text for term in index_terms(form, "fi")}) for form in sys.argv[2:]]
print(json.dumps([analyser(), found, sorted({"pyvoikko", "kfst"} & set(sys.modules))]))
"""

system = pytest.mark.skipif(not has_system_library(), reason="libvoikko is not on this system")


def asked(choice: str) -> Any:
    """Ask in a process of its own, since a process keeps the dictionary it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED, choice, *FORMS], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_pyvoikko_is_used_when_asked_for() -> None:
    name, found, modules = asked("pyvoikko")
    assert name.startswith("pyvoikko ")
    assert "kotihoito" in found[0]
    # Its own modules would hold the same dictionary once more, in thirty times the memory.
    assert not modules


def test_words_are_led_through_the_dictionary_as_its_own_library_does() -> None:
    package = find_spec("pyvoikko")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).with_name("voikko.kfst")
    theirs, ours = FST.from_kfst_file(str(path)), Transducer(path)
    words = [*FORMS, *many_forms(), *FLAGGED, "qwerty", "terveys-", "ей", ""]
    for word in words:
        told = [] if word == "ей" else [str(output) for output, _weight in theirs.lookup(word)]
        assert ours.outputs(word) == list(dict.fromkeys(told)), word


def test_a_dictionary_in_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.kfst"
    path.write_bytes(b"KFST\0\1" + bytes(30))
    with pytest.raises(ValueError, match=r"other\.kfst"):
        Transducer(path)


@system
def test_the_systems_library_is_preferred_and_says_the_same() -> None:
    name, found, modules = asked("auto")
    assert name.startswith("libvoikko ")
    assert found == asked("pyvoikko")[1]
    assert not modules


@pytest.mark.parametrize("choice", [pytest.param("auto", marks=system), "pyvoikko"])
def test_eight_threads_read_as_one(choice: str) -> None:
    dictionary = Dictionary(choice)
    assert together(dictionary) == [dictionary.readings(form) for form in many_forms()]


def together(dictionary: Dictionary) -> list[object]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(dictionary.readings, many_forms()))


def many_forms() -> list[str]:
    firsts = "koti hoito palvelu neuvola kuntoutus ajan potilas vastaan lääkäri".split()
    lasts = "varauksen keskuksessa ottoon päivällä jonossa työntekijät huoneelta".split()
    return [first + last + end for first in firsts for last in lasts for end in ("", "kin")]


def test_eight_threads_give_the_same_terms_as_one() -> None:
    load("pyvoikko")
    texts = [f"{form} {form}han" for form in many_forms()]
    # The threads ask first, so that nothing comes from the cache of the one.
    with ThreadPoolExecutor(8) as pool:
        answers = [list(pool.map(lambda text: index_terms(text, "fi"), texts)) for _ in range(2)]
        swedish = list(pool.map(lambda text: index_terms(text, "sv"), texts * 4))
    alone = [index_terms(text, "fi") for text in texts]
    assert answers == [alone, alone]
    assert swedish == [index_terms(text, "sv") for text in texts] * 4
