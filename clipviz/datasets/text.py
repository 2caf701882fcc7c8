"""Prose as numbers: words out of text, a vocabulary of the training rows, ids in order."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from clipviz.core.profile import Histogram

PADDING, UNKNOWN = 0, 1
RESERVED = 2
_ELEMENTS = (
    "a|abbr|article|aside|b|big|blockquote|body|br|button|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure"
    "|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|ol|option"
    "|p|pre|q|s|samp|script|section|select|small|span|strike|strong|style|sub|summary|sup|table|tbody|td|textarea|tfoot"
    "|th|thead|title|tr|tt|u|ul|var|video|wbr"
)
_VALUE = r"""\s*=\s*(?:"[^"]{0,2000}"|'[^']{0,2000}'|[^\s"'<>]+)"""
_TAG = re.compile(
    rf"</?(?:{_ELEMENTS})(?:\s+[\w:-]+{_VALUE})*\s*/?>|<!--.*?-->|<!doctype[^<>]*>", re.I | re.S
)
_SIGN = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Chinese and Japanese, written without blanks: each sign is a word."""
_LETTERS = rf"[^\W_{_SIGN}]+"
_WORD = re.compile(rf"[{_SIGN}]|{_LETTERS}(?:['’]{_LETTERS})*")
_WORD_OR_MARK = re.compile(rf"{_WORD.pattern}|[^\w\s]")
MOST_COMMON = 50


class Tokens(BaseModel):
    """How text is cut into tokens; part of what a model must remember."""

    model_config = ConfigDict(frozen=True)

    lower: bool = Field(True, title="Ignore case", description="Great and great are one token.")
    punctuation: bool = Field(False, title="Keep punctuation", description="Each mark is a token.")

    def of(self, text: str) -> list[str]:
        """The tokens of a text: HTML tags and breaks are gaps, entities are their characters, "don't" is one
        word, each sign of Chinese and Japanese is one."""
        plain = html.unescape(_TAG.sub(" ", text)).replace("’", "'")
        plain = plain.casefold() if self.lower else plain
        return (_WORD_OR_MARK if self.punctuation else _WORD).findall(plain)


@dataclass(frozen=True)
class Vocabulary:
    """Words with ids 2, 3, ... in order of how often the training rows have them; 0 pads, 1 is any other word."""

    words: tuple[str, ...]
    tokens: Tokens

    @cached_property
    def ids(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words, start=RESERVED)}

    def __len__(self) -> int:
        """The number of ids, the two reserved ones among them."""
        return len(self.words) + RESERVED

    def encode(self, texts: Iterable[str | None], length: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(N, T) ids with T = `length`, and (N,) how many of each row are words; longer texts lose their ends.

        Rows are padded behind; a missing text has no words.
        """
        if length < 1:
            raise ValueError(f"length must be at least 1, not {length}")
        rows = [
            [self.ids.get(word, UNKNOWN) for word in self.tokens.of(text or "")[:length]] for text in texts
        ]
        encoded = np.full((len(rows), length), PADDING, dtype=np.int32)
        for place, row in enumerate(rows):
            encoded[place, : len(row)] = row
        return encoded, np.array([len(row) for row in rows], dtype=np.int32)


def fit(
    training: Iterable[str | None], tokens: Tokens | None = None, most: int = 20_000, least: int = 2
) -> Vocabulary:
    """The vocabulary of the training texts: the `most` commonest words that come at least `least` times.

    Ties are broken by the alphabet, so that the same rows in any order give the same ids.
    """
    tokens = tokens or Tokens()
    counts: Counter[str] = Counter()
    for text in training:
        counts.update(tokens.of(text or ""))
    ranked = sorted(
        (word for word in counts if counts[word] >= least), key=lambda word: (-counts[word], word)
    )
    return Vocabulary(tuple(ranked[:most]), tokens)


class TextProfile(BaseModel):
    """What is known of a column of prose; lengths are in words.

    lengths: histogram over all rows that have a text. quantiles: of the lengths, by "0.5", "0.95" ... . words: all of
    them together; vocabulary: different ones. frequent: the commonest words with the rows' counts.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    texts: int
    lengths: Histogram | None = None
    quantiles: dict[str, float] = {}
    words: int = 0
    vocabulary: int = 0
    once: int = 0
    frequent: tuple[tuple[str, int], ...] = ()


def describe(name: str, texts: Iterable[Sequence[str | None]], tokens: Tokens | None = None) -> TextProfile:
    """The profile of a column of prose, given in blocks."""
    from clipviz.datasets.profile import histogram, quantile

    tokens = tokens or Tokens()
    counts: Counter[str] = Counter()
    found: list[int] = []
    for block in texts:
        for text in block:
            if text is not None:
                words = tokens.of(text)
                counts.update(words)
                found.append(len(words))
    if not found:
        return TextProfile(name=name, texts=0)
    ordered = np.sort(np.array(found, dtype=np.float64))
    return TextProfile(
        name=name,
        texts=len(found),
        lengths=histogram(ordered),
        quantiles={f"{q:g}": quantile(ordered, q) for q in (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)},
        words=sum(found),
        vocabulary=len(counts),
        once=sum(count == 1 for count in counts.values()),
        frequent=tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_COMMON]),
    )
