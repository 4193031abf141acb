"""Who takes part beside single writers: groups, readers by mail, kept searches, full inboxes.

Written as plain rows, since no mail may leave about a year that nobody lived.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from innovation.alerts.models import Alert
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.demo.content import read_file
from innovation.demo.people import DOMAIN, Cast
from innovation.groups.models import Group, Membership
from innovation.groups.queries import GroupChoice
from innovation.newsletter.models import Issue, Subscriber
from innovation.notifications.models import Notice
from innovation.subscriptions.models import Subscription

FILE = "together.toml"


def group_names() -> list[str]:
    """Give the names of the demo's groups."""
    return [row["name"] for row in read_file(FILE)["groups"]]


def make_groups(cast: Cast) -> dict[str, GroupChoice]:
    """Make the groups and name their members; gives them by their keys in the content."""
    made = {}
    for row in read_file(FILE)["groups"]:
        area = cast.programme.area_by_slug.get(row["area"])
        group = Group(
            kind=row["kind"],
            name=row["name"],
            area_id=area.id if area else None,
            created_at=_ago(row["since"]),
        )
        db.session.add(group)
        db.session.flush()  # its id is needed at once
        made[row["key"]] = GroupChoice(group.id, group.name, group.kind)
        for member in row["members"]:
            db.session.add(_membership(cast, group.id, member))
    return made


def _membership(cast: Cast, group_id: int, row: Mapping[str, Any]) -> Membership:
    mailbox, until = row.get("mailbox"), row.get("until")
    whose = cast.accounts[mailbox] if mailbox else cast.writer(row["name"], "asukas").id
    return Membership(
        group_id=group_id,
        person_id=whose,
        first_day=clock.local_date(_ago(row["since"])),
        last_day=clock.local_date(_ago(until)) if until else None,
        reason=row["reason"],
        named_by=cast.accounts["yllapito"],
        named_at=_ago(row["since"]),
    )


def load(cast: Cast) -> None:
    """Let newsletters, kept searches, addresses and notices be there; after all ideas."""
    told = read_file(FILE)
    db.session.add_all(
        [
            *(_issue(cast, row) for row in told["issues"]),
            *(_reader(cast, row) for row in told["readers"]),
            *(_search(cast, row) for row in told["searches"]),
            *(_address(cast, row) for row in told["addresses"] if row["idea"] in cast.ideas),
            *(
                _notice(cast, number, row)
                for number, row in enumerate(told["notices"], 1)
                if row["idea"] in cast.ideas
            ),
        ]
    )


def _issue(cast: Cast, row: Mapping[str, Any]) -> Issue:
    texts = {code: text.strip() for code, text in row["text"].items()}
    return Issue(
        subjects=row["subject"],
        texts=texts,
        created_at=_ago(row["created"]),
        created_by=cast.accounts["yllapito"],
        sent_at=_ago(row["sent"]) if "sent" in row else None,
    )


def _reader(cast: Cast, row: Mapping[str, Any]) -> Subscriber:
    areas, homes = cast.programme.area_by_slug, cast.programme.sub_project_by_slug
    return Subscriber(
        email=f"{row['mailbox']}@{DOMAIN}",
        language=row["language"],
        areas=[areas[slug].id for slug in row.get("areas", ()) if slug in areas],
        sub_projects=[homes[slug].id for slug in row.get("sub_projects", ()) if slug in homes],
        created_at=_ago(row["since"]),
        confirmed_at=_ago(row["since"]),
    )


def _search(cast: Cast, row: Mapping[str, Any]) -> Alert:
    return Alert(
        person_id=cast.accounts[row["mailbox"]],
        query=row["query"],
        language="fi",
        created_at=_ago(row["since"]),
        checked_at=clock.now(),
    )


def _address(cast: Cast, row: Mapping[str, Any]) -> Subscription:
    at = _ago(row["since"])
    return Subscription(
        idea_id=cast.ideas[row["idea"]].id,
        email=f"{row['mailbox']}@{DOMAIN}",
        language="fi",
        created_at=at,
        **dict.fromkeys(row["ways"], at),
    )


def _notice(cast: Cast, number: int, row: Mapping[str, Any]) -> Notice:
    person_id, idea = cast.accounts[row["mailbox"]], cast.ideas[row["idea"]]
    at = _ago(row["days_ago"])
    return Notice(
        unique_key=f"demo {number} {person_id}",
        person_id=person_id,
        kind=row["kind"],
        what=row["what"],
        why=row["why"],
        idea_id=idea.id,
        comment_id=_newest_comment(idea.id, person_id) if row["what"] == "comment" else None,
        shown_from=at,
        read_at=at + timedelta(hours=3) if row.get("read") else None,
        created_at=at,
    )


def _newest_comment(idea_id: int, person_id: int) -> int | None:
    return db.session.scalar(
        select(Comment.id)
        .where(Comment.idea_id == idea_id, Comment.person_id != person_id)
        .order_by(Comment.id.desc())
        .limit(1)
    )


def _ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)
