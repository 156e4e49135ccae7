"""Registering an App in this machine's browser: a page that asks GitHub for it, and hears what came of it.

Owns one server on loopback, for as long as it takes. It believes only an answer that bears the text which
it made up for this registration, and keeps nothing.
"""

from __future__ import annotations

import hmac
import html
import secrets
import webbrowser
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from time import monotonic
from urllib.parse import parse_qs, urlsplit

LONGEST_WAIT = 3600.0
"""Seconds: GitHub keeps what was registered by a manifest for an hour."""

_FORM = """<!doctype html><meta charset="utf-8"><title>cocflow</title>
<form action="{action}" method="post"><input type="hidden" name="manifest" value="{manifest}">
<button autofocus>Register the App on GitHub</button></form>
"""
_DONE = '<!doctype html><meta charset="utf-8"><title>cocflow</title><p>Done. Go back to the terminal.</p>\n'


def has_browser() -> bool:
    """Whether this machine has a browser that can be opened."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def registered_code(
    page: str,
    manifest: Callable[[str], str],
    open_browser: Callable[[str], object] = webbrowser.open,
    wait: float = LONGEST_WAIT,
) -> str:
    """Have somebody register an App, and return the code that GitHub gives for it; "" if nothing came.

    `page` is where an owner registers one, `manifest` says what for an address of ours. `wait` in seconds.
    """
    state = secrets.token_urlsafe(24)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        form = _FORM.format(
            action=html.escape(f"{page}?state={state}"),
            manifest=html.escape(manifest(f"{address}/registered")),
        )
        codes: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                said = parse_qs(asked.query)
                code, told = (said.get(name, [""])[0] for name in ("code", "state"))
                ours = hmac.compare_digest(told.encode(), state.encode())
                if asked.path == "/registered" and ours and code:
                    codes.append(code)
                    self._answer(200, _DONE)
                elif asked.path == "/":
                    self._answer(200, form)
                else:
                    self._answer(404, "")

            def _answer(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the code is in the address."""

        server.RequestHandlerClass = Handler
        # Some browsers are done only when they are closed.
        Thread(target=open_browser, args=(f"{address}/",), daemon=True).start()
        until = monotonic() + wait
        while not codes and (left := until - monotonic()) > 0:
            server.timeout = left
            server.handle_request()
    return codes[0] if codes else ""
