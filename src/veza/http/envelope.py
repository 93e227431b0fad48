"""The one shape of every answer (api.md, answers): `{success, data}` or `{success, error, code, request_id, fields?}`.

Only shapes: what an error means stands in `errors.py`.
"""

from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from litestar.params import HeaderParameter, QueryParameter

from veza.kit.page import MAX_LIMIT, MAX_OFFSET
from veza.kit.period import MOMENT_MAX

Data = TypeVar("Data")


class Ok(msgspec.Struct, Generic[Data], frozen=True):
    """A success. `data` is the resource itself, or a struct with a named list beside its `total`."""

    success: Literal[True]
    data: Data


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field of the input; `field` is a dotted path. The value is never echoed."""

    field: str
    message: str


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Any failure. `error` is a sentence for a person, `code` a stable word for programs."""

    success: Literal[False]
    error: str
    code: str
    request_id: str
    fields: list[FieldError] | msgspec.UnsetType = msgspec.UNSET


class Nothing(msgspec.Struct, frozen=True):
    """The empty object: what DELETE answers."""


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Base of every request body: closed, so an unknown field is an error and not a surprise."""


Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, QueryParameter(ge=0, le=MAX_OFFSET)]
Since = Annotated[str | None, QueryParameter(name="from", max_length=MOMENT_MAX, description="A day or a moment.")]
Until = Annotated[str | None, QueryParameter(name="to", max_length=MOMENT_MAX, description="Inclusive.")]

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="1 to 255 characters of your choice: a repeat with the same key and body does nothing twice.",
    ),
]


def ok(data: Data) -> Ok[Data]:
    """Wrap a resource in the envelope of a success."""
    return Ok(success=True, data=data)


def nothing() -> Ok[Nothing]:
    """The answer of a DELETE."""
    return Ok(success=True, data=Nothing())
