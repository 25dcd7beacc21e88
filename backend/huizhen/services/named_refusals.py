"""A contract's no in words that name people, not numbers."""

from __future__ import annotations

from collections.abc import Mapping

from huizhen.domain.ids import PartyId
from huizhen.domain.refusals import parties_named, refusal_sentence
from huizhen.domain.sentence import Sentence
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementView


def named_refusal(profiles: Profiles, name: str, arguments: Mapping[str, object]) -> Sentence:
    names = profiles.names(PartyId(party) for party in parties_named(name, arguments))
    return refusal_sentence(name, arguments, {int(party): known for party, known in names.items()})


def refusal_of(profiles: Profiles, view: StatementView) -> Sentence | None:
    """None for a statement that no contract refused."""
    if view.refusal_name is None:
        return view.refusal
    return named_refusal(profiles, view.refusal_name, view.refusal_arguments)
