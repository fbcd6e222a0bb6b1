"""Publishing a capacity one question per screen: plain pages and forms, the answers kept on the server."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.catalogue import products
from broker.errors import Conflict, Invalid, NotFound, RuleBroken
from broker.listings.capacity_input import CAPACITY_DEFAULTS, CapacityInput, months_text, read_capacity
from broker.listings.drafts import (
    CapacityDraft,
    answers_in,
    as_fields,
    discard_draft,
    draft_of,
    keep_answers,
    publish_draft,
    start_draft,
)
from broker.listings.rules import check_capacity
from broker.parties.models import Organization
from broker.parties.permissions import require_act_for, require_kind
from broker.parties.queries import certificates_of
from web import i18n
from web.extensions import db
from web.i18n import decimal_separator, plain
from web.pages.capacities import steps
from web.pages.capacities.blueprint import bp
from web.pages.capacities.echoes import echo_of, volume_echo
from web.pages.capacities.steps import CHECK, Question
from web.pages.listings import forms
from web.pages.listings.words import value_words
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor

LEAVE, BACK = "leave", "back"


@bp.post("/drafts")
@access(*PRODUCERS)
def start() -> ResponseReturnValue:
    """Begin with a product; sent twice it is begun once."""
    organization_id = require_kind(actor(), *PRODUCERS)
    product = request.form.get("product", "")
    if product not in {one.code for one in products.all()}:
        abort(400)
    answers = _beginning(product, forms.organization())
    key = request.form.get("request_key", "")[:100] or uuid.uuid4().hex
    with writing() as tx:
        draft = start_draft(tx, organization_id, product, answers, decimal_separator(), key)
    return redirect(url_for("capacities.resume", draft_id=draft.id), 303)


@bp.get("/drafts/<int:draft_id>")
@access(*PRODUCERS)
def resume(draft_id: int) -> ResponseReturnValue:
    """Go on where it was left."""
    draft, answers = _draft(draft_id)
    known = draft.step == CHECK or steps.question_named(draft.step, answers)
    name = draft.step if known else steps.path(answers)[0].name
    return redirect(_address(draft_id, name), 302)


@bp.route("/drafts/<int:draft_id>/<step>", methods=["GET", "POST"])
@access(*PRODUCERS)
def question(draft_id: int, step: str) -> ResponseReturnValue:
    """Ask one question; whatever is typed is kept, right or wrong, and going on asks that it is right."""
    draft, answers = _draft(draft_id)
    asked = steps.question_named(step, answers)
    if asked is None:
        raise NotFound("not_found")
    if request.method == "GET":
        return _ask(draft, asked, answers, {})
    go = request.form.get("go", "")
    answers |= _typed(asked)
    wrong = {} if go in (LEAVE, BACK) else steps.errors_at(asked, answers, decimal_separator(), _home())
    following = asked.name if go == LEAVE or wrong else _following(asked, answers, go)
    with writing() as tx:
        keep_answers(tx, draft_id, answers, decimal_separator(), following)
    if wrong:
        return _ask(draft, asked, answers, wrong)
    if go == LEAVE:
        flash(_("Your answers are kept. Go on whenever you like."), "ok")
        return redirect(url_for("home.home"), 303)
    return redirect(_address(draft_id, following), 303)


@bp.route("/drafts/<int:draft_id>/check", methods=["GET", "POST"])
@access(*PRODUCERS)
def check_answers(draft_id: int) -> ResponseReturnValue:
    """All answers on one page, each with the way back to its question; then publish. Sent twice it counts once."""
    draft, answers = _draft(draft_id, ended_too=request.method == "POST")
    if draft.capacity_id is not None:
        return redirect(url_for("capacities.show", capacity_id=draft.capacity_id), 303)
    wrong = steps.errors(answers, decimal_separator(), _home())
    if wrong:
        return _mend(draft, answers, wrong)
    try:
        data = read_capacity(as_fields(answers), decimal_separator=decimal_separator(), home=_home())
        volume = check_capacity(data)
    except (Invalid, RuleBroken) as fault:
        return _mend(draft, answers, forms.errors_of(fault))
    if request.method == "GET":
        return page(
            "capacities/answers.html", draft=draft, answers=answers, data=data, volume=volume_echo(data, volume),
            echoes={q.name: echo_of(q, answers) for q in steps.path(answers)}, before=steps.before(CHECK, answers),
            certificates=_valid_certificates(),
        )  # fmt: skip
    with writing() as tx:
        capacity = publish_draft(tx, draft_id, data)
    flash(_("Published. Buyers and your broker can see it now."), "ok")
    return redirect(url_for("capacities.show", capacity_id=capacity.id), 303)


@bp.post("/drafts/<int:draft_id>/discard")
@access(*PRODUCERS)
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw the answers away, after a question."""
    draft, _answers = _draft(draft_id, ended_too=True)
    if draft.ended_at is None and request.form.get("confirm") != "1":
        return page("capacities/discard.html", draft=draft)
    with writing() as tx:
        discard_draft(tx, draft_id)
    flash(_("The answers are thrown away. Nothing was published."), "ok")
    return redirect(url_for("capacities.mine"), 303)


@bp.app_template_filter("declared")
def declared(data: CapacityInput, field: str) -> str:
    """A value of the specification in words, by the name of its field."""
    code = field.removeprefix("spec_")
    return value_words(data.product, code, data.attributes[code])


def _draft(draft_id: int, *, ended_too: bool = False) -> tuple[CapacityDraft, dict[str, str]]:
    """The draft and its answers as the reader types them. Raises NotFound, NotAllowed, Conflict('draft_ended')."""
    draft = draft_of(db.session(), actor(), draft_id)
    require_act_for(actor(), draft.organization_id)
    if draft.ended_at is not None and not ended_too:
        raise Conflict("draft_ended")
    return draft, answers_in(draft, decimal_separator())


def _ask(
    draft: CapacityDraft, asked: Question, answers: dict[str, str], wrong: dict[str, str]
) -> ResponseReturnValue:
    questions = steps.path(answers)
    previous = steps.before(asked.name, answers)
    context = forms.choices(answers, _home())
    return page(
        f"capacities/questions/{asked.name}.html", status=422 if wrong else 200, draft=draft, asked=asked,
        values=answers, errors=wrong, number=questions.index(asked) + 2, last=len(questions) + 2,
        previous=previous, echo=echo_of(previous, answers) if previous and not wrong else None,
        varieties=steps.varieties_of(draft.product), months=forms.months_typed(answers.get("months", "")),
        certificates=_valid_certificates() if asked.name == "certificates" else [], **context,
    )  # fmt: skip


def _mend(draft: CapacityDraft, answers: dict[str, str], wrong: dict[str, str]) -> ResponseReturnValue:
    """The first question whose answer is wrong or missing, with the fault at its field."""
    asked = steps.first_faulty(wrong, answers) or steps.path(answers)[0]
    return _ask(draft, asked, answers, {k: text for k, text in wrong.items() if k in asked.fields} or wrong)


def _typed(asked: Question) -> dict[str, str]:
    """What this screen asks for; an empty field is an answer too."""
    raw = forms.typed()
    found = {
        name: raw.get(name, "").strip() for name in asked.fields if name in raw or name in ("way", "months")
    }
    if "months" in found:
        boxes = forms.months_typed(found["months"])
        found["months"] = months_text([int(month in boxes) for month in range(1, 13)])
    if "municipality" in found:
        own = forms.organization()
        at_home = found["municipality"].casefold() == own.municipality.casefold()
        found |= {"lat": plain(own.lat) if at_home else "", "lon": plain(own.lon) if at_home else ""}
    return found


def _following(asked: Question, answers: dict[str, str], go: str) -> str:
    if go == BACK:
        previous = steps.before(asked.name, answers)
        return previous.name if previous else asked.name
    if request.args.get("then") == CHECK and asked.name != "way":
        return CHECK
    return steps.after(asked, answers)


def _address(draft_id: int, name: str) -> str:
    if name == CHECK:
        return url_for("capacities.check_answers", draft_id=draft_id)
    return url_for("capacities.question", draft_id=draft_id, step=name)


def _beginning(product: str, own: Organization) -> dict[str, str]:
    """What is known already."""
    loss = products.get(product).postharvest_loss * 100
    return CAPACITY_DEFAULTS | {
        "product": product,
        "country": own.country,
        "municipality": own.municipality,
        "lat": plain(own.lat),
        "lon": plain(own.lon),
        "loss_pct": plain(loss.normalize()),
        "price_unit": "kg",
    }


def _home() -> str:
    return forms.organization().country


def _valid_certificates() -> list[str]:
    own, today = forms.organization().id, i18n.today()
    return [c.scheme for c in certificates_of(db.session(), own) if c.valid_on(today)]
