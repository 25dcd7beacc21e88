"""A person's desk: statements that await a signature, of their own party and of the groups that they speak for."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import group_queries
from huizhen.db.office import applications, sealed_texts
from huizhen.db.session import Stores
from huizhen.domain.chain_ids import hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import wallet_form
from huizhen.errors import InvalidInput, NotFound
from huizhen.services.statements import StatementService, StatementView


@dataclass(frozen=True, slots=True)
class Desk:
    """A doctor signs for the groups that they lead, and for one that they applied for and have not founded yet."""

    stores: Stores
    statements: StatementService

    def speaks_for(self, party: PartyId) -> tuple[PartyId, ...]:
        """The party itself first."""
        with self.stores.office.reading() as session:
            filed = [row.party for row in applications.of_founder(session, party) if row.party is not None]
        with self.stores.index.reading() as session:
            led = [row.group for row in group_queries.groups_led_by(session, party)]
            founded = {row.group for row in group_queries.groups(session)} if filed else set()
        return tuple(dict.fromkeys((party, *led, *(group for group in filed if group not in founded))))

    def view(self, statement: int, party: PartyId) -> StatementView:
        """Raises NotFound for what concerns neither the party nor its groups."""
        for each in self.speaks_for(party):
            try:
                return self.statements.view(statement, each)
            except NotFound:
                continue
        raise NotFound(
            "没有这份声明，或与您无关。", "There is no such statement, or it does not concern you."
        )

    def document(self, statement: int, party: PartyId) -> dict[str, object]:
        """For a file: the statement as wallets sign it and `huizhen show` checks it, with its digest."""
        view = self.view(statement, party)
        insiders = {view.proposer, *(signer.party for signer in view.signers)}
        reader = next(each for each in self.speaks_for(party) if each in insiders)
        typed = wallet_form(self.statements.typed_data(statement, reader))
        return {"typed_data": typed, "digest": view.digest}

    def reason(self, view: StatementView) -> str | None:
        """The words behind the reason that the statement commits to, for those who sign it; None if not kept here."""
        commitment = view.values.get("reason")
        if not isinstance(commitment, bytes):
            return None
        with self.stores.office.reading() as session:
            return sealed_texts.texts(session, (hex32(commitment),)).get(hex32(commitment))

    def awaits(self, view: StatementView, party: PartyId) -> bool:
        return any(view.awaits(each) for each in self.speaks_for(party))

    def sign(self, statement: int, party: PartyId, digest: str) -> StatementView:
        """Sign for everyone the party speaks for. Raises InvalidInput where the page showed another digest."""
        view = self.view(statement, party)
        if view.digest != digest:
            raise InvalidInput(
                "页面上的内容与要签署的声明不符，请重新打开页面核对。",
                "What the page showed is not what would be signed. Open the page again and read it once more.",
            )
        for each in self.speaks_for(party):
            if any(signer.party == each for signer in view.signers):
                view = self.statements.sign(statement, each)
        return view

    def decline(self, statement: int, party: PartyId, reason: str) -> StatementView:
        view = self.view(statement, party)
        for each in self.speaks_for(party):
            if view.awaits(each):
                return self.statements.decline(statement, each, reason)
        return view

    def withdraw(self, statement: int, party: PartyId) -> StatementView:
        self.view(statement, party)
        return self.statements.withdraw(statement, party)

    def inbox(self, party: PartyId) -> tuple[StatementView, ...]:
        """What waits for the party: nothing that its proposer has not signed, unless the proposer is the party."""
        waiting = {
            view.id: view for each in self.speaks_for(party) for view in self.statements.awaiting(each)
        }
        return tuple(view for view in waiting.values() if view.proposer == party or _put_forward(view))

    def proposed(self, party: PartyId) -> tuple[StatementView, ...]:
        return self.statements.of_proposer(party)


def _put_forward(view: StatementView) -> bool:
    """Whether the proposer stands by it: has signed, or is not asked to."""
    return all(signer.signed_at is not None for signer in view.signers if signer.party == view.proposer)
