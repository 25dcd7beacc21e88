"""The contracts once more, as plainly as Python can say them: read this as their specification.

A module for each contract, a function for each of its functions. A function takes the State and the Act and either
changes the State and emits events, or raises Refusal with the exact error. Nothing here is fast, packed or clever, and
nothing is taken from the contracts' own code.
"""

from tests.model.spec import (
    cases,
    consultations,
    disputes,
    groups,
    ledger,
    permissions,
    registry,
    replacement,
    slots,
)
from tests.model.spec.act import RULES

__all__ = [
    "RULES",
    "cases",
    "consultations",
    "disputes",
    "groups",
    "ledger",
    "permissions",
    "registry",
    "replacement",
    "slots",
]
