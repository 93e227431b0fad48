"""Images as people upload them: small, and the same on every run."""

import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image


def two_halves(width: int = 300, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Left three quarters red, the rest blue."""
    image = Image.new("RGB", (width, height), (220, 20, 20))
    image.paste((20, 20, 220), (width * 3 // 4, 0, width, height))
    return image.convert(mode)


def write_image(path: Path, image: Image.Image | None = None, **options: Any) -> Path:
    """The image in the format of the name's ending."""
    (image or two_halves()).save(path, **options)
    return path


def png_that_claims(width: int, height: int) -> bytes:
    """A valid PNG head of any size, and one line of it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
