"""The doctor's calendar: weekly hours, days that differ, the week as it stands, a feed for other calendars."""

from __future__ import annotations

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from huizhen.domain.accounts import Role
from huizhen.errors import HoursInvalid
from huizhen.services.calendars import CalendarPage
from huizhen_web.access import Shown, found, signed_in
from huizhen_web.container import services
from huizhen_web.doctor.area import blueprint, me
from huizhen_web.doctor.forms import ExceptionForm, PatternForm
from huizhen_web.i18n import say


@blueprint.get("/calendar")
@signed_in(Role.DOCTOR)
def calendar() -> Shown:
    page = services().practice.calendars.page(me(), _day(request.args.get("on")))
    return _shown(page, _pattern_form(page), ExceptionForm())


@blueprint.post("/calendar/hours")
@signed_in(Role.DOCTOR)
def set_hours() -> Shown:
    form = PatternForm()
    if form.validate_on_submit():
        weekly = {number: field.ranges for number, field in enumerate(form.weekdays)}
        try:
            services().practice.calendars.set_pattern(me(), weekly, form.notice_hours.data)
        except HoursInvalid as refusal:
            form.notice_hours.errors = [say(refusal.sentence)]
        else:
            flash(_("Your weekly hours are saved. Hospitals find them from now on."), "good")
            return redirect(url_for("doctor.calendar"))
    return _shown(services().practice.calendars.page(me()), form, ExceptionForm(formdata=None)), 400


@blueprint.post("/calendar/days")
@signed_in(Role.DOCTOR)
def set_day() -> Shown:
    form = ExceptionForm()
    if form.validate_on_submit():
        try:
            services().practice.calendars.set_exception(me(), form.day.data, form.hours.ranges)
        except HoursInvalid as refusal:
            form.day.errors = [say(refusal.sentence)]
        else:
            flash(_("The day is saved."), "good")
            return redirect(url_for("doctor.calendar", on=form.day.data.isoformat()))
    page = services().practice.calendars.page(me())
    return _shown(page, _pattern_form(page), form), 400


@blueprint.post("/calendar/days/<day>/drop")
@signed_in(Role.DOCTOR)
def drop_day(day: str) -> Shown:
    services().practice.calendars.drop_exception(me(), found(_day(day)))
    flash(_("The day follows your weekly hours again."), "good")
    return redirect(url_for("doctor.calendar", on=day))


@blueprint.post("/calendar/feed")
@signed_in(Role.DOCTOR)
def renew_feed() -> Shown:
    services().practice.calendars.renew_feed(me())
    flash(_("The feed has a new address; an old one no longer works."), "good")
    return redirect(url_for("doctor.calendar", _anchor="feed"))


@blueprint.post("/calendar/feed/stop")
@signed_in(Role.DOCTOR)
def drop_feed() -> Shown:
    services().practice.calendars.drop_feed(me())
    flash(_("The feed has stopped."), "note")
    return redirect(url_for("doctor.calendar", _anchor="feed"))


@blueprint.get("/calendar/<secret>.ics")
def feed(secret: str) -> Shown:
    """Without sign-in: calendar programs have none. Who has the address reads the hours."""
    text = found(services().practice.calendars.feed(secret))
    return Response(text, mimetype="text/calendar", headers={"Cache-Control": "private, max-age=300"})


def _shown(page: CalendarPage, pattern: PatternForm, exception: ExceptionForm) -> str:
    return render_template("doctor/calendar.html", page=page, pattern=pattern, exception=exception)


def _pattern_form(page: CalendarPage) -> PatternForm:
    form = PatternForm(formdata=None, notice_hours=page.notice_hours)
    for field, hours in zip(form.weekdays, page.weekly, strict=True):
        field.data = hours
    return form


def _day(text: str | None) -> date | None:
    """A day of an address, None for what is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
