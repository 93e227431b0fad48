"""The one way in which RTMP input can be wrong. Nothing here may know what a server then does about it."""

from typing import Literal, TypeAlias

Reason: TypeAlias = Literal[
    "handshake",
    "chunk_header",
    "chunk_size",
    "too_many_chunk_streams",
    "message_too_long",
    "message_interrupted",
    "buffer_full",
    "amf",
    "control",
    "command",
    "out_of_order",
    "flood",
    "unsupported",
]
"""Few and fixed, because they become a label of a metric."""


class ProtocolError(Exception):
    """The peer broke RTMP or a bound of ours; the connection cannot go on.

    Attributes:
        reason: one of a fixed set, for counters.
        detail: a sentence for logs. Never holds what the peer sent as text.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail
