"""What each event does to the rows, without chain or database."""

from __future__ import annotations

from typing import Any

import pytest

from huizhen.db.index.chain import Booker
from huizhen.db.index.consents import Consent
from huizhen.db.index.consultations import ReservedWord
from huizhen.db.index.groups import DoctorGroup, Membership, ShareRule
from huizhen.db.index.parties import Affiliation, Agreement, Party, Signer
from huizhen.db.index.payouts import PayoutAccount
from huizhen.domain import chain_events as on
from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from huizhen.errors import IndexCorrupt
from huizhen.indexer.projector import Projector
from tests.support.chain_events import TAX_AUTHORITY, Tape, hash_of

KEY = b"\x01" * 20
FOREVER = 2**40 - 1


def party(tape: Tape, number: int = 1, kind: PartyKind = PartyKind.DOCTOR) -> None:
    tape.play(on.Applied, number, kind, 0, hash_of(1), hash_of(2), KEY)
    tape.play(on.SignerAdded, number, 0, KEY)


def columns(row: Any, *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_known__every_event_of_the_contracts__has_a_projection() -> None:
    events = {
        kind
        for kind in vars(on).values()
        if isinstance(kind, type) and issubclass(kind, on.ChainEvent) and kind is not on.ChainEvent
    }
    assert events == Projector(TAX_AUTHORITY).known


def test_applied__party__is_not_accredited_and_has_one_key() -> None:
    tape = Tape()
    party(tape)
    row = tape.rows.get(Party, 1)
    assert columns(row, "status", "signers", "revision") == (PartyStatus.APPLIED, 1, 0)
    assert columns(row, "block_number", "tx_hash") == (2, hash_of(0xAA02))
    assert tape.rows.get(Signer, 1, 0)["signer"] == "0x" + KEY.hex()


def test_accredited__by_statement__moves_the_revision() -> None:
    tape = Tape()
    party(tape)
    tape.play(on.Accredited, 1, 1, 0b101, 110000, FOREVER, Power.AUTHORITY)
    row = tape.rows.get(Party, 1)
    assert columns(row, "status", "specialties", "revision") == (PartyStatus.ACCREDITED, 0b101, 1)


def test_accredited__in_the_constructor__is_no_act() -> None:
    """The officials without whom nothing could begin: same second as party 1, valid without end."""
    tape = Tape(pause=0)
    party(tape, kind=PartyKind.OFFICIAL)
    tape.play(on.Accredited, 1, 1, 0, 0, FOREVER, Power.AUTHORITY)
    assert tape.rows.get(Party, 1)["revision"] == 0


def test_suspended__then_reinstated__keeps_the_licence() -> None:
    tape = Tape()
    party(tape)
    tape.play(on.Suspended, 1, 9, hash_of(5))
    assert columns(tape.rows.get(Party, 1), "status", "suspension") == (PartyStatus.SUSPENDED, hash_of(5))
    tape.play(on.Reinstated, 1, 9)
    assert columns(tape.rows.get(Party, 1), "status", "suspension", "revision") == (
        PartyStatus.ACCREDITED,
        None,
        2,
    )


def test_signer__removed_and_replaced__keeps_its_index() -> None:
    tape = Tape()
    party(tape)
    tape.play(on.SignerAdded, 1, 1, b"\x02" * 20)
    tape.play(on.SignerRemovalRequested, 1, 0, tape.time + 86_400)
    assert columns(tape.rows.get(Party, 1), "removal_index", "signers", "revision") == (0, 2, 2)
    tape.play(on.SignerRemoved, 1, 0)
    assert tape.rows.get(Signer, 1, 0)["active"] is False
    assert columns(tape.rows.get(Party, 1), "removal_index", "removal_not_before", "revision") == (
        None,
        None,
        2,
    )
    tape.play(on.SignerAdded, 1, 0, b"\x03" * 20)
    assert columns(tape.rows.get(Signer, 1, 0), "signer", "active") == ("0x" + "03" * 20, True)
    assert tape.rows.get(Party, 1)["signers"] == 2


def test_removal_cancelled__nothing_is_pending() -> None:
    tape = Tape()
    party(tape)
    tape.play(on.SignerRemovalRequested, 1, 0, tape.time)
    tape.play(on.SignerRemovalCancelled, 1, 0)
    assert columns(tape.rows.get(Party, 1), "removal_index", "revision") == (None, 2)


def test_affiliation__ended_and_renewed__names_who_ended_it() -> None:
    tape = Tape()
    tape.play(on.Affiliated, 5, 6, 900, 800, 1)
    tape.play(on.AffiliationEnded, 5, 6, 6, 2)
    assert columns(tape.rows.get(Affiliation, 5, 6), "valid_until", "standing_until", "ended_by") == (0, 0, 6)
    tape.play(on.Affiliated, 5, 6, 950, 0, 3)
    assert columns(tape.rows.get(Affiliation, 5, 6), "valid_until", "version", "ended_by") == (950, 3, None)


def test_agreement__renewed__keeps_one_row() -> None:
    tape = Tape()
    tape.play(on.Agreed, 3, 4, hash_of(1), 100, 1)
    tape.play(on.Agreed, 3, 4, hash_of(2), 200, 2)
    assert columns(tape.rows.get(Agreement, 3, 4), "commitment", "version") == (hash_of(2), 2)


def test_group__members_come_and_go__are_counted_by_spell() -> None:
    tape = Tape()
    tape.play(on.GroupFounded, 20, 5, 2, 3000, 1000)
    tape.play(on.MemberJoined, 20, 6, 1)
    assert tape.rows.get(DoctorGroup, 20)["members"] == 2
    tape.play(on.MemberLeft, 20, 6, 1)
    left_at = tape.time
    tape.play(on.MemberJoined, 20, 6, 2)
    tape.play(on.MemberExpelled, 20, 6, 2, hash_of(8))
    assert columns(tape.rows.get(Membership, 20, 6, 1), "left_at", "reason") == (left_at, None)
    assert tape.rows.get(Membership, 20, 6, 2)["reason"] == hash_of(8)
    assert tape.rows.get(Membership, 20, 5, 1)["left_at"] is None
    assert tape.rows.get(DoctorGroup, 20)["members"] == 1


def test_group__new_rule_and_standing_consent__stand_beside_the_old_rule() -> None:
    tape = Tape()
    tape.play(on.GroupFounded, 20, 5, 0, 3000, 1000)
    tape.play(on.GroupFounded, 21, 7, 0, 3000, 1000)
    tape.play(on.ShareRuleSet, 20, 2, 2500, 500)
    tape.play(on.StandingConsentSet, 20, 777, 1)
    assert tape.rows.get(ShareRule, 20, 1)["institution_bps"] == 3000
    assert columns(tape.rows.get(DoctorGroup, 20), "rule_version", "institution_bps", "fund_bps") == (
        2,
        2500,
        500,
    )
    assert columns(tape.rows.get(DoctorGroup, 20), "standing_until", "revision") == (777, 1)
    assert [tape.rows.get(DoctorGroup, group)["position"] for group in (20, 21)] == [0, 1]


def test_consent__withdrawn__keeps_when() -> None:
    tape = Tape()
    tape.play(on.ConsentGranted, hash_of(1), hash_of(2), 4, "0x" + "ab" * 20, 900)
    tape.play(on.ConsentWithdrawn, hash_of(1), hash_of(2))
    row = tape.rows.get(Consent, hash_of(1), hash_of(2))
    assert columns(row, "withdrawn", "withdrawn_at") == (True, tape.time)


def test_reserved__across_a_word__sets_bits_in_both() -> None:
    tape = Tape()
    tape.play(on.Reserved, 256 * 10 + 254, 4, (5, 6))
    assert tape.rows.get(ReservedWord, 5, 10)["bits"] == 0b11 << 254
    assert tape.rows.get(ReservedWord, 6, 11)["bits"] == 0b11
    tape.play(on.Released, 256 * 10 + 254, 4, (5,))
    assert tape.rows.get(ReservedWord, 5, 10)["bits"] == 0
    assert tape.rows.get(ReservedWord, 6, 10)["bits"] == 0b11 << 254


def test_reserved__second_booking__keeps_the_first() -> None:
    tape = Tape()
    tape.play(on.Reserved, 0, 2, (5,))
    tape.play(on.Reserved, 4, 2, (5,))
    assert tape.rows.get(ReservedWord, 5, 0)["bits"] == 0b110011


def test_payout_account__replaced_after_it_came_into_force__becomes_current() -> None:
    tape = Tape()
    tape.play(on.PayoutAccountSet, 5, hash_of(1), tape.time + 3600, 1)
    tape.play(on.PayoutAccountSet, 5, hash_of(2), tape.time + 86_400, 2)
    row = tape.rows.get(PayoutAccount, 5)
    assert columns(row, "current", "pending") == (hash_of(1), hash_of(2))
    tape.play(on.PayoutAccountCancelled, 5, 3)
    row = tape.rows.get(PayoutAccount, 5)
    assert columns(row, "current", "pending", "effective_at", "version") == (hash_of(1), None, 0, 3)


def test_payout_account__replaced_before_it_came_into_force__is_forgotten() -> None:
    tape = Tape()
    tape.play(on.PayoutAccountSet, 5, hash_of(1), tape.time + 10 * 3600, 1)
    tape.play(on.PayoutAccountSet, 5, hash_of(2), tape.time + 86_400, 2)
    assert tape.rows.get(PayoutAccount, 5)["current"] is None


def test_booker_set__twice__keeps_the_last_word() -> None:
    tape = Tape()
    tape.play(on.BookerSet, "0xabc", True, contract="SlotBook")
    tape.play(on.BookerSet, "0xabc", False, contract="SlotBook")
    assert tape.rows.get(Booker, "SlotBook", "0xabc")["allowed"] is False


def test_event__of_a_party_never_announced__stops_with_its_place() -> None:
    tape = Tape()
    with pytest.raises(IndexCorrupt, match=r"party 77 is missing \(block 1/0\)"):
        tape.play(on.Suspended, 77, 1, hash_of(1))


def test_applied__twice__stops() -> None:
    tape = Tape()
    party(tape)
    with pytest.raises(IndexCorrupt, match="party 1 exists already"):
        tape.play(on.Applied, 1, PartyKind.DOCTOR, 0, hash_of(1), hash_of(2), KEY)
