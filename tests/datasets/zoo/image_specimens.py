"""Piles of images as people really bring them, whole and broken; each with what must come of it."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from clipviz.core.dataset import ImageReading, Reading
from tests.datasets.zoo.packed import tarred

RANDOM = np.random.default_rng(7)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body>404 not found</body></html>"


@dataclass(frozen=True)
class Specimen:
    """make() gives the bytes. rows is None where the file must be refused; says: a pattern of the refusal, or of the
    notes and rejects of what was read."""

    id: str
    name: str
    make: Callable[[], bytes]
    rows: int | None
    rejected: int = 0
    says: str = ""
    reading: Reading = Reading()  # noqa: RUF009  frozen
    shape: str = ""


def image(
    mode: str = "L", size: tuple[int, int] = (8, 8), kind: str = "PNG", fill: object = None, **options: object
) -> bytes:
    """The bytes of a small image file of noise, or of one colour."""
    stream = io.BytesIO()
    if fill is not None:
        picture = Image.new(mode, size, fill)  # type: ignore[arg-type]
    elif mode == "I;16":
        picture = Image.fromarray(RANDOM.integers(0, 65_536, size[::-1], dtype=np.uint16))
    else:
        channels = len(Image.new(mode, (1, 1)).getbands())
        noise = RANDOM.integers(0, 256, (*size[::-1], channels), dtype=np.uint8)
        picture = Image.fromarray(noise[:, :, 0] if channels == 1 else noise)
        picture = picture.convert(mode) if picture.mode != mode else picture
    picture.save(stream, kind, **options)
    return stream.getvalue()


def zipped(members: Mapping[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def folders(extra: Mapping[str, bytes] = {}, each: int = 3, **options: object) -> bytes:
    """A zip with the folders cat and dog of `each` images, and whatever else."""
    members = {
        f"{animal}/{number}.png": image(**options)
        for animal in ("cat", "dog")
        for number in range(each)  # type: ignore[arg-type]
    }
    return zipped({**members, **extra})


def idx(values: np.ndarray, code: int = 8) -> bytes:
    return struct.pack(f">HBB{values.ndim}I", 0, code, values.ndim, *values.shape) + values.tobytes()


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array: np.ndarray, **options: bool) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def grey(count: int = 4, side: int = 8) -> np.ndarray:
    return RANDOM.integers(0, 256, (count, side, side), dtype=np.uint8)


def classes(count: int = 4) -> np.ndarray:
    return (np.arange(count) % 2).astype(np.uint8)


def table(rows: np.ndarray, header: str = "") -> bytes:
    lines = [",".join(str(value) for value in row) for row in rows.tolist()]
    return ("\n".join([*([header] if header else []), *lines]) + "\n").encode()


def pixel_rows(count: int = 4, values: int = 64) -> np.ndarray:
    return RANDOM.integers(0, 256, (count, values))


def labelled(count: int = 4, values: int = 64) -> np.ndarray:
    return np.column_stack([np.arange(count) % 2, pixel_rows(count, values)])


def lying_png() -> bytes:
    """A PNG of a few bytes that claims 60,000 x 60,000 pixels."""
    whole = image()
    head = struct.pack(">II", 60_000, 60_000) + whole[24:29]
    import zlib

    return whole[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + whole[33:]


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return image("RGB", (12, 6), "JPEG", exif=exif)


def deep(pixels: np.ndarray) -> bytes:
    """A PNG of 16-bit colours, (H, W, 3) or (H, W, 4) uint16, which Pillow does not write."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    height, width, channels = pixels.shape
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 16, 2 if channels == 3 else 6, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def traversal(path: str) -> bytes:
    return folders({path: image()})


def linked() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("cat/1.png", image())
        entry = zipfile.ZipInfo("dog/1.png")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def encrypted() -> bytes:
    """A zip whose first member says that it is encrypted, in both of its heads."""
    whole = bytearray(folders())
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def bomb() -> bytes:
    return zipped({"cat/1.png": bytes(80_000_000), "dog/1.png": image()}, zipfile.ZIP_DEFLATED)


def with_table(rows: str, name: str = "labels.csv") -> bytes:
    files = {f"images/{number}.png": image() for number in range(4)}
    return zipped({**files, name: rows.encode()})


PIXELS = Reading(format="pixel_table")


def shaped(shape: str, **more: str) -> Reading:
    return Reading(format="pixel_table", images=ImageReading.model_validate({"shape": shape, **more}))


def split_folders(classes: bool) -> bytes:
    """data/train and data/test of two images each, in folders of classes or not."""
    names = [(part, letter) for part in ("train", "test") for letter in "ab"]
    return zipped({f"data/{part}/{letter}{'/1' if classes else ''}.png": image() for part, letter in names})


def numbered(rows: str) -> bytes:
    return zipped({**{f"{number:05}.png": image() for number in range(4)}, "labels.csv": rows.encode()})


SPECIMENS = [
    Specimen(
        "train and test folders of classes",
        "a.zip",
        lambda: split_folders(classes=True),
        4,
        says=r"2 classes, a, b.*come split \(2 train, 2 test\).*column part",
    ),
    Specimen(
        "train and test folders, which are no classes",
        "a.zip",
        lambda: split_folders(classes=False),
        4,
        says="No classes were found.*come split",
    ),
    Specimen(
        "a class called train",
        "a.zip",
        lambda: zipped({f"{name}/{i}.png": image() for name in ("train", "plane") for i in (1, 2)}),
        4,
        says="2 classes, plane, train",
    ),
    Specimen(
        "arrays for training and for testing",
        "a.npz",
        lambda: npz(x_train=grey(6), y_train=classes(6), x_test=grey(2), y_test=classes(2)),
        8,
        says="come split .6 train, 2 test",
    ),
    Specimen(
        "numbers for file names, and the part of each",
        "a.zip",
        lambda: numbered("label,id,split\n0,0,train\n1,1,train\n0,2,test\n1,3,test\n"),
        4,
        says=r"column label of labels.csv.*come split \(2 train, 2 test\)",
    ),
    Specimen(
        "another ending in the table",
        "a.zip",
        lambda: numbered("file,what\n00000.jpg,cat\n00001.jpg,dog\n00002.jpg,cat\n00003.jpg,dog\n"),
        4,
        says="column what of labels.csv",
    ),
    Specimen(
        "a column for each class",
        "a.zip",
        lambda: numbered("file,cat,dog\n00000.png,1,0\n00001.png,0,1\n00002.png,0.0,1.0\n00003.png,1,0\n"),
        4,
        says="Each column of labels.csv with a 1 in its rows is a class",
    ),
    Specimen(
        "a table of other images",
        "a.zip",
        lambda: numbered("file,what\nx17,cat\nx18,dog\n"),
        4,
        1,
        says='labels.csv names no image of the archive: its "x17" is none of the files, such as "00000.png"; write',
    ),
    Specimen(
        "the column of labels, as it was chosen",
        "a.zip",
        lambda: numbered("file,what,colour\n0,cat,red\n1,dog,red\n2,cat,blue\n3,dog,green\n"),
        4,
        says="column colour of labels.csv",
        reading=Reading(images=ImageReading(label_column="colour")),
    ),
    Specimen(
        "a column of labels that is not there",
        "a.zip",
        lambda: numbered("file,what\n0,cat\n1,dog\n2,cat\n3,dog\n"),
        None,
        says="The labels must be in a column of labels.csv.*'colour'.*Pick one of what",
        reading=Reading(images=ImageReading(label_column="colour")),
    ),
    # files in folders
    Specimen("folders", "a.zip", folders, 6, says="Each folder is a class: 2 classes, cat, dog", shape="8x8"),
    Specimen(
        "a folder around them",
        "a.zip",
        lambda: zipped({f"data/train/{c}/{i}.png": image() for c in "ab" for i in (1, 2)}),
        4,
        says="2 classes, a, b",
    ),
    Specimen("colour", "a.zip", lambda: folders(mode="RGB"), 6, shape="8x8x3"),
    Specimen(
        "grey saved in colour",
        "a.zip",
        lambda: folders(mode="RGB", fill=(9, 9, 9)),
        6,
        says="every pixel looked at is grey",
        shape="8x8",
    ),
    Specimen("16 bits", "a.zip", lambda: folders(mode="I;16"), 6, shape="8x8"),
    Specimen(
        "colours of 16 bits",
        "a.zip",
        lambda: folders({"cat/x.png": deep(grey(8, 8)[:, :, :3])}),
        7,
        shape="8x8x3",
    ),
    Specimen(
        "names without endings",
        "a.zip",
        lambda: zipped({f"{c}/{i}": image() for c in ("cat", "dog") for i in (1, 2)}),
        4,
        says="2 classes, cat, dog",
    ),
    Specimen(
        "folders in a tar",
        "a.tar.gz",
        lambda: gzip.compress(tarred({f"{c}/1.png": image() for c in "ab"})),
        2,
        says="2 classes, a, b",
    ),
    Specimen(
        "half an image alone",
        "a.png",
        lambda: image()[:30],
        None,
        says="image must be readable.*a.png, which",
    ),
    Specimen("16 bits beside 8", "a.zip", lambda: folders({"cat/x.png": image("I;16")}), 7, shape="8x8"),
    Specimen(
        "transparent",
        "a.zip",
        lambda: folders(mode="RGBA"),
        6,
        says="6 images: each has transparent parts",
        shape="8x8x3",
    ),
    Specimen("a palette", "a.zip", lambda: folders(mode="P"), 6),
    Specimen(
        "mixed sizes",
        "a.zip",
        lambda: folders({"cat/big.png": image(size=(20, 10))}),
        7,
        says="1 images of other sizes.*scaled and cropped to 8x8",
        shape="8x8",
    ),
    Specimen(
        "mixed sizes, padded",
        "a.zip",
        lambda: folders({"cat/big.png": image(size=(20, 10))}),
        7,
        says="scaled and padded with black to 8x8",
        reading=Reading(images=ImageReading(fit="pad", background="black")),
    ),
    Specimen(
        "turned by the camera",
        "a.zip",
        lambda: zipped({"a/1.jpg": rotated(), "b/2.jpg": rotated()}),
        2,
        says="was turned upright",
        shape="12x6x3",
    ),
    Specimen(
        "an animation",
        "a.zip",
        lambda: folders(
            {"cat/x.gif": image("P", kind="GIF", save_all=True, append_images=[Image.new("P", (8, 8))])}
        ),
        7,
        says="its first frame is read",
    ),
    Specimen(
        "large photographs",
        "a.zip",
        lambda: zipped(
            {"a/1.jpg": image("RGB", (640, 480), "JPEG"), "b/2.jpg": image("RGB", (640, 480), "JPEG")}
        ),
        2,
        says="to 96x128x3",
        shape="96x128x3",
    ),
    Specimen(
        "rubbish of operating systems",
        "a.zip",
        lambda: folders({"__MACOSX/cat/._1.png": b"x", ".DS_Store": b"x", "cat/Thumbs.db": b"x"}),
        6,
    ),
    Specimen(
        "one class only",
        "a.zip",
        lambda: zipped({"cat/1.png": image(), "cat/2.png": image()}),
        2,
        says="No image has a label",
    ),
    Specimen(
        "no folder",
        "a.zip",
        lambda: zipped({"1.png": image(), "2.png": image()}),
        2,
        says="the images lie in no folder.*No image has a label",
    ),
    Specimen(
        "some outside of any folder",
        "a.zip",
        lambda: folders({"stray.png": image()}),
        7,
        says="1 of 7 images have no label",
    ),
    Specimen("one image alone", "cat.png", image, 1, says="No image has a label"),
    Specimen(
        "markup in names",
        "a.zip",
        lambda: zipped({"<b>x</b>/1.png": image(), "![y](http://z)/2.png": image()}),
        2,
        says="2 classes",
    ),
    # broken files among good ones
    Specimen(
        "SVG named .png", "a.zip", lambda: folders({"cat/x.png": SVG}), 6, 1, "is an SVG drawing, not pixels"
    ),
    Specimen(
        "a web page named .png",
        "a.zip",
        lambda: folders({"cat/x.png": HTML}),
        6,
        1,
        "is a web page, not an image",
    ),
    Specimen(
        "cut off",
        "a.zip",
        lambda: folders({"cat/x.png": image(size=(64, 64))[:900]}),
        6,
        1,
        "is damaged or cut off",
    ),
    Specimen(
        "a cut off JPEG",
        "a.zip",
        lambda: folders({"cat/x.jpg": image("RGB", (64, 64), "JPEG")[:700]}),
        6,
        1,
        "is damaged or cut off",
    ),
    Specimen("an empty file", "a.zip", lambda: folders({"cat/x.png": b""}), 6, 1, "is empty"),
    Specimen(
        "a bomb of pixels",
        "a.zip",
        lambda: folders({"cat/x.png": lying_png()}),
        6,
        1,
        "more pixels than the 50 million|60,000 x 60,000 pixels",
    ),
    Specimen(
        "notes beside the images",
        "a.zip",
        lambda: folders({"README.md": b"# cats and dogs\n"}),
        6,
        1,
        "is text, not an image",
    ),
    Specimen(
        "fractions",
        "a.zip",
        lambda: folders({"cat/x.tif": image("F", kind="TIFF", fill=0.5)}),
        6,
        1,
        "holds fractions in 32 bits",
    ),
    Specimen(
        "a damaged member",
        "a.zip",
        lambda: folders().replace(b"IHDR", b"IHDX", 1),
        5,
        1,
        "cannot be unpacked",
    ),
    Specimen(
        "nothing but broken images",
        "a.zip",
        lambda: zipped({"a/1.png": SVG, "b/1.png": HTML}),
        None,
        says="At least one image must be readable.*SVG",
    ),
    # dangerous archives
    Specimen(
        "a path out of the archive",
        "a.zip",
        lambda: traversal("../../etc/x.png"),
        None,
        says="must stay inside the archive.*etc/x.png",
    ),
    Specimen("an absolute path", "a.zip", lambda: traversal("/etc/x.png"), None, says="absolute path"),
    Specimen("a drive", "a.zip", lambda: traversal("C:\\x.png"), None, says="absolute path"),
    Specimen("a link", "a.zip", linked, None, says="must be a file, no link"),
    Specimen("a password", "a.zip", encrypted, None, says="must not be encrypted"),
    Specimen("a zip bomb", "a.zip", bomb, None, says="times its own size"),
    # files and a table
    Specimen(
        "a table of labels",
        "a.zip",
        lambda: with_table("file,label\n0.png,cat\n1.png,dog\n2.png,cat\n3.png,dog\n"),
        4,
        says="Labels are from the column label of labels.csv",
    ),
    Specimen(
        "a table without header",
        "a.zip",
        lambda: with_table("0.png;cat\n1.png;dog\n2.png;cat\n3.png;dog\n"),
        4,
        says="from the column column 2",
    ),
    Specimen(
        "names without ending",
        "a.zip",
        lambda: with_table("id,breed,age\n0,pug,3\n1,boxer,4\n2,pug,3\n3,boxer,9\n"),
        4,
        says="from the column breed",
    ),
    Specimen(
        "a table that lacks images",
        "a.zip",
        lambda: with_table("file,label\n0.png,cat\n1.png,dog\n"),
        4,
        says="2 images are not named.*2 of 4 images have no label",
    ),
    Specimen(
        "a table of absent images",
        "a.zip",
        lambda: with_table("file,label\n0.png,cat\n1.png,dog\n2.png,cat\n3.png,dog\nx.png,cat\n"),
        4,
        1,
        "is named in the table, but not there",
    ),
    Specimen(
        "two labels for one image",
        "a.zip",
        lambda: with_table("file,label\n0.png,cat\n0.png,dog\n1.png,cat\n2.png,dog\n3.png,dog\n"),
        4,
        says="1 rows of labels.csv give an image a second",
    ),
    # arrays
    Specimen(
        "IDX pair",
        "a.zip",
        lambda: zipped({"t-images-idx3-ubyte": idx(grey()), "t-labels-idx1-ubyte": idx(classes())}),
        4,
        shape="8x8",
    ),
    Specimen(
        "IDX pair, packed",
        "a.zip",
        lambda: zipped(
            {"t-images.gz": gzip.compress(idx(grey())), "t-labels.gz": gzip.compress(idx(classes()))}
        ),
        4,
    ),
    Specimen(
        "two IDX pairs",
        "a.zip",
        lambda: zipped(
            {
                "train-images": idx(grey()),
                "train-labels": idx(classes()),
                "test-images": idx(grey(2)),
                "test-labels": idx(classes(2)),
            }
        ),
        6,
        says="from 2 arrays",
    ),
    Specimen(
        "IDX images alone", "images.gz", lambda: gzip.compress(idx(grey())), 4, says="No image has a label"
    ),
    Specimen(
        "IDX labels alone",
        "labels.gz",
        lambda: gzip.compress(idx(classes())),
        None,
        says="only labels.*Upload images and labels together",
    ),
    Specimen(
        "IDX of different length",
        "a.zip",
        lambda: zipped({"images": idx(grey()), "labels": idx(classes(3))}),
        None,
        says="one label for each image; received 4 images and 3 labels",
    ),
    Specimen(
        "a cut off IDX",
        "images.idx",
        lambda: idx(grey())[:100],
        None,
        says="as long as its head says; received 84 bytes of values instead of 256",
    ),
    Specimen(
        "a cut off gzip",
        "images.gz",
        lambda: gzip.compress(idx(RANDOM.integers(0, 256, (40, 28, 28), dtype=np.uint8)))[:9000],
        None,
        says="must be whole",
    ),
    Specimen(
        "npz",
        "a.npz",
        lambda: npz(x_train=grey(), y_train=classes(), x_test=grey(2), y_test=classes(2)),
        6,
        says="from 2 arrays",
        shape="8x8",
    ),
    Specimen(
        "npz in colour, channels first",
        "a.npz",
        lambda: npz(images=RANDOM.integers(0, 256, (4, 3, 8, 8), dtype=np.uint8), labels=classes()),
        4,
        shape="8x8x3",
    ),
    Specimen(
        "npz of fractions",
        "a.npz",
        lambda: npz(x=grey() / 255.0, y=classes()),
        4,
        says="multiplied by 255 and rounded",
    ),
    Specimen(
        "npz of 16 bits",
        "a.npz",
        lambda: npz(x=RANDOM.integers(0, 65_536, (4, 8, 8), dtype=np.uint16), y=classes()),
        4,
        says="read as 16 bits",
    ),
    Specimen(
        "npz with one-hot labels", "a.npz", lambda: npz(x=grey(), y=np.eye(4)), 4, says="place of the 1"
    ),
    Specimen(
        "npz with NaN",
        "a.npz",
        lambda: npz(x=np.where(np.arange(4)[:, None, None] == 1, np.nan, grey().astype(float)), y=classes()),
        3,
        1,
        "missing or not finite",
    ),
    Specimen(
        "npz below zero",
        "a.npz",
        lambda: npz(x=grey().astype(int) - 300 * (np.arange(4) == 2)[:, None, None], y=classes()),
        3,
        1,
        "outside 0 to 255",
    ),
    Specimen(
        "flat npy",
        "a.npy",
        lambda: npy(pixel_rows().astype(np.uint8)),
        4,
        says="No image has a label",
        shape="8x8",
    ),
    Specimen(
        "npy of objects",
        "a.npy",
        lambda: npy(np.array([{"a": 1}], dtype=object), allow_pickle=True),
        None,
        says="no Python objects, which could run code",
    ),
    Specimen("a cut off npy", "a.npy", lambda: npy(grey())[:200], None, says="NumPy file must be whole"),
    Specimen(
        "npy of words",
        "a.zip",
        lambda: zipped({"x.npy": npy(np.array([["a", "b"]])), "y.npy": npy(classes(1))}),
        None,
        says="arrays of numbers",
    ),
    # tables of pixels
    Specimen(
        "label and pixels",
        "a.csv",
        lambda: table(labelled()),
        4,
        says="64 values a row as one 8x8 image, the label in the first column",
        reading=PIXELS,
        shape="8x8",
    ),
    Specimen(
        "label and pixels with names",
        "a.csv",
        lambda: table(labelled(), "label," + ",".join(f"p{i}" for i in range(64))),
        4,
        says="label in the first",
        reading=PIXELS,
    ),
    Specimen(
        "label last",
        "a.csv",
        lambda: table(labelled()[:, ::-1], ",".join(f"p{i}" for i in range(64)) + ",class"),
        4,
        says="label in the last column",
        reading=PIXELS,
    ),
    Specimen(
        "colour, channel by channel",
        "a.csv",
        lambda: table(labelled(4, 192)),
        4,
        reading=shaped("8x8x3", order="planes"),
        shape="8x8x3",
    ),
    Specimen(
        "spreadsheets of images and labels",
        "a.zip",
        lambda: zipped({"images.csv": table(pixel_rows()), "labels.csv": table(classes()[:, None])}),
        4,
        says="labels in labels.csv",
        shape="8x8",
    ),
    Specimen(
        "spreadsheets of different length",
        "a.zip",
        lambda: zipped({"images.csv": table(pixel_rows()), "labels.csv": table(classes(3)[:, None])}),
        None,
        says="one label for each image; received 4 images and 3 labels in images.csv and labels.csv",
    ),
    Specimen(
        "too many labels",
        "a.zip",
        lambda: zipped({"images.csv": table(pixel_rows()), "labels.csv": table(classes(6)[:, None])}),
        None,
        says="4 images and 6 labels",
    ),
    Specimen(
        "pixels that fit no shape",
        "a.csv",
        lambda: table(labelled(4, 60)),
        None,
        says="fit a square.*60 in each row.*6x10.*Say the shape",
        reading=PIXELS,
    ),
    Specimen(
        "pixels that fit a said shape",
        "a.csv",
        lambda: table(labelled(4, 60)),
        4,
        reading=shaped("6x10", label="first"),
        shape="6x10",
    ),
    Specimen(
        "pixels that do not fit the said shape",
        "a.csv",
        lambda: table(labelled()),
        None,
        says="An image of 9x9 has 81 values; received 64",
        reading=shaped("9x9"),
    ),
    Specimen(
        "a value above 255",
        "a.csv",
        lambda: table(np.vstack([labelled(30), np.r_[0, 300, pixel_rows(1, 63)[0]]])),
        30,
        1,
        "holds the value 300, outside 0 to 255",
        PIXELS,
    ),
    Specimen(
        "a word for a pixel",
        "a.csv",
        lambda: table(labelled(30)) + b"1,oops" + b",3" * 63 + b"\n",
        30,
        1,
        'holds "oops" where a pixel value must be',
        PIXELS,
    ),
    Specimen(
        "a short row",
        "a.csv",
        lambda: table(labelled(30)) + b"1,2,3\n",
        30,
        1,
        "has 3 cells instead of 65",
        PIXELS,
    ),
]
