"""Opening what is known of others: each time it is written down who looked."""

from innovation.accounts.queries import Profile, profile_of
from innovation.core import audit
from innovation.core.permissions import Actor, authorize
from innovation.notifications.queries import MailRow, mail_of


def open_contact(actor: Actor, person_id: int) -> Profile:
    """Give somebody's details with the address. Raises NotFoundError and ForbiddenError."""
    authorize(actor, "person:manage")
    profile = profile_of(person_id)
    audit.note(actor, "person:see", "person", person_id)
    return profile


def open_mail(actor: Actor, mail_id: int) -> MailRow:
    """Give a mail with whom it is to and what it says. Raises NotFoundError and ForbiddenError."""
    mail = mail_of(actor, mail_id)
    audit.note(actor, "mail:see", "mail", mail_id)
    return mail
