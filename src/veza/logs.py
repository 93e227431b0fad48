"""Logs of every process: one JSON object a line on stderr, UTC with milliseconds, the request's id, nothing secret.

`redact` looks at names and at what values look like, exception texts included. A log line is never worth a failed
request: nothing here raises.
"""

import contextlib
import json
import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from veza.kit.clock import SystemClock

HIDDEN = "[hidden]"
_SECRET_NAMES = frozenset(
    {"password", "passphrase", "secret", "token", "authorization", "cookie", "set-cookie", "ticket", "signature"}
    | {"stream_key", "api_key", "secret_key", "key", "dsn", "database_url", "client_secret", "jwt", "credentials"}
)
_SECRET_ENDINGS = ("_password", "_secret", "_token", "_cookie", "_ticket", "_signature", "_dsn", "_stream_key")
_SECRET_VALUES = re.compile(
    r"vz_[A-Za-z0-9]{8,}"  # a stream key
    r"|eyJ[\w-]{4,}\.[\w-]+\.[\w-]*"  # a JWT
    r"|(?i:bearer|basic)\s+[\w.~+/=-]{8,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # the user and password of an address
)
_DEPTH_MAX = 6
_clock = SystemClock()


def configure_logs(level: str, *, role: str) -> None:
    """Set up structlog and the standard library's loggers (uvicorn, asyncio) for this process.

    Args:
        level: debug, info, warning or error.
        role: api, media, worker or serve; stands in every line.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _add_time,
        _adder("role", role),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, _render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Stderr(),
        cache_logger_on_first_use=False,  # a test may look at what a module logs
    )
    handler = logging.StreamHandler(_Stderr())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared[:-2],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                _render,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))
    for chatty in ("uvicorn.access", "uvicorn.error", "httpx", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace what must not be read: by name of the field, by form of the value, in nested values too."""
    return {name: _hide(name, value, 0) for name, value in event.items()}


def _hide(name: str, value: Any, depth: int) -> Any:
    lowered = name.lower()
    if value is not None and (lowered in _SECRET_NAMES or lowered.endswith(_SECRET_ENDINGS)):
        return HIDDEN
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, Mapping) and depth < _DEPTH_MAX:
        return {str(key): _hide(str(key), inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth < _DEPTH_MAX:
        return [_hide("", inner, depth + 1) for inner in value]
    try:
        return _SECRET_VALUES.sub(HIDDEN, str(value))
    except Exception:  # noqa: BLE001 - a value that cannot say what it is
        return type(value).__name__


def _add_time(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {"time": _clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"), **event}


def _adder(name: str, value: str) -> Any:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event[name] = value
        return event

    return add


def _render(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return json.dumps(event, default=str, separators=(",", ":"))


class _Stderr:
    """Writes a line at a time, and goes on when nobody reads it any more."""

    def msg(self, line: str) -> None:
        self.write(line + "\n")

    debug = info = warning = error = critical = exception = log = msg

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def flush(self) -> None:
        """Lines are written whole already."""
