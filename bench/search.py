"""What searching costs: `python -m bench.search --data FOLDER` tells.

Every figure comes from one process that asks the application itself, without a network. Each size
is measured in a process of its own; pages that are compared are asked for by turns.
"""

import argparse
import gc
import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import update

from bench.installations import POSTGRESQL, SQLITE, fresh, has_postgresql, in_own_process
from bench.material import Material, fill, material
from bench.measuring import Cpu, Times, in_fork, in_short, memory, statements, timed, times
from bench.profiles import DATABASE, shares, speed
from bench.search_report import Figures, read_figures, told, worse
from innovation import language
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.filters import IdeaFilter
from innovation.ideas.models import Idea
from innovation.search import concepts, queries, retrieval, upkeep
from innovation.search.engine import Engine, State
from innovation.search.engines import engine_for, forms_file
from innovation.search.words import FUNCTION_WORDS
from innovation.web.worker import do_jobs

REPORT = Path("docs/performance-search.md")
SIZES = (f"{SQLITE}:1000", f"{SQLITE}:10000", f"{POSTGRESQL}:1000", f"{POSTGRESQL}:10000")
_PAGES = 100
_LAST_PAGE = 50
_ASKED = 150
_INDEXED = 40
# So many ideas are indexed a second time, to see what it takes when their words are known.
_MADE_TWICE = 10_000
_SHORTEST = 5
# So many of the most frequent words are taken for common.
_COMMON = 30


def measure(database: str, ideas: int, given: Material) -> Figures:
    """Fill an installation, make its index, and ask."""
    with fresh(database, os.environ.get("INNOVATION_FINNISH", "pyvoikko")) as app:
        engine = engine_for(app.extensions["settings"])
        _say(f"{database}: filling {ideas} ideas")
        fill(app, given, ideas)
        asked, others = asked_of(given), asked_of(given, seed=8)
        looked_for = asked["one word"] + asked["two words"]
        forms = forms_file(app.extensions["settings"])
        _say("making the index")
        wall, used = in_fork(app, partial(_rebuild, app, engine, forms))
        *_, cold = in_fork(app, partial(_pages, app, looked_for, others["two words"][:1]))
        # What whoever makes an index leaves for the processes that serve.
        language.recall_forms(forms)
        _settle(app)
        if ideas <= _MADE_TWICE:
            _say("making it again")
            known, _ = in_fork(app, partial(_rebuild, app, engine))
        _say("asking")
        with app.app_context():
            # As in a process that has answered for a while: other words of the same kind.
            for one in (one for texts in others.values() for one in texts):
                find(engine, one)
            cpu = Cpu(app)
            answered = {
                name: times(cpu, partial(find, engine), texts) for name, texts in asked.items()
            }
            alone = times(cpu, partial(_look_up, engine), looked_for)
        lists, first, searches = _pages(app, looked_for, others["two words"][:_PAGES])
        counted = _statements(app, asked["two words"][:20])
        suggestions = _suggestions(app, asked["two words"])
        where = _where(app, looked_for, searches)
        return Figures(
            database=database,
            ideas=ideas,
            date=clock.today().isoformat(),
            list_page=lists,
            search_page=searches,
            first_page=first,
            cold_page=cold,
            statements=counted,
            asked={**answered, "looking up alone": alone},
            suggestion=suggestions,
            index_one=_index_one(app, given, ideas),
            rebuild_rate=round(1000 * ideas / wall),
            rebuild_rate_of_cpu=round(1000 * ideas / used),
            rebuild_rate_of_known=round(1000 * ideas / known) if ideas <= _MADE_TWICE else 0,
            memory=memory(),
            where=where,
            speed=speed(),
        )


def asked_of(given: Material, seed: int = 7) -> dict[str, list[str]]:
    """Choose words of the texts as they stand there, and pairs that stand in one text."""
    chance = random.Random(seed)  # noqa: S311 - for measuring, not for secrets
    spread: Counter[str] = Counter()
    by_text = []
    for title, body in given.titled:
        words = sorted(
            {
                word
                for word in f"{title} {body}".lower().split()
                if word.isalpha() and len(word) >= _SHORTEST and word not in FUNCTION_WORDS
            }
        )
        spread.update(words)
        if len(words) > 1:
            by_text.append(words)
    chosen = chance.choices(by_text, k=_ASKED)
    once = sorted(word for word, count in spread.items() if count == 1)
    common = [word for word, _count in spread.most_common(_COMMON)]
    return {
        "one word": [chance.choice(words) for words in chosen],
        "two words": [" ".join(chance.sample(words, 2)) for words in chosen],
        "a rare word": chance.choices(once or common, k=_ASKED // 3),
        "a common word": chance.choices(common, k=_ASKED // 3),
    }


def find(engine: Engine, words: str) -> None:
    """Look words up, take away what may not be seen, sift by an area, count every filter, sort."""
    wanted = IdeaFilter(
        words=words, area=("oulu",), sort=queries.RELEVANCE, default_sort=queries.RELEVANCE
    )
    with transaction.reading():
        looked = retrieval.look_up(engine, words, "fi")
        queries.found(engine, Nobody(), looked, wanted)


def _look_up(engine: Engine, words: str) -> None:
    with transaction.reading():
        retrieval.look_up(engine, words, "fi")


def _rebuild(app: Flask, engine: Engine, forms: Path | None = None) -> tuple[float, float]:
    """Make the index, and tell how long that took, in milliseconds and of CPU.

    forms: where to keep the words that were read, as `flask search rebuild` does.
    """
    cpu = Cpu(app)
    with app.app_context():
        figures = timed(cpu, lambda: upkeep.rebuild(engine))
        if upkeep.state_of(engine) is not State.SOUND:
            raise RuntimeError("the index is not sound")
        if forms:
            upkeep.keep_forms(forms)
    return figures


def _settle(app: Flask) -> None:
    """Do what is done before the web server forks."""
    with app.app_context(), transaction.reading():
        concepts.read_all()
    gc.collect()
    gc.freeze()


def _index_one(app: Flask, given: Material, ideas: int) -> Times:
    """Change an idea and time what its index costs: the job that puts it in."""
    chance = random.Random(11)  # noqa: S311 - for measuring, not for secrets
    taken = []
    for _ in range(_INDEXED):
        number = chance.randrange(1, ideas + 1)
        body = " ".join(chance.choices(given.sentences, k=6))
        changed = update(Idea).where(Idea.id == number).values(text=body)
        with app.app_context():
            cpu = Cpu(app)
            with transaction.writing():
                db.session.execute(changed)
                upkeep.ask_for([number])
        taken.append(timed(cpu, partial(do_jobs, app)))
    return in_short(*zip(*taken, strict=True))


def _pages(app: Flask, asked: Sequence[str], warming: Sequence[str]) -> list[Times]:
    """Give the costs of a page of the list, its first one, and one of results, asked by turns.

    Which page of the list is chosen by chance, as the results are: both show ideas that hardly
    anybody has just looked at.

    warming: other words, for which pages are asked before, as in a process that has served for a
    while.
    """
    chance = random.Random(3)  # noqa: S311 - as above
    ask_first = partial(_get, app, "/ideas")
    ask_first()
    for words in warming:
        _get(app, "/search", words)
    cpu = Cpu(app)
    taken = []
    for words in chance.sample(list(asked), min(_PAGES, len(asked))):
        further = f"/ideas?page={chance.randint(2, _LAST_PAGE)}"
        asks = (partial(_get, app, further), ask_first, partial(_get, app, "/search", words))
        taken.append([timed(cpu, ask) for ask in asks])
    return [in_short(*zip(*column, strict=True)) for column in zip(*taken, strict=True)]


def _where(app: Flask, asked: Sequence[str], page: Times) -> dict[str, float]:
    """Give the milliseconds of CPU that each trade takes of a page of results."""
    own, cpu = time.process_time(), Cpu(app)
    both = cpu.used()
    for words in asked[:_PAGES]:
        _get(app, "/search", words)
    share = min((time.process_time() - own) / (cpu.used() - both), 1.0)
    parts = shares(lambda words: _get(app, "/search", words), asked[:_PAGES])
    taken = {trade: page.cpu_mean * share * part for trade, part in parts.items()}
    return {**taken, DATABASE: page.cpu_mean * (1 - share)}


def _get(app: Flask, address: str, words: str = "") -> None:
    """Ask for a page as a visitor who is here for the first time."""
    asked = f"{address}?{urlencode({'q': words})}" if words else address
    with app.test_client() as client:
        answer = client.get(asked)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")


def _statements(app: Flask, asked: Sequence[str]) -> tuple[float, float]:
    """Give how many statements a page of the list and one of results send to the database."""
    counts: tuple[list[int], list[int]] = ([], [])
    for words in asked:
        for place, (address, typed) in enumerate((("/ideas", ""), ("/search", words))):
            with statements(app) as noted:
                _get(app, address, typed)
            counts[place].append(len(noted))
    return statistics.median(counts[0]), statistics.median(counts[1])


def _suggestions(app: Flask, asked: Sequence[str]) -> Times:
    """Ask as somebody who types: beginnings of one word, and of a second one after the first."""
    beginnings = []
    for place, pair in enumerate(asked[:_PAGES]):
        first, second = pair.split()
        letters = 2 + place % 5
        beginnings.append(first[:letters] if place % 3 else f"{first} {second[:letters]}")
    for one in beginnings[:5]:
        _get(app, "/search/suggest", one)
    return times(Cpu(app), partial(_get, app, "/search/suggest"), beginnings)


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure what the command line asks for and write it down."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, help="folder with services_fi.jsonl")
    reader.add_argument("--sizes", default="", help="database:ideas, separated by commas")
    reader.add_argument("--report", type=Path, default=REPORT)
    reader.add_argument("--one", default="", help=argparse.SUPPRESS)
    chosen = reader.parse_args()
    if chosen.one:
        database, _, ideas = chosen.one.partition(":")
        figures = measure(database, int(ideas), material(chosen.data))
        json.dump(asdict(figures), sys.stdout)
        return
    data = ["--data", str(chosen.data)] if chosen.data else []
    sizes = chosen.sizes.split(",") if chosen.sizes else SIZES
    load = os.getloadavg()[0]
    old = read_figures(chosen.report)
    new = {}
    for size in sizes:
        if size.startswith(POSTGRESQL) and not has_postgresql():
            _say(f"{size} is left out: there is no PostgreSQL here")
            continue
        new[size] = Figures.of(in_own_process("bench.search", ["--one", size, *data]))
        chosen.report.write_text(told({**old, **new}, worse(old, new), load), encoding="utf-8")
    print(f"{chosen.report} is written.")
    print("\n".join(worse(old, new)) or "Nothing got worse by more than a fifth.")


if __name__ == "__main__":
    main()
