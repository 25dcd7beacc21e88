"""Parties, keys, groups and cases from their events: one method for each, named for it."""

# ruff: noqa: ARG002, N802, N815

from __future__ import annotations

from typing import Any

from huizhen.domain.statuses import PartyStatus
from tests.model.spec.registry import TAX_AUTHORITY
from tests.model.spec.state import (
    Affiliation,
    Agreement,
    Consent,
    FileCommitment,
    Group,
    KeyGrant,
    LogHead,
    Membership,
    Party,
    Registration,
    Replacement,
    SignerRemoval,
    State,
)


class People:
    s: State

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

    # Cases

    def on_ConsentGranted(
        self, case_file: bytes, consent: bytes, hospital: int, key: bytes, until: int, **_: Any
    ) -> None:
        self.s.consents[case_file, consent] = Consent(key, hospital, until, False)

    def on_ConsentWithdrawn(self, case_file: bytes, consent: bytes, **_: Any) -> None:
        row = self.s.consents[case_file, consent]
        self.s.consents[case_file, consent] = row._replace(
            withdrawn=True, valid_until=min(row.valid_until, self.s.now)
        )

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
