"""Sentences about columns, each said once however many columns it holds for."""

MOST_NAMED = 5


class Notes:
    """Sentences with the columns that they hold for, and the number of values where they are about values."""

    def __init__(self) -> None:
        self._columns: dict[str, list[str]] = {}
        self._values: dict[str, int] = {}
        self._one: dict[str, str] = {}

    def say(self, column: str, sentence: str) -> None:
        """An empty sentence says nothing."""
        if sentence:
            self._columns.setdefault(sentence, []).append(column)

    def count(self, column: str, values: int, one: str, many: str) -> None:
        """What holds for so many values of a column, worded for one and for many; of none it is not said."""
        if values:
            self.say(column, many)
            self._values[many] = self._values.get(many, 0) + values
            self._one[many] = one

    def told(self) -> tuple[str, ...]:
        """Each sentence behind its columns, of which hundreds are counted, not listed."""
        return tuple(self._told(sentence) for sentence in self._columns)

    def _told(self, sentence: str) -> str:
        columns = self._columns[sentence]
        more = len(columns) - MOST_NAMED
        shown = ", ".join(columns[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        count = self._values.get(sentence)
        if count is None:
            return f"{shown}: {sentence}"
        return f"{shown}: {count:,} {self._one[sentence] if count == 1 else sentence}"
