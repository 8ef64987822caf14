"""`tiendo webhook`: subscriptions and their delivery log."""

from pathlib import Path

import click

from tiendo.shell import data_option, json_option, moment, opened, print_json, print_table


@click.group("webhook", help="Đăng ký, gửi thử, xem nhật ký webhook.")
def command() -> None:
    """Webhooks."""


@command.command("create", help="Đăng ký một điểm nhận; khóa ký chỉ được in ra một lần này.")
@click.argument("url")
@click.option(
    "--event", "events", multiple=True, required=True, help="Tên sự kiện, ví dụ task.* (lặp lại được)."
)
@click.option("--org", "organisation", help="Chỉ sự kiện của cơ quan này.")
@click.option("--description", default="", help="Dùng để làm gì.")
@data_option
@json_option
def create(
    *,
    url: str,
    events: tuple[str, ...],
    organisation: str | None,
    description: str,
    data: Path | None,
    as_json: bool,
) -> None:
    """Subscribe an endpoint; private addresses are refused unless the settings allow their network."""
    from tiendo.settings import Settings
    from webhooks import subscriptions
    from webhooks.addresses import EgressPolicy

    settings = Settings.from_environment(data=data)
    policy = EgressPolicy.of(settings.webhook_networks, allows_http=settings.allows_http)
    endpoint = policy.vet(url)
    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        made = subscriptions.create(
            work,
            runtime.secret_box,
            endpoint=endpoint,
            patterns=events,
            organisation_id=organisation,
            description=description,
        )
        work.commit()
    if as_json:
        print_json({"id": made.id, "secret": made.secret})
    else:
        click.echo(f"Mã:      {made.id}\nKhóa ký: {made.secret}")


@command.command("list", help="Liệt kê các điểm nhận.")
@data_option
@json_option
def listing(*, data: Path | None, as_json: bool) -> None:
    """List subscriptions, the newest first."""
    from webhooks import subscriptions

    with opened(data) as runtime, runtime.database.reading() as session:
        found = subscriptions.listing(session)
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "url": one.url,
                    "events": one.events,
                    "organisation": one.organisation_id,
                    "is_enabled": one.is_enabled,
                    "disabled_reason": one.disabled_reason,
                    "failures": one.failures,
                }
                for one in found
            ]
        )
        return
    print_table(
        ("Mã", "Địa chỉ", "Sự kiện", "Đang gửi", "Lỗi liên tiếp"),
        [
            (
                one.id,
                one.url,
                ", ".join(one.events),
                "có" if one.is_enabled else one.disabled_reason,
                one.failures,
            )
            for one in found
        ],
    )


@command.command("ping", help="Xếp một thông điệp thử vào hàng gửi.")
@click.argument("subscription_id")
@data_option
def ping(*, subscription_id: str, data: Path | None) -> None:
    """Send a test message; the running server or worker delivers it."""
    from webhooks import redelivery

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        delivery_id = redelivery.ping(work, subscription_id)
        work.commit()
    click.echo(f"Đã xếp vào hàng gửi: {delivery_id}")


@command.command("log", help="Nhật ký gửi của một điểm nhận, mới nhất trước.")
@click.argument("subscription_id")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
@data_option
@json_option
def log(*, subscription_id: str, limit: int, data: Path | None, as_json: bool) -> None:
    """List deliveries."""
    from dataclasses import asdict

    from webhooks import deliveries, subscriptions

    with opened(data) as runtime, runtime.database.reading() as session:
        subscriptions.get(session, subscription_id)
        found = deliveries.log(session, subscription_id, limit=limit)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    print_table(
        ("Mã", "Sự kiện", "Trạng thái", "Số lần gửi", "Tạo lúc"),
        [(one.id, one.event_type, one.state, one.attempts, one.created_at) for one in found],
    )


@command.command("redeliver", help="Gửi lại một thông điệp, hoặc mọi thông điệp chưa tới từ một thời điểm.")
@click.option("--delivery", help="Mã của lần gửi.")
@click.option("--subscription", help="Mã điểm nhận, cùng với --since.")
@click.option("--since", help="Từ thời điểm (ISO 8601).")
@data_option
def redeliver(
    *, delivery: str | None, subscription: str | None, since: str | None, data: Path | None
) -> None:
    """Send again."""
    from webhooks import redelivery

    if (delivery is None) == (subscription is None) or (subscription is None) != (since is None):
        raise click.UsageError("Cần --delivery, hoặc --subscription cùng với --since.")
    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        count = 1
        if delivery is not None:
            redelivery.redeliver(work, delivery)
        elif subscription is not None and since is not None:
            count = redelivery.redeliver_since(work, subscription, moment(since))
        work.commit()
    click.echo(f"{count} thông điệp sẽ được gửi lại.")


@command.command("enable", help="Gửi tiếp tới một điểm nhận.")
@click.argument("subscription_id")
@data_option
def enable(*, subscription_id: str, data: Path | None) -> None:
    """Send again to an endpoint."""
    from webhooks import subscriptions

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        subscriptions.enable(work, subscription_id)
        work.commit()
    click.echo("Đã cho gửi tiếp.")


@command.command("disable", help="Ngừng gửi tới một điểm nhận; thông điệp chờ tới khi cho gửi tiếp.")
@click.argument("subscription_id")
@data_option
def disable(*, subscription_id: str, data: Path | None) -> None:
    """Stop sending to an endpoint."""
    from webhooks import subscriptions

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        subscriptions.disable(work, subscription_id)
        work.commit()
    click.echo("Đã ngừng gửi.")
