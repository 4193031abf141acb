"""Reading the demo from the files in `content/`: believable ideas, and about nobody."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """A decision: `kind` is published, routed, returned, hidden, postponed, or a handling.

    next_step_in: after so many days; of a postponed promise, so much later. step: what happens
    then. criteria: a word and a sentence by criterion. elsewhere: name, address and sentence.
    existing: the key of a model of the demo. promise: which one is postponed.
    """

    kind: str
    days_ago: int
    reason: str = ""
    next_step_in: int = 0
    step: str = ""
    criteria: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    impact_tags: tuple[str, ...] = ()
    elsewhere: tuple[str, str, str] | None = None
    existing: str = ""
    promise: str = ""


@dataclass(frozen=True, slots=True)
class DemoComment:
    """A comment with its replies. group: the key of the one in whose name it is written."""

    name: str
    text: str
    days_ago: int
    capacity: str = ""
    official: bool = False
    group: str = ""
    replies: tuple["DemoComment", ...] = ()


@dataclass(frozen=True, slots=True)
class DemoExchange:
    """What a moderator asked the author in private, and what they answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class DemoIdea:
    """An idea as it stands at the end, and what led there. Days count back from the loading.

    group: the key of the one in whose name it is written.
    """

    key: str
    sub_project: str
    text: str
    days_ago: int
    title: str = ""
    what_helps: str = ""
    area: str = ""
    municipality: str = ""
    unit: str = ""
    show_place: bool = False
    capacity: str = ""
    name: str = ""
    account: bool = True
    group: str = ""
    language: str = "fi"
    visibility: str = "public"
    handling: str = "new"
    asked: bool = False
    merged_into: str = ""
    informed: tuple[str, ...] = ()
    supports: int = 0
    decisions: tuple[DemoDecision, ...] = field(default=())
    comments: tuple[DemoComment, ...] = field(default=())
    exchange: DemoExchange | None = None


@dataclass(frozen=True, slots=True)
class DemoChange:
    """What the author of the idea with this key adds to its text; a moderator has not read it."""

    key: str
    days_ago: int
    adds: str


@dataclass(frozen=True, slots=True)
class DemoRemark:
    """A comment on the idea with this key that waits, or that stands there and was reported.

    rule: which rule the report names, "" for one that only waits. reported: what the report says.
    """

    key: str
    name: str
    text: str
    days_ago: int
    rule: str = ""
    reported: str = ""


@dataclass(frozen=True, slots=True)
class Morning:
    """What waits on the desk besides ideas."""

    changes: tuple[DemoChange, ...]
    remarks: tuple[DemoRemark, ...]


@cache
def demo_ideas() -> tuple[DemoIdea, ...]:
    """Give all ideas, the oldest first."""
    found = [
        _idea(path.stem, row)
        for path in sorted(FOLDER.glob("*.toml"))
        for row in read_file(path.name).get("ideas", ())
    ]
    return tuple(sorted(found, key=lambda idea: (-idea.days_ago, idea.key)))


@cache
def demo_morning() -> Morning:
    """Give what waits on the desk besides the ideas that wait."""
    read = read_file("morning.toml")
    return Morning(
        tuple(DemoChange(**row) for row in read["changes"]),
        tuple(DemoRemark(**row) for row in read["comments"]),
    )


def read_file(name: str) -> dict[str, Any]:
    """Read a file of the content."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _decision(row: dict[str, Any]) -> DemoDecision:
    for name in ("impact_tags", "elsewhere"):
        if name in row:
            row[name] = tuple(row[name])
    return DemoDecision(**row)


def _idea(sub_project: str, row: dict[str, Any]) -> DemoIdea:
    parts: dict[str, Any] = {
        "informed": tuple(row.pop("informed", ())),
        "decisions": tuple(_decision(decision) for decision in row.pop("decisions", ())),
        "comments": tuple(_comment(comment) for comment in row.pop("comments", ())),
        "exchange": DemoExchange(**row.pop("exchange")) if "exchange" in row else None,
        # The file is called by its sub-project, unless each row tells its own.
        "sub_project": row.pop("sub_project", sub_project),
    }
    return DemoIdea(**parts, **row)


def _comment(row: dict[str, Any]) -> DemoComment:
    replies = tuple(_comment(reply) for reply in row.pop("replies", ()))
    return DemoComment(replies=replies, **row)
