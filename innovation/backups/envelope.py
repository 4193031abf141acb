"""Sealed copies: written with a public key, read with its private one, in chunks that are checked.

A sealed file is MAGIC, the sender's passing public key (X25519, 32 bytes), the recipient's number
(8 bytes), and chunks. The key of the file is HKDF-SHA256 of the shared secret, salted with both
public keys. A chunk is AES-256-GCM of up to CHUNK bytes; its nonce is its number in 11 bytes and a
byte that is 1 for the last chunk alone, so that nothing can be left out, moved, or cut off; what
stands before the chunks is authenticated with each. The server that writes copies cannot read them.
"""

import base64
import hashlib
import io
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from innovation.core.copying import KEY_BYTES, PUBLIC

MAGIC = b"innovation sealed copy 1\n"
PRIVATE = "innovation-backup-private-"
CHUNK = 256 * 1024
_TAG = 16
_NUMBER = 8


class EnvelopeError(Exception):
    """A sealed file cannot be opened; the message is a sentence that says why."""


def new_keys() -> tuple[str, str]:
    """Give a new private key and its public key, each as one line of text."""
    private = X25519PrivateKey.generate()
    return _line(PRIVATE, private.private_bytes_raw()), _line(PUBLIC, _raw(private.public_key()))


def read_private(text: str) -> X25519PrivateKey:
    """Read a private key from its line. Raises EnvelopeError."""
    for line in text.split():
        if line.startswith(PRIVATE):
            try:
                raw = base64.b64decode(line.removeprefix(PRIVATE) + "=", b"-_", validate=True)
                return X25519PrivateKey.from_private_bytes(raw)
            except ValueError:
                break
    raise EnvelopeError(f"This is no private key: one is a line that begins with {PRIVATE}.")


def is_sealed(start: bytes) -> bool:
    """Tell from its first bytes whether a file is sealed."""
    return start.startswith(MAGIC)


class Sealing(io.RawIOBase):
    """A file to write to; closing it writes the last chunk, without which it cannot be read."""

    def __init__(self, into: IO[bytes], public: str) -> None:
        """Write the head for this recipient. public: as `new_keys` gives it."""
        super().__init__()
        raw = base64.b64decode(public.removeprefix(PUBLIC) + "=", b"-_")
        passing = X25519PrivateKey.generate()
        mine = _raw(passing.public_key())
        self._head = MAGIC + mine + _number(raw)
        shared = passing.exchange(X25519PublicKey.from_public_bytes(raw))
        self._box = AESGCM(_file_key(shared, mine + raw))
        self._into, self._waiting, self._count = into, bytearray(), 0
        into.write(self._head)

    def writable(self) -> bool:
        """It is for writing alone."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; whole chunks are sealed at once."""
        given = bytes(data)  # type: ignore[call-overload]
        self._waiting += given
        # One byte more than a chunk: the last one is known only when the file ends.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(given)

    def finish(self) -> None:
        """Write the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._into.write(self._box.encrypt(_nonce(self._count, last), plain, self._head))
        self._count += 1


class Opening(io.RawIOBase):
    """A sealed file to read from. Raises EnvelopeError where it is not as it was written."""

    def __init__(self, source: IO[bytes], private: X25519PrivateKey) -> None:
        """Read the head. Raises EnvelopeError when the file was sealed for another key."""
        super().__init__()
        self._head = source.read(len(MAGIC) + KEY_BYTES + _NUMBER)
        theirs, number = self._head[len(MAGIC) : -_NUMBER], self._head[-_NUMBER:]
        mine = _raw(private.public_key())
        if len(self._head) < len(MAGIC) + KEY_BYTES + _NUMBER or not is_sealed(self._head):
            raise EnvelopeError("The file is cut off or is no sealed copy.")
        if number != _number(mine):
            raise EnvelopeError("The copy was sealed for another key; give the private key of it.")
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(theirs))
        except ValueError:
            raise EnvelopeError("The head of the sealed copy is damaged.") from None
        self._box = AESGCM(_file_key(shared, theirs + mine))
        self._source, self._count, self._plain = source, 0, b""
        self._next = source.read(CHUNK + _TAG)
        self._over = False

    def readable(self) -> bool:
        """It is for reading alone."""
        return True

    def readinto(self, buffer: object) -> int:
        """Give bytes, opened and checked; 0 at the end."""
        while not self._plain and not self._over:
            self._open()
        room = memoryview(buffer)  # type: ignore[arg-type]
        given = self._plain[: len(room)]
        room[: len(given)] = given
        self._plain = self._plain[len(given) :]
        return len(given)

    def _open(self) -> None:
        chunk, self._next = self._next, self._source.read(CHUNK + _TAG)
        last = not self._next
        try:
            self._plain = self._box.decrypt(_nonce(self._count, last), chunk, self._head)
        except InvalidTag:
            raise EnvelopeError(
                "The sealed copy was changed, or its end is missing; nothing of it can be trusted."
            ) from None
        self._count += 1
        self._over = last


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])


def _file_key(shared: bytes, both: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=both, info=MAGIC).derive(shared)


def _number(public: bytes) -> bytes:
    return hashlib.sha256(MAGIC + public).digest()[:_NUMBER]


def _raw(public: X25519PublicKey) -> bytes:
    return public.public_bytes_raw()


def _line(word: str, raw: bytes) -> str:
    return word + base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")
