"""What the chain may see of facts that stay off it: digests of documents, keyed commitments to everything else.

A fact with little entropy (an account number, a reason) is committed to under a random 256-bit key of its own:
whoever holds fact and key can prove it, whoever lacks the key can guess nothing, and deleting the key erases it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from huizhen.domain.chain_ids import Hash32, hex32

KEY_BYTES = 32


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def commit(key: bytes, *facts: str) -> bytes:
    """HMAC-SHA-256 over the facts; each goes with its length, so that none can run into the next."""
    message = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (fact.encode() for fact in facts))
    return hmac.new(key, message, hashlib.sha256).digest()


def document_digest(document: str) -> Hash32:
    """SHA-256 of a public document as it was signed for (canonical JSON)."""
    return hex32(hashlib.sha256(document.encode()).digest())
