"""What can happen to an idea."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdeaSubmitted:
    """An idea arrived. person_id is None for a nameless author."""

    idea_id: int
    person_id: int | None


@dataclass(frozen=True, slots=True)
class IdeaChanged:
    """What readers may find of an idea changed: its text, its visibility, its handling.

    in_lists: false when only its discussion changed, which no count beside a list depends on.
    """

    idea_id: int
    in_lists: bool = True


@dataclass(frozen=True, slots=True)
class IdeaMoved:
    """A decision was made about the idea; `timeline_id` is its entry."""

    idea_id: int
    timeline_id: int


@dataclass(frozen=True, slots=True)
class IdeaImported:
    """An idea was brought along; its sub-projects are those of the file, the primary one first."""

    idea_id: int
    sub_project_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UrgentReceived:
    """A text tells of somebody in danger; moderators are told at once. It is never public."""

    idea_id: int
    comment_id: int | None = None


@dataclass(frozen=True, slots=True)
class IdeaRedacted:
    """Something was taken out of the idea's texts; every copy of them has to be made anew."""

    idea_id: int
