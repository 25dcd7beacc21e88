"""What the people of the demo have begun and others are to end: done by the same services as on the pages."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from typing import cast

from huizhen.db.office import drafts, holds
from huizhen.db.office.drafts import CaseStep, Draft
from huizhen.db.office.holds import Hold
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.case import CaseAct
from huizhen.domain.chain_ids import hex32
from huizhen.domain.slots import Slot
from huizhen.domain.terms import encode_terms
from huizhen.errors import InvalidInput
from huizhen.services.bank_files import BankFiles
from huizhen.services.groups import Groups
from huizhen.services.ports import ChainGateway
from huizhen.services.statements import StatementService
from huizhen.simulation.bank import statement_files
from huizhen.simulation.script import Simulation
from huizhen.simulation.waiting import AskedTeam


@dataclass(frozen=True, slots=True)
class OpenEnds:
    """Needs the index to be as far as the world, and the keys of its people."""

    world: Simulation
    stores: Stores
    statements: StatementService
    chain: ChainGateway
    groups: Groups
    files: BankFiles

    def leave(self) -> None:
        if self.world.waiting.asked is not None:
            self._ask_team(self.world.waiting.asked)
        self._ask_to_join()
        self._import_statement()

    def _ask_team(self, asked: AskedTeam) -> None:
        """All hours are held, the hospital has signed; everybody else is to."""
        case, terms, now = asked.case, asked.terms, self.world.present
        packed = encode_terms(terms)
        with self.stores.office.reading() as session:
            draft = cast("Draft", drafts.of_case_file(session, hex32(case.case_file))).id
        book = acts.book(packed, self.chain.signers_of(packed))
        view = self.statements.submit(book, proposer=terms.hospital, subject=f"draft:{draft}")
        hold = Hold(
            draft=draft, statement=view.id, terms=packed.hex(), created_at=now, expires_at=terms.sign_by
        )
        name = case.hospital.name
        step = CaseStep(
            draft=draft, act=CaseAct.HELD, account=None, by_zh=name.zh, by_en=name.en, at=now, note=""
        )
        with self.stores.office.writing() as session:
            doctors = [seat.doctor for seat in terms.seats]
            holds.keep(session, hold, doctors, map(Slot, range(terms.start, terms.start + terms.slots)))
            session.add(step)

    def _ask_to_join(self) -> None:
        """A doctor has signed to join a group whose lead decides alone: the newest of them."""
        founding = self.world.founding
        doctors = sorted(self.world.people.doctors, key=lambda doctor: doctor.id in founding.group_of)
        for group, doctor in itertools.product(reversed(list(founding.groups.values())), doctors):
            if group.quorum or doctor.id in group.members:
                continue
            with contextlib.suppress(InvalidInput):  # not licensed, or suspended meanwhile
                view = self.groups.propose_join(group.group, doctor.id)
                self.statements.sign(view.id, doctor.id)
                return

    def _import_statement(self) -> None:
        """Finance has read the bank's file; one line in it nobody can explain yet."""
        ((name, content), *_) = statement_files(self.world).items()
        self.files.receive(name, content, self.world.people.officials["preparer"].id)
        while self.files.work():
            pass
