"""The API described: OpenAPI 3.1 for machines at `/api/v1/openapi.json`, a page for people at `/api/docs`."""

from collections.abc import Iterator
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, current_app
from flask_smorest import Api, Blueprint
from markupsafe import Markup, escape

from api.gate import PUBLIC, public, rule_of
from api.idempotency import HEADER, LONGEST
from directives.roles import PERMISSIONS

blueprint = Blueprint("description", __name__, url_prefix="/api", description="Mô tả API")

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457; `code` ổn định qua các bản phát hành.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "field": {"type": "string", "description": "Mục sai đầu tiên."},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
        "element": {"type": "string", "description": "Phần tử của sơ đồ."},
        "findings": {"type": "array", "items": {"type": "object"}},
    },
}
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Gửi lại cùng khóa và cùng nội dung trong 24 giờ thì nhận câu trả lời đầu tiên.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "ETag đã nhận; nội dung đã bị người khác sửa thì trả lời 412.",
    "schema": {"type": "string"},
}
#: names of schemas that several resources use
_COMMON = frozenset({"Result", "ReasonBody", "Waiting", "Source"})
METHODS = ("get", "post", "put", "patch", "delete")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
h2 { border-bottom: 1px solid #c8ccd1; margin-top: 2.5rem; }
section { margin: 1.25rem 0; }
code, pre { font: .9em/1.4 ui-monospace, monospace; background: #f2f4f6; }
code { padding: .1em .3em; }
pre { padding: .75rem; overflow-x: auto; }
.method { display: inline-block; min-width: 4.5em; font-weight: 700; }
.right { color: #4b5563; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .3rem 0; }
dt { font: .9em ui-monospace, monospace; } dd { margin: 0; }
@media (max-width: 40rem) { dl { display: block; } }
"""


@blueprint.get("/v1/openapi.json")
@public
@blueprint.doc(summary="Mô tả API theo OpenAPI 3.1")
def openapi() -> Response:
    """Give the OpenAPI document."""
    return Response(current_app.json.dumps(document()), mimetype="application/json")


@blueprint.get("/docs")
@public
@blueprint.doc(summary="Trang mô tả API cho người đọc")
def docs() -> Response:
    """Give the page for people."""
    return Response(_page(document()), mimetype="text/html")


@blueprint.get("/docs.css")
@public
@blueprint.doc(summary="Kiểu trình bày của trang mô tả")
def style() -> Response:
    """Give the style sheet of the page."""
    return Response(_STYLE, mimetype="text/css")


def document() -> dict[str, Any]:
    """Give the OpenAPI 3.1 document: what flask-smorest knows, with rights, keys, guards and problems."""
    made: dict[str, Any] | None = current_app.extensions.get("tiendo.openapi")
    if made is None:
        made = current_app.extensions["tiendo.openapi"] = _completed(_known())
    return made


def _known() -> dict[str, Any]:
    """Give what flask-smorest knows of the views.

    It is asked in an application of its own: describing every view would cost each start a third of a second.
    """
    import api

    described = Flask("description")
    described.config.update(
        API_TITLE="Tiến Độ", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None
    )
    spec = Api(described, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(_schema_name)})
    for one in api.blueprints():
        spec.register_blueprint(one)
    found: dict[str, Any] = spec.spec.to_dict()
    return found


def _schema_name(schema: Any) -> str:
    """Name schemas after their module as well where two resources use the same word."""
    kind = schema if isinstance(schema, type) else type(schema)
    room = kind.__module__.rpartition(".")[2].title().replace("_", "")
    name = kind.__name__.removesuffix("Schema")
    return f"{room}{name}" if name in _COMMON else name


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    found["info"] |= {
        "description": "Dành cho phần mềm khác: quy trình, văn bản chỉ đạo, kế hoạch, nhiệm vụ, báo cáo.",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    components = found.setdefault("components", {})
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "Khóa API: `tiendo apikey create`."}
    }
    components["schemas"] = components.get("schemas", {}) | {"Problem": _PROBLEM}
    components["responses"] = {
        "Problem": {
            "description": "Không thực hiện được; `code` và `detail` nói vì sao.",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    views = {
        (rule.rule.replace("<int:", "<").replace("<", "{").replace(">", "}"), method.lower()): rule.endpoint
        for rule in current_app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for path, method, operation in operations(found):
        endpoint = views[path, method]
        operation["operationId"] = endpoint.replace("-", "_").replace(".", "_")
        _complete(operation, method, rule_of(current_app.view_functions[endpoint]) or "")
    return found


def operations(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give path, method and operation of everything in the document."""
    for path, item in found["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _complete(operation: dict[str, Any], method: str, permission: str) -> None:
    parameters = operation.setdefault("parameters", [])
    if permission != PUBLIC:
        operation["security"] = [{"key": []}]
        operation["description"] = f"Cần quyền {PERMISSIONS[permission].render()} (`{permission}`)."
        operation["x-permission"] = permission
    else:
        operation["security"] = []
        operation["description"] = "Không cần khóa API."
    if method == "post" and permission != PUBLIC:
        parameters.append(_KEY)
    if method in {"patch", "delete"} or operation["operationId"].endswith(("complete", "move_item")):
        parameters.append(_MATCH)
    responses = operation.setdefault("responses", {})
    responses.pop("422", None)
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    for one in responses.values():
        if "$ref" not in one:
            one["description"] = _WORDS.get(one.get("description", ""), one.get("description", "")) or "Được"


#: HTTP phrases as flask-smorest writes them → words
_WORDS = {
    "OK": "Được",
    "Created": "Đã tạo",
    "Accepted": "Đã nhận, sẽ thực hiện",
    "No Content": "Đã thực hiện",
}


def _page(found: dict[str, Any]) -> str:
    groups: dict[str, list[str]] = {}
    for path, method, operation in operations(found):
        tag = (operation.get("tags") or [""])[0]
        groups.setdefault(tag, []).append(_section(path, method, operation, found))
    titles = {tag["name"]: tag.get("description", "") for tag in found.get("tags", [])}
    body = Markup("").join(
        Markup("<h2>{}</h2>{}").format(titles.get(tag) or tag, Markup("").join(sections))
        for tag, sections in groups.items()
    )
    head = Markup(
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>API của Tiến Độ</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs.css">'
        "</head><body><main><h1>API của Tiến Độ</h1>"
        "<p>Gửi khóa trong tiêu đề <code>Authorization: Bearer KHÓA</code>; tạo khóa bằng "
        "<code>tiendo apikey create --user TÊN</code>. Mọi lỗi là <code>application/problem+json</code> với "
        "<code>code</code> và <code>detail</code>. Danh sách có <code>limit</code> và <code>cursor</code>, "
        "trang sau ở <code>next</code>. Dấu * là bắt buộc. Mô tả cho phần mềm: "
        '<a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
    )
    return str(head + body + Markup("</main></body></html>"))


def _section(path: str, method: str, operation: dict[str, Any], found: dict[str, Any]) -> Markup:
    rows = [_row(one) for one in operation.get("parameters", []) if "$ref" not in one]
    fields = _fields(operation, found)
    return Markup(
        '<section id="{id}"><h3><span class="method">{method}</span> <code>{path}</code></h3>'
        '<p>{summary}. <span class="right">{right}</span></p>{parameters}{body}</section>'
    ).format(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        right=_right(operation),
        parameters=Markup("<dl>{}</dl>").format(Markup("").join(rows)) if rows else "",
        body=Markup("<pre>{}</pre>").format(fields) if fields else "",
    )


def _right(operation: dict[str, Any]) -> Markup:
    permission = operation.get("x-permission")
    if permission is None:
        return Markup("Không cần khóa API.")
    words = PERMISSIONS[permission].render()
    return Markup("Cần quyền {} (<code>{}</code>).").format(words, permission)


def _row(parameter: dict[str, Any]) -> Markup:
    schema = parameter["schema"]
    mark = " *" if parameter.get("required") else ""
    words = parameter.get("description") or schema.get("description") or ""
    kind = schema.get("format") or schema.get("type", "")
    shown = " | ".join(kind) if isinstance(kind, list) else kind
    return Markup("<dt>{}{}</dt><dd><code>{}</code> {}</dd>").format(parameter["name"], mark, shown, words)


def _fields(operation: dict[str, Any], found: dict[str, Any]) -> str:
    """Write the fields of a JSON body, one per line."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = found["components"]["schemas"].get(name, schema)
    required = set(schema.get("required", ()))
    lines = []
    for field, one in schema.get("properties", {}).items():
        kind = one.get("type", "object")
        shown = " | ".join(kind) if isinstance(kind, list) else kind
        mark = " *" if field in required else ""
        lines.append(f"{field}: {shown}{mark}")
    return "\n".join(str(escape(line)) if "<" in line else line for line in lines)
