"""The child program that reads a stranger's image and writes ours. Four formats, their plugins alone, one frame.

What is written is drawn anew: no metadata, no colour profile, no transparency, no second frame.
"""

import io
import warnings
from contextlib import suppress
from pathlib import Path

import msgspec
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import ImageFacts, ImageRequest, Rendition

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 82
_NOT_AN_IMAGE = "This is not an image we can read: JPEG, PNG, WebP and GIF are."
_DAMAGED = "This image is damaged or ends in the middle."


def answer(request: bytes) -> bytes:
    """The program's door."""
    return msgspec.json.encode(render(msgspec.json.decode(request, type=ImageRequest)))


def render(request: ImageRequest) -> ImageFacts:
    """Judge by the header, decode, write each rendition."""
    Image.MAX_IMAGE_PIXELS = request.pixels_max
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    too_large = f"Images may have up to {request.pixels_max // 1_000_000} megapixels."
    try:
        with Image.open(request.source, formats=_FORMATS) as image:
            if image.width * image.height > request.pixels_max:
                raise TooHeavy(too_large)
            if min(image.size) < request.side_px_min:
                raise Unreadable(f"Images need at least {request.side_px_min} pixels on each side.")
            found_format = (image.format or "").lower()
            upright = _upright(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooHeavy(too_large) from None
    except UnidentifiedImageError as error:
        raise Unreadable(_NOT_AN_IMAGE, detail=repr(error)) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise Unreadable(_DAMAGED, detail=repr(error)) from None
    for rendition in request.renditions:
        _write(upright, rendition)
    return ImageFacts(
        width_px=upright.width, height_px=upright.height, format=found_format, dominant_rgb=_dominant(upright)
    )


def _upright(image: Image.Image) -> Image.Image:
    """The whole picture in sRGB, on white, turned as its camera was held."""
    image.load()
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if turned.has_transparency_data:
        layered = turned.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        white.alpha_composite(layered)
        flat = white.convert("RGB")
    elif turned.mode.startswith("I"):
        # Sixteen bits of grey: Pillow would cut them at 255 rather than scale them.
        flat = turned.point(lambda value: value / 256).convert("L").convert("RGB")
    elif turned.mode == "CMYK" and profile:
        return _to_srgb(turned, profile).convert("RGB")
    else:
        flat = turned.convert("RGB")
    return _to_srgb(flat, profile) if profile and turned.mode not in {"L", "LA", "I", "I;16"} else flat


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    # A profile that cannot be used is left out: the colours are a shade off, the picture is there.
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        if converted is not None:
            return converted
    return image.convert("RGB")


def _write(picture: Image.Image, rendition: Rendition) -> None:
    if rendition.square:
        side = min(rendition.max_px, *picture.size)
        drawn = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
    else:
        drawn = picture.copy()
        drawn.thumbnail((rendition.max_px, rendition.max_px), Image.Resampling.LANCZOS)
    drawn.info.clear()  # Pillow writes from here what it is not told otherwise
    with Path(rendition.path).open("wb") as file:
        drawn.save(file, "WEBP", quality=_QUALITY, method=4)


def _dominant(picture: Image.Image) -> str:
    """The colour that most of the picture is near, for what stands in its place while it loads."""
    small = picture.resize((64, 64), Image.Resampling.BOX).quantize(8)
    colours = small.getcolors() or [(0, 0)]
    index = max(colours)[1]
    palette = small.getpalette() or [0, 0, 0]
    assert isinstance(index, int)
    red, green, blue = palette[3 * index : 3 * index + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"
