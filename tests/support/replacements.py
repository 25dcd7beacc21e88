"""Key replacements that seem to be under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.world import World


@contextmanager
def every_replacement_pending(world: World) -> Iterator[None]:
    """While it lasts, KeyReplacement says of every party that its keys are being replaced."""
    node = world.chain.node
    there = world.read("CredentialRegistry", "keyReplacement")
    code = node.code(there)
    stand_in = world.chain.artifacts.artifact("EveryReplacement")["deployedBytecode"]
    node.call("anvil_setCode", there, stand_in)
    yield
    node.call("anvil_setCode", there, "0x" + code.hex())
