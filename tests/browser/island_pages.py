"""A small site under the strict policy of the product, with sample data: for looking at parts of pages.

`python -m tests.browser.island_pages PORT` serves it for a person; test_islands.py serves it for a browser.
"""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from lxml import etree

import web
from engine.forms import load
from web import assets, templating

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

NAV = dict.fromkeys(
    ["inbox", "documents", "plans", "tree", "reports", "board", "definitions", "organisations", "webhooks"],
    "#",
)
URLS = {"home": "/", "search": "/search", "notifications": "/thong-bao", "notifications_count": "/count"}
URLS |= {"profile": "/ho-so", "sign_out": "/thoat", "language": "/ngon-ngu"}

ROWS = [
    (
        "Rà soát, báo cáo việc thực hiện chính sách thu hút đội ngũ trí thức",
        "Phòng Quản lý Khoa học",
        date(2024, 2, 2),
        -2,
        None,
        "overdue",
        0.4,
    ),
    (
        "Tham mưu chính sách đãi ngộ dài hạn đối với chuyên gia đầu ngành",
        "Sở Khoa học và Công nghệ",
        date(2024, 2, 5),
        0,
        None,
        "due_soon",
        0.75,
    ),
    (
        "Tổ chức hội nghị gặp mặt trí thức tiêu biểu",
        "Văn phòng Sở",
        date(2024, 2, 20),
        3,
        date(2024, 1, 31),
        "extension_asked",
        0.1,
    ),
    (
        "Báo cáo kết quả thực hiện quý I",
        "Phòng Kế hoạch - Tài chính",
        date(2024, 3, 29),
        29,
        None,
        "in_term",
        0.2,
    ),
    (
        "Thường xuyên cập nhật cơ sở dữ liệu chuyên gia",
        "Trung tâm Thông tin",
        None,
        None,
        None,
        "no_due",
        0.5,
    ),
]
SCHEMA: dict[str, Any] = {
    "components": [
        {
            "type": "group",
            "label": "Nội dung giao",
            "showOutline": True,
            "components": [
                {
                    "type": "textfield",
                    "key": "so_ky_hieu",
                    "label": "Số ký hiệu",
                    "validate": {"required": True},
                    "description": "Ghi như trên văn bản, ví dụ 1394/UBND-KGVX",
                },
                {"type": "textarea", "key": "noi_dung", "label": "Nội dung", "validate": {"maxLength": 2000}},
                {"type": "datetime", "subtype": "date", "key": "han", "dateLabel": "Hạn hoàn thành"},
                {"type": "number", "key": "so_luong", "label": "Số lượng", "validate": {"min": 0}},
            ],
        },
        {
            "type": "select",
            "key": "don_vi",
            "label": "Đơn vị chủ trì",
            "validate": {"required": True},
            "values": [
                {"label": "Phòng Quản lý Khoa học", "value": "qlkh"},
                {"label": "Văn phòng Sở", "value": "vp"},
            ],
        },
        {
            "type": "radio",
            "key": "do_khan",
            "label": "Độ khẩn",
            "values": [{"label": "Thường", "value": "thuong"}, {"label": "Khẩn", "value": "khan"}],
        },
        {
            "type": "checklist",
            "key": "phoi_hop",
            "label": "Đơn vị phối hợp",
            "values": [{"label": "Sở Nội vụ", "value": "snv"}, {"label": "Sở Tài chính", "value": "stc"}],
        },
        {"type": "checkbox", "key": "bao_cao", "label": "Yêu cầu báo cáo định kỳ"},
        {"type": "filepicker", "key": "tep", "label": "Tệp đính kèm", "accept": ".pdf,.docx"},
        {
            "type": "text",
            "text": "Việc được giao sẽ gửi thông báo đến đơn vị chủ trì và các đơn vị phối hợp.",
        },
    ]
}
SAMPLE: dict[str, Any] = {
    "rows": ROWS,
    "form": load(SCHEMA),
    "values": {
        "noi_dung": "Rà soát chính sách thu hút.",
        "han": "2024-03-29",
        "do_khan": "khan",
        "phoi_hop": ["snv"],
    },
    "errors": {"so_ky_hieu": "“Số ký hiệu” chưa có nội dung."},
    "events": [
        {
            "what": "Giao việc cho Phòng Quản lý Khoa học",
            "when": datetime(2024, 2, 5, 2, 15, tzinfo=UTC),
            "who": "Lê Thị Hạnh",
            "icon": "send",
            "tone": "term",
        },
        {
            "what": "Nhận việc",
            "when": datetime(2024, 2, 6, 1, 0, tzinfo=UTC),
            "who": "Trần Văn Đạt",
            "icon": "check",
            "tone": "done",
        },
        {
            "what": "Nhắc việc lần 1",
            "when": datetime(2024, 3, 26, 0, 30, tzinfo=UTC),
            "icon": "alarm",
            "tone": "soon",
            "detail": "Còn 3 ngày làm việc.",
        },
        {"what": "Báo lãnh đạo Sở nếu chưa xong", "when": "01/04/2024", "icon": "late", "future": True},
    ],
    "steps": [
        {
            "element": "receive",
            "state": "done",
            "name": "Tiếp nhận văn bản",
            "sub": "05/02/2024 · Nguyễn Thị Mai",
        },
        {
            "element": "instruct",
            "state": "done",
            "name": "Lãnh đạo bút phê",
            "sub": "05/02/2024 · Phạm Văn Hùng",
        },
        {
            "element": "draft",
            "state": "late",
            "name": "Dự thảo kế hoạch",
            "sub": "quá hạn 2 ngày · Trần Văn Đạt",
            "url": "#",
        },
        {"element": "assign", "state": "active", "name": "Giao nhiệm vụ", "sub": "13 đơn vị, 9 đã nhận"},
        {"element": "report", "state": "future", "name": "Thu báo cáo"},
    ],
    "lines": [
        (10, "II. NHIỆM VỤ"),
        (11, "1. Phòng Quản lý Khoa học chủ trì, phối hợp với Văn phòng Sở rà soát các chính"),
        (12, "sách hiện có, hoàn thành trong quý I năm 2024."),
        (13, "2. Văn phòng Sở tổ chức hội nghị gặp mặt."),
    ],
    "items": [("Rà soát các chính sách hiện có", "11 12"), ("Tổ chức hội nghị gặp mặt", "13")],
}

DONE = ("arrived", "receive", "instruct", "route", "sign", "signed", "issue")
STATE: dict[str, Any] = {
    "elements": {step: {"state": "done"} for step in DONE}
    | {
        "draft": {"state": "late", "count": 1, "note": "quá hạn 2 ngày"},
        "assign": {"state": "active", "count": 13, "note": "9/13 đã nhận"},
    },
    "flows": ["f1", "f2", "f3", "to_draft", "f6", "f7", "to_issue", "f10"],
}


def build() -> Flask:
    """Make the site; what is posted to it is kept in `app.config["POSTED"]` as (path, headers, body)."""
    app = Flask("web", root_path=str(Path(web.__file__).parent), static_folder=None)
    app.config.update(POSTED=[], TEMPLATES_AUTO_RELOAD=True)
    templating.prepare(app.jinja_env)
    app.jinja_env.globals["_"] = lambda template, **values: template.format(**values) if values else template
    app.register_blueprint(assets.blueprint)
    app.context_processor(_shell)
    app.after_request(_strict)
    app.add_url_rule("/", view_func=_style_guide)
    app.add_url_rule("/viewer", view_func=_viewer)
    app.add_url_rule("/modeler", view_func=_modeler)
    app.add_url_rule("/sample.bpmn", view_func=_diagram)
    app.add_url_rule("/state.json", view_func=lambda: STATE, endpoint="state")
    app.add_url_rule("/count", view_func=lambda: "4", endpoint="count")
    app.add_url_rule("/definitions/lint", view_func=_lint, methods=["POST"])
    app.add_url_rule("/<path:path>", view_func=_accept, methods=["POST"])
    return app


def _strict(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _shell() -> dict[str, Any]:
    user = {"name": "Trần Văn Đạt", "position": "Trưởng phòng", "organisation": "Sở Khoa học và Công nghệ"}
    counts = {"inbox": 12, "notifications": 3}
    shell = {"language": request.args.get("language", "vi"), "csrf_token": "token-1", "user": user}
    return shell | {"nav": NAV, "urls": URLS, "nav_counts": counts, "here": "inbox"}


def _style_guide() -> str:
    flashes = [("done", "Đã giao việc cho Phòng Quản lý Khoa học.")] if "flash" in request.args else []
    return render_template("styleguide.html", sample=SAMPLE, flashes=flashes)


def _viewer() -> str:
    return render_template("styleguide_diagram.html", sample=SAMPLE)


def _modeler() -> str:
    return render_template("styleguide_modeler.html")


def _diagram() -> Response:
    return Response((Path(__file__).parent / "sample.bpmn").read_bytes(), mimetype="application/xml")


def _lint() -> dict[str, Any]:
    tasks = etree.fromstring(request.get_data()).iter(f"{{{BPMN}}}userTask")
    nobody = [t for t in tasks if not any(str(a).endswith(("assignee", "candidateGroups")) for a in t.attrib)]
    finding = {"rule": "assignee", "severity": "error", "message": "Việc này chưa giao cho ai."}
    return {"findings": [finding | {"element": task.get("id")} for task in nobody]}


def _accept(path: str) -> Response:
    current_app.config["POSTED"].append((path, dict(request.headers), request.get_data(as_text=True)))
    return Response(json.dumps({"ok": True}), mimetype="application/json", headers={"ETag": '"2"'})


if __name__ == "__main__":
    build().run(port=int(sys.argv[1]), threaded=True)
