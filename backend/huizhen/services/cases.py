"""A hospital's cases from the request to triage: each step is checked, kept, and written into the case's trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huizhen.db.office import consents, drafts
from huizhen.db.office.drafts import Draft
from huizhen.db.session import Stores
from huizhen.domain.accounts import Account
from huizhen.domain.case import Case, CaseAct, CaseId, CaseStage, CaseState, Contents, Wish
from huizhen.domain.identifiers import refuse_identifiers
from huizhen.domain.ids import PartyId
from huizhen.domain.money import format_yuan
from huizhen.errors import InvalidInput, NotFound, StepNotOpen
from huizhen.services.case_facts import facts, move, step
from huizhen.services.ports import Clock

# What a coordinator looks for before a case may go to a team; the keys are words of the pages.
CHECKLIST = ("summary", "imaging", "laboratory", "aim", "bedside")


@dataclass(frozen=True, slots=True)
class Cases:
    stores: Stores
    clock: Clock

    def create(self, actor: Account, contents: Contents) -> CaseId:
        """Raises IdentifierFound where the text would tell who the patient is."""
        _refuse_identifiers(contents)
        now = self.clock.now()
        with self.stores.office.writing() as session:
            row = Draft(hospital=hospital_of(actor), created_at=now, seats=[])
            move(row, CaseStage.DRAFT, now)
            row.contents = contents
            session.add(row)
            session.flush()
            session.add(step(row.id, CaseAct.CREATED, actor, now))
            return row.id

    def edit(self, case: CaseId, actor: Account, contents: Contents) -> None:
        """A consent link that was not used yet asks for other contents: it is void."""
        _refuse_identifiers(contents)

        def change(row: Draft) -> None:
            row.contents = contents

        self._step(case, actor, CaseAct.EDITED, lambda known: known.edit(), change=change, void=True)

    def set_wish(self, case: CaseId, actor: Account, wish: Wish) -> None:
        """Seats and window may change until a team is held; the limit only as far as the patient consented to."""
        known = facts(self.stores, case, hospital_of(actor), self.clock.now())
        drafting = known.case.state is CaseState.DRAFT
        if not drafting:
            known.case.require_search()
            if known.request is not None and wish.price_limit > known.request.fee_ceiling:
                ceiling = format_yuan(known.request.fee_ceiling)
                raise InvalidInput(
                    f"患者同意的费用上限为{ceiling}：请降低限额，或重新征求同意。",
                    f"The patient consented to at most {ceiling}: lower the limit, or ask for consent anew.",
                )

        def change(row: Draft) -> None:
            row.wish = wish

        self._step(case, actor, CaseAct.EDITED, _same_stage, change=change, void=drafting)

    def approve(self, case: CaseId, actor: Account) -> None:
        """The medical office says yes; in this version it signs in with the hospital's account."""
        self._step(case, actor, CaseAct.APPROVED, lambda known: known.approve())

    def decline(self, case: CaseId, actor: Account, reason: str) -> None:
        self._step(case, actor, CaseAct.DECLINED, lambda known: known.decline(), reason)

    def triage(self, case: CaseId, actor: Account, checked: frozenset[str], missing: str) -> bool:
        """True when complete. Otherwise `missing` is the one list that goes back to the attending doctor."""
        complete = checked == frozenset(CHECKLIST)
        if not complete and not missing.strip():
            raise InvalidInput(
                "清单没有全部勾选：请写明缺什么，一次列全。",
                "Not all items are ticked: say what is missing, all of it in one list.",
            )

        def change(row: Draft) -> None:
            row.missing = None if complete else missing

        act = CaseAct.TRIAGED if complete else CaseAct.SENT_BACK
        self._step(
            case, actor, act, lambda known: known.triage(complete), "" if complete else missing, change
        )
        return complete

    def close(self, case: CaseId, actor: Account, reason: str) -> None:
        self._step(case, actor, CaseAct.CLOSED, lambda known: known.close(), reason, void=True)

    def follow_up(self, case: CaseId, actor: Account, outcome: str) -> None:
        """What became of the patient, after the consultation is settled."""
        refuse_identifiers(outcome)
        known = facts(self.stores, case, hospital_of(actor), self.clock.now())
        if known.case.state is not CaseState.SETTLED:
            raise StepNotOpen(
                "随访结果在会诊结算后填写。", "An outcome is recorded once the consultation is settled."
            )
        self._step(case, actor, CaseAct.FOLLOWED_UP, _same_stage, outcome)

    def _step(
        self,
        case: CaseId,
        actor: Account,
        act: CaseAct,
        decide: Callable[[Case], CaseStage],
        text: str = "",
        change: Callable[[Draft], None] | None = None,
        void: bool = False,
    ) -> None:
        """Fetch, decide, persist. The stage is compared again under the lock: two people may act at once."""
        known = facts(self.stores, case, hospital_of(actor), self.clock.now())
        stage = decide(known.case)
        with self.stores.office.writing() as session:
            row = drafts.find(session, case, hospital_of(actor))
            if row is None or row.stage is not known.draft.stage:
                raise StepNotOpen(
                    "病例刚被别人处理过，请刷新页面。", "Somebody has just moved this case. Reload the page."
                )
            if stage is not row.stage:
                move(row, stage, known.now)
            if change is not None:
                change(row)
            if void:
                # What changes needs a commitment, and a consent, of its own.
                row.case_file, row.case_key = None, None
                for request in consents.of_case(session, case):
                    request.void = True
            session.add(step(case, act, actor, known.now, text))


def hospital_of(actor: Account) -> PartyId:
    """Raises NotFound for an account whose hospital is not registered yet: it has no cases."""
    if actor.party is None:
        raise NotFound("贵院尚未登记。", "Your hospital is not registered yet.")
    return actor.party


def _refuse_identifiers(contents: Contents) -> None:
    for text in (contents.reason, contents.aim, contents.summary):
        refuse_identifiers(text)


def _same_stage(known: Case) -> CaseStage:
    return known.stage
