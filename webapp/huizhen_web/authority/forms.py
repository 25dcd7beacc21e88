from __future__ import annotations

from datetime import datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import DateField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from huizhen import reference
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import CHINA, china_time
from huizhen.domain.statuses import PartyKind
from huizhen.services.accreditation import Grant, PartyPage
from huizhen.services.fact_words import POWERS
from huizhen_web.forms import HouseForm, at_most, required
from huizhen_web.i18n import say


def _checkboxes(label: LazyString) -> SelectMultipleField:
    return SelectMultipleField(
        label, coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class GrantForm(HouseForm):
    """What a party is accredited for: filled with what it asks for, or with what it has."""

    city = SelectField(_l("City"), [required()], coerce=int)
    valid_until = DateField(
        _l("Accredited until"),
        [InputRequired(_l("Please choose a day, such as 2027-12-31."))],
        description=_l("Including that day, in China's time."),
    )
    specialties = _checkboxes(_l("Specialties"))
    powers = _checkboxes(_l("Powers"))

    def offer(self, kind: str) -> GrantForm:
        """Doctors have specialties, officials have powers, and nobody has both."""
        self.city.choices = [(city.code, say(Sentence(city.zh, city.en))) for city in reference.cities()]
        self.specialties.choices = [
            (each.bit, f"{each.code} {say(Sentence(each.zh, each.en))}") for each in reference.specialties()
        ]
        self.powers.choices = [(power.value, say(words)) for power, words in POWERS.items()]
        if kind not in (PartyKind.DOCTOR.name.lower(), PartyKind.HOSPITAL.name.lower()):
            del self.specialties
        if kind != PartyKind.OFFICIAL.name.lower():
            del self.powers
        return self

    @classmethod
    def of(cls, page: PartyPage, now: int) -> GrantForm:
        mask = page.asked_specialties
        ends = max(page.row.valid_until, now)
        day = china_time(ends).date()
        return cls(
            city=page.asked_city or None,
            valid_until=day
            if page.row.valid_until > now
            else day.replace(year=day.year + 2, day=min(day.day, 28)),
            specialties=[bit for bit in range(160) if mask >> bit & 1],
            powers=[power.value for power in POWERS if page.powers & power],
        ).offer(page.row.kind)

    def grant(self) -> Grant:
        """The last second of the chosen day."""
        end = datetime.combine(self.valid_until.data, time(), CHINA) + timedelta(days=1)
        mask = sum(1 << bit for bit in set(self.specialties.data)) if "specialties" in self else 0
        powers = sum(set(self.powers.data)) if "powers" in self else 0
        return Grant(mask, self.city.data, int(end.timestamp()) - 1, powers)


class SuspendForm(HouseForm):
    reason = TextAreaField(_l("Reason"), [required(), at_most(500)])
