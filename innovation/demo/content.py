"""Reading the demo's ideas from the files in `content/`: believable, and about nobody."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """A decision: `kind` is published, routed, returned, hidden, or a value of handling."""

    kind: str
    days_ago: int
    reason: str = ""
    next_step_in: int = 0


@dataclass(frozen=True, slots=True)
class DemoComment:
    """A comment with its replies."""

    name: str
    text: str
    days_ago: int
    capacity: str = ""
    official: bool = False
    replies: tuple["DemoComment", ...] = ()


@dataclass(frozen=True, slots=True)
class DemoIdea:
    """An idea as it stands at the end, and what led there. Days count back from the loading."""

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
    language: str = "fi"
    visibility: str = "public"
    handling: str = "new"
    asked: bool = False
    merged_into: str = ""
    informed: tuple[str, ...] = ()
    supports: int = 0
    decisions: tuple[DemoDecision, ...] = field(default=())
    comments: tuple[DemoComment, ...] = field(default=())


@cache
def demo_ideas() -> tuple[DemoIdea, ...]:
    """Give all ideas, the oldest first."""
    found = [
        _idea(path.stem, row)
        for path in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["ideas"]
    ]
    return tuple(sorted(found, key=lambda idea: (-idea.days_ago, idea.key)))


def _idea(sub_project: str, row: dict[str, Any]) -> DemoIdea:
    parts: dict[str, Any] = {
        "informed": tuple(row.pop("informed", ())),
        "decisions": tuple(DemoDecision(**decision) for decision in row.pop("decisions", ())),
        "comments": tuple(_comment(comment) for comment in row.pop("comments", ())),
    }
    return DemoIdea(sub_project=sub_project, **parts, **row)


def _comment(row: dict[str, Any]) -> DemoComment:
    replies = tuple(_comment(reply) for reply in row.pop("replies", ()))
    return DemoComment(replies=replies, **row)
