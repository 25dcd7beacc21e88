"""ERC7913SM2Verifier.verify: signatures of gmssl, an independent library, and what is left of each when altered."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from tests.contracts.sm2.conftest import Verify
from tests.support.keys import SM2Key
from tests.support.sm2_curve import B, N, P
from tests.support.world import digest_of

DIGEST = digest_of("a statement")


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(32, "big") for value in values)


def pair(value: bytes) -> tuple[int, int]:
    return int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")


@pytest.mark.parametrize("number", range(40))
def test_verify__of_any_key_and_digest__accepts_its_signature_and_no_neighbour(
    verify: Verify, key_module: SM2Key, number: int
) -> None:
    own = SM2Key.from_seed(key_module.verifier, number)
    digest = digest_of("statement", number)
    signature = own.sign(digest)
    assert verify(own.public, digest, signature)
    r, s = pair(signature)
    assert not verify(own.public, digest, words(r ^ 1 << number, s))
    assert not verify(own.public, digest, words(r, s ^ 1 << number))
    assert not verify(own.public, digest[:-1] + bytes([digest[-1] ^ 1]), signature)
    assert not verify(key_module.public, digest, signature)


def test_verify__of_a_second_signature_of_one_digest__accepts_both(
    verify: Verify, key_module: SM2Key
) -> None:
    """What happens once must be kept from happening twice by the statement, not by the bytes of a signature."""
    one, other = key_module.sign(DIGEST), key_module.sign(DIGEST, 1)
    assert one != other
    assert verify(key_module.public, DIGEST, one)
    assert verify(key_module.public, DIGEST, other)


def test_verify__of_pairs_that_follow_from_a_signature__refuses(verify: Verify, key_module: SM2Key) -> None:
    """ECDSA has (r, -s) for each (r, s); SM2 has nothing like it."""
    r, s = pair(key_module.sign(DIGEST))
    t = (r + s) % N
    for forged in ((r, N - s), (N - r, s), (N - r, N - s), (s, r), (r, t), (t, s), (r, (-t - r) % N)):
        assert not verify(key_module.public, DIGEST, words(*forged))


EDGES = (0, 1, N - 1, N, N + 1, P, 2**256 - 1)


@pytest.mark.parametrize("edge", EDGES)
def test_verify__with_r_or_s_at_the_edges__refuses(verify: Verify, key_module: SM2Key, edge: int) -> None:
    r, s = pair(key_module.sign(DIGEST))
    for forged in ((edge, s), (r, edge), (edge, edge), (edge, (N - edge) % N)):
        assert not verify(key_module.public, DIGEST, words(*forged))


def test_verify__with_the_sum_of_r_and_s_a_multiple_of_n__refuses(verify: Verify, key_module: SM2Key) -> None:
    r, s = pair(key_module.sign(DIGEST))
    assert not verify(key_module.public, DIGEST, words(r, N - r))
    assert not verify(key_module.public, DIGEST, words(N - s, s))


def test_verify__with_a_key_that_is_no_point__refuses(verify: Verify, key_module: SM2Key) -> None:
    signature = key_module.sign(DIGEST)
    x, y = pair(key_module.public)
    on_p256 = pair(
        bytes.fromhex(
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        )
    )
    forged = ((0, 0), (x, 0), (0, y), (x, y ^ 1), (y, x), (x, P), (P, y), (2**256 - 1, 2**256 - 1), on_p256)
    for point in forged:
        assert not verify(words(*point), DIGEST, signature)


def test_verify__with_the_other_key_of_the_same_x__refuses(verify: Verify, key_module: SM2Key) -> None:
    x, y = pair(key_module.public)
    assert not verify(words(x, P - y), DIGEST, key_module.sign(DIGEST))


def test_verify__with_a_coordinate_written_as_itself_and_p__refuses(
    verify: Verify, key_module: SM2Key
) -> None:
    """A point with x = 0 lies on the curve; x = P is the same number and not the canonical form."""
    y = pow(B, (P + 1) // 4, P)
    assert y * y % P == B
    for point in ((P, y), (0, P + y if P + y < 2**256 else P - 1)):
        assert not verify(words(*point), DIGEST, key_module.sign(DIGEST))


@pytest.mark.parametrize("length", [0, 1, 31, 32, 63, 65, 96, 128])
def test_verify__with_another_length__refuses(verify: Verify, key_module: SM2Key, length: int) -> None:
    signature = key_module.sign(DIGEST)
    assert not verify((key_module.public * 2)[:length], DIGEST, signature)
    assert not verify(key_module.public, DIGEST, (signature * 2)[:length])


def test_verify__with_forms_that_others_use__refuses(verify: Verify, key_module: SM2Key) -> None:
    """Keys with the mark of an uncompressed point or compressed, and signatures in DER, have another form here."""
    signature = key_module.sign(DIGEST)
    r, s = pair(signature)
    der = b"\x30\x44\x02\x20" + words(r) + b"\x02\x20" + words(s)
    assert not verify(b"\x04" + key_module.public, DIGEST, signature)
    assert not verify(b"\x02" + key_module.public[:32], DIGEST, signature)
    assert not verify(key_module.public, DIGEST, der)


def test_verify__of_a_signature_over_another_digest_of_the_same_bytes__refuses(
    verify: Verify, key_module: SM2Key
) -> None:
    """The digest is the message: it is not hashed by keccak again."""
    assert not verify(key_module.public, keccak(DIGEST), key_module.sign(DIGEST))
