"""What claims mean here: a name, a confirmed address, a unit, rights, how strong the proof was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from innovation.core.config import RIGHT
from innovation.core.permissions import Role
from innovation.core.text import clean_line
from innovation.federation.providers import Provider

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Right:
    """A right from the employer. sub_project, area: what a lead leads, by slug; "" for others."""

    role: str
    sub_project: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who comes from the employer. email: only when confirmed there, else "".

    sid: their session there, "" when it was not told. strong: identified by strong means.
    """

    issuer: str
    subject: str
    sid: str
    name: str
    email: str
    unit: str
    rights: frozenset[Right]
    strong: bool


def visit_of(provider: Provider, claims: Mapping[str, Any]) -> Visit:
    """Read the claims of a checked token."""
    return Visit(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        sid=_text(claims.get("sid")),
        name=_text(claims.get("name")),
        email=_confirmed(claims),
        unit=_text(claims.get(provider.unit)) if provider.unit else "",
        rights=rights_of(provider.rights, claims),
        strong=_text(claims.get("acr")) in provider.strong,
    )


def rights_of(rules: str, claims: Mapping[str, Any]) -> frozenset[Right]:
    """Give the rights that the claims mean by the rules of INNOVATION_OIDC_RIGHTS.

    Everybody who comes from the employer is staff.
    """
    rights = {Right(Role.STAFF)}
    for one in rules.split(";"):
        rule = RIGHT.fullmatch(one)
        if rule and rule[2].strip() in _values(claims.get(rule[1])):
            sub_project, _at, area = (rule[4] or "").partition("@")
            rights.add(Right(rule[3], sub_project, area))
    return frozenset(rights)


def _values(claim: object) -> list[str]:
    """Give the values of a claim, which may be one text or a list of them."""
    found = claim if isinstance(claim, list) else [claim]
    return [one for one in found if isinstance(one, str)]


def _confirmed(claims: Mapping[str, Any]) -> str:
    """Give the address when it is confirmed there: by True, or the word that some providers send.

    One with hidden signs in it is none: cleaned it might be somebody else's.
    """
    told, verified = claims.get("email"), claims.get("email_verified")
    if not (verified is True or verified == "true") or not isinstance(told, str):
        return ""
    return _text(told) if _text(told) == told.strip() else ""


def _text(claim: object) -> str:
    """Give a text as one clean line; "" for anything else."""
    return clean_line(claim)[:LONGEST] if isinstance(claim, str) else ""
