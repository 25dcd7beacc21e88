"""The patient's consent: asked by a link with a one-time key that only the browser knows, given, withdrawn, watched."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from huizhen.db.index import consultation_queries
from huizhen.db.office import consents as repository
from huizhen.db.office import drafts
from huizhen.db.office.consents import ConsentRequest
from huizhen.db.office.drafts import CaseOpening
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.accounts import Account
from huizhen.domain.case import CaseAct, CaseId, Contents, Urgency, WantedSeat, Wish, midnight
from huizhen.domain.chain_ids import Address, Hash32, hex32
from huizhen.domain.commitments import commit, new_key
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement, wallet_form
from huizhen.errors import InvalidInput, NotFound, StepNotOpen
from huizhen.services.booking_policy import present_policy
from huizhen.services.case_facts import facts, move, note, step
from huizhen.services.cases import hospital_of
from huizhen.services.consent_views import ConsentPage, Opening, failed
from huizhen.services.ports import ChainGateway, Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import finality

DAY = 24 * 3600
SIGN_WITHIN = 7 * DAY
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}")


@dataclass(frozen=True, slots=True)
class Consents:
    stores: Stores
    statements: StatementService
    chain: ChainGateway
    profiles: Profiles
    clock: Clock

    def ask(self, case: CaseId, actor: Account, address: str) -> str:
        """A new link for the key of this address; earlier ones are void. Answers the link's token."""
        hospital = hospital_of(actor)
        known = facts(self.stores, case, hospital, self.clock.now())
        stage, wish = known.case.ask_consent(), known.draft.wish
        if wish is None:
            raise StepNotOpen(
                "请先填写席位、时段和费用上限，患者才知道同意什么。",
                "Fill in seats, window and price limit first: the patient has to know what to consent to.",
            )
        if not _ADDRESS.fullmatch(address):
            raise InvalidInput(
                "浏览器没有生成签名钥匙：请允许本页使用 JavaScript 后重试。",
                "The browser made no key: allow JavaScript on this page and try again.",
            )
        contents, case_key, key = known.draft.contents, new_key(), new_key()
        valid_until = max(
            known.now + present_policy().consent_valid, midnight(wish.last_day + timedelta(days=8))
        )
        text = consent_text(contents, wish, hospital, valid_until)
        request = ConsentRequest(
            token=secrets.token_urlsafe(16),
            draft=case,
            hospital=hospital,
            contents=text,
            fee_ceiling=wish.price_limit,
            case_file=hex32(commit(case_key, contents.reason, contents.aim, contents.summary)),
            consent=hex32(commit(key, canonical(text))),
            commitment_key=key.hex(),
            address=Address(address),
            created_at=known.now,
            sign_by=known.now + SIGN_WITHIN,
            valid_until=valid_until,
        )
        with self.stores.office.writing() as session:
            for earlier in repository.of_case(session, case):
                earlier.void = True
            row = session.get_one(drafts.Draft, case)
            move(row, stage, known.now)
            row.case_file, row.case_key = request.case_file, case_key.hex()
            session.add(request)
            session.add(step(case, CaseAct.CONSENT_ASKED, actor, known.now))
        return request.token

    def page(self, token: str) -> ConsentPage:
        """Raises NotFound for a token that was never given out."""
        row, now = self._request(token), self.clock.now()
        with self.stores.index.reading() as session:
            granted = consultation_queries.consents(session, [row.consent])
            consent = granted[0] if granted else None
            trace = finality(session).of(consent) if consent else None
        grant, withdrawal = self._statement(row.grant, row), self._statement(row.withdrawal, row)
        with self.stores.office.reading() as session:
            opened = drafts.openings(session, row.case_file)
        asked = self._asked(row)
        names = self.profiles.names([row.hospital, *asked, *(each.party for each in opened)])
        text = row.contents
        policy, urgency = present_policy(), Urgency(text["urgency"])
        withdraw_by = now + DAY
        return ConsentPage(
            token=token,
            draft=row.draft,
            hospital=names[row.hospital],
            contents=Contents(text["reason"], text["aim"], text["summary"], urgency),
            seats=tuple(WantedSeat.from_json(seat) for seat in text["seats"]),
            fee_ceiling=row.fee_ceiling,
            fee_with_overtime=Fen(
                row.fee_ceiling
                + -(-row.fee_ceiling * policy.overtime_bps * policy.overtime_steps)
                // (10_000 + policy.urgency_bps(urgency))
            ),
            address=row.address,
            sign_by=row.sign_by,
            valid_until=row.valid_until,
            usable=not row.void and now <= row.sign_by and (grant is None or failed(grant)),
            consent=consent,
            trace=trace,
            grant=grant,
            withdrawal=withdrawal,
            openings=tuple(Opening(each.party, names[each.party], each.at) for each in opened),
            asked=tuple(names[party] for party in asked),
            typed_grant=_typed(self.chain, _grant(row)),
            typed_withdrawal=_typed(self.chain, _withdrawal(row, withdraw_by)),
            withdraw_by=withdraw_by,
        )

    def grant(self, token: str, signature: str, actor: Account | None = None) -> StatementView:
        """The key's signature, made in the browser: by the patient, or by `actor` for a signed paper form."""
        row, now = self._request(token), self.clock.now()
        if actor is not None and actor.party != row.hospital:
            raise _unknown()
        page = self.page(token)
        if not page.usable or page.consent is not None:
            raise StepNotOpen(
                "这个链接已用过、已过期或已作废：请向医院索取新的链接。",
                "This link was used, has run out or is void: ask the hospital for a new one.",
            )
        sent = self.statements.submit_signed_elsewhere(
            _grant(row), _signature(signature), subject=f"draft:{row.draft}"
        )
        with self.stores.office.writing() as session:
            session.get_one(ConsentRequest, token).grant = sent.id
        act = CaseAct.CONSENT_ON_PAPER if actor else CaseAct.CONSENT_SENT
        note(self.stores, row.draft, act, actor, now)
        return sent

    def withdraw(self, token: str, deadline: int, signature: str) -> StatementView:
        row, page, now = self._request(token), self.page(token), self.clock.now()
        if not page.in_force or (page.withdrawal is not None and not failed(page.withdrawal)):
            raise StepNotOpen(
                "没有可撤回的同意：它尚未生效，或已经撤回。",
                "There is no consent to withdraw: it is not in force, or was withdrawn already.",
            )
        if not now <= deadline <= now + 2 * DAY:
            raise InvalidInput(
                "页面打开太久了，请刷新后再撤回。",
                "The page was open for too long. Reload it and withdraw again.",
            )
        sent = self.statements.submit_signed_elsewhere(
            _withdrawal(row, deadline), _signature(signature), subject=f"draft:{row.draft}"
        )
        with self.stores.office.writing() as session:
            session.get_one(ConsentRequest, token).withdrawal = sent.id
        return sent

    def open_file(self, case_file: Hash32, party: PartyId) -> None:
        """Write down that a party opened the file: before it is shown, so that no look goes unseen."""
        with self.stores.office.writing() as session:
            session.add(CaseOpening(case_file=case_file, party=party, at=self.clock.now()))

    def contents_of(self, case_file: Hash32, party: PartyId) -> Contents | None:
        """For its hospital, and for whoever opened the file on record. None also where it is not kept here."""
        with self.stores.office.reading() as session:
            row = drafts.of_case_file(session, case_file)
            if row is None or not (row.hospital == party or drafts.has_opened(session, case_file, party)):
                return None
            return row.contents

    def _request(self, token: str) -> ConsentRequest:
        with self.stores.office.reading() as session:
            row = repository.find(session, token)
        if row is None:
            raise _unknown()
        return row

    def _asked(self, row: ConsentRequest) -> tuple[PartyId, ...]:
        """Who was asked to sign a booking of the case, and so had the summary before them."""
        booked = [
            view for view in self.statements.of_subject(f"draft:{row.draft}") if view.function == "book"
        ]
        signers = [signer.party for view in booked for signer in view.signers if signer.party != row.hospital]
        return tuple(dict.fromkeys(signers))

    def _statement(self, statement: int | None, row: ConsentRequest) -> StatementView | None:
        if statement is None:
            return None
        sent = self.statements.of_subject(f"draft:{row.draft}")
        return next((view for view in sent if view.id == statement), None)


def consent_text(contents: Contents, wish: Wish, hospital: PartyId, valid_until: int) -> dict[str, Any]:
    return {
        "hospital": hospital,
        "reason": contents.reason,
        "aim": contents.aim,
        "summary": contents.summary,
        "urgency": str(contents.urgency),
        "seats": [seat.to_json() for seat in wish.seats],
        "fee_ceiling": wish.price_limit,
        "valid_until": valid_until,
    }


def canonical(text: dict[str, Any]) -> str:
    return json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _grant(row: ConsentRequest) -> Statement:
    case_file, consent = bytes.fromhex(row.case_file[2:]), bytes.fromhex(row.consent[2:])
    return acts.grant_consent(case_file, consent, row.hospital, row.valid_until, row.address, row.sign_by)


def _withdrawal(row: ConsentRequest, deadline: int) -> Statement:
    case_file, consent = bytes.fromhex(row.case_file[2:]), bytes.fromhex(row.consent[2:])
    return acts.withdraw_consent(case_file, consent, deadline)


def _typed(chain: ChainGateway, statement: Statement) -> dict[str, Any]:
    return cast("dict[str, Any]", wallet_form(chain.typed_data(statement)))


def _signature(text: str) -> bytes:
    if not _SIGNATURE.fullmatch(text):
        raise InvalidInput(
            "没有收到签名：请允许本页使用 JavaScript，并用完整的链接打开。",
            "No signature arrived: allow JavaScript on this page, and open it by the whole link.",
        )
    return bytes.fromhex(text[2:])


def _unknown() -> NotFound:
    return NotFound("没有这个同意链接。", "There is no such consent link.")
