"""Bodies of the routes about mail."""

from typing import Annotated

import msgspec
from msgspec import Meta

from veza.http.envelope import Body


class NotificationsBody(Body, frozen=True, kw_only=True):
    """`stream_live`: a mail when somebody whom one follows goes live."""

    stream_live: bool


class NotificationsAnswer(msgspec.Struct, frozen=True):
    """`stream_live`: a mail when somebody whom one follows goes live; false until one asks for it."""

    stream_live: bool


class UnsubscribeBody(Body, frozen=True, kw_only=True):
    """The word after `#token=` in the link of a mail."""

    token: Annotated[str, Meta(min_length=1, max_length=200)]

    def __repr__(self) -> str:
        return "UnsubscribeBody(…)"
