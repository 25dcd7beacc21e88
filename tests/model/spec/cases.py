"""CaseAccess: the patient's consent, signed by a key that is made for it alone."""

from __future__ import annotations

from functools import partial

from tests.model.spec.act import Act, require, require_in_time
from tests.model.spec.act import rule as _rule
from tests.model.spec.state import Consent, State

CASES = "CaseAccess"
NO_KEY = bytes(20)
rule = partial(_rule, CASES)


@rule("grantConsent")
def grant_consent(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(s.consents[a.case_file, a.consent].key == NO_KEY, "AlreadyGranted", a.consent)
    require(a.valid_until > s.now, "ValidityInThePast", a.valid_until, s.now)
    require(a.is_signed_with(a.key, a.signature), "InvalidSignature", a.key)

    s.consents[a.case_file, a.consent] = Consent(a.key, a.hospital, a.valid_until, False)
    s.emit(CASES, "ConsentGranted", a.case_file, a.consent, a.hospital, a.key, a.valid_until)


@rule("withdrawConsent")
def withdraw_consent(s: State, a: Act) -> None:
    require_in_time(s, a)
    found = s.consents[a.case_file, a.consent]
    require(found.key != NO_KEY, "NotGranted", a.consent)
    require(not found.withdrawn, "AlreadyWithdrawn", a.consent)
    require(a.is_signed_with(found.key, a.signature), "InvalidSignature", found.key)

    s.consents[a.case_file, a.consent] = found._replace(withdrawn=True)
    s.emit(CASES, "ConsentWithdrawn", a.case_file, a.consent)


def require_consent(s: State, case_file: bytes, consent: bytes, hospital: int, as_of: int) -> None:
    found = s.consents[case_file, consent]
    require(found.key != NO_KEY, "NotGranted", consent)
    require(found.hospital == hospital, "ConsentForOtherHospital", found.hospital, hospital)
    in_force = not found.withdrawn and found.valid_until >= as_of
    require(in_force, "ConsentNotInForce", consent, found.valid_until, found.withdrawn)
