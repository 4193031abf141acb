"""A passkey made of software, for tests: it answers as a device would, and can be told to lie."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One passkey. verifies: the device checks its owner. counts: it counts its signatures."""

    origin: str = "http://localhost"
    verifies: bool = True
    counts: bool = True
    count: int = 0
    handle: str = ""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.create`."""
        self.handle = options["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        told = self._authenticator(options["rp"]["id"], ATTESTED) + attested + public
        statement = {"fmt": "none", "attStmt": {}, "authData": told}
        response = {
            "clientDataJSON": websafe_encode(self._client("webauthn.create", options)),
            "attestationObject": websafe_encode(cbor.encode(statement)),
        }
        return self._answer(response)

    def show(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.get`."""
        client = self._client("webauthn.get", options)
        told = self._authenticator(options["rpId"], 0)
        signed = told + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(told),
            "signature": websafe_encode(self.private.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": self.handle,
        }
        return self._answer(response)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**told, "crossOrigin": False}).encode()

    def _authenticator(self, host: str, flags: int) -> bytes:
        self.count += 1 if self.counts else 0
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return (
            hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        )

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        told = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**told, "clientExtensionResults": {}})
