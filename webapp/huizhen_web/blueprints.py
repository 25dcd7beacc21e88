"""All areas of the site, in the order of the navigation. A new area adds one import and one line."""

from __future__ import annotations

from huizhen_web.account.views import area as account
from huizhen_web.area import Area
from huizhen_web.audit.views import area as audit
from huizhen_web.authority.views import area as authority
from huizhen_web.bank.views import area as bank
from huizhen_web.consultation.views import area as consultation
from huizhen_web.demo.views import area as demo
from huizhen_web.doctor.views import area as doctor
from huizhen_web.finance.views import area as finance
from huizhen_web.group.views import area as group
from huizhen_web.home.views import area as home
from huizhen_web.hospital.views import area as hospital
from huizhen_web.institution.views import area as institution
from huizhen_web.live.views import area as live
from huizhen_web.ops.views import area as ops
from huizhen_web.patient.views import area as patient
from huizhen_web.statements.views import area as statements
from huizhen_web.styleguide.views import area as styleguide

AREAS: tuple[Area, ...] = (
    home,
    account,
    demo,
    hospital,
    doctor,
    group,
    institution,
    consultation,
    patient,
    finance,
    bank,
    authority,
    audit,
    statements,
    live,
    ops,
    styleguide,
)
