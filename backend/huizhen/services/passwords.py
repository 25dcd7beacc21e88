"""Passwords are kept as scrypt hashes; the parameters stand in each hash, so they can be raised later."""

from __future__ import annotations

import hashlib
import hmac
import os

# About 50 ms and 16 MB a try on a small machine; five lanes make guessing dear without more memory.
_COST, _BLOCK, _LANES = 2**14, 8, 5
_MAX_MEMORY = 64 * 1024 * 1024


def hash_password(password: str) -> str:
    salt = os.urandom(16)
    derived = _derive(password, salt, _COST, _BLOCK, _LANES)
    return f"scrypt:{_COST}:{_BLOCK}:{_LANES}:{salt.hex()}:{derived.hex()}"


def matches(password: str, stored: str) -> bool:
    _, cost, block, lanes, salt, digest = stored.split(":")
    derived = _derive(password, bytes.fromhex(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(derived, bytes.fromhex(digest))


def _derive(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=_MAX_MEMORY, dklen=32
    )


# What an unknown email is checked against, so that the answer takes as long as for a known one.
NOBODYS = f"scrypt:{_COST}:{_BLOCK}:{_LANES}:{'00' * 16}:{'00' * 32}"
