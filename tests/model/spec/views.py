"""Every view of the contracts with the answer that the specification gives to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.model.spec.cases import CASES, may_open
from tests.model.spec.consultations import CONSULTATIONS, count
from tests.model.spec.disputes import DISPUTES
from tests.model.spec.groups import GROUPS, was_member
from tests.model.spec.hashing import keccak
from tests.model.spec.ledger import LEDGER, NO_BATCH, RAIL
from tests.model.spec.registry import MAX_SIGNERS, NOBODY, REGISTRY, TAX_AUTHORITY, is_qualified
from tests.model.spec.replacement import KEYS, is_pending
from tests.model.spec.slots import SLOTS, word_of
from tests.model.spec.state import NO_WORD, UINT40, Consultation, Registration, State

ALL_SPECIALTIES = 2**160 - 1
NO_CONSULTATION = Consultation(0, 0, 0, 0, 0, 0, 0)
NO_REGISTRATION = Registration(0, 0, 0, NO_WORD, NO_WORD)


class Answer(NamedTuple):
    contract: str
    view: str
    arguments: tuple[object, ...]
    values: tuple[object, ...]


def answers(s: State, accounts: Iterable[str]) -> Iterator[Answer]:
    """For everybody and everything that has ever been named, and for one party that never was."""
    yield from _registry(s)
    yield from _groups(s)
    yield from _cases_and_slots(s, accounts)
    yield from _consultations(s)
    yield from _ledger(s, accounts)


def _registry(s: State) -> Iterator[Answer]:
    yield Answer(REGISTRY, "partyCount", (), (len(s.parties),))
    yield Answer(REGISTRY, "lastLoss", (), (s.last_loss,))
    for party in range(len(s.parties) + 2):
        yield Answer(REGISTRY, "partyOf", (party,), s.parties.get(party, NOBODY))
        yield Answer(REGISTRY, "registrationOf", (party,), s.registrations.get(party, NO_REGISTRATION))
        yield Answer(REGISTRY, "removalOf", (party,), s.removals[party])
        yield Answer(KEYS, "replacementOf", (party,), s.replacements[party])
        yield Answer(KEYS, "isPending", (party,), (is_pending(s, party),))
        highest = s.parties.get(party, NOBODY).signers
        for index in range(min(highest + 1, MAX_SIGNERS + 1)):
            yield Answer(REGISTRY, "signerOf", (party, index), (s.signers.get((party, index), b""),))
    for signer, party in s.party_of_signer.items():
        yield Answer(REGISTRY, "partyOfSigner", (keccak(signer),), (party,))
    for (doctor, institution), affiliation in list(s.affiliations.items()):
        yield Answer(REGISTRY, "affiliationOf", (doctor, institution), affiliation)
        held = s.parties.get(doctor, NOBODY).specialties
        for as_of in (s.now, affiliation.valid_until, affiliation.valid_until + 1):
            for needed in {0, held, held | 1, min(held + 1, ALL_SPECIALTIES)}:
                asked = (doctor, needed, institution, min(as_of, UINT40))
                yield Answer(REGISTRY, "isQualified", asked, (is_qualified(s, *asked),))
    for a, b in list(s.agreements):
        yield Answer(REGISTRY, "agreementOf", (a, b), s.agreements[min(a, b), max(a, b)])


def _groups(s: State) -> Iterator[Answer]:
    yield Answer(GROUPS, "groupCount", (), (len(s.founded),))
    for place, group in enumerate(s.founded):
        yield Answer(GROUPS, "groupAt", (place,), (group,))
    for group, row in list(s.groups.items()):
        counted = (row.lead, len(s.members(group)), *row[1:])
        yield Answer(GROUPS, "groupOf", (group,), counted)
        for version in range(row.rule_version + 2):
            yield Answer(GROUPS, "shareRuleOf", (group, version), s.rules.get((group, version), (0, 0)))
    for (group, doctor), spells in list(s.spells.items()):
        ever = s.ever[group]
        place = ever.index(doctor) if doctor in ever else 0
        chain = (ever[place - 1] if place else 0, s.groups[group].lead == doctor != 0)
        yield Answer(GROUPS, "membershipOf", (group, doctor), (*s.membership(group, doctor), *chain))
        yield Answer(GROUPS, "isMember", (group, doctor), (s.membership(group, doctor).is_current,))
        moments = {s.now, *(moment for spell in spells for moment in (spell.joined_at, spell.left_at))}
        for epoch in {max(moment + shift, 0) for moment in moments for shift in (-1, 0)}:
            was = was_member(s, group, doctor, epoch)
            yield Answer(GROUPS, "wasMember", (group, doctor, epoch), (was,))


def _cases_and_slots(s: State, accounts: Iterable[str]) -> Iterator[Answer]:
    granted = [key for key, consent in s.consents.items() if consent.key != bytes(20)]
    yield Answer(CASES, "consentCount", (), (len(granted),))
    for (case_file, consent), row in list(s.consents.items()):
        yield Answer(CASES, "consentOf", (case_file, consent), row)
    for case_file in {case_file for case_file, _ in s.consents}:
        yield Answer(CASES, "hospitalOf", (case_file,), (s.case_hospitals[case_file],))
        files = s.case_files[case_file]
        yield Answer(CASES, "fileCount", (case_file,), (len(files),))
        for index, file in enumerate((*files, NO_WORD)):
            yield Answer(CASES, "fileAt", (case_file, index), (file,))
            yield Answer(CASES, "fileOf", (case_file, file), s.files[case_file, file])
    for (case_file, recipient), grant in list(s.key_grants.items()):
        yield Answer(CASES, "keyGrantOf", (case_file, recipient), grant)
        for as_of in {0, s.now, grant.valid_until, min(grant.valid_until + 1, UINT40)}:
            asked = (case_file, recipient, as_of)
            yield Answer(CASES, "mayOpen", asked, (may_open(s, *asked),))
    for platform, head in list(s.log_heads.items()):
        yield Answer(CASES, "logHeadOf", (platform,), head)
    # The words beside the taken ones must be empty.
    for doctor, word in {(doctor, (slot >> 8) + side) for doctor, slot in s.taken for side in (0, 1)}:
        if word < 1 << 32:
            yield Answer(SLOTS, "wordOf", (doctor, word), (word_of(s, doctor, word),))
    for account in accounts:
        yield Answer(SLOTS, "isBooker", (account,), (account in s.slot_bookers,))


def _consultations(s: State) -> Iterator[Answer]:
    yield Answer(CONSULTATIONS, "consultationCount", (), (count(s),))
    yield Answer(CONSULTATIONS, "consultationOf", (NO_WORD,), NO_CONSULTATION)
    for terms_hash, row in s.consultations.items():
        yield Answer(CONSULTATIONS, "consultationOf", (terms_hash,), row)
        yield Answer(DISPUTES, "disputeOf", (row.id,), s.disputes[row.id])


def _ledger(s: State, accounts: Iterable[str]) -> Iterator[Answer]:
    yield Answer(RAIL, "custody", (), (s.custody,))
    for reference in s.references:
        yield Answer(RAIL, "isUsed", (reference,), (True,))
    yield Answer(LEDGER, "taxAuthority", (), (TAX_AUTHORITY,))
    for party in {*range(len(s.parties) + 2), *s.funds, *s.credits, *s.accounts}:
        yield Answer(LEDGER, "fundsOf", (party,), s.funds[party])
        yield Answer(LEDGER, "creditOf", (party,), s.credits[party])
        yield Answer(LEDGER, "refundsOf", (party,), (s.refunds[party],))
        yield Answer(LEDGER, "payoutAccountOf", (party,), s.accounts[party])
        yield Answer(LEDGER, "accountInForce", (party,), (s.account_in_force(party),))
    yield Answer(LEDGER, "batchCount", (), (len(s.batches),))
    for number in range(len(s.batches) + 2):
        yield Answer(LEDGER, "batchOf", (number,), s.batches.get(number, NO_BATCH))
    for account in accounts:
        yield Answer(LEDGER, "isBooker", (account,), (account in s.ledger_bookers,))
