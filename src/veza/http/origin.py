"""Which web pages may use cookies and sockets: an exact list, compared byte by byte. No patterns, no suffixes."""

from urllib.parse import urlsplit

from veza.settings import Settings

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def allowed_origins(settings: Settings) -> frozenset[str]:
    """As browsers write them (RFC 6454): of `public_url`, of VEZA_ALLOWED_ORIGINS, on loopback its other names."""
    found = {_as_browsers_write(origin) for origin in (settings.public_url, *settings.allowed_origins)}
    if settings.is_loopback:
        parts = urlsplit(settings.public_url)
        port = f":{parts.port}" if parts.port is not None else ""
        found |= {_as_browsers_write(f"{parts.scheme}://{host}{port}") for host in _LOOPBACK_HOSTS}
    return frozenset(found)


def is_allowed_origin(origin: str | None, settings: Settings) -> bool:
    """Whether an Origin header names a page of ours. Absent, `null` and every other spelling: no."""
    return origin is not None and origin in allowed_origins(settings)


def _as_browsers_write(origin: str) -> str:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
