"""What can happen to a comment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommentPublished:
    """A comment can be read by everybody who sees the idea."""

    comment_id: int
    idea_id: int


@dataclass(frozen=True, slots=True)
class CommentHidden:
    """A moderator hid or declined a comment; `timeline_id` is the entry with rule and reason."""

    comment_id: int
    idea_id: int
    timeline_id: int
