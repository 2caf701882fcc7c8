"""Image files of every kind become upright grey or colour pixels, or a reason."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from clipviz.datasets.images.decode import Unusable, decode, decode_and_remark, look
from tests.datasets.zoo.image_specimens import deep


def written(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def noise(*shape: int, kind: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(1).integers(0, np.iinfo(kind).max + 1, shape, dtype=kind)


def test_grey_colour_and_sixteen_bits_come_back_as_they_were() -> None:
    grey, colour, deep = noise(5, 7), noise(5, 7, 3), noise(5, 7, kind=np.uint16)
    assert (decode(written(Image.fromarray(grey)), "white")[:, :, 0] == grey).all()
    assert (decode(written(Image.fromarray(colour)), "white") == colour).all()
    found = decode(written(Image.fromarray(deep)), "white")
    assert found.dtype == np.uint16 and (found[:, :, 0] == deep).all()
    tiff = decode(written(Image.fromarray(deep), "TIFF"), "white")
    assert (tiff[:, :, 0] == deep).all()


def test_a_camera_turns_the_picture_and_the_look_knows() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    picture = Image.new("RGB", (8, 4), "red")
    picture.paste("blue", (0, 0, 4, 4))
    data = written(picture, exif=exif)
    assert (look(data).height, look(data).width) == (8, 4)
    upright = decode(data, "white")
    assert upright.shape == (8, 4, 3)
    assert upright[0, 0].tolist() == [0, 0, 255] and upright[7, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(("background", "value"), [("white", 255), ("black", 0)])
def test_transparent_parts_show_the_background(background: str, value: int) -> None:
    clear = decode(written(Image.new("RGBA", (2, 2), (9, 9, 9, 0))), background)
    assert (clear == value).all()
    half = decode(written(Image.new("LA", (2, 2), (100, 128))), "black")
    assert half.shape == (2, 2, 1) and abs(int(half[0, 0, 0]) - 50) <= 1


def test_a_grey_palette_is_grey_and_a_colourful_one_is_not() -> None:
    grey = Image.fromarray(noise(4, 4)).convert("P")
    assert decode(written(grey), "white").shape == (4, 4, 1)
    assert decode(written(Image.new("RGB", (4, 4), "red").convert("P")), "white").shape == (4, 4, 3)


def test_black_and_white_is_0_and_255() -> None:
    assert set(np.unique(decode(written(Image.fromarray(noise(8, 8) > 128)), "white"))) == {0, 255}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawing"),
        (b"\n <!doctype html><p>no</p>", "web page"),
        (b"just words", "is text"),
        (bytes(range(256)), "is not an image"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is damaged|not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "is text"),
    ],
)
def test_what_is_no_image_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        decode(data, "white")


def test_any_cut_of_an_image_is_told_and_never_raises_anything_else() -> None:
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"):
        whole = written(Image.fromarray(noise(40, 40, 3)), kind)
        for share in (0.02, 0.3, 0.9):
            try:
                decode(whole[: int(len(whole) * share)], "white")
            except Unusable as error:
                assert str(error)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "TIFF with its bytes the other way round"])
def test_colours_of_16_bits_keep_all_of_them(kind) -> None:
    pixels = np.random.default_rng(1).integers(0, 65_536, (5, 7, 3), dtype=np.uint16)
    data = deep(pixels) if kind == "PNG" else tiff(pixels, "<" if kind == "TIFF" else ">")
    assert look(data).bits == 16 and look(data).colour
    found, remarks = decode_and_remark(data, "white")
    assert found.dtype == np.uint16 and remarks == () and (found == pixels).all()


def test_transparent_colours_of_16_bits_lie_over_the_background() -> None:
    pixels = np.zeros((1, 2, 4), np.uint16)
    pixels[0, 0] = (257, 5_000, 60_000, 65_535)
    white, black = (decode(deep(pixels), ground) for ground in ("white", "black"))
    assert white[0].tolist() == [[257, 5_000, 60_000], [65_535] * 3]
    assert black[0].tolist() == [[257, 5_000, 60_000], [0] * 3]


def tiff(pixels: np.ndarray, order: str) -> bytes:
    """An uncompressed TIFF of 16-bit colours in this order of bytes."""
    height, width, _ = pixels.shape
    body = pixels.astype(f"{order}u2").tobytes()
    entries = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, 8 + 2 + 12 * 9 + 4), (259, 3, 1, 1),
               (262, 3, 1, 2), (273, 4, 1, 8 + 2 + 12 * 9 + 4 + 6), (277, 3, 1, 3), (278, 3, 1, height),
               (279, 4, 1, len(body))]  # fmt: skip
    table = struct.pack(f"{order}H", len(entries))
    for tag, form, count, value in entries:
        inline = (
            struct.pack(f"{order}HH", value, 0)
            if form == 3 and count == 1
            else struct.pack(f"{order}I", value)
        )
        table += struct.pack(f"{order}HHI", tag, form, count) + inline
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    return head + table + bytes(4) + struct.pack(f"{order}3H", 16, 16, 16) + body
