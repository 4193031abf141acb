"""Passkeys (WebAuthn) as python-fido2 knows them: what a browser is asked, what it answered.

A challenge is not stored: it carries its moment and a keyed hash over what it is bound to, the
session or the browser that asked. Whoever takes an answer notes the challenge's digest as used.
"""

import hashlib
import hmac
import json
import logging
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from innovation.core import clock
from innovation.core.keys import is_made, keyed_hash

LIFETIME = timedelta(minutes=5)
LONGEST_ANSWER = 20_000
_NONCE = 16
_STAMP = struct.Struct(">Q")
_MAC = 32

# It would tell which passkey was used to whoever reads the log.
logging.getLogger("fido2").setLevel(logging.WARNING)


class RefusedError(Exception):
    """What came is no valid answer of a passkey to a question of ours."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys belong. binding: what the question is bound to, of this session or browser."""

    origin: str
    secret: str
    name: str
    binding: str = ""

    @property
    def host(self) -> str:
        """The host of the origin, which passkeys are made for."""
        return urlsplit(self.origin).hostname or ""

    @property
    def has_passkeys(self) -> bool:
        """True where browsers offer passkeys: by name, and over TLS or on the machine itself."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https://") or self.host == "localhost"
        return False


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey just made: base64url texts, its counter, and the digest of the challenge."""

    credential_id: str
    public_data: str
    sign_count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey just shown: its counter, and the digest of the challenge."""

    sign_count: int
    digest: str


def options_for_new(site: Site, person_id: int, name: str, known: Sequence[str]) -> str:
    """Give as JSON what the browser needs to make a passkey. known: public data of those there."""
    user = PublicKeyCredentialUserEntity(
        id=user_handle(site, person_id), name=name, display_name=name
    )
    options, _state = _server(site).register_begin(
        user,
        [AttestedCredentialData(websafe_decode(one)) for one in known],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=_challenge(site, "new"),
    )
    return json.dumps(dict(options.public_key))


def options_to_show(site: Site, known: Sequence[str], *, door: bool) -> str:
    """Give as JSON what the browser needs to show a passkey; as a door, any that it has."""
    options, _state = _server(site).authenticate_begin(
        [AttestedCredentialData(websafe_decode(one)) for one in known] or None,
        user_verification=_verification(door),
        challenge=_challenge(site, _use(door)),
    )
    return json.dumps(dict(options.public_key))


def read_made(site: Site, answer: str) -> Made:
    """Read the browser's answer with a new passkey. Raises RefusedError."""
    found = _parsed(answer)
    try:
        challenge = RegistrationResponse.from_dict(found).response.client_data.challenge
        _check_challenge(site, "new", challenge)
        made = _server(site).register_complete(_state(challenge, door=False), found)
        credential = made.credential_data
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as problem:
        raise RefusedError(type(problem).__name__) from None
    if credential is None:
        raise RefusedError("no credential")
    return Made(
        websafe_encode(credential.credential_id),
        websafe_encode(credential),
        made.counter,
        hashlib.sha256(challenge).hexdigest(),
    )


def credential_of(answer: str) -> str:
    """Give the id of the passkey that an answer names. Raises RefusedError."""
    name = _parsed(answer).get("id")
    if not isinstance(name, str):
        raise RefusedError("no id")
    return name


def read_shown(site: Site, answer: str, public_data: str, person_id: int, *, door: bool) -> Shown:
    """Check the answer of a known passkey of this person. Raises RefusedError.

    door: it stands alone, so its owner must have been checked by the device (PIN, finger, face).
    """
    found = _parsed(answer)
    try:
        read = AuthenticationResponse.from_dict(found).response
        challenge, handle = read.client_data.challenge, read.user_handle
        _check_challenge(site, _use(door), challenge)
        known = AttestedCredentialData(websafe_decode(public_data))
        _server(site).authenticate_complete(_state(challenge, door=door), [known], found)
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as problem:
        raise RefusedError(type(problem).__name__) from None
    if handle and not hmac.compare_digest(handle, user_handle(site, person_id)):
        raise RefusedError("somebody else's")
    return Shown(read.authenticator_data.counter, hashlib.sha256(challenge).hexdigest())


def user_handle(site: Site, person_id: int) -> bytes:
    """Give the number that stands for a person on devices, where the account's name stands too.

    It is no secret and is made without one: it has to stay the same for as long as a device lasts.
    """
    return hashlib.sha256(f"passkey owner:{site.host}:{person_id}".encode()).digest()


def _server(site: Site) -> Fido2Server:
    place = PublicKeyCredentialRpEntity(id=site.host, name=site.name)
    return Fido2Server(place, verify_origin=lambda origin: origin == site.origin)


def _use(door: bool) -> str:
    return "door" if door else "factor"


def _verification(door: bool) -> UserVerificationRequirement:
    kinds = UserVerificationRequirement
    return kinds.REQUIRED if door else kinds.PREFERRED


def _state(challenge: bytes, *, door: bool) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": _verification(door)}


def _challenge(site: Site, use: str) -> bytes:
    told = secrets.token_bytes(_NONCE) + _STAMP.pack(int(clock.now().timestamp()))
    return told + bytes.fromhex(_mac(site, use, told))


def _check_challenge(site: Site, use: str, challenge: bytes) -> None:
    told, mac = challenge[:-_MAC], challenge[-_MAC:]
    ours = is_made(site.secret, lambda one: _mac(replace(site, secret=one), use, told), mac.hex())
    if len(told) != _NONCE + _STAMP.size or not ours:
        raise ValueError("not our challenge")
    age = clock.now().timestamp() - _STAMP.unpack(told[_NONCE:])[0]
    if not 0 <= age <= LIFETIME.total_seconds():
        raise ValueError("too old")


def _mac(site: Site, use: str, told: bytes) -> str:
    if not site.binding:
        raise ValueError("bound to nothing")
    return keyed_hash(site.secret, f"passkey {use}:{site.binding}:{told.hex()}").hex()


def _parsed(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RefusedError("no JSON object")
    return found
