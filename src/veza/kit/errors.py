"""The tree of errors that use cases raise. Each carries a code for programs, a sentence for people and its facts.

They know nothing of HTTP, sockets or RTMP: each door turns them into its own form in one place
(`http/errors.py`, `streaming/rtmp_server.py`, later `chat/socket.py`).

    VezaError
    ├── Invalid            the caller sent something that cannot be accepted      400
    ├── Unauthenticated    we do not know who is asking                           401
    ├── Forbidden          we know, and they may not                              403
    ├── NotFound           absent, or none of the caller's business               404
    ├── Conflict           right in form, wrong in this state                     409
    ├── Gone               was there once, and will not come back                 410
    ├── TooLarge           bigger than we take                                    413
    ├── UnsupportedMedia   a body of a kind we do not read                        415
    ├── TooMany            slow down; `retry_after_s` says for how long           429
    └── Unavailable        a part we need is down; `retry_after_s` says when      503
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field. `field` is a dotted path (`items.0.quantity`); `message` never holds the value."""

    field: str
    message: str


class VezaError(Exception):
    """Base of all errors we raise on purpose. `code` is snake_case and stable; `sentence` may be reworded."""

    default_code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or self.default_code


class Invalid(VezaError):
    """Input that cannot be accepted. `fields` names each field that is wrong."""

    default_code = "validation_error"

    def __init__(self, sentence: str, *fields: FieldProblem, code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.fields = fields


class Unauthenticated(VezaError):
    default_code = "unauthenticated"


class Forbidden(VezaError):
    default_code = "forbidden"


class NotFound(VezaError):
    default_code = "not_found"


class Conflict(VezaError):
    default_code = "conflict"


class Gone(VezaError):
    default_code = "gone"


class TooLarge(VezaError):
    default_code = "too_large"


class UnsupportedMedia(VezaError):
    default_code = "unsupported_media_type"


class TooMany(VezaError):
    """A limit was hit. `retry_after_s`: whole seconds until the next try can succeed, at least 1."""

    default_code = "rate_limited"

    def __init__(self, sentence: str, *, retry_after_s: int, code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.retry_after_s = max(1, retry_after_s)


class Unavailable(VezaError):
    """Something we depend on does not answer. `retry_after_s`: whole seconds, at least 1."""

    default_code = "unavailable"

    def __init__(self, sentence: str, *, retry_after_s: int = 5, code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.retry_after_s = max(1, retry_after_s)
