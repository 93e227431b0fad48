"""The body of an upload as it arrives: raw bytes, or the first file of a multipart form. Never the whole in memory.

curl's `-T`/`--data-binary` and the web app send raw bytes with `?filename=`; `curl -F file=@track.wav` and HTML forms
send multipart (RFC 7578), which is parsed by `multipart`, piece by piece.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from veza.kit.errors import FieldProblem, Invalid, UnsupportedMedia
from veza.kit.fields import file_too_large

_FORM_ROOM_BYTES = 64 * 1024
"""What a form may add around its file."""
FILENAME_MAX = 1000
"""Longer names are cut by whoever stores them; this bounds what is read."""


class UploadCut(Invalid):
    """The body ended before its end: nobody hears this answer."""

    default_code = "upload_cut"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is being sent. `filename` is what the sender calls it, unchecked; empty when it has no name."""

    filename: str
    chunks: AsyncIterator[bytes]


async def open_upload(request: Request[Any, Any, Any], filename: str | None, *, bytes_max: int) -> Upload:
    """Begin to read an upload. Raises `Invalid`, `TooLarge` by its announced length, `UnsupportedMedia`."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > bytes_max + (_FORM_ROOM_BYTES if kind.startswith("multipart/") else 0):
        raise file_too_large(bytes_max)
    if kind != "multipart/form-data":
        if kind in {"application/x-www-form-urlencoded", "application/json"}:
            raise UnsupportedMedia("Send the file itself as the body, or a multipart form with the file in it.")
        return Upload((filename or "")[:FILENAME_MAX], _body(request))
    boundary = options.get("boundary", "")
    if not 1 <= len(boundary) <= 70:
        raise Invalid("The form has no boundary.", code="malformed_form")
    return await _first_file(request, boundary, filename)


async def _body(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The pieces of the body. Raises `UploadCut` when the sender is gone."""
    more = True
    while more:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            raise UploadCut("The upload was cut off.")
        if body := message.get("body", b""):
            yield body
        more = message.get("more_body", False)


async def _first_file(request: Request[Any, Any, Any], boundary: str, filename: str | None) -> Upload:
    events = _form_events(request, boundary)
    async for event in events:
        if isinstance(event, MultipartSegment) and event.filename is not None:
            return Upload((filename or event.filename)[:FILENAME_MAX], _until_segment_ends(events))
    raise Invalid("The form holds no file.", FieldProblem("file", "is required"))


async def _form_events(request: Request[Any, Any, Any], boundary: str) -> AsyncIterator[Any]:
    """What the parser finds. Raises `Invalid` for what is no form."""
    parser = PushMultipartParser(boundary, max_segment_count=16)
    try:
        async for piece in _body(request):
            for event in parser.parse(piece):
                yield event
            if parser.closed:
                return
        for event in parser.parse(b""):
            yield event
    except MultipartError:
        raise Invalid("The form cannot be read.", code="malformed_form") from None


async def _until_segment_ends(events: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    async for event in events:
        if event is None:
            return
        if isinstance(event, bytes | bytearray):
            yield bytes(event)
    raise UploadCut("The upload was cut off.")
