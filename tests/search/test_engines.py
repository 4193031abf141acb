"""Both engines give the same for the same documents: each is asked what stands here in words."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from flask import Flask

from innovation import language
from innovation.core import transaction
from innovation.search.engine import (
    MOST_HITS,
    MOST_WEIGHED,
    Clause,
    Document,
    Engine,
    Kind,
    Matches,
    Placed,
    Query,
    State,
    Way,
    Weights,
)
from innovation.search.engines import engine_for
from innovation.search.postgres_engine import PostgresEngine
from innovation.search.ranking import weighed
from innovation.search.whoosh_engine import WhooshEngine
from tests.real import installation

NAMES = ["whoosh", "postgresql"] if installation.on_postgresql() else ["whoosh"]
Found = tuple[list[int], list[int], tuple[int, ...]]


class Asked:
    """An engine outside any request: each question is a unit of work of its own."""

    def __init__(self, engine: Engine, unit: Callable[[], AbstractContextManager[object]]) -> None:
        self.engine = engine
        self._unit = unit

    def find(self, query: Query) -> Matches:
        with self._unit(), transaction.reading() if self.engine.in_database else nullcontext():
            return self.engine.find(query)

    def found(self, query: Query) -> Found:
        matches = self.find(query)
        return matches.every, matches.most, matches.known

    def weigh(self, numbers: list[int], terms: set[str]) -> Weights:
        with self._unit(), transaction.reading() if self.engine.in_database else nullcontext():
            return self.engine.weigh(numbers, terms)

    def stamps(self) -> dict[int, str]:
        with self._unit(), transaction.reading() if self.engine.in_database else nullcontext():
            assert self.engine.count() == len(self.engine.stamps())
            return self.engine.stamps()

    def state(self) -> State:
        with self._unit(), transaction.reading() if self.engine.in_database else nullcontext():
            return self.engine.state()

    def apply(self, numbers: Iterable[int], documents: Iterable[Document]) -> None:
        with self._unit(), transaction.writing() if self.engine.in_database else nullcontext():
            self.engine.apply(list(numbers), documents)

    def rebuild(self, documents: Iterable[Document]) -> None:
        with self._unit():
            self.engine.rebuild(lambda: documents)


@pytest.fixture(params=NAMES)
def asked(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> Asked:
    language.load(app.extensions["settings"].finnish)
    if request.param == "whoosh":
        return Asked(WhooshEngine(tmp_path), nullcontext)
    request.getfixturevalue("database")
    return Asked(PostgresEngine(), app.app_context)


def test_the_engine_follows_the_database(app: Flask) -> None:
    engine = engine_for(app.extensions["settings"])
    assert isinstance(engine, PostgresEngine if installation.on_postgresql() else WhooshEngine)
    assert engine_for(app.extensions["settings"]) is engine


def placed(*texts: str) -> tuple[Placed, ...]:
    """Place the words of texts; of "koti_hoito" the parts too, which are not words of a phrase."""
    found: list[Placed] = []
    place = 0
    for text in texts:
        for word in text.split():
            place += 1
            found.append(Placed(word.replace("_", ""), place, 1.0))
            if "_" in word:
                found += [Placed(part, place, 0.5, whole=False) for part in word.split("_")]
        place += 100
    return tuple(found)


def document(number: int, *, comments: Iterable[str] = (), **texts: str) -> Document:
    fields = {name: placed(text) for name, text in texts.items()}
    return Document(number, f"stamp {number}", {**fields, "comments": placed(*comments)})


IDEAS = [
    document(1, title="hammas_lääkäri", text="jono on pitkä"),
    document(2, title="jono", text="hammas särkee ja lääkäri puuttuu"),
    document(3, title="aula", text="pitkä jono seisoo", comments=["numero puuttuu", "taulu on"]),
    document(4, title="taksi", text="taksi tulee", helps="numero taulu"),
    document(5, title="taksi jono", text="jono jono"),
    document(6, text="o'hara \\kenoviiva' ''& 🦷"),
]


def word(*terms: str, kind: Kind = Kind.LEMMA) -> Clause:
    return Clause(tuple(Way(((term,),), 1.0, kind) for term in terms))


def words(text: str, **more: object) -> Query:
    return Query(tuple(word(term) for term in text.split()), **more)  # type: ignore[arg-type]


def phrase(*slots: str) -> Query:
    alternatives = tuple(tuple(slot.split("|")) for slot in slots)
    return Query((Clause((Way(alternatives, 1.0, adjacent=True),)),))


def together(*slots: str) -> Way:
    return Way(tuple(tuple(slot.split("|")) for slot in slots), 1.0)


NOTHING: Found = ([], [], (0,))
TABLE: dict[str, tuple[Query, Found]] = {
    "empty": (Query(), ([], [], ())),
    "only unwanted": (Query(unwanted=(word("jono"),)), ([], [], ())),
    "a word, titles first, then the newest": (words("jono"), ([5, 2, 3, 1], [], (4,))),
    "an unknown word": (words("xyzzy"), NOTHING),
    "a part": (words("hammas"), ([1, 2], [], (2,))),
    "two words, then one of them": (words("jono pitkä"), ([3, 1], [5, 2], (4, 2))),
    "a word and an unknown one": (words("taksi xyzzy"), ([], [5, 4], (2, 0))),
    "two unknown ones": (words("xyzzy plugh"), ([], [], (0, 0))),
    "two of three": (words("taksi jono pitkä"), ([], [5, 3, 1], (2, 4, 2))),
    "the rarest first": (words("seisoo jono tulee"), ([], [3], (1, 4, 1))),
    "a small share": (words("seisoo jono tulee", share=0.2), ([], [3, 4, 5, 2, 1], (1, 4, 1))),
    "the whole share": (words("taksi jono pitkä", share=1.0), ([], [], (2, 4, 2))),
    "unwanted": (words("jono", unwanted=(word("pitkä"),)), ([5, 2], [], (4,))),
    "unwanted among most": (
        words("jono taksi", unwanted=(word("pitkä"), word("xyzzy"))),
        ([5], [4, 2], (4, 2)),
    ),
    "optional is not asked for": (
        Query((Clause((together("jono"),), optional=True), word("taksi"))),
        ([5, 4], [], (2,)),
    ),
    "one or the other": (Query((word("taksi", "aula"),)), ([5, 4, 3], [], (3,))),
    "a relative does not count as in the title": (
        Query((Clause((*word("hammaslääkäri", kind=Kind.SAME).ways, *word("särkee").ways)),)),
        ([2, 1], [], (2,)),
    ),
    "words together, or one word": (
        Query((Clause((together("hammas", "särkee"), *word("hammaslääkäri").ways)),)),
        ([1, 2], [], (2,)),
    ),
    "alternatives in a slot": (
        Query((Clause((together("taksi|aula", "jono"),)),)), ([5, 3], [], (2,)),
    ),
    "a phrase": (phrase("pitkä", "jono"), ([3], [], (1,))),
    "a phrase with alternatives": (phrase("on|särkee", "pitkä|ja"), ([2, 1], [], (2,))),
    "a phrase is not of parts": (phrase("hammas", "lääkäri"), NOTHING),
    "a phrase of one whole word": (phrase("hammas"), ([2], [], (1,))),
    "a phrase within one field": (phrase("numero", "taulu"), ([4], [], (1,))),
    "no phrase across comments": (phrase("puuttuu", "taulu"), NOTHING),
    "no phrase across fields": (phrase("aula", "pitkä"), NOTHING),
    "a comment": (words("puuttuu numero"), ([3], [4, 2], (2, 2))),
    "odd signs": (words("o'hara \\kenoviiva' ''& 🦷"), ([6], [], (1, 1, 1, 1))),
    "no way to meet it": (Query((Clause(()), word("taksi"))), ([], [5, 4], (0, 2))),
    "a slot that nothing fills": (Query((Clause((Way(((),), 1.0),)),)), NOTHING),
}  # fmt: skip


def test_both_find_the_same(asked: Asked) -> None:
    asked.rebuild(IDEAS)
    found = {name: asked.found(query) for name, (query, _expected) in TABLE.items()}
    assert found == {name: expected for name, (_query, expected) in TABLE.items()}


def test_both_weigh_the_same(asked: Asked) -> None:
    asked.rebuild(IDEAS)
    terms = {"jono", "hammas", "taulu", "xyzzy"}
    expected = {
        one.number: {term: had.weight for term, had in weighed(one).items() if term in terms}
        for one in IDEAS
        if one.number < 5
    }
    found = asked.weigh([1, 2, 3, 4, 99], terms)
    assert found.keys() == expected.keys()
    for number, weights in found.items():
        assert weights == pytest.approx(expected[number])


def test_both_take_out_and_put_in(asked: Asked) -> None:
    asked.rebuild(IDEAS)
    newer = document(2, title="taksi", text="kokonaan toinen")
    asked.apply([1, 2, 6, 77], iter([document(2, text="vanha"), newer, document(8, text="jono")]))
    assert asked.stamps() == {number: f"stamp {number}" for number in (2, 3, 4, 5, 8)}
    assert asked.found(words("taksi"))[0] == [5, 4, 2]
    assert asked.found(words("jono"))[0] == [5, 8, 3]
    assert asked.found(words("vanha")) == NOTHING
    assert asked.state() is State.SOUND


def test_both_count_to_the_same_limits(asked: Asked) -> None:
    last = MOST_HITS + 150
    asked.rebuild(
        document(number, title="kaikki" if number == 7 else "", text="kaikki " + rare)
        for number in range(1, last + 1)
        for rare in ["kymmenes" if number % 10 == 0 else "muu"]
    )
    everything = asked.find(words("kaikki"))
    assert everything.every == [7, *range(last, last - MOST_HITS + 1, -1)]
    assert everything.more
    assert everything.known == (MOST_HITS,)
    tenth = asked.find(words("kaikki kymmenes"))
    assert tenth.every == list(range(last, 0, -10))
    assert not tenth.more
    assert tenth.known == (MOST_HITS, last // 10)
    half = asked.find(words("kymmenes olematon kaikki"))
    assert half.every == []
    assert half.most == list(range(last, 0, -10))[:MOST_WEIGHED]


def test_no_more_are_given_than_asked_for(asked: Asked) -> None:
    asked.rebuild(document(number, text="taksi ovi") for number in range(1, 31))
    for text in ("taksi", "taksi ovi"):
        found = asked.find(words(text, limit=20))
        assert found.every == list(range(30, 10, -1))
        assert found.more
        assert not asked.find(words(text, limit=30)).more
