"""Data to measure with: ideas and comments of any number, of real sentences, the same each time."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, text

from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.demo.content import FOLDER as DEMO
from innovation.ideas.lifecycle import Capacity, Handling, Visibility
from innovation.ideas.models import Counter, Idea
from innovation.programme.queries import snapshot

SERVICES = Path("services_fi.jsonl")
_SENTENCE = re.compile(r"[^.!?\n]{12,}[.!?]")
_TEXT = re.compile(r'^(?:text|what_helps) = "{1,3}\n?(.*?)"{1,3}$', re.MULTILINE | re.DOTALL)
_AT_ONCE = 5_000
_SEED = 20260101


@dataclass(frozen=True)
class Material:
    """Titles with their texts, and sentences that people might say."""

    titled: list[tuple[str, str]]
    sentences: list[str]


def material(data: Path | None) -> Material:
    """Read the service descriptions of a folder, where given, and the sentences of the demo."""
    demo = "\n".join(path.read_text(encoding="utf-8") for path in sorted(DEMO.glob("*.toml")))
    sentences = [one.strip() for said in _TEXT.findall(demo) for one in _SENTENCE.findall(said)]
    titled = [(one[:70].rsplit(" ", 1)[0], one) for one in sentences]
    if data is not None:
        with (data / SERVICES).open(encoding="utf-8") as file:
            titled = [(row["title"], row["text"]) for row in map(json.loads, file)]
    return Material(titled, sentences)


def fill(app: Flask, given: Material, ideas: int, comments_each: int = 5) -> None:
    """Put public ideas with comments into an empty installation."""
    chance = random.Random(_SEED)  # noqa: S311 - for measuring, not for secrets
    with app.app_context():
        for first in range(1, ideas + 1, _AT_ONCE):
            last = min(first + _AT_ONCE, ideas + 1)
            with transaction.writing():
                rows = list(_ideas(chance, given, range(first, last), comments_each))
                db.session.execute(insert(Idea), rows)
                db.session.execute(
                    insert(Comment), list(_comments(chance, given, rows, comments_each))
                )
        with transaction.writing():
            if db.engine.dialect.name == "postgresql":
                for table in ("ideas", "comments"):
                    db.session.execute(
                        text(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")  # noqa: S608
                    )
            db.session.merge(Counter(name="lists", value=ideas))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _ideas(
    chance: random.Random, given: Material, numbers: range, comments_each: int
) -> Iterator[dict[str, object]]:
    programme = snapshot()
    now = clock.now()
    for number in numbers:
        title, body = chance.choice(given.titled)
        said = " ".join(chance.choices(given.sentences, k=2))
        at = now - timedelta(minutes=chance.randrange(60 * 24 * 900))
        yield {
            "id": number,
            "reference": f"PS-2024-{number:06d}",
            "title": title[:80],
            "text": f"{said} {body}",
            "what_helps": chance.choice(given.sentences),
            "excerpt": said[:150],
            "language": "fi",
            "capacity": chance.choice([str(one) for one in Capacity]),
            "area_id": chance.choice(programme.areas).id,
            "visibility": str(Visibility.PUBLIC),
            "handling": str(chance.choice([Handling.NEW, Handling.ROUTED, Handling.IN_USE])),
            "primary_sub_project_id": chance.choice(programme.sub_projects).id,
            "created_at": at,
            "updated_at": at,
            "published_at": at,
            "answered_at": at + timedelta(days=9) if chance.random() < 0.4 else None,
            "topical": chance.random(),
            "support_count": int(chance.paretovariate(1.2)),
            "comment_count": comments_each,
            "indexable": True,
        }


def _comments(
    chance: random.Random, given: Material, ideas: list[dict[str, object]], each: int
) -> Iterator[dict[str, object]]:
    for idea in ideas:
        for _ in range(each):
            yield {
                "idea_id": idea["id"],
                "name": "",
                "text": " ".join(chance.choices(given.sentences, k=chance.randrange(1, 4))),
                "language": "fi",
                "visibility": str(CommentVisibility.PUBLIC),
                "created_at": idea["created_at"],
            }
