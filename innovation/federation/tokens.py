"""What the provider signed, and everything that has to be right about it."""

from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwt import JWTClaimsRegistry, Token

from innovation.core import clock
from innovation.federation.providers import Provider, keys_of

# Signatures by the provider's own key pair; none that could be made with what we know.
ALGORITHMS = ("RS256", "ES256")
LEEWAY = 60
LONGEST_TOKEN = 20_000
OLDEST = 600


class NotValidError(Exception):
    """The token is not what was asked for; the reason is for the log alone."""


def read_id_token(provider: Provider, token: str, nonce: str) -> dict[str, Any]:
    """Give the claims of a token once all was checked (OpenID Connect Core 3.1.3.7).

    Raises NotValidError, and UnreachableError when the keys cannot be fetched.
    """
    if len(token) > LONGEST_TOKEN:
        raise NotValidError("too long")
    try:
        claims = _decoded(provider, token).claims
        now = int(clock.now().timestamp())
        JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as problem:
        raise NotValidError(type(problem).__name__) from None
    if now - claims["iat"] > OLDEST:
        raise NotValidError("issued long ago")
    others = claims["aud"] != provider.client_id and claims["aud"] != [provider.client_id]
    if claims.get("azp", provider.client_id if not others else None) != provider.client_id:
        raise NotValidError("made for somebody else")
    return claims


def _decoded(provider: Provider, token: str) -> Token:
    """Check the signature; for a key we do not know the provider is asked once more."""
    try:
        return jwt.decode(token, keys_of(provider), algorithms=ALGORITHMS)
    except InvalidKeyIdError:
        return jwt.decode(token, keys_of(provider, anew=True), algorithms=ALGORITHMS)
