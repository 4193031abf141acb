"""How well queries find the ideas that are meant, of the demo's ideas or of a set of one's own."""

import argparse
import json
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from sqlalchemy import select

from bench import quality_typos
from bench.installations import fresh
from innovation import language
from innovation.core import transaction
from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.language import Term
from innovation.search import documents, queries, spelling, upkeep, words
from innovation.search.documents import count_readable
from innovation.search.engine import State
from innovation.search.engines import engine_for

OWN = Path(__file__).parent / "queries.toml"
TOP = 10
_LOOKED_AT = 100


@dataclass(frozen=True)
class Query:
    """What is asked, and the references of the ideas that should come."""

    q: str
    relevant: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """How a query went. first: the place of the first relevant idea from 1, 0 for none."""

    q: str
    recall: float
    first: int
    missed: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A set of queries: recall among the first ten and the mean of one by the first place."""

    recall: float
    mrr: float
    answers: tuple[Answer, ...]


def measure(asked: Sequence[Query], find: Callable[[str], list[str]]) -> Result:
    """Ask everything. find: gives references, best first."""
    answers = tuple(judged(query, find(query.q)) for query in asked)
    count = max(1, len(answers))
    return Result(
        recall=round(sum(one.recall for one in answers) / count, 3),
        mrr=round(sum(1 / one.first for one in answers if one.first) / count, 3),
        answers=answers,
    )


def judged(query: Query, found: Sequence[str]) -> Answer:
    """Compare what was found with what should have come."""
    met = set(query.relevant) & set(found[:TOP])
    places = [place for place, one in enumerate(found, start=1) if one in query.relevant]
    return Answer(
        query.q,
        len(met) / len(query.relevant),
        places[0] if places else 0,
        tuple(one for one in query.relevant if one not in met),
    )


def read_set(folder: Path) -> tuple[list[dict[str, str]], list[Query]]:
    """Read the ideas and the queries of a folder: ideas.jsonl and queries.jsonl."""
    ideas = [json.loads(line) for line in _lines(folder / "ideas.jsonl")]
    asked = [json.loads(line) for line in _lines(folder / "queries.jsonl")]
    known = {idea["reference"] for idea in ideas}
    unknown = {one for query in asked for one in query["relevant"]} - known
    if unknown:
        raise ValueError(f"no idea has these references: {', '.join(sorted(unknown))}")
    return ideas, [Query(one["q"], tuple(one["relevant"])) for one in asked]


def own_queries(references: dict[str, str], file: Path = OWN) -> list[Query]:
    """Read our own queries, which name ideas by their titles. references: by title."""
    read = tomllib.loads(file.read_text(encoding="utf-8"))["query"]
    unknown = {title for one in read for title in one["relevant"]} - references.keys()
    if unknown:
        raise ValueError(f"no idea has these titles: {'; '.join(sorted(unknown))}")
    return [Query(one["q"], tuple(references[title] for title in one["relevant"])) for one in read]


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def _measured(app: Flask, asked: Sequence[Query]) -> Result:
    """Ask as `flask search find` does: as a nameless visitor."""
    engine = engine_for(app.extensions["settings"])

    def find(text: str) -> list[str]:
        with transaction.reading():
            return queries.found_references(engine, text, _LOOKED_AT)

    with app.app_context():
        result = measure(asked, find)
        # What a search stumbled over would have been answered without the index.
        if upkeep.state_of(engine) is State.BROKEN:
            raise RuntimeError("the index broke while it was asked")
    return result


def _index(app: Flask) -> None:
    """Make the index. Raises RuntimeError when searching would have to do without it."""
    engine = engine_for(app.extensions["settings"])
    with app.app_context():
        upkeep.rebuild(engine)
        with transaction.reading():
            if engine.count() != count_readable():
                raise RuntimeError("not every idea is in the index")


@contextmanager
def _without_concepts() -> Iterator[None]:
    with patch.object(words, "expansions", lambda _words: []):
        yield


@contextmanager
def _plain_words() -> Iterator[None]:
    """Let texts and queries be words as they are written, no more, and correct no typos."""
    index, query = language.index_terms, language.query_terms

    def as_written(terms: Callable[..., list[Term]]) -> Callable[..., list[Term]]:
        def only(*given: Any, **named: Any) -> list[Term]:
            return [term for term in terms(*given, **named) if term.kind == "surface"]

        return only

    with ExitStack() as stack:
        stack.enter_context(_without_concepts())
        stack.enter_context(patch.object(language, "index_terms", as_written(index)))
        stack.enter_context(patch.object(language, "query_terms", as_written(query)))
        stack.enter_context(patch.object(spelling, "meant", lambda _engine, _word: ""))
        documents._read.cache_clear()
        yield
    documents._read.cache_clear()


def _all_ways(app: Flask, asked: Sequence[Query]) -> dict[str, object]:
    """Measure the platform, then without the concepts, then with plain words alone."""
    _index(app)
    whole = _measured(app, asked)
    with _without_concepts():
        without = _measured(app, asked)
    with _plain_words():
        _index(app)
        plain = _measured(app, asked)
    _index(app)
    return {"whole": asdict(whole), "without": asdict(without), "plain": asdict(plain)}


def own(database: str, finnish: str) -> dict[str, object]:
    """Measure our own queries, and typos, over the ideas of the demo."""
    with fresh(database, finnish) as app:
        _invoke(app, ["demo", "load"])
        with app.app_context(), transaction.reading():
            rows = db.session.execute(select(Idea.title, Idea.external_reference, Idea.reference))
            titles = {external or own: title for title, external, own in rows}
        asked = own_queries({title: reference for reference, title in titles.items()})
        result = _all_ways(app, asked)
        typos = quality_typos.measure(app)
        return {
            "analyser": language.analyser(),
            "ideas": len(titles),
            "titles": titles,
            "typos": typos,
            **result,
        }


def brought(folder: Path, database: str, finnish: str) -> dict[str, object]:
    """Measure the ideas and the queries of a folder."""
    ideas, asked = read_set(folder)
    with fresh(database, finnish) as app:
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            for idea in ideas:
                row = {
                    "external_reference": idea["reference"],
                    "title": idea.get("title", ""),
                    "text": idea["text"],
                    "visibility": "public",
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            _invoke(app, ["ideas", "import", file.name])
        return {"ideas": len(ideas), **_all_ways(app, asked)}


def _invoke(app: Flask, arguments: list[str]) -> None:
    done = app.test_cli_runner().invoke(args=arguments)
    if done.exit_code:
        raise RuntimeError(f"flask {' '.join(arguments[:2])}: {done.output}") from done.exception


def main() -> None:
    """Print the figures as JSON."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--database", default="sqlite")
    reader.add_argument("--finnish", choices=("auto", "pyvoikko"), default="auto")
    reader.add_argument("--set", type=Path, help="a folder with ideas.jsonl and queries.jsonl")
    given = reader.parse_args()
    if given.set:
        result = brought(given.set, given.database, given.finnish)
    else:
        result = own(given.database, given.finnish)
    on = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[given.database]
    result["measured_on"] = f"{on}, {language.analyser().partition(',')[0]}"
    json.dump(result, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
