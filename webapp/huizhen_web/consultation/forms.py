from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from huizhen_web.forms import HouseForm, at_most, required


class CancelForm(HouseForm):
    """`bps` is the fee that the page showed."""

    bps = IntegerField(validators=[InputRequired()])


class OpinionForm(HouseForm):
    text = TextAreaField(
        _l("Opinion"),
        [required(), at_most(8000)],
        description=_l("For the team and the hospital alone; the chain gets a keyed commitment to it."),
    )


class SignOpinionForm(HouseForm):
    """`written_at` names the version of the text that was read."""

    written_at = HiddenField(validators=[InputRequired()])
    dissent = TextAreaField(
        _l("Dissent"),
        [Optional(), at_most(2000)],
        description=_l("If you see it otherwise, say so: it is kept beside the opinion."),
    )


class DeliverForm(HouseForm):
    overtime = SelectField(_l("Overtime used"), coerce=int)

    def offer_steps(self, steps: Iterable[int]) -> None:
        self.overtime.choices = [(each, _l("%(minutes)d minutes", minutes=30 * each)) for each in steps]
