"""Tables of ideas, their authors, receipts, revisions and the one append-only timeline."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as condition
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base

# What a list is narrowed by, in the index of each of its orders: what does not fit is passed by
# unread.
_SIFTED = ("area_id", "primary_sub_project_id", "capacity", "handling", "merged_into_id")


class Idea(Base):
    """A development idea. `id` is the number in its address; `version` grows with what is shown.

    topical: the place in the order "topical", larger is earlier. next_step_on: the promised date.
    show_place: the author lets municipality and unit be seen. indexable: a moderator has seen it,
    so search engines, feeds and open data may have it. risk: how soon a moderator has to look,
    as ideas.risks says. first_answer_by, decision_by: the promises made when it was published;
    decided_at: when it was first decided where it goes. in_brief: two sentences in Finnish under a
    text in another language.
    redacted: something was taken out of its texts. passed_to: who takes care of it instead.
    """

    __tablename__ = "ideas"
    __table_args__ = (
        CheckConstraint("support_count >= 0", name="support_count"),
        CheckConstraint("comment_count >= 0", name="comment_count"),
        Index("ix_ideas_by_topical", "visibility", "topical", "id", *_SIFTED),
        Index("ix_ideas_by_newest", "visibility", "published_at", "id", *_SIFTED),
        Index("ix_ideas_by_supported", "visibility", "support_count", "id", *_SIFTED),
        Index("ix_ideas_by_discussed", "visibility", "comment_count", "id", *_SIFTED),
        # Only of those that were merged: with all others in it, SQLite takes it for useless.
        Index(
            "ix_ideas_merged_into_id",
            "merged_into_id",
            sqlite_where=condition("merged_into_id IS NOT NULL"),
            postgresql_where=condition("merged_into_id IS NOT NULL"),
        ),
        Index("ix_ideas_answered", "visibility", "answered_at", "published_at"),
        # What few ideas are, for those who look after them.
        Index(
            "ix_ideas_unread",
            "visibility",
            sqlite_where=condition("indexable = 0"),
            postgresql_where=condition("indexable = false"),
        ),
        Index(
            "ix_ideas_asked_at",
            "asked_at",
            sqlite_where=condition("asked_at IS NOT NULL"),
            postgresql_where=condition("asked_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    external_reference: Mapped[str | None] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str]
    what_helps: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str]
    language: Mapped[str]
    capacity: Mapped[str | None]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipalities.id"))
    unit: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    show_place: Mapped[bool] = mapped_column(default=False)
    visibility: Mapped[str]
    handling: Mapped[str]
    asked_at: Mapped[datetime | None]
    suspicious: Mapped[bool] = mapped_column(default=False)
    risk: Mapped[int] = mapped_column(default=0)
    in_brief: Mapped[str] = mapped_column(default="")
    redacted: Mapped[bool] = mapped_column(default=False)
    indexable: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    passed_to: Mapped[str] = mapped_column(default="")
    primary_sub_project_id: Mapped[int | None] = mapped_column(
        ForeignKey("sub_projects.id"), index=True
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    next_step_on: Mapped[date | None]
    first_answer_by: Mapped[date | None]
    decision_by: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    topical: Mapped[float] = mapped_column(default=0.0)
    support_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Receipt(Base):
    """The tracking key of a nameless author; here is only its hash."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Authorship(Base):
    """Whose idea it is: a person's, a receipt holder's, or brought along on behalf of others.

    name: the name or nickname shown, empty for a nameless author; the group's where one of its
    members wrote in its name (group_id).
    """

    __tablename__ = "authorships"
    __table_args__ = (Index(None, "person_id", "idea_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    receipt_id: Mapped[int | None] = mapped_column(
        ForeignKey("receipts.id", ondelete="SET NULL"), index=True
    )
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    on_behalf_of: Mapped[str] = mapped_column(default="")
    people: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Revision(Base):
    """A text of the idea: the one shown (accepted), an older one, or one that waits.

    risk: of a text that waits, as ideas.risks says.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        Index(None, "idea_id", "number", unique=True),
        Index(None, "state", "idea_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    number: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    what_helps: Mapped[str]
    state: Mapped[str]
    public: Mapped[bool] = mapped_column(default=True)
    risk: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class TimelineEntry(Base):
    """Something that happened to an idea. Rows are only added; decisions and answers refer here.

    kind: what happened, a word of ideas.timeline. actor_role: in which right it was done.
    reason: public unless `public` is false. rule: id of the moderation rule used. undone_at: the
    decision was undone, and only moderators read of it.
    """

    __tablename__ = "timeline"
    __table_args__ = (Index(None, "idea_id", "id"), Index(None, "kind", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_role: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    visibility_from: Mapped[str | None]
    visibility_to: Mapped[str | None]
    handling_from: Mapped[str | None]
    handling_to: Mapped[str | None]
    sub_project_id: Mapped[int | None] = mapped_column(ForeignKey("sub_projects.id"))
    other_idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    comment_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    next_step_on: Mapped[date | None]
    public: Mapped[bool] = mapped_column(default=True)
    undone_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """A form that was already handled, by the hash of its one-time key: sending it again leads to
    the same row.
    """

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    target_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)


class Counter(Base):
    """A running number, such as that of the references of one year."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class IdeaCount(Base):
    """How many ideas that are in lists are of one kind: the numbers beside tabs and filters.

    fields: which of the columns after it tell them apart, as bits in that order; the other ones
    are "". A value is "-" where ideas have none. year: that of publication; answered: yes or no.
    """

    __tablename__ = "idea_counts"
    __table_args__ = (
        Index(None, "fields", "sub_project"),
        Index(None, "fields", "capacity"),
    )

    fields: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    visibility: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    sub_project: Mapped[str] = mapped_column(primary_key=True)
    capacity: Mapped[str] = mapped_column(primary_key=True)
    handling: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[str] = mapped_column(primary_key=True)
    answered: Mapped[str] = mapped_column(primary_key=True)
    ideas: Mapped[int]
