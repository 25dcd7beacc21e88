"""The multiples of G in SM2Multiples.sol are those that plain arithmetic gives."""

from __future__ import annotations

from tests.support.sm2_curve import MULTIPLES, TABLE, B, G, N, P, add, multiply, table


def test_table__in_the_contracts__is_the_one_computed() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


def test_curve__of_the_standard__has_g_of_order_n() -> None:
    assert G is not None
    x, y = G
    assert (y * y - x**3 + 3 * x - B) % P == 0
    assert add(multiply(N - 1, G), G) is None
    assert multiply(MULTIPLES, G) == add(multiply(MULTIPLES - 1, G), G)
