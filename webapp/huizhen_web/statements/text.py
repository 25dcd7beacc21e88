"""A statement as its page and the statement card show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from huizhen.domain.accounts import Role
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.services import statement_words as words
from huizhen.services.statements import StatementView
from huizhen_web.container import services
from huizhen_web.i18n import say, written

# The page of what a statement is about: by the first word of its subject, and by role where it differs.
_PAGES: dict[str, dict[Role | None, tuple[str, str | None]]] = {
    "group": {Role.DOCTOR: ("group.show", "group")},
    "affiliation": {Role.DOCTOR: ("doctor.affiliations", None), None: ("institution.doctors", None)},
    "account": {Role.DOCTOR: ("doctor.payout_account", None), None: ("institution.payout_account", None)},
    "draft": {
        Role.DOCTOR: ("doctor.requests", None),
        Role.INSTITUTION: ("institution.bookings", None),
        Role.HOSPITAL: ("hospital.case", "case_id"),
    },
    "agreement": {
        Role.HOSPITAL: ("hospital.agreements", None),
        Role.INSTITUTION: ("hospital.agreements", None),
    },
    "consultation": {None: ("consultation.show", "consultation_id")},
    "party": {Role.DOCTOR: ("doctor.keys", None), Role.AUTHORITY: ("authority.show_party", "number")},
    "batch": {Role.BANK: ("bank.batch", "number"), None: ("finance.batch", "number")},
    "deposit": {Role.BANK: ("bank.desk", None)},
}


@dataclass(frozen=True, slots=True)
class StatementText:
    title: str
    says: str
    fields: list[tuple[str, str]]
    contract: str
    function: str
    digest: Hash32
    deadline: int | None


def text_of(view: StatementView, reason: str | None = None) -> StatementText:
    """`reason` are the words of the reason that the statement commits to."""
    names = services().profiles.names(words.parties(view.values))
    return StatementText(
        say(words.title(view.function)),
        say(words.says(view.function, view.values, names)),
        [
            *((say(label), _as_hash(say(value))) for label, value in words.fields(view.values, names)),
            *([(_("Reason"), written(reason))] if reason else []),
        ],
        view.contract,
        view.function,
        view.digest,
        view.deadline,
    )


def _as_hash(text: str) -> str:
    return Markup('<code class="whole">{}</code>').format(text) if text.startswith("0x") else text


def names_of(*views: StatementView) -> dict[PartyId, Sentence]:
    """Of everybody who signs or proposed these statements."""
    asked = {signer.party for view in views for signer in view.signers} | {view.proposer for view in views}
    return dict(services().profiles.names(asked))


def page_of(view: StatementView, role: Role) -> str | None:
    """Where the thing stands that the statement is about; None where this role has no page for it."""
    about, _, rest = view.subject.partition(":")
    pages = _PAGES.get(about, {})
    endpoint, argument = pages.get(role) or pages.get(None) or (None, None)
    if endpoint is None or endpoint not in current_app.view_functions:
        return None
    arguments: dict[str, Any] = {argument: rest} if argument else {}
    return url_for(endpoint, **arguments)
