"""Signs on numbers: taken off in Python and in SQL alike."""

import duckdb
import pytest

from clipviz.datasets.marks import sign_sql, unmarked, unmarked_sql


@pytest.mark.parametrize(
    ("cell", "bare", "sign"),
    [
        ("$1,234.50", "1,234.50", "$"),
        ("-$5", "-5", "$"),
        ("$-5", "-5", "$"),
        ("5 €", "5", "€"),
        ("1.234,5\u00a0€", "1.234,5", "€"),
        ("1\u202f234", "1 234", ""),
        ("EUR 7", "7", "EUR"),
        ("7 USD", "7", "USD"),
        ("12 %", "12", "%"),
        ("12.5%", "12.5", "%"),
        ("($5.00)", "-5.00", "$"),
        ("Fr. 5.-", "5", "Fr."),
        ("1'234.50 SFr.", "1'234.50", "SFr."),
        ("1.234,50-", "-1.234,50", ""),
        ("\u22125", "-5", ""),
        ("1\u2019234", "1'234", ""),
        ("(5 %)", "-5", "%"),
        ("(5)", "-5", ""),
        ("(1,234.50)", "-1,234.50", ""),
        ("R$ 1.234,51", "1.234,51", "R$"),
        ("1 234,50 kr", "1 234,50", "kr"),
        ("5,5 zł", "5,5", "zł"),
        ("5", "5", ""),
        ("5 apples", "5 apples", ""),
        ("100% cotton", "100% cotton", "%"),
        ("$", "$", "$"),
        ("AUDIO 5", "AUDIO 5", "AUD"),
        ("", "", ""),
    ],
)
def test_signs(cell, bare, sign):
    assert unmarked(cell) == bare
    with duckdb.connect() as connection:
        query = f"SELECT {unmarked_sql('c')}, {sign_sql('c')} FROM (SELECT ? AS c)"
        assert connection.execute(query, [cell]).fetchall() == [(bare, sign)]
