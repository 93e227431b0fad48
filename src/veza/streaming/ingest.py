"""The seam between an ingest protocol (RTMP today) and the window that viewers read (`hub.py`).

A protocol server never touches the hub's insides, and the hub never sees a socket: both meet here.
"""

from collections.abc import Callable
from typing import Protocol

from veza.media.units import Sample, TrackConfig


class PublishRefused(Exception):
    """The publisher may not, now. `sentence` is sent to the encoder; it never holds the key.

    Codes: `invalid_key`, `already_publishing`, `not_allowed`, `too_many_attempts`, `busy`, `unavailable`.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Publisher(Protocol):
    """One accepted publisher. All calls are synchronous and never wait: back-pressure is the TCP read.

    `configure` and `push` raise `MediaError` when the media cannot be carried; the connection then closes and
    tells the encoder the reason.
    """

    def configure(self, config: TrackConfig) -> None:
        """A decoder configuration arrived: the first one of its kind, or one that replaces the former."""
        ...

    def push(self, sample: Sample) -> None:
        """One frame. Frames of a kind that was never configured are dropped by the caller."""
        ...

    def left(self, *, reason: str, clean: bool) -> None:
        """The publisher is gone, exactly once. `clean`: it said so (deleteStream, FCUnpublish, close)."""
        ...


class Ingest(Protocol):
    """Where a protocol server asks whether a publisher may begin."""

    async def publish(self, *, key: str, peer: str, cut: Callable[[str], None]) -> Publisher:
        """Accept one publisher, or raise `PublishRefused`.

        Args:
            key: the stream key as the encoder sent it, without any query. Never logged.
            peer: the address of the encoder, for limits and logs.
            cut: ends this publisher's connection with a sentence for the encoder; may be called at any time,
                more than once, from the same event loop.
        """
        ...
