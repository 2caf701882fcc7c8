"""Image files of every kind become upright grey or colour pixels, or a reason."""

import io

import numpy as np
import pytest
from PIL import Image

from clipviz.datasets.images.decode import Unusable, decode, look


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
