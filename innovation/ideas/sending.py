"""What a form brings besides its words: its one-time key, the tracking key it leads to, doubts."""

import hashlib
from dataclasses import astuple, dataclass

from flask import current_app

from innovation.core import transaction
from innovation.core.keys import every_key, hash_key, new_key, tracking_key
from innovation.core.permissions import Actor, Person
from innovation.ideas.drafts import IdeaDraft
from innovation.ideas.forms import IdeaForm
from innovation.ideas.queries import receipt_by_hash
from innovation.web.forms import read_once
from innovation.web.limits import beyond

# More than this from one address (or one person) and the texts wait; a hospital is one address.
CALM_PACE = "30/hour"
# More than this and even the text is refused for a while. It only stops a flood: a workshop where
# hundreds write at once, or a hospital behind one address, must never meet it.
HIGHEST_PACE = "2000/hour"


@dataclass(frozen=True, slots=True)
class Sending:
    """once_key: "" without a valid key. receipt_key: "" for somebody with an account."""

    once_key: str
    receipt_key: str
    suspicious: bool


def read_sending(who: Actor, draft: IdeaDraft) -> Sending:
    """Read what came with the draft.

    A form that arrives twice has the same keys, so it leads to the same idea and the same page. A
    form that somebody went back to, to write something else, has others, so nothing is lost.
    """
    once = read_once()
    person = isinstance(who, Person)
    words = hashlib.sha256(repr(astuple(draft)).encode()).hexdigest()
    seed = f"{once.key} {words}" if once.key else new_key()
    subject = f"person {who.id}" if isinstance(who, Person) else ""
    return Sending(
        once_key=seed if once.key else "",
        receipt_key="" if person else _receipt_key(seed),
        suspicious=beyond(CALM_PACE, "submit", subject) or once.suspicious,
    )


def _receipt_key(seed: str) -> str:
    """Give the tracking key of the seed: the one that is in use already, else a new one.

    After a change of the installation's key a form sent once more still leads to its page.
    """
    secret = current_app.extensions["settings"].secret_key
    keys = [tracking_key(one, seed) for one in every_key(secret)]
    if len(keys) > 1:
        with transaction.glancing():
            return next((key for key in keys if receipt_by_hash(hash_key(key))), keys[0])
    return keys[0]


def read_form(who: Actor, *, beside: bool = False) -> IdeaForm:
    """Read the form and look at its texts, before anything holds the database.

    The words that the text check meets for the first time take some milliseconds each.
    """
    with transaction.glancing():
        form = IdeaForm.from_request(who=who)
        form.look(beside=beside)
    return form


def doubtful() -> bool:
    """Tell whether a robot may have sent the form of a change."""
    return read_once().suspicious
