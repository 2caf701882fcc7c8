"""The words of a column, each told once, and which of them every cell is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def distinct_words(cells: Any) -> tuple[list[str], NDArray[np.int64]]:
    """(the different words of a pyarrow column of text, (N,) place of each cell's word, -1 where it is empty)."""
    encoded = cells.dictionary_encode().unify_dictionaries()
    codes = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in encoded.chunks]
    words = encoded.chunk(0).dictionary.to_pylist() if codes else []
    return words, np.concatenate([np.empty(0, dtype=np.int64), *codes], dtype=np.int64)
