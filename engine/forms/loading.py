"""From the bytes of a `.form` file to a `Form`, or to findings that name every part that is not supported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from engine.findings import DefinitionRefused, Finding
from engine.forms.components import STATIC, SUPPORTED, Refused, condition_of, field_of, key_of, literal_of
from engine.forms.conditions import Condition
from engine.forms.form import Form, Group, Part, Placed, Static
from foundation.texts import _

#: bytes of a form, components in it, groups within groups
MAX_BYTES, MAX_COMPONENTS, MAX_DEPTH = 512 * 1024, 500, 8
#: characters of a title that are kept
MAX_TITLE = 200


def load(schema: bytes | Mapping[str, Any], *, file: str = "") -> Form:
    """Give the form of a form-js schema.

    Raises DefinitionRefused with a finding per problem: not JSON, a component type that is not supported
    (its key and the reason), a rule that would not be applied, a key that is none, a faulty expression.
    """
    reader = _Reader(file=file)
    form = reader.form(schema)
    if reader.findings:
        raise DefinitionRefused(reader.findings)
    return form


def check(schema: bytes | Mapping[str, Any], *, file: str = "") -> tuple[Finding, ...]:
    """Give the findings of a form; none when it can be loaded."""
    reader = _Reader(file=file)
    reader.form(schema)
    return tuple(reader.findings)


def _title(data: Mapping[str, Any], parts: tuple[Part, ...]) -> str:
    """Give the `title` of a schema, which form-js leaves to its users, else the first heading of a text."""
    given = data.get("title")
    if isinstance(given, str) and given.strip():
        return given.strip()[:MAX_TITLE]
    texts = (part.text for part in parts if isinstance(part, Static) and part.type == "text")
    headings = (line.lstrip("# ").strip() for text in texts for line in text.splitlines() if line[:1] == "#")
    return next(headings, "")[:MAX_TITLE]


@dataclass(kw_only=True)
class _Reader:
    """Reads one file and collects what is wrong with it."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    _names: set[tuple[str, ...]] = field(default_factory=set)
    _count: int = 0

    def form(self, schema: bytes | Mapping[str, Any]) -> Form:
        """Read the whole."""
        try:
            data = _data(schema)
        except Refused as refused:
            self._note(refused, {})
            return Form(id="", parts=())
        parts = tuple(self._parts(data["components"], path=(), depth=1))
        return Form(id=str(data.get("id") or ""), parts=parts, title=_title(data, parts))

    def _parts(self, components: Any, *, path: tuple[str, ...], depth: int) -> Iterator[Part]:
        if not isinstance(components, list):
            self._note(Refused("form.structure", _("“components” phải là danh sách.")), {})
            return
        for component in components:
            self._count += 1
            if self._count > MAX_COMPONENTS or depth > MAX_DEPTH:
                limits = {"most": MAX_COMPONENTS, "depth": MAX_DEPTH}
                text = _("Biểu mẫu quá lớn: tối đa {most} thành phần, {depth} cấp nhóm.", **limits)
                self._note(Refused("form.size", text), component)
                return
            try:
                yield self._part(component, path, depth)
            except Refused as refused:
                self._note(refused, component)

    def _part(self, component: Any, path: tuple[str, ...], depth: int) -> Part:
        kind = component.get("type") if isinstance(component, Mapping) else None
        if not isinstance(kind, str) or kind not in SUPPORTED:
            text = _(
                "Loại thành phần “{found}” chưa được hỗ trợ; dùng được: {known}.",
                found=str(kind),
                known=", ".join(sorted(SUPPORTED)),
            )
            raise Refused("form.component-unsupported", text, found=kind)
        condition = condition_of(component)
        if kind in STATIC:
            return Static(
                type=kind,
                text=literal_of(component, "text") or literal_of(component, "label"),
                condition=condition,
            )
        if kind == "group":
            return self._group(component, path, depth, condition)
        key = key_of(component.get("key"))
        self._claim((*path, key))
        return Placed(field=field_of(kind, component, key, path), condition=condition)

    def _group(
        self, component: Mapping[str, Any], path: tuple[str, ...], depth: int, condition: Condition | None
    ) -> Group:
        name = component.get("path") or ""
        inner = path
        if name:
            inner = (*path, key_of(name))
            self._claim(inner)
        parts = tuple(self._parts(component.get("components", []), path=inner, depth=depth + 1))
        return Group(label=literal_of(component, "label"), path=str(name), parts=parts, condition=condition)

    def _claim(self, name: tuple[str, ...]) -> None:
        if name in self._names:
            raise Refused(
                "form.key-repeated", _("Khóa “{key}” đã được dùng cho một mục khác.", key=".".join(name))
            )
        self._names.add(name)

    def _note(self, refused: Refused, component: Any) -> None:
        told = component if isinstance(component, Mapping) else {}
        element = str(told.get("key") or told.get("path") or told.get("id") or "")
        self.findings.append(
            Finding(
                file=self.file,
                element=element[:200],
                element_name=str(told.get("label") or "")[:200],
                rule=refused.rule,
                severity="error",
                message=refused.text,
                facts=refused.facts,
            )
        )


def _data(schema: bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    data: Any = schema
    if isinstance(schema, bytes):
        if len(schema) > MAX_BYTES:
            raise Refused(
                "form.size", _("Biểu mẫu dài {found} byte; tối đa {most}.", found=len(schema), most=MAX_BYTES)
            )
        try:
            data = orjson.loads(schema)
        except orjson.JSONDecodeError as error:
            raise Refused(
                "form.json", _("Tệp không phải JSON hợp lệ: {reason}", reason=str(error))
            ) from error
    if not isinstance(data, Mapping) or "components" not in data:
        raise Refused("form.structure", _("Cần một biểu mẫu form-js: đối tượng JSON có “components”."))
    try:
        orjson.dumps(dict(data))
    except TypeError as error:
        raise Refused(
            "form.values", _("Biểu mẫu có giá trị không lưu được: {reason}", reason=str(error))
        ) from error
    return data
