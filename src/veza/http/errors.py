"""The one place where an error becomes a status, and the one catalogue of documented failures.

Routes raise `kit.errors`; nobody else builds a failure by hand. Nothing of the caller's input is ever echoed.
"""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    SerializationException,
    ValidationException,
)
from litestar.openapi.datastructures import ResponseSpec

from veza.db.pool import UNREACHABLE
from veza.http.envelope import Failure, FieldError
from veza.kit import errors as kit

log = structlog.get_logger()

_STATUS: dict[type[kit.VezaError], int] = {
    kit.Invalid: 400,
    kit.Unauthenticated: 401,
    kit.Forbidden: 403,
    kit.NotFound: 404,
    kit.Conflict: 409,
    kit.Gone: 410,
    kit.TooLarge: 413,
    kit.UnsupportedMedia: 415,
    kit.TooMany: 429,
    kit.Unavailable: 503,
}

_FRAMEWORK: dict[int, tuple[str, str]] = {
    400: ("bad_request", "This request cannot be read."),
    401: ("unauthenticated", "Log in first."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The body is larger than this address takes."),
    415: ("unsupported_media_type", "Send the body as application/json."),
}

_DESCRIPTIONS = {
    400: "The input is not valid: `validation_error` with `fields`, or `malformed_json`.",
    401: "Not logged in: `unauthenticated`, `token_expired` or `invalid_credentials`.",
    403: "Logged in, and not allowed.",
    404: "Absent, or not the caller's.",
    409: "Not possible in the present state.",
    410: "It was there, and is no longer.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too many requests; `Retry-After` says for how many seconds.",
    503: "A part that is needed does not answer; `Retry-After` says when to try again.",
}


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """The OpenAPI entries of these failures (examples off: generated ones differ from run to run)."""
    return {
        status: ResponseSpec(Failure, description=_DESCRIPTIONS[status], generate_examples=False) for status in statuses
    }


def status_of(error: kit.VezaError) -> int:
    """The HTTP status of one of our errors."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def failure_of(error: Exception, request_id: str) -> tuple[int, Failure, dict[str, str]]:
    """Any exception as (status, body, headers). Never raises."""
    if isinstance(error, UNREACHABLE):
        error = kit.Unavailable("The database does not answer right now. Try again in a moment.")
    if isinstance(error, kit.VezaError):
        return _ours(error, request_id)
    if isinstance(error, ValidationException):
        if _lacks_body(error):
            return 400, _failure("malformed_json", "A JSON body is needed.", request_id), {}
        return 400, _failure("validation_error", "Some fields are not right.", request_id, _parameters(error)), {}
    if isinstance(error, SerializationException):
        return 400, _failure("malformed_json", "The body is not valid JSON.", request_id), {}
    if isinstance(error, HTTPException) and error.status_code < 500:
        code, sentence = _FRAMEWORK.get(error.status_code, _FRAMEWORK[400])
        allowed = (error.headers or {}).get("allow") if isinstance(error, MethodNotAllowedException) else None
        headers = {"Allow": allowed} if allowed else {}
        return error.status_code, _failure(code, sentence, request_id), headers
    return 500, _failure("internal", "Something broke on our side. It has been written down.", request_id), {}


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Failure]:
    """Litestar's one exception handler: receives 404, 405, 413, guards' refusals and everything uncaught."""
    request_id = request.scope["state"].get("request_id", "-")
    status, body, headers = failure_of(error, request_id)
    if status >= 500 and not isinstance(error, kit.Unavailable):
        log.error("request_failed", path=request.scope.get("path_template", ""), exc_info=error)
    if isinstance(error, NotFoundException):
        request.scope["state"]["unrouted"] = True
    return Response(body, status_code=status, headers=headers, media_type="application/json")


def _ours(error: kit.VezaError, request_id: str) -> tuple[int, Failure, dict[str, str]]:
    fields: list[FieldError] = []
    headers: dict[str, str] = {}
    if isinstance(error, kit.Invalid):
        fields = [FieldError(problem.field, problem.message) for problem in error.fields]
    if isinstance(error, (kit.TooMany, kit.Unavailable)):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, kit.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return status_of(error), _failure(error.code, error.sentence, request_id, fields), headers


def _failure(code: str, sentence: str, request_id: str, fields: list[FieldError] | None = None) -> Failure:
    if fields:
        return Failure(success=False, error=sentence, code=code, request_id=request_id, fields=fields)
    return Failure(success=False, error=sentence, code=code, request_id=request_id)


def _lacks_body(error: ValidationException) -> bool:
    """Litestar says of an absent body only that its parameter `data` is missing."""
    return isinstance(error.extra, list) and any(item.get("key") == "data" for item in error.extra)


def _parameters(error: ValidationException) -> list[FieldError]:
    """Litestar's findings about query and path parameters, without any value."""
    extra = error.extra if isinstance(error.extra, list) else []
    return [
        FieldError(str(item.get("key", "")), without_value(str(item.get("message", "is not right")))) for item in extra
    ]


def without_value(message: str) -> str:
    """A finding of msgspec without what was sent: only its sentence about a choice repeats it."""
    return "is not one of the values that are allowed" if message.startswith("Invalid enum value") else message
