"""The built web app, held in memory and served as it was compressed at build time.

Hashed assets are immutable for a year; the page itself is never cached; unknown paths without a dot are the page
(its router decides). Never serves anything that is not in the folder: names are looked up, not opened.
"""

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_MISSING_PAGE = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>Veza</title><body>"
    b"<h1>The web app is not built yet</h1><p>Stop the server and start it with <code>make run</code>: it builds the "
    b"web app once and starts again. The API at <code>/api/v1</code> works meanwhile.</p>"
)


@dataclass(frozen=True, slots=True)
class _File:
    content_type: bytes
    cache: bytes
    bodies: dict[str, bytes]
    """By content encoding; `identity` is always there."""


class StaticFiles:
    """An ASGI application over a folder that does not change while it runs."""

    def __init__(self, folder: Path) -> None:
        self._files = {f"/{path.relative_to(folder).as_posix()}": _load(path) for path in _originals(folder)}
        self._page = self._files.get("/index.html") or _File(
            b"text/html; charset=utf-8", b"no-store", {"identity": _MISSING_PAGE}
        )

    @property
    def is_built(self) -> bool:
        return "/index.html" in self._files

    def has(self, path: str) -> bool:
        """Whether `path` is a file or a page of the web app (a missing asset is neither)."""
        return path in self._files or "." not in path.rpartition("/")[2]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - ASGI's signature
        """Answer a GET for a path that `has` is true of."""
        file = self._files.get(scope["path"], self._page)
        accepted = _accepted(scope["headers"])
        encoding = next((name for name, _ in _ENCODINGS if name in accepted and name in file.bodies), "identity")
        body = file.bodies[encoding]
        headers = [
            (b"content-type", file.content_type),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", file.cache),
            (b"vary", b"Accept-Encoding"),
        ]
        if encoding != "identity":
            headers.append((b"content-encoding", encoding.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _originals(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    skipped = {".br", ".gz", ".map"}
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in skipped and not path.name.startswith(".")
    )


def _load(path: Path) -> _File:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in {"application/javascript", "application/json", "image/svg+xml"}:
        kind += "; charset=utf-8"
    bodies = {"identity": path.read_bytes()}
    for name, suffix in _ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            bodies[name] = packed.read_bytes()
    hashed = path.parent.name == "assets"
    cache = b"public, max-age=31536000, immutable" if hashed else b"no-cache"
    return _File(kind.encode(), cache, bodies)


def _accepted(headers: list[tuple[bytes, bytes]]) -> set[str]:
    """Encodings the client takes; one refused by `;q=0` is not among them."""
    value = b",".join(value for name, value in headers if name == b"accept-encoding").decode("latin-1").lower()
    offers = (offer.strip().partition(";") for offer in value.split(","))
    return {name.strip() for name, _, q in offers if q.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}}
