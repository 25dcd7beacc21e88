"""A case that a patient has consented to, and the statements about its files and keys."""

from __future__ import annotations

from dataclasses import dataclass, replace

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.support.world import DAY, World, digest_of

FILE, KEY = digest_of("file"), digest_of("wrapped key")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """`patient` consented to `hospital`, for 60 days unless told otherwise; grants are for 30."""

    world: World
    hospital: PartyId
    case_file: bytes
    consent: bytes
    patient: SoftwareKey

    @classmethod
    def of(
        cls, world: World, hospital: PartyId, name: str = "case", *, valid_for: int = 60 * DAY
    ) -> OpenCase:
        case_file, consent = digest_of(name), digest_of("consent")
        patient = world.consent(hospital, case_file, consent, valid_for=valid_for)
        return cls(world, hospital, case_file, consent, patient)

    def with_another_consent(self, hospital: PartyId | None = None) -> OpenCase:
        """The same case under a second consent, of this hospital or for another one."""
        to, consent = hospital or self.hospital, digest_of("another consent", hospital)
        patient = self.world.consent(to, self.case_file, consent)
        return replace(self, hospital=to, consent=consent, patient=patient)

    @property
    def last_second(self) -> int:
        """Of the consent."""
        until: int = self.world.read("CaseAccess", "consentOf", self.case_file, self.consent)["validUntil"]
        return until

    def committing(
        self, file: bytes = FILE, by: PartyId | None = None, *, deadline: int | None = None
    ) -> Statement:
        """By the hospital unless another party is named."""
        by = self.hospital if by is None else by
        return acts.commit_file(self.case_file, self.consent, file, by, deadline or self.world.deadline)

    def granting(
        self,
        recipient: PartyId,
        *,
        key: bytes = KEY,
        valid_until: int | None = None,
        version: int = 0,
        deadline: int | None = None,
    ) -> Statement:
        until = self.world.chain.now() + 30 * DAY if valid_until is None else valid_until
        by = deadline or self.world.deadline
        return acts.grant_key(self.case_file, self.consent, self.hospital, recipient, key, until, version, by)

    def ending(
        self, recipient: PartyId, by: PartyId, *, version: int = 1, deadline: int | None = None
    ) -> Statement:
        return acts.end_key_grant(self.case_file, recipient, by, version, deadline or self.world.deadline)

    def grant(self, recipient: PartyId, *, valid_until: int | None = None) -> int:
        """The first grant to a recipient; answers its last second."""
        statement = self.granting(recipient, valid_until=valid_until)
        self.world.act(statement)
        return int(str(statement.values["validUntil"]))

    def withdraw(self) -> None:
        self.world.act(acts.withdraw_consent(self.case_file, self.consent, self.world.deadline), self.patient)

    def may_open(self, recipient: PartyId, as_of: int | None = None) -> bool:
        """Now, or at another time."""
        at = self.world.chain.now() if as_of is None else as_of
        allowed: bool = self.world.read("CaseAccess", "mayOpen", self.case_file, recipient, at)
        return allowed
