"""The index rows of a consultation, from its terms."""

from __future__ import annotations

from typing import Any

from huizhen.db.index.consultations import Consultation, ReservedWord, Seat
from huizhen.domain.chain_ids import Specialties, WordBits, hex32
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot, words_with
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms, encode_terms
from tests.support.practice import TX

TRACED: dict[str, Any] = {"block_number": 10, "tx_hash": TX}


def consultation_rows(number: int, terms: Terms, booked_at: int) -> list[object]:
    pricing, policy, documents = terms.pricing, terms.policy, terms.documents
    rows: list[object] = [
        Consultation(
            id=number,
            terms_hash=f"0x{number:064x}",
            status=ConsultationStatus.BOOKED,
            hospital=terms.hospital,
            start=terms.start,
            slots=terms.slots,
            lead=terms.lead,
            lead_doctor=terms.seats[terms.lead].doctor,
            sign_by=terms.sign_by,
            salt="0x" + terms.salt.hex(),
            platform=pricing.platform,
            platform_bps=pricing.platform_bps,
            urgency_bps=pricing.urgency_bps,
            overtime_bps=pricing.overtime_bps,
            overtime_steps=pricing.overtime_steps,
            free_before=policy.free_before,
            partial_before=policy.partial_before,
            partial_bps=policy.partial_bps,
            late_bps=policy.late_bps,
            deliver_window=policy.deliver_window,
            review_window=policy.review_window,
            arbiter=policy.arbiter,
            arbiter_window=policy.arbiter_window,
            default_bps=policy.default_bps,
            agreement=hex32(documents.agreement),
            case_file=hex32(documents.case_file),
            consent=hex32(documents.consent),
            escrowed=terms.escrow(),
            held=terms.escrow(),
            credited=Fen(0),
            returned=Fen(0),
            booked_at=booked_at,
            seats=0,
            attended=0,
            overtime=0,
            terms="0x" + encode_terms(terms).hex(),
            **TRACED,
        )
    ]
    slots = [Slot(slot) for slot in range(terms.start, terms.start + terms.slots)]
    for index, seat in enumerate(terms.seats):
        rows.append(
            Seat(
                consultation=number,
                index=index,
                doctor=seat.doctor,
                institution=seat.institution,
                group=seat.group,
                rule_version=seat.rule_version,
                institution_bps=seat.institution_bps,
                fund_bps=seat.fund_bps,
                required=seat.required,
                fee=seat.fee,
                specialties=Specialties(seat.specialties),
                signed=False,
                **TRACED,
            )
        )
        rows += [
            ReservedWord(doctor=seat.doctor, word=word, bits=WordBits(bits), **TRACED)
            for word, bits in words_with({}, slots).items()
        ]
    return rows
