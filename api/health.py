"""Health, readiness, metrics: for whoever keeps the house running."""

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import text

from api.gate import public, runtime
from engine import dispatcher, external_jobs, timers
from webhooks import deliveries

blueprint = Blueprint("health", __name__, description="Tình trạng hệ thống")

#: lag of the oldest due timer after which the house is not ready, in seconds
LATE_SECONDS = 30


@blueprint.get("/healthz")
@public
@blueprint.doc(summary="Tiến trình còn trả lời")
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
@blueprint.doc(summary="Cơ sở dữ liệu và hẹn giờ sẵn sàng")
def readyz() -> tuple[dict[str, object], int]:
    """Say whether the database answers and the timers are on time."""
    house = runtime()
    with house.database.reading() as session:
        session.execute(text("SELECT 1"))
        lag = timers.lag(session, house.clock.now())
    is_ready = lag.seconds <= LATE_SECONDS
    return {
        "status": "ok" if is_ready else "late",
        "timer_lag_seconds": lag.seconds,
    }, 200 if is_ready else 503


@blueprint.get("/metrics")
@public
@blueprint.doc(summary="Số liệu cho Prometheus")
def metrics() -> Response:
    """Give the figures of the house in Prometheus text format."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    house = runtime()
    registry = CollectorRegistry()
    with house.database.reading() as session:
        waiting = dispatcher.backlog(session) | {"deliveries": deliveries.waiting(session)}
        lag = timers.lag(session, house.clock.now())
        topics = external_jobs.backlog(session, house.dispatcher.handlers, house.clock.now())
    gauge = Gauge("tiendo_waiting", "Things waiting for their turn", ["what"], registry=registry)
    for what, count in waiting.items():
        gauge.labels(what).set(count)
    jobs = Gauge("tiendo_jobs_waiting", "Jobs waiting, by topic", ["topic", "handled_by"], registry=registry)
    for topic in topics:
        jobs.labels(topic.topic, "house" if topic.is_in_house else "workers").set(topic.waiting)
    Gauge(
        "tiendo_timer_lag_seconds", "Age of the oldest timer that should have fired", registry=registry
    ).set(lag.seconds)
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")
