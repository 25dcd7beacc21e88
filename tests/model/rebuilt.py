"""I13: the events alone, read from the first on, give back all state that the contracts keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from huizhen.domain.statuses import BatchStatus, PartyStatus
from huizhen.domain.statuses import ConsultationStatus as Status
from tests.model.spec import booked_terms
from tests.model.spec.ledger import Item, items_hash
from tests.model.spec.registry import TAX_AUTHORITY
from tests.model.spec.split import unpacked
from tests.model.spec.state import (
    NO_WORD,
    Affiliation,
    Agreement,
    Batch,
    Consent,
    Consultation,
    Credit,
    FileCommitment,
    Funds,
    Group,
    KeyGrant,
    Log,
    LogHead,
    Membership,
    Party,
    PayoutAccount,
    Registration,
    Replacement,
    SignerRemoval,
    State,
    written,
)

Entry = tuple[int, Log]


class Rebuilder:
    """Knows no function of the contracts, only their events: one method for each, named for it."""

    # ruff: noqa: N802, ARG002

    def __init__(self) -> None:
        self.s = State(0)
        self.keys: dict[int, bytes] = {}
        self.packed: dict[int, bytes] = {}
        self.items: dict[int, list[Item]] = {}

    def read(self, history: Iterable[Entry]) -> State:
        for now, log in history:
            self.s.now = now
            getattr(self, f"on_{log.event}")(*log.values, contract=log.contract)
        return self.s

    # Registry

    def on_Applied(
        self, party: int, kind: int, home: int, profile: bytes, licence: bytes, signer: bytes, **_: Any
    ) -> None:
        self.s.parties[party] = Party(0, 0, 0, kind, PartyStatus.APPLIED, 0, 0)
        # The first signer follows as an event of its own, and counts for nothing.
        self.s.registrations[party] = Registration(home, -1, self.s.now, profile, licence)

    def on_Accredited(
        self, party: int, _: int, specialties: int, city: int, until: int, powers: int, **__: Any
    ) -> None:
        row = self.s.parties[party]
        if row.specialties & ~specialties or row.powers & ~powers or row.valid_until > until:
            self.s.last_loss = self.s.now
        self.s.parties[party] = Party(
            specialties, until, city, row.kind, PartyStatus.ACCREDITED, powers, row.signers
        )
        # The first two parties are accredited by nobody's statement.
        self._moves(party, 0 if party <= TAX_AUTHORITY and row.status == PartyStatus.APPLIED else 1)

    def on_Suspended(self, party: int, *_: Any, **__: Any) -> None:
        self._become(party, PartyStatus.SUSPENDED)
        self.s.last_loss = self.s.now

    def on_Reinstated(self, party: int, *_: Any, **__: Any) -> None:
        self._become(party, PartyStatus.ACCREDITED)

    def on_SignerAdded(self, party: int, index: int, signer: bytes, **_: Any) -> None:
        row = self.s.parties[party]
        self.s.parties[party] = row._replace(signers=max(row.signers, index + 1))
        self.s.signers[party, index] = signer
        self.s.party_of_signer[signer] = party
        self._moves(party)

    def on_SignerRemovalRequested(self, party: int, index: int, not_before: int, **_: Any) -> None:
        self.s.removals[party] = SignerRemoval(not_before, index)
        self._moves(party)

    def on_SignerRemovalCancelled(self, party: int, _: int, **__: Any) -> None:
        self.s.removals[party] = SignerRemoval()
        self._moves(party)

    def on_SignerRemoved(self, party: int, index: int, **_: Any) -> None:
        self.s.removals[party] = SignerRemoval()
        self.s.signers.pop((party, index), None)

    # Replacement of keys

    def on_ReplacementRequested(
        self, party: int, authority: int, signer: bytes, not_before: int, sequence: int, **_: Any
    ) -> None:
        revision, contested = self.s.registrations[authority].revision, self.s.replacements[party].contested
        self.s.replacements[party] = Replacement(
            sequence, authority, revision, not_before, contested, False, signer
        )

    def on_ReplacementCancelled(self, party: int, sequence: int, **_: Any) -> None:
        self.s.replacements[party] = Replacement(sequence, contested=True)

    def on_ReplacementRuled(self, party: int, _: int, allowed: bool, sequence: int, **__: Any) -> None:
        row = self.s.replacements[party]._replace(allowed=True) if allowed else Replacement()
        self.s.replacements[party] = row._replace(sequence=sequence)

    def on_SignersReplaced(self, party: int, sequence: int, **_: Any) -> None:
        self.s.replacements[party] = Replacement(sequence)
        self.s.removals[party] = SignerRemoval()

    # Institutions

    def on_Affiliated(self, doctor: int, institution: int, *row: int, **_: Any) -> None:
        if row[0] < self.s.affiliations[doctor, institution].valid_until:
            self.s.last_loss = self.s.now
        self.s.affiliations[doctor, institution] = Affiliation(*row)

    def on_AffiliationEnded(self, doctor: int, institution: int, _: int, version: int, **__: Any) -> None:
        self.s.affiliations[doctor, institution] = Affiliation(0, 0, version)
        self.s.last_loss = self.s.now

    def on_Agreed(self, a: int, b: int, commitment: bytes, until: int, version: int, **_: Any) -> None:
        self.s.agreements[a, b] = Agreement(until, version, commitment)

    def _become(self, party: int, status: PartyStatus) -> None:
        self.s.parties[party] = self.s.parties[party]._replace(status=status)
        self._moves(party)

    def _moves(self, party: int, by: int = 1) -> None:
        row = self.s.registrations[party]
        self.s.registrations[party] = row._replace(revision=row.revision + by)

    # Groups

    def on_GroupFounded(
        self, group: int, lead: int, quorum: int, institution_bps: int, fund_bps: int, **_: Any
    ) -> None:
        self.s.founded.append(group)
        self.s.groups[group] = Group(lead, quorum, 1, institution_bps, fund_bps, 0, self.s.now, 0)
        self.s.rules[group, 1] = institution_bps, fund_bps
        self.s.spells[group, lead] = (Membership(self.s.now, 0, 1),)
        self.s.ever[group] = (lead,)

    def on_MemberJoined(self, group: int, doctor: int, spell: int, **_: Any) -> None:
        self.s.spells[group, doctor] += (Membership(self.s.now, 0, spell),)
        if spell == 1:
            self.s.ever[group] += (doctor,)

    def on_MemberLeft(self, group: int, doctor: int, *_: Any, **__: Any) -> None:
        *earlier, last = self.s.spells[group, doctor]
        self.s.spells[group, doctor] = (*earlier, last._replace(left_at=self.s.now))

    on_MemberExpelled = on_MemberLeft

    def on_ShareRuleSet(
        self, group: int, version: int, institution_bps: int, fund_bps: int, **_: Any
    ) -> None:
        self.s.rules[group, version] = institution_bps, fund_bps
        self._group(group, rule_version=version, institution_bps=institution_bps, fund_bps=fund_bps)

    def on_PolicySet(self, group: int, quorum: int, revision: int, **_: Any) -> None:
        self._group(group, quorum=quorum, revision=revision)

    def on_LeadTransferred(self, group: int, lead: int, _: int, revision: int, **__: Any) -> None:
        self._group(group, lead=lead, revision=revision)

    def on_StandingConsentSet(self, group: int, until: int, revision: int, **_: Any) -> None:
        self._group(group, standing_until=until, revision=revision)

    def _group(self, group: int, **changed: int) -> None:
        self.s.groups[group] = self.s.groups[group]._replace(**changed)

    # Cases and hours

    def on_ConsentGranted(
        self, case_file: bytes, consent: bytes, hospital: int, key: bytes, until: int, **_: Any
    ) -> None:
        self.s.consents[case_file, consent] = Consent(key, hospital, until, False)

    def on_ConsentWithdrawn(self, case_file: bytes, consent: bytes, **_: Any) -> None:
        row = self.s.consents[case_file, consent]
        self.s.consents[case_file, consent] = row._replace(withdrawn=True, valid_until=self.s.now)

    def on_FileCommitted(self, case_file: bytes, file: bytes, by: int, index: int, **_: Any) -> None:
        if not self.s.case_hospitals[case_file]:
            self.s.case_hospitals[case_file] = by
        self.s.case_files[case_file] += (file,)
        self.s.files[case_file, file] = FileCommitment(by, index, self.s.now)

    def on_KeyGranted(self, case_file: bytes, recipient: int, hospital: int, *row: Any, **_: Any) -> None:
        self.s.case_hospitals[case_file] = hospital
        self.s.key_grants[case_file, recipient] = KeyGrant(*row)

    def on_KeyGrantEnded(self, case_file: bytes, recipient: int, _: int, version: int, **__: Any) -> None:
        row = self.s.key_grants[case_file, recipient]
        self.s.key_grants[case_file, recipient] = row._replace(valid_until=0, version=version)

    def on_LogAnchored(self, platform: int, head: bytes, entries: int, sequence: int, **_: Any) -> None:
        self.s.log_heads[platform] = LogHead(head, entries, self.s.now, sequence)

    def on_Reserved(self, start: int, slots: int, doctors: list[int], **_: Any) -> None:
        self.s.taken |= {(doctor, slot) for doctor in doctors for slot in range(start, start + slots)}

    def on_Released(self, start: int, slots: int, doctors: list[int], **_: Any) -> None:
        self.s.taken -= {(doctor, slot) for doctor in doctors for slot in range(start, start + slots)}

    def on_BookerSet(self, booker: str, allowed: bool, *, contract: str) -> None:
        bookers = self.s.slot_bookers if contract == "SlotBook" else self.s.ledger_bookers
        (bookers.add if allowed else bookers.discard)(booker)

    # Consultations

    def on_Booked(
        self, number: int, terms_hash: bytes, _: int, price: int, terms: bytes, **__: Any
    ) -> None:
        self.keys[number], self.packed[number] = terms_hash, terms
        self.s.consultations[terms_hash] = Consultation(Status.BOOKED, number, self.s.now, 0, 0, 0, price)

    def on_Amended(self, number: int, replaced: bytes, terms_hash: bytes, terms: bytes, **_: Any) -> None:
        price = self.s.consultations[replaced].escrowed
        self._consultation(number, status=Status.CANCELLED, escrowed=0)
        self.on_Booked(number, terms_hash, 0, price, terms)

    def on_Delivered(self, number: int, _: bytes, seats: int, overtime: int, **__: Any) -> None:
        at = {"delivered_at": self.s.now, "seats": seats, "overtime": overtime}
        self._consultation(number, status=Status.DELIVERED, **at)

    def on_Settled(self, number: int, accepted: bool, **_: Any) -> None:
        if not accepted:
            self._drop_unwitnessed_overtime(number)
        self._consultation(number, status=Status.SETTLED)

    def on_Cancelled(self, number: int, *_: Any, **__: Any) -> None:
        self._consultation(number, status=Status.CANCELLED)

    def on_Expired(self, number: int, **_: Any) -> None:
        self._consultation(number, status=Status.EXPIRED)

    def on_AttendanceRecorded(self, number: int, seats: int, overtime: int, **_: Any) -> None:
        # Where a required seat was absent, it has been cancelled just now.
        if self._row(number).status == Status.BOOKED:
            self._consultation(number, attended=seats, overtime=overtime)

    def on_NoShowMarked(self, number: int, by: int, seats: int, _: bytes, **__: Any) -> None:
        terms = booked_terms.read(self.packed[number])
        if by == terms.hospital:
            self._consultation(number, attended=(1 << len(terms.seats)) - 1 & ~seats)

    def on_Disputed(self, number: int, _: int, seats: int, __: bytes, **___: Any) -> None:
        self._drop_unwitnessed_overtime(number)
        self._consultation(number, status=Status.DISPUTED)
        row = self.s.disputes[number]
        self.s.disputes[number] = row._replace(contested=row.contested | seats, opened_at=self.s.now)

    def on_UncontestedReleased(self, number: int, _: int, **__: Any) -> None:
        self.s.disputes[number] = self.s.disputes[number]._replace(rest_released=True)

    def on_DisputeResolved(self, number: int, seats: int, *_: Any, **__: Any) -> None:
        row = self.s.disputes[number]
        left = {"contested": row.contested & ~seats, "resolved": row.resolved | seats}
        self.s.disputes[number] = row._replace(**left)

    def _row(self, number: int) -> Consultation:
        return self.s.consultations[self.keys[number]]

    def _drop_unwitnessed_overtime(self, number: int) -> None:
        if not self._row(number).attended:
            self._consultation(number, overtime=0)

    def _consultation(self, number: int, **changed: int) -> None:
        self.s.consultations[self.keys[number]] = self._row(number)._replace(**changed)

    # Money

    def on_Deposited(self, hospital: int, amount: int, *_: Any, **__: Any) -> None:
        self._funds(hospital, amount, 0)

    def on_Refunded(self, hospital: int, amount: int, sequence: int, **_: Any) -> None:
        self._funds(hospital, -amount, 0)
        self._credit(hospital, amount, 0)
        self.s.refunds[hospital] = sequence + 1

    def on_Escrowed(self, _: int, hospital: int, amount: int, **__: Any) -> None:
        self._funds(hospital, -amount, amount)

    def on_EscrowReleased(self, number: int, hospital: int, funded: int, legs: list[int], **_: Any) -> None:
        if number in self.keys:
            self._consultation(number, escrowed=self._row(number).escrowed - funded)
        rest = funded
        for _kind, party, amount in map(unpacked, legs):
            self._credit(party, amount, 0)
            rest -= amount
        self._funds(hospital, rest, -funded)

    def on_PayoutAccountSet(
        self, party: int, account: bytes, effective_at: int, version: int, **_: Any
    ) -> None:
        current = self.s.account_in_force(party)
        self.s.accounts[party] = PayoutAccount(current, account, effective_at, version)

    def on_PayoutAccountCancelled(self, party: int, version: int, **_: Any) -> None:
        self.s.accounts[party] = PayoutAccount(self.s.accounts[party].current, NO_WORD, 0, version)

    def on_PayoutPrepared(self, batch: int, preparer: int, items: list[Item], **_: Any) -> None:
        self.items[batch] = items
        of_items = items_hash(items)
        self.s.batches[batch] = Batch(
            BatchStatus.PREPARED, len(items), preparer, self.s.now, 0, 0, of_items, 0
        )

    def on_PayoutApproved(self, batch: int, _: int, executed: int, __: int, withheld: int, **___: Any) -> None:
        for item in self._chosen(batch, executed):
            self._credit(item.party, -item.gross, item.net)
        self._credit(TAX_AUTHORITY, withheld, 0)
        self._batch(batch, status=BatchStatus.APPROVED, outstanding=executed)

    def on_PayoutConfirmed(self, batch: int, mask: int, *_: Any, **__: Any) -> None:
        for item in self._chosen(batch, mask):
            self._credit(item.party, 0, -item.net)
        row = self.s.batches[batch]
        self._batch(batch, outstanding=row.outstanding & ~mask, confirmed=row.confirmed | mask)

    def on_PayoutReturned(self, batch: int, place: int, party: int, net: int, *_: Any, **__: Any) -> None:
        row, bit = self.s.batches[batch], 1 << place
        self._credit(party, net, -net if row.outstanding & bit else 0)
        left = {"outstanding": row.outstanding & ~bit, "confirmed": row.confirmed & ~bit}
        self._batch(batch, **left, returned=row.returned | bit)

    def on_Collected(self, reference: bytes, _: int, custody: int, **__: Any) -> None:
        self.s.references.add(reference)
        self.s.custody = custody

    on_Paid = on_Reclaimed = on_Collected

    def _chosen(self, batch: int, mask: int) -> list[Item]:
        return [item for place, item in enumerate(self.items[batch]) if mask >> place & 1]

    def _batch(self, batch: int, **changed: int) -> None:
        self.s.batches[batch] = self.s.batches[batch]._replace(**changed)

    def _funds(self, hospital: int, available: int, escrowed: int) -> None:
        row = self.s.funds[hospital]
        self.s.funds[hospital] = Funds(row.available + available, row.escrowed + escrowed)

    def _credit(self, party: int, credited: int, outstanding: int) -> None:
        row = self.s.credits[party]
        self.s.credits[party] = Credit(row.credited + credited, row.outstanding + outstanding)


def i13_events_alone_rebuild_all_state(history: Iterable[Entry], state: State) -> None:
    again = Rebuilder().read(history)
    for each in fields(State):
        if each.name not in ("now", "logs"):
            mine, theirs = (written(getattr(s, each.name)) for s in (again, state))
            assert mine == theirs, each.name

