"""Images through the real child: what is drawn, what is dropped, what is refused."""

from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin
from tests.factories.image_files import png_that_claims, two_halves, write_image

from veza.processing import image as image_door
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.image import render_image
from veza.processing.wire import ChildLimits, ImageFacts, Rendition


async def render(source: Path, *, max_px: int = 128, square: bool = False) -> tuple[ImageFacts, Image.Image]:
    target = source.parent / "out.webp"
    facts = await render_image(source, [Rendition(path=str(target), max_px=max_px, square=square)])
    with Image.open(target) as found:
        found.load()
        assert found.format == "WEBP"
        assert not {"exif", "xmp", "icc_profile"} & set(found.info)
        return facts, found


async def refused(source: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        await render_image(source, [Rendition(path=str(source.parent / "out.webp"), max_px=128)])
    assert not (source.parent / "out.webp").exists()
    assert caught.value.sentence != "We could not read this file.", caught.value.detail
    return caught.value.sentence


def near(pixel: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 16 for a, b in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif"])
async def test_each_format_becomes_a_webp(kind: str, tmp_path: Path) -> None:
    facts, found = await render(write_image(tmp_path / f"cover.{kind}"))
    assert (facts.width_px, facts.height_px) == (300, 200)
    assert facts.format == {"jpg": "jpeg"}.get(kind, kind)
    assert found.size == (128, 85)
    assert near(found.getpixel((20, 40)), (220, 20, 20))
    assert near(found.getpixel((120, 40)), (20, 20, 220))
    red, green, blue = bytes.fromhex(facts.dominant_rgb[1:])
    assert near((red, green, blue), (220, 20, 20)), "three quarters of it are red"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
async def test_each_mode_is_drawn_in_colour_and_without_transparency(mode: str, tmp_path: Path) -> None:
    if mode == "I;16":
        image = Image.new("I;16", (100, 100), 0x8000)
    elif mode in {"RGBA", "LA"}:
        image = Image.new(mode, (100, 100), (0,) * len(mode))
    else:
        image = two_halves(100, 100, mode)
    _, found = await render(write_image(tmp_path / ("cover.jpg" if mode == "CMYK" else "cover.png"), image))
    assert found.mode == "RGB"
    if mode == "I;16":
        assert near(found.getpixel((50, 50)), (128, 128, 128)), "sixteen bits are scaled, not cut"
    if mode in {"RGBA", "LA"}:
        assert near(found.getpixel((50, 50)), (255, 255, 255)), "what was clear is white"


async def test_a_photograph_is_turned_as_its_camera_was_held_and_loses_its_place(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right
    exif.get_ifd(0x8825)[1] = "N"
    source = write_image(tmp_path / "photo.jpg", exif=exif.tobytes(), comment=b"my address")
    facts, found = await render(source)
    assert (facts.width_px, facts.height_px) == (200, 300)
    assert found.height > found.width
    assert near(found.getpixel((40, 20)), (220, 20, 20))
    assert near(found.getpixel((40, 120)), (20, 20, 220))
    data = (tmp_path / "out.webp").read_bytes()
    assert not any(word in data for word in (b"EXIF", b"Exif", b"ICCP", b"XMP", b"my address"))


async def test_a_colour_profile_is_applied_and_dropped(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, found = await render(write_image(tmp_path / "cover.png", icc_profile=profile))
    assert near(found.getpixel((20, 40)), (220, 20, 20))
    _, found = await render(write_image(tmp_path / "cover.png", icc_profile=b"no profile at all"))
    assert near(found.getpixel((20, 40)), (220, 20, 20))


async def test_words_of_a_png_are_dropped(tmp_path: Path) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "my address", zip=True)
    words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>my address</x:xmpmeta>")
    await render(write_image(tmp_path / "cover.png", pnginfo=words))
    assert b"address" not in (tmp_path / "out.webp").read_bytes()


async def test_a_square_is_the_middle_and_small_images_are_not_blown_up(tmp_path: Path) -> None:
    _, found = await render(write_image(tmp_path / "cover.png"), max_px=64, square=True)
    assert found.size == (64, 64)
    _, found = await render(write_image(tmp_path / "cover.png"), max_px=4000, square=True)
    assert found.size == (200, 200)
    _, found = await render(write_image(tmp_path / "cover.png"), max_px=4000)
    assert found.size == (300, 200)


async def test_of_a_moving_gif_the_first_frame_is_drawn(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (100, 100), colour) for colour in ("red", "blue", "green")]
    _, found = await render(write_image(tmp_path / "face.gif", frames[0], save_all=True, append_images=frames[1:]))
    assert near(found.getpixel((50, 50)), (255, 0, 0))
    assert getattr(found, "n_frames", 1) == 1


@pytest.mark.parametrize("size", [(200_000, 200_000), (8_001, 8_001), (2**31 - 1, 64)])
async def test_a_bomb_of_pixels_is_refused_by_its_head(size: tuple[int, int], tmp_path: Path) -> None:
    source = tmp_path / "bomb.png"
    source.write_bytes(png_that_claims(*size))
    with pytest.raises(TooHeavy, match="64 megapixels"):
        await render_image(source, [])


async def test_too_many_bytes_are_not_even_looked_at(tmp_path: Path) -> None:
    source = write_image(tmp_path / "cover.png")
    with source.open("ab") as file:
        file.truncate(image_door.FILE_BYTES_MAX + 1)
    with pytest.raises(TooHeavy, match="20 MiB"):
        await render_image(source, [])


async def test_too_small_is_refused(tmp_path: Path) -> None:
    assert "64 pixels" in await refused(write_image(tmp_path / "dot.png", two_halves(300, 63)))


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif"])
async def test_an_image_that_ends_in_the_middle_is_refused(kind: str, tmp_path: Path) -> None:
    noise = Image.effect_noise((200, 200), 80)
    source = write_image(tmp_path / f"cover.{kind}", noise.convert("RGB"))
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    assert "damaged" in await refused(source)


@pytest.mark.parametrize("kind", ["bmp", "tiff", "ico", "ppm", "avif", "pdf", "eps", "svg", "empty", "text"])
async def test_other_formats_are_not_read_whatever_their_name(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "cover.png"
    if kind in {"svg", "empty", "text"}:
        source.write_bytes({"svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "empty": b"", "text": b"hello"}[kind])
    else:
        two_halves().save(source, format=kind)
    assert "not an image" in await refused(source)


async def test_memory_is_bounded(tmp_path: Path) -> None:
    source = write_image(tmp_path / "large.png", Image.new("RGB", (7000, 7000)), compress_level=1)
    with pytest.raises(TooHeavy, match="memory"):
        await render_image(source, [], limits=ChildLimits(memory_bytes=200 * 1024**2))


async def test_the_largest_image_that_we_take_fits(tmp_path: Path) -> None:
    source = write_image(tmp_path / "large.png", Image.new("RGBA", (8000, 8000)), compress_level=1)
    facts, _ = await render(source)
    assert facts.width_px == 8000
