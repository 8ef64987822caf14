"""Accounts: who may sign in, as whom, with which roles and keys; for administrators."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directives import accounts, api_keys, organisations, people
from directives.account_tables import AccountGrant, ApiKeyRow, SignInFailure
from directives.accounts import Account
from directives.roles import PERMISSIONS, ROLES
from foundation.errors import Conflict, Invalid
from foundation.texts import LANGUAGES, _
from foundation.working_time import local_date
from web.gate import principal, rule, runtime
from web.organisations import choices
from web.posted import Posted, problems, then

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

#: days a key lasts unless somebody says otherwise
KEY_DAYS = 365


@blueprint.get("")
@rule("accounts.read")
def index() -> str:
    """List accounts with what they may do and whether they are locked."""
    now = runtime().clock.now()
    with runtime().database.reading() as session:
        rows = accounts.listing(session)
        keys = dict(
            session.execute(
                select(ApiKeyRow.account_id, func.count())
                .where(ApiKeyRow.revoked_at.is_(None))
                .group_by(ApiKeyRow.account_id)
            ).all()
        )
        locked = set(session.scalars(select(SignInFailure.username).where(SignInFailure.locked_until > now)))
    return render_template("accounts/index.html", here="accounts", rows=rows, keys=keys, locked=locked)


@blueprint.get("/new")
@rule("accounts.edit")
def new() -> str:
    """Ask for a new account."""
    return _form({})


@blueprint.post("/new")
@rule("accounts.edit")
def create() -> Any:
    """Make an account for a person, or for a machine that uses keys."""
    posted = Posted()
    username = posted.text("username", _("Hãy đặt tên đăng nhập."), most=100)
    language = posted.choice("language", set(LANGUAGES), _("Hãy chọn ngôn ngữ."))
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            made = accounts.create(
                work,
                username=username,
                # as typed: blanks may be part of it
                password=request.form.get("password") or None,
                person_id=posted.text("person") or None,
                is_admin=posted.flag("is_admin"),
                language=language,
            )
            work.commit()
    except (Invalid, Conflict) as error:
        return _form(problems(error)), 422
    return then("pages.accounts.show", _("Đã tạo tài khoản {name}.", name=username), account_id=made)


@blueprint.get("/<account_id>")
@rule("accounts.read")
def show(account_id: str) -> str:
    """Show an account: person, granted roles, keys."""
    return _page(account_id)


@blueprint.post("/<account_id>")
@rule("accounts.edit")
def change(account_id: str) -> Any:
    """Change rights and language; an administrator cannot lock himself out."""
    posted = Posted()
    is_admin, is_disabled = posted.flag("is_admin"), posted.flag("is_disabled")
    try:
        if account_id == principal().account_id and (is_disabled or not is_admin):
            raise Conflict(_("Không thể tự khóa hoặc tự bỏ quyền quản trị của mình."))  # noqa: TRY301  answered below
        with runtime().database.unit_of_work(principal().actor) as work:
            accounts.change(
                work,
                account_id,
                is_admin=is_admin,
                is_disabled=is_disabled,
                language=posted.text("language") or None,
            )
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(account_id, errors=problems(error)), 422
    return then("pages.accounts.show", _("Đã lưu tài khoản."), account_id=account_id)


@blueprint.post("/<account_id>/password")
@rule("accounts.edit")
def set_password(account_id: str) -> Any:
    """Give a new password; ends all sessions of the account and unlocks it."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            accounts.set_password(work, account_id, request.form.get("password", ""))
            work.commit()
    except Invalid as error:
        return _page(account_id, errors=problems(error)), 422
    return then("pages.accounts.show", _("Đã đặt mật khẩu mới và mở khóa."), account_id=account_id)


@blueprint.post("/<account_id>/unlock")
@rule("accounts.edit")
def unlock(account_id: str) -> Any:
    """Forget wrong passwords, so that the person may try again."""
    with runtime().database.unit_of_work(principal().actor) as work:
        found = accounts.get(work.session, account_id)
        work.session.execute(delete(SignInFailure).where(SignInFailure.username == found.username))
        work.commit()
    return then("pages.accounts.show", _("Đã mở khóa."), account_id=account_id)


@blueprint.post("/<account_id>/grants")
@rule("accounts.edit")
def grant(account_id: str) -> Any:
    """Give a role without a position: machines, inspectors from outside."""
    posted = Posted()
    role = posted.choice("role", ROLES, _("Hãy chọn vai trò."))
    place = posted.text("organisation", _("Hãy chọn cơ quan, đơn vị."))
    start, end = posted.needed_day("valid_from", _("Hãy chọn ngày bắt đầu.")), posted.day("valid_to")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            accounts.grant(work, account_id, role, place, valid_from=start, valid_to=end)
            work.commit()
    except Invalid as error:
        return _page(account_id, errors=problems(error)), 422
    return then("pages.accounts.show", _("Đã cấp vai trò."), account_id=account_id)


@blueprint.post("/<account_id>/keys")
@rule("accounts.edit")
def create_key(account_id: str) -> Any:
    """Make an API key; it is shown on the answer and never again."""
    posted = Posted()
    name = posted.text("name", _("Hãy đặt tên khóa theo nơi dùng, ví dụ “Trục liên thông”."), most=120)
    expires = posted.moment("expires")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            made = api_keys.create(
                work,
                account_id,
                name=name,
                expires_at=expires or work.now + timedelta(days=KEY_DAYS),
                scopes=request.form.getlist("scopes"),
            )
            work.commit()
    except Invalid as error:
        return _page(account_id, errors=problems(error)), 422
    return _page(account_id, key=made.key)


@blueprint.post("/<account_id>/keys/<key_id>/revoke")
@rule("accounts.edit")
def revoke_key(account_id: str, key_id: str) -> Any:
    """Take a key out of use for ever."""
    with runtime().database.unit_of_work(principal().actor) as work:
        api_keys.revoke(work, key_id, account_id=account_id)
        work.commit()
    return then("pages.accounts.show", _("Đã thu hồi khóa."), account_id=account_id)


def _form(errors: Mapping[str, str]) -> str:
    with runtime().database.reading() as session:
        persons = people.search(session, "", limit=2000)
    return render_template(
        "accounts/new.html", here="accounts", errors=errors, values=request.form, persons=persons
    )


def _page(account_id: str, *, key: str | None = None, errors: Mapping[str, str] | None = None) -> str:
    now = runtime().clock.now()
    with runtime().database.reading() as session:
        account = accounts.get(session, account_id)
        grants = list(session.scalars(select(AccountGrant).where(AccountGrant.account_id == account_id)))
        held = [] if account.person_id is None else people.positions(session, person_id=account.person_id)
        places = [one.organisation_id for one in grants] + [one.organisation_id for one in held]
        shown = {
            "keys": api_keys.listing(session, account_id),
            "titles": organisations.names_on(session, places, principal().on),
            "choices": choices(session, principal().on),
            "is_locked": _is_locked(session, account),
        }
    return render_template(
        "accounts/show.html",
        here="accounts",
        account=account,
        grants=grants,
        positions=held,
        roles=ROLES,
        permissions=PERMISSIONS,
        today=local_date(now),
        now=now,
        key=key,
        errors=errors or {},
        values=request.form,
        **shown,
    )


def _is_locked(session: Session, account: Account) -> bool:
    row = session.get(SignInFailure, account.username)
    now = runtime().clock.now()
    return row is not None and row.locked_until is not None and row.locked_until > now
