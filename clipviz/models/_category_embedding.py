"""Categories as learned vectors."""

import torch
from torch import Tensor, nn

from clipviz.models.base import Signal


class CategoryEmbedding(nn.Module):
    """Rows (N, D) with one-hot categories to (N, outputs): the other numbers, then a learned vector a category.

    A one-hot row times a matrix is the row of its level: what nn.Embedding looks up, and a level that training
    never saw, all zeros, is the zero vector.
    """

    def __init__(self, signal: Signal, size: int) -> None:
        super().__init__()
        self.tables = nn.ParameterList(torch.randn(count, size) for _, count in signal.categories)
        self._categories = signal.categories
        hot = {place for first, count in signal.categories for place in range(first, first + count)}
        others = [place for place in range(signal.width) if place not in hot]
        self.register_buffer("others", torch.tensor(others, dtype=torch.int64))
        self.outputs = len(others) + size * len(signal.categories)

    others: Tensor

    def forward(self, values: Tensor) -> Tensor:
        vectors = [
            values[:, first : first + count] @ table
            for (first, count), table in zip(self._categories, self.tables, strict=True)
        ]
        return torch.cat([values[:, self.others], *vectors], dim=1)
