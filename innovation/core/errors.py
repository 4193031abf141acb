"""The exceptions that actions and queries raise; one handler turns them into answers."""

from collections.abc import Mapping


class NotFoundError(Exception):
    """There is no such row, or the actor may not know that there is."""


class GoneError(NotFoundError):
    """The row was public once and is not shown now; what is left is a stub.

    kind: "hidden", "withdrawn", "held" (a moderator has to read it again) or "returned" (its author
    completes it). reference: what the public knows the row by. since: ISO date. rule: the name of
    the rule that it was hidden by, by language; empty when there was none.
    """

    def __init__(
        self, kind: str, reference: str, since: str, rule: Mapping[str, str] | None = None
    ) -> None:
        """Keep what the stub shows."""
        super().__init__(reference)
        self.kind = kind
        self.reference = reference
        self.since = since
        self.rule = dict(rule or {})


class MovedError(NotFoundError):
    """The row was merged into another; readers are led there."""

    def __init__(self, number: int) -> None:
        """Keep the number of the idea to go to."""
        super().__init__(str(number))
        self.number = number


class ForbiddenError(Exception):
    """The actor may not do this."""


class RuleBrokenError(Exception):
    """The input breaks a rule. `field` names the form field the message belongs to, if any."""

    def __init__(self, message: object, field: str | None = None) -> None:
        """Keep the (lazily translated) message and its field."""
        super().__init__(message)
        self.message = message
        self.field = field


class ConflictError(Exception):
    """The row changed meanwhile, so the action no longer applies; nothing was done."""

    def __init__(self, message: object = "") -> None:
        """Keep the (lazily translated) message, which says who or what was faster."""
        super().__init__(message)
        self.message = message
