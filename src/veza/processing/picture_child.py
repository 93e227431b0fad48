"""The child program that draws the first picture of each piece of a stream: H.264 in MP4, one frame, as a small JPEG.

A piece that cannot be decoded has no picture; the others have theirs.
"""

from contextlib import suppress
from pathlib import Path

import av
import msgspec
from PIL import Image

from veza.processing.wire import PicturesFacts, PicturesRequest

_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2", "codec_whitelist": "h264,aac"}
_QUALITY = 78


def answer(request: bytes) -> bytes:
    """The program's door."""
    asked = msgspec.json.decode(request, type=PicturesRequest)
    return msgspec.json.encode(
        PicturesFacts(drawn=[_draw(picture.source, picture.target, asked) for picture in asked.pictures])
    )


def _draw(source: str, target: str, asked: PicturesRequest) -> bool:
    image = None
    with suppress(av.FFmpegError, ValueError, IndexError, OSError):
        image = _first_picture(source, asked.pixels_max)
    if image is None:
        return False
    image.thumbnail((asked.width_px_max, asked.height_px_max), Image.Resampling.BILINEAR)
    with Path(target).open("wb") as file:
        image.save(file, "JPEG", quality=_QUALITY)
    return True


def _first_picture(source: str, pixels_max: int) -> Image.Image | None:
    with av.open(f"file:{source}", format="mov", options=_OPTIONS) as container:
        stream = container.streams.video[0]
        if stream.width * stream.height > pixels_max:
            return None
        stream.thread_type = "NONE"
        stream.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(stream):
            image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
            return image
    return None
