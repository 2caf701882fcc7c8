"""Tables as people read them."""

import datetime

import pandas as pd

from clipviz.ui.tables import days


def test_dates_without_a_time_of_day_are_shown_without_one() -> None:
    moments = {"day": ["2024-01-02", None], "moment": ["2024-01-02 10:00", None]}
    given = pd.DataFrame({name: pd.to_datetime(cells) for name, cells in moments.items()}).assign(number=1)
    shown = days(given)
    assert shown["day"][0] == datetime.date(2024, 1, 2) and pd.isna(shown["day"][1])
    assert shown["moment"].tolist()[:1] == [pd.Timestamp("2024-01-02 10:00")]
    assert list(shown.columns) == list(given.columns) and given["day"].dtype.kind == "M"
