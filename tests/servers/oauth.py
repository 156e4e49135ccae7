"""A provider of OAuth tokens over real HTTP: three kinds of grants, and whether a token is good.

What it gets wrong on purpose, it gets as providers do: with a description that holds what it was sent.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

CLIENT, SECRET, REFRESH = "an-app", "s3cr3t~of.the-app", "1//a-refresh-token"
ACCOUNT = "cocflow@project.iam.gserviceaccount.example"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What a provider was asked, and how it answers.

    `user`: for whom its tokens are good. `rotates`: it replaces refresh tokens. `lasts`: in seconds. `bytes`:
    how much a token holds, by default as much as Microsoft's. `says`: a status and a body, instead of what it
    would answer.
    """

    def __init__(self, port: int, user: str) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.introspection = f"{self.url}/introspect"
        self.user = user
        self.asked: list[dict[str, str]] = []
        self.rotates = False
        self.lasts: int | None = 3600
        self.bytes = 1200
        self.says: tuple[int, str] | None = None
        self._good: set[str] = set()

    # --- the settings that are right here -----------------------------------------------------------------

    def app(self, **other: str) -> str:
        """Return the setting of an app that signs in as itself."""
        kind = {"type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
        return json.dumps({**kind, "token_uri": f"{self.url}/token", **other})

    def service_account(self, **other: str) -> str:
        """Return the setting of a service account, as its key's file is handed out."""
        pem = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        kind = {"type": "service_account", "project_id": "project", "client_email": ACCOUNT, "client_id": "1"}
        return json.dumps({**kind, "private_key": pem, "token_uri": f"{self.url}/token", **other}, indent=2)

    def refresh_token(self, **other: str) -> str:
        """Return the setting of a refresh token."""
        kind = {"type": "authorized_user", "client_id": CLIENT, "client_secret": SECRET}
        return json.dumps({**kind, "refresh_token": REFRESH, "token_uri": f"{self.url}/token", **other})

    # --- what it answers ----------------------------------------------------------------------------------

    def good(self, user: str, token: str) -> bool:
        """Whether a token lets a user in."""
        return user == self.user and token in self._good

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Answer one question."""
        if path == "/introspect":
            good = self.good(form.get("user", self.user), form.get("token", ""))
            return 200, json.dumps({"active": good, "username": self.user} if good else {"active": False})
        self.asked.append(form)
        if self.says is not None:
            return self.says
        if error := self._wrong(form):
            said = f"AADSTS7000215: refused {json.dumps(form)}"
            return 400, json.dumps({"error": error, "error_description": said})
        return 200, json.dumps(self._given(form))

    def _given(self, form: dict[str, str]) -> dict[str, Any]:
        token = secrets.token_urlsafe(self.bytes)
        self._good.add(token)
        given: dict[str, Any] = {"access_token": token, "token_type": "Bearer"}
        if self.lasts is not None:
            given["expires_in"] = self.lasts
        if form["grant_type"] == "refresh_token":
            given["refresh_token"] = f"{REFRESH}-2" if self.rotates else REFRESH
        return given

    def _wrong(self, form: dict[str, str]) -> str:
        match form.get("grant_type"):
            case "client_credentials" if (form.get("client_id"), form.get("client_secret")) != (
                CLIENT,
                SECRET,
            ):
                return "invalid_client"
            case "client_credentials":
                right = form.get("scope") == "https://outlook.office365.com/.default"
                return "" if right else "invalid_scope"
            case "refresh_token" if form.get("client_secret") != SECRET:
                return "invalid_client"
            case "refresh_token":
                return "" if form.get("refresh_token") == REFRESH else "invalid_grant"
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                return self._wrong_assertion(form.get("assertion", ""))
            case _:
                return "unsupported_grant_type"

    def _wrong_assertion(self, assertion: str) -> str:
        try:
            claims = jwt.decode(
                assertion,
                _key().public_key(),
                ["RS256"],
                audience=f"{self.url}/token",
                issuer=ACCOUNT,
                leeway=7200,  # a test's clock may be ahead
            )
        except jwt.PyJWTError:
            return "invalid_grant"
        delegated = claims["scope"] == "https://mail.google.com/" and claims["sub"] == self.user
        return "" if delegated else "unauthorized_client"


def _form(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


@contextmanager
def provider(user: str) -> Iterator[Provider]:
    """Run a provider whose tokens are good for one user."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            self._say(*made.answer(path, _form(query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*made.answer(self.path, _form(body)))

        def _say(self, status: int, said: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said.encode())))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Provider(server.server_port, user)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(10)
