"""Published files that no format reads as they are, made into ones that a format reads."""

import csv
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from clipviz.core.errors import UnreadableFile

EARLIEST = (1980, 1, 1, 0, 0, 0)
Packing = Callable[[Sequence[Path], Path], None]
REVIEW = re.compile(r"^aclImdb/(?:train|test)/(pos|neg)/\d+_\d+\.txt$")
BATCH = re.compile(r"^cifar-10-batches-bin/(?:data_batch_[1-5]|test_batch)\.bin$")
LARGEST_REVIEW = 1_000_000
CIFAR_ROW, CIFAR_ROWS = 3073, 10_000


def repack(packing: Packing, parts: Sequence[Path], target: Path) -> Path:
    """Write `target` from downloaded parts; raises UnreadableFile when they are not what they are called."""
    try:
        packing(parts, target)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        IndexError,
    ) as error:
        target.unlink(missing_ok=True)
        raise UnreadableFile(
            "The download must be the data set that it is called",
            f"{', '.join(part.name for part in parts)}: {str(error)[:150]}",
            f"Remove it from {parts[0].parent} and try again",
        ) from error
    return target


def together(parts: Sequence[Path], target: Path) -> None:
    """Several files in one zip, as they are; the same files give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for part in parts:
            archive.writestr(zipfile.ZipInfo(part.name, EARLIEST), part.read_bytes())


def headed(names: Sequence[str]) -> Packing:
    """A table that comes without a row of names gets one."""

    def _pack(parts: Sequence[Path], target: Path) -> None:
        with target.open("wb") as taken:
            taken.write((",".join(names) + "\n").encode())
            taken.write(parts[0].read_bytes())

    return _pack


def arrays(names: Sequence[str]) -> Packing:
    """x (N, F) and y (N,) of a .npz as a table with these F + 1 names; never a pickled object."""

    def _pack(parts: Sequence[Path], target: Path) -> None:
        with np.load(parts[0], allow_pickle=False) as file:
            rows = np.column_stack([file["x"], np.ravel(file["y"])])
        if rows.shape[1] != len(names):
            raise ValueError(f"{rows.shape[1]} columns instead of {len(names)}")
        with target.open("w", encoding="utf-8", newline="") as taken:
            writer = csv.writer(taken, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(rows.tolist())

    return _pack


def reviews(parts: Sequence[Path], target: Path) -> None:
    """The reviews of aclImdb as a table of `review` and `sentiment`, in the order of the archive."""
    with (
        tarfile.open(parts[0], "r|gz") as archive,
        target.open("w", encoding="utf-8", newline="") as taken,
    ):
        writer = csv.writer(taken, lineterminator="\n")
        writer.writerow(("review", "sentiment"))
        for member in archive:
            found = REVIEW.fullmatch(member.name)
            stream = archive.extractfile(member) if found and member.isfile() else None
            if found and stream is not None:
                text = stream.read(LARGEST_REVIEW).decode("utf-8")
                writer.writerow((" ".join(text.split()), "positive" if found[1] == "pos" else "negative"))


def cifar(parts: Sequence[Path], target: Path) -> None:
    """The binary CIFAR-10 batches as a .npz of images (N, 32, 32, 3) and labels (N,)."""
    images, labels = [], []
    with tarfile.open(parts[0], "r|gz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if BATCH.fullmatch(member.name) and member.isfile() else None
            if stream is not None:
                rows = np.frombuffer(stream.read(CIFAR_ROW * CIFAR_ROWS), np.uint8).reshape(-1, CIFAR_ROW)
                labels.append(rows[:, 0])
                images.append(rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    if not images:
        raise ValueError("no batches")
    with target.open("wb") as taken:
        np.savez(taken, images=np.concatenate(images), labels=np.concatenate(labels))
