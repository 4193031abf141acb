"""Reading ready reasons: those in use, kept in the process until the programme changes, and all."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import Texts, pick
from innovation.ideas.models import Idea
from innovation.programme.queries import snapshot
from innovation.reasons.models import ReadyReason


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready reason. use: a key of USE_LABELS. texts: by language, with placeholders."""

    id: int
    use: str
    texts: Texts
    active: bool = True

    def text(self, language: str) -> str:
        """Give the text in this language, else in Finnish."""
        return pick(self.texts, language)


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    updated_at: datetime
    reasons: tuple[Ready, ...]


_kept: dict[str, _Kept] = {}


def reasons_for(*uses: str) -> tuple[Ready, ...]:
    """Give the ready reasons in use for these uses, in the administrators' order.

    Costs no query until the programme, which administrators change with every reason, is newer.
    """
    known = snapshot()
    where = str(db.session().get_bind().engine.url)
    kept = _kept.get(where)
    if kept is None or (kept.version, kept.updated_at) != (known.version, known.updated_at):
        in_use = tuple(one for one in all_reasons() if one.active)
        kept = _kept[where] = _Kept(known.version, known.updated_at, in_use)
    return tuple(one for use in uses for one in kept.reasons if one.use == use)


def all_reasons() -> list[Ready]:
    """Give every ready reason, those out of use too, in the administrators' order."""
    rows = db.session.execute(
        select(ReadyReason.id, ReadyReason.use, ReadyReason.texts, ReadyReason.active).order_by(
            ReadyReason.place, ReadyReason.id
        )
    )
    return [Ready(*row) for row in rows]


def ready_by_id(number: int) -> Ready:
    """Give a ready reason, in use or not. Raises NotFoundError."""
    row = db.session.get(ReadyReason, number)
    if row is None:
        raise NotFoundError(f"reason {number}")
    return Ready(row.id, row.use, row.texts, row.active)


def values_for(idea: Idea, language: str, rule: str = "") -> dict[str, str]:
    """Give what can be filled into a reason about this idea; what it has not is empty.

    language: of the reader of the reason. rule: the id of the rule that was chosen.
    """
    known = snapshot()
    home = known.sub_project_by_id.get(idea.primary_sub_project_id or 0)
    return {
        "title": idea.title,
        "reference": idea.reference,
        "sub_project": home.name(language) if home else "",
        "rule": known.rule_name(rule, language),
        "date": _day(language),
    }


def _day(language: str) -> str:
    style = "d MMM y" if language == "en" else "d.M.y"
    return format_date(clock.today(), style, locale=language if language in {"sv", "en"} else "fi")
