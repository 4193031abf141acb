"""Who may close an account, and who decides about what a tracking key opens."""

from innovation.core.permissions import Actor, Person, ReceiptHolder, rule


@rule("person:leave")
def may_leave(actor: Actor, person_id: int) -> bool:
    """Everybody leaves by themselves; the platform itself, which passes every rule, closes too."""
    return isinstance(actor, Person) and actor.id == person_id


@rule("receipt:own")
def may_decide_by_key(actor: Actor, receipt_id: int) -> bool:
    """Whoever holds a tracking key has the rights that others have with their account."""
    return isinstance(actor, ReceiptHolder) and actor.receipt_id == receipt_id
