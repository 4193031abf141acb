"""Lists of experiments: what they are narrowed by, how many there are, one page of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, case, func, or_, select

from innovation.core.db import db
from innovation.core.pagination import PAGE_SIZE, Page, page_number
from innovation.core.permissions import Actor
from innovation.core.text import clean_line, normal_key
from innovation.experiments.lifecycle import State
from innovation.experiments.models import Experiment
from innovation.experiments.queries import latest_round, shown_to
from innovation.experiments.sheets import ExperimentRow, rows_of
from innovation.language.terms import index_terms, query_terms
from innovation.programme.queries import snapshot

LONGEST_WORDS = 100
MOST_WORDS = 12
# An experiment is planned in Finnish.
_LANGUAGE = "fi"
# What goes on comes first, then what will, then what was learnt.
_ORDER = {State.RUNNING: 0, State.PLANNED: 1, State.ENDED: 2, State.STOPPED: 2}


@dataclass(frozen=True, slots=True)
class ExperimentFilter:
    """What a list is narrowed by, "" for everything: slugs, a state, words of the title."""

    words: str = ""
    state: str = ""
    sub_project: str = ""
    area: str = ""
    page: int = 1

    @classmethod
    def read(cls, arguments: Mapping[str, Sequence[str]]) -> Self:
        """Read an address; what is unknown narrows nothing."""
        given = {name: values[0] for name, values in arguments.items() if values}
        state, known = given.get("state", ""), snapshot()
        sub_project, area = given.get("sub_project", ""), given.get("area", "")
        return cls(
            words=clean_line(given.get("q", ""))[:LONGEST_WORDS],
            state=state if state in list(State) else "",
            sub_project=sub_project if sub_project in known.sub_project_by_slug else "",
            area=area if area in known.area_by_slug else "",
            page=page_number(given.get("page")),
        )

    @property
    def narrowed(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.words or self.state or self.sub_project or self.area)

    def address(self, path: str, **changes: Any) -> str:
        """Give the address of this list with some things changed, on its first page."""
        one = replace(self, **{"page": 1, **changes})
        facts = {
            "q": one.words,
            "state": one.state,
            "sub_project": one.sub_project,
            "area": one.area,
            "page": one.page if one.page > 1 else "",
        }
        query = urlencode({name: value for name, value in facts.items() if value})
        return f"{path}?{query}" if query else path


def counts_by_state(actor: Actor, wanted: ExperimentFilter) -> dict[str, int]:
    """Count what the actor would find in each state, with everything else as it is."""
    rows = db.session.execute(
        select(Experiment.state, func.count())
        .where(*_conditions(actor, replace(wanted, state="")))
        .group_by(Experiment.state)
    )
    found = {row[0]: row[1] for row in rows}
    return {str(state): found.get(state, 0) for state in State}


def list_experiments(actor: Actor, wanted: ExperimentFilter, total: int) -> Page[ExperimentRow]:
    """Give a page of the experiments, each in its latest round. total: how many there are."""
    found = db.session.scalars(
        select(Experiment)
        .where(*_conditions(actor, wanted))
        .order_by(case(_ORDER, value=Experiment.state), Experiment.id.desc())
        .limit(PAGE_SIZE)
        .offset((wanted.page - 1) * PAGE_SIZE)
    )
    return Page(rows_of(list(found)), wanted.page, total)


def _conditions(actor: Actor, wanted: ExperimentFilter) -> list[ColumnElement[bool]]:
    known, made = snapshot(), [shown_to(actor), latest_round()]
    if wanted.state:
        made.append(Experiment.state == wanted.state)
    if wanted.sub_project:
        home = known.sub_project_by_slug[wanted.sub_project]
        made.append(Experiment.sub_project_id == home.id)
    if wanted.area:
        made.append(Experiment.area_id == known.area_by_slug[wanted.area].id)
    key = Experiment.title_key
    for ways in _sought(wanted.words):
        made.append(or_(*(key.contains(way, autoescape=True) for way in ways)))
    return made


def search_key(title: str) -> str:
    """Give the title as it is searched by, then its words, each between spaces, in any form."""
    terms = sorted({term.text for term in index_terms(title, _LANGUAGE)})
    return f"{normal_key(title)}  {' '.join(terms)} "


def _sought(words: str) -> list[list[str]]:
    """Give for each typed word what is found of it: a part of the title, or one of its forms."""
    return [
        [word, *sorted({f" {one.text} " for one in query_terms(word, _LANGUAGE, parts=True)})]
        for word in normal_key(words).split()[:MOST_WORDS]
    ]
