"""How money is named between the ledger and the bank.

We name what we ask the bank to pay, and hope to read the name again in the memo of its statement; the bank names
each movement by a reference of its own (流水号), of which the chain sees only the digest.
"""

from __future__ import annotations

import hashlib
import unicodedata

from huizhen.errors import InvalidInput

_LONGEST = 64
_DOMAIN = b"huizhen bank reference\x00"


def batch_reference(batch: int) -> str:
    """HZ000012: what the bank is asked to write beside a whole batch."""
    return f"HZ{batch:06d}"


def item_reference(batch: int, item: int) -> str:
    """HZ000012-03: the third payee; people count from one, masks from zero."""
    return f"{batch_reference(batch)}-{item + 1:02d}"


def return_reference(batch: int, item: int) -> str:
    """The same money on its way back."""
    return f"{item_reference(batch, item)}-R"


def tidy_reference(text: str) -> str:
    """A bank's reference as it is compared: no spaces, full-width forms narrowed, capitals.

    Raises InvalidInput for an empty or overlong one.
    """
    tidy = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not tidy or len(tidy) > _LONGEST:
        raise InvalidInput(
            f"请填写银行流水号，最多{_LONGEST}个字符。",
            f"Please write the bank's reference, at most {_LONGEST} characters.",
        )
    return tidy


def reference_digest(text: str) -> bytes:
    """What stands on chain for a bank's reference. Unkeyed on purpose: one reference must give one digest,
    so that the contract can refuse it the second time."""
    return hashlib.sha256(_DOMAIN + tidy_reference(text).encode()).digest()
