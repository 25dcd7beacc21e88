"""Calls of Consultations."""

from __future__ import annotations

from tests.model.play.hand import Hand, Plan
from tests.model.play.plays import play
from tests.model.play.terms import consultation, drawn_terms
from tests.model.spec import booked_terms
from tests.model.spec.booking import signers_of
from tests.model.spec.consultations import BOOKED, CONSULTATIONS, DELIVERED
from tests.model.spec.hashing import keccak
from tests.model.spec.state import Refusal


@play("book")
def book(h: Hand) -> Plan:
    h.passes()
    packed = h.one(h.stage.terms) if h.stage.terms and h.slips() else drawn_terms(h)
    try:
        signers = signers_of(h.s.at(h.at), booked_terms.read(packed))
    except Refusal:
        signers = [h.party()]
    return h.signed(CONSULTATIONS, "book", {"terms": packed}, signers)


@play("deliver")
def deliver(h: Hand) -> Plan:
    packed, terms = consultation(h, BOOKED, until=lambda terms, _: booked_terms.delivery_due(terms))
    h.waits(booked_terms.starts_at(terms), booked_terms.delivery_due(terms))
    every = (1 << len(terms.seats)) - 1
    values = {
        "terms": packed,
        "opinion": h.fresh("opinion"),
        "seats": h.one([0, every + 1, every << 1, 2**16])
        if h.slips()
        else h.one([every, terms.required_mask]),
        "overtime": h.near(h.one(range(terms.pricing.overtime_steps + 1)), 255),
        "deadline": h.deadline(),
    }
    return h.signed(CONSULTATIONS, "deliver", values, [h.instead(booked_terms.leading_doctor(terms))])


@play("accept")
def accept(h: Hand) -> Plan:
    h.passes()
    packed, terms = consultation(h, DELIVERED)
    values = {"terms": packed, "deadline": h.deadline()}
    return h.signed(CONSULTATIONS, "accept", values, [h.instead(terms.hospital)])


@play("acceptByTime")
def accept_by_time(h: Hand) -> Plan:
    packed, terms = consultation(h, DELIVERED)
    found = h.s.consultations.get(keccak(packed))
    h.waits(earliest=(found.delivered_at if found else h.at) + terms.policy.review_window + 1)
    return h.plan(CONSULTATIONS, "acceptByTime", {"terms": packed})


@play("cancel")
def cancel(h: Hand) -> Plan:
    packed, terms = consultation(h, BOOKED, until=lambda terms, _: booked_terms.starts_at(terms) - 1)
    start, policy = booked_terms.starts_at(terms), terms.policy
    edge = h.one([policy.free_before, policy.partial_before, 1])
    h.waits(earliest=max(start - edge, 0), latest=start - 1)
    by = h.instead(h.one([terms.hospital, booked_terms.leading_doctor(terms)]))
    values = {"terms": packed, "by": by, "deadline": h.deadline()}
    return h.signed(CONSULTATIONS, "cancel", values, [h.instead(by)])


@play("expire")
def expire(h: Hand) -> Plan:
    packed, terms = consultation(h, BOOKED)
    h.waits(earliest=booked_terms.delivery_due(terms) + 1)
    return h.plan(CONSULTATIONS, "expire", {"terms": packed})
