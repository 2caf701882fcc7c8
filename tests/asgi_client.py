"""Asks an ASGI application as a browser would, without a server."""

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.applications import Starlette


@dataclass
class Answer:
    status_code: int
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    def __init__(self, app: Starlette) -> None:
        self.app = app
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str, params: Any = None, headers: dict[str, str] | None = None) -> Answer:
        path, _, query = path.partition("?")
        given = {name.lower(): value for name, value in (headers or {}).items()}
        sent = {"accept-encoding": "gzip", "host": "localhost", **given}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "",
            "path": unquote(path), "raw_path": path.encode(),
            "query_string": (urlencode(params) if params else query).encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
        }  # fmt: skip
        with ThreadPoolExecutor(1) as own_thread:  # a browser test may have left a loop running in this one
            return own_thread.submit(asyncio.run, self._ask(scope)).result()

    async def _ask(self, scope: dict[str, Any]) -> Answer:
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0 if not said else 60)
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self.app(scope, receive, send)
        headers = {name.decode(): value.decode("latin-1") for name, value in said[0]["headers"]}
        return Answer(said[0]["status"], headers, b"".join(part.get("body", b"") for part in said[1:]))
