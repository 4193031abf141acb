"""The statuses of a comment and every allowed move between them."""

from enum import StrEnum


class Visibility(StrEnum):
    """Who can see the comment. Hidden and deleted ones leave a stub, as others have read them.

    declined: refused by a moderator before others saw it; its writer sees why.
    withdrawn: taken back by its writer before others saw it; shown nowhere.
    """

    WAITING = "waiting"
    PUBLIC = "public"
    HIDDEN = "hidden"
    DECLINED = "declined"
    DELETED = "deleted"
    WITHDRAWN = "withdrawn"


V = Visibility

# Which permission lets an actor move a comment from one value to another.
MOVES: dict[tuple[Visibility, Visibility], str] = {
    (V.WAITING, V.PUBLIC): "comment:moderate",
    (V.WAITING, V.HIDDEN): "comment:moderate",
    (V.WAITING, V.DECLINED): "comment:moderate",
    (V.WAITING, V.DELETED): "comment:delete",
    (V.WAITING, V.WITHDRAWN): "comment:delete",
    (V.PUBLIC, V.WAITING): "comment:edit",
    (V.PUBLIC, V.HIDDEN): "comment:moderate",
    (V.PUBLIC, V.DELETED): "comment:delete",
    (V.HIDDEN, V.PUBLIC): "comment:moderate",
    (V.DECLINED, V.PUBLIC): "comment:moderate",
}
