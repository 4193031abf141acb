"""An OpenID provider in a process of its own, as an employer would have one; it can be told to err.

Run as `python -m tests.real.provider`; it writes its port and serves until its input ends.
"""

import base64
import hashlib
import hmac
import html
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

ROOT = Path(__file__).parents[2]
CLIENT_ID = "innovation"
CLIENT_SECRET = "known to the employer alone"
MAIJA = {
    "sub": "maija",
    "name": "Maija Työntekijä",
    "email": "maija@tyo.example",
    "email_verified": True,
    "department": "Kotihoito",
    "groups": [],
}
FORM = """<!DOCTYPE html><html lang="fi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Työnantaja</title>
<link rel="icon" href="data:,"></head>
<body><main><h1>Työnantajan kirjautuminen</h1><form method="post" action="/authorize">{fields}
<button type="submit">Kirjaudu työtunnuksella</button></form></main></body></html>"""

GOODBYE = FORM.partition("<form")[0].replace("kirjautuminen", "uloskirjautuminen") + "</main>"


@dataclass(frozen=True)
class ProviderProcess:
    """The running provider as tests see it."""

    issuer: str

    @property
    def variables(self) -> dict[str, str]:
        """What an installation is told of it."""
        return {
            "INNOVATION_OIDC_ISSUER": self.issuer,
            "INNOVATION_OIDC_CLIENT_ID": CLIENT_ID,
            "INNOVATION_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "INNOVATION_OIDC_NAME": "Pohteen työtunnus",
        }

    def sign_in(self, address: str, *, flaw: str = "", **claims: Any) -> str:
        """Go where the service sent us, sign in there, and give the address we are sent back to.

        claims: other than Maija's. flaw: what is to be wrong about the token.
        """
        with requests.get(address, timeout=10) as page:
            assert page.status_code == 200, page.text
        told = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        sent = {**told, "claims": json.dumps({**MAIJA, **claims}), "flaw": flaw}
        with requests.post(
            f"{self.issuer}/authorize", data=sent, timeout=10, allow_redirects=False
        ) as answer:
            return answer.headers["Location"]

    def change_keys(self) -> None:
        """Let the provider sign with new keys from now on."""
        requests.post(f"{self.issuer}/rotate", timeout=10).close()


@contextmanager
def providing() -> Iterator[ProviderProcess]:
    """Run the provider for as long as the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.real.provider"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={key: value for key, value in os.environ.items() if key != "COVERAGE_PROCESS_START"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield ProviderProcess(f"http://localhost:{port}")
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


class Keys:
    """The provider's key pairs, RSA and elliptic curve."""

    def __init__(self) -> None:
        """Make the first ones."""
        self.change()

    def change(self) -> None:
        """Make new ones; the old ones are forgotten."""
        name = secrets.token_hex(4)
        self.rsa = RSAKey.generate_key(2048, {"kid": f"r{name}", "use": "sig"}, private=True)
        self.curve = ECKey.generate_key("P-256", {"kid": f"e{name}", "use": "sig"}, private=True)

    def public(self) -> dict[str, Any]:
        """Give what everybody may know."""
        return dict(KeySet([self.rsa, self.curve]).as_dict(private=False))


class Handler(BaseHTTPRequestHandler):
    """Answers as the standards say: discovery, authorize, token, keys, log-out."""

    keys: Keys
    codes: dict[str, dict[str, str]]

    @property
    def issuer(self) -> str:
        """The name of this provider."""
        return f"http://localhost:{self.server.server_address[1]}"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Serve pages and documents."""
        parts = urlsplit(self.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(self._discovery())
            case "/keys":
                self._json(self.keys.public())
            case "/authorize":
                self._page(parse_qs(parts.query))
            case "/logout":
                self._html(GOODBYE)
            case _:
                self._json({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        """Take a sign-in, give a token, change the keys."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        sent = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
        match self.path:
            case "/authorize":
                self._agree(sent)
            case "/token":
                self._token(sent)
            case "/rotate":
                self.keys.change()
                self._json({})
            case _:
                self._json({"error": "not_found"}, 404)

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "frontchannel_logout_supported": True,
            "frontchannel_logout_session_supported": True,
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def _page(self, asked: dict[str, list[str]]) -> None:
        wanted = {"client_id", "redirect_uri", "state", "nonce", "code_challenge", "response_type"}
        right = asked.get("code_challenge_method") == ["S256"] and wanted <= asked.keys()
        if not right or asked["client_id"] != [CLIENT_ID] or "openid" not in asked["scope"][0]:
            self._json({"error": "invalid_request"}, 400)
            return
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(values[0])}">'
            for name, values in asked.items()
        )
        self._html(FORM.format(fields=fields))

    def _agree(self, sent: dict[str, str]) -> None:
        code = secrets.token_urlsafe(16)
        self.codes[code] = sent
        told = {"code": code, "state": sent["state"], "iss": self.issuer}
        self.send_response(302)
        self.send_header("Location", f"{sent['redirect_uri']}?{urlencode(told)}")
        self.end_headers()

    def _token(self, sent: dict[str, str]) -> None:
        known = self.codes.pop(sent.get("code", ""), None)
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        ours = self.headers.get("Authorization") in {f"Basic {pair}", f"Basic {plain}"}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = _base64url(digest)
        if (
            known is None
            or not ours
            or challenge != known["code_challenge"]
            or sent.get("redirect_uri") != known["redirect_uri"]
        ):
            self._json({"error": "invalid_grant"}, 400)
            return
        self._json({"access_token": "a", "token_type": "Bearer", "id_token": self._signed(known)})

    def _signed(self, known: dict[str, str]) -> str:
        now, flaw = int(time.time()), known.get("flaw", "")
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": known["nonce"],
            "sid": "s1",
            **json.loads(known.get("claims") or json.dumps(MAIJA)),
        }
        claims |= {
            "nonce": {"nonce": "another"},
            "issuer": {"iss": "https://evil.example"},
            "audience": {"aud": "another"},
            "party": {"aud": [CLIENT_ID, "another"], "azp": "another"},
            "expired": {"iat": now - 400, "exp": now - 100},
            "future": {"iat": now + 600, "exp": now + 900},
        }.get(flaw, {})
        if flaw == "nobody":
            del claims["sub"]
        return self._encoded(claims, flaw)

    def _encoded(self, claims: dict[str, Any], flaw: str) -> str:
        keys = self.keys
        header = {"alg": "RS256", "kid": keys.rsa.kid}
        match flaw:
            case "none":
                return f"{_unsigned({'alg': 'none'}, claims)}."
            case "hs256":
                # The public key, which everybody has, as if it were a secret that we share.
                text = _unsigned({**header, "alg": "HS256"}, claims)
                known = keys.rsa.as_pem(private=False)
                return f"{text}.{_base64url(hmac.new(known, text.encode(), 'sha256').digest())}"
            case "signature":
                stranger = RSAKey.generate_key(2048, private=True)
                return jwt.encode(header, claims, stranger)
            case "es256":
                return jwt.encode({"alg": "ES256", "kid": keys.curve.kid}, claims, keys.curve)
        return jwt.encode(header, claims, keys.rsa)

    def _json(self, told: dict[str, Any], status: int = 200) -> None:
        self._send(json.dumps(told).encode(), "application/json", status)

    def _html(self, text: str) -> None:
        self._send(text.encode(), "text/html; charset=utf-8", 200)

    def _send(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _unsigned(*parts: dict[str, Any]) -> str:
    return ".".join(_base64url(json.dumps(one).encode()) for one in parts)


def _base64url(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def main() -> None:
    """Serve until the input ends, so that nothing is left when the tests are killed."""
    Handler.keys, Handler.codes = Keys(), {}
    server = ThreadingHTTPServer(("localhost", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
