import pytest

from clipviz.analysis.verdict.numerals import number, p_value, pairs, signed


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (0.0, "0"), (0.12345, "0.123"), (1234.5, "1,234"), (1e-5, "1.00e-05"), (2.5e8, "2.50e+08")],
)
def test_a_number_has_three_digits_and_separators(value: float | None, said: str) -> None:
    assert number(value) == said


def test_signs_small_p_values_and_pairs_are_written_out() -> None:
    assert [signed(each) for each in (0.5, -0.5, 0.0, None)] == ["+0.500", "−0.500", "0", "–"]
    assert [p_value(each) for each in (0.0312, 0.00001, None)] == ["0.031", "< 0.0001", "–"]
    assert (pairs(1), pairs(10)) == ("1 paired seed", "10 paired seeds")
