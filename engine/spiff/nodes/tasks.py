"""Tasks: user, manual, script, service, business rule, send, receive (BPMN 2.0 §13.3.3)."""

from typing import TYPE_CHECKING, Any

from engine.spiff.effects import EventAwaited, JobCreated, UserTaskOpened
from engine.spiff.elements import EventDefinition, Occasion
from engine.spiff.errors import ExecutionError
from engine.spiff.expressions import evaluate_json, moment_of, number_of, text_of, texts_of
from engine.spiff.nodes.activities import Activity, moved
from engine.spiff.token import Token
from foundation.texts import Text, _

if TYPE_CHECKING:
    from engine.spiff.execution import Decided


class PlainTask(Activity):
    """A task without a type: the token passes through."""

    def begin(self, token: Token) -> bool | None:
        """Set the task's local variables, then work."""
        for flow in self.element.data_inputs:
            token.data.update(moved(token, flow))
        for mapping in self.element.inputs:
            token.data[mapping.target] = evaluate_json(token, mapping.value)
        return self.work(token)


class UserTask(PlainTask):
    """Work for a person: a row in the inbox until somebody completes it. Manual tasks are the same."""

    rows = ("user_task",)

    def work(self, token: Token) -> bool | None:
        """Open the task for its assignee or candidate groups."""
        element = self.element
        groups = texts_of(token, element.attribute("candidateGroups"))
        assignee = text_of(token, element.attribute("assignee"))
        if not groups and not assignee and element.lane:
            groups = (element.lane,)
        token.execution.effects.append(
            UserTaskOpened(
                token=token.id,
                element=element.id,
                name=self.title,
                lane=element.lane,
                documentation=element.documentation,
                assignee=assignee,
                candidate_groups=groups,
                due_at=_moment(token, "dueDate"),
                follow_up_at=_moment(token, "followUpDate"),
                priority=number_of(token, element.attribute("priority"), 50),
                form_key=text_of(token, element.attribute("formKey") or element.attribute("formRef")),
                ladder=element.ladder,
                local=dict(token.data),
            )
        )
        return None


class ScriptTask(PlainTask):
    """A FEEL script: its value goes into the result variable, or each entry of a context into its own."""

    def work(self, token: Token) -> bool | None:
        """Evaluate and store."""
        from engine.spiff.elements import value

        result = evaluate_json(token, value(self.element.script, expects_expression=True))
        name = self.element.attributes.get("resultVariable")
        if name:
            token.set(name, result)
        elif isinstance(result, dict):
            token.set_all(result)
        return True


class ServiceTask(PlainTask):
    """Work for a job handler or an external worker, named by its topic."""

    rows = ("job",)

    def work(self, token: Token) -> bool | None:
        """Create the job; its result comes back as a completion or a BPMN error."""
        element = self.element
        topic = text_of(token, element.attribute("topic"))
        if not topic:
            raise ExecutionError(
                _("Bước dịch vụ “{name}” chưa có chủ đề.", name=self.title), element=element.id
            )
        token.execution.effects.append(
            JobCreated(
                token=token.id,
                element=element.id,
                topic=topic,
                variables=self.job_variables(token),
                retry_cycle=element.retry_cycle,
                priority=number_of(token, element.attribute("taskPriority"), 0),
            )
        )
        return None

    def job_variables(self, token: Token) -> dict[str, Any]:
        """Give what the job sees: the mapped inputs, or without a mapping every variable."""
        return dict(token.data) if self.element.inputs else dict(token.variables())

    def complete(self, token: Token, variables: dict[str, Any]) -> None:
        """Output mappings read what came back as `result`; without them it is merged into the variables."""
        super().complete(token, {"result": variables} if self.element.outputs else variables)


class BusinessRuleTask(ServiceTask):
    """A decision: runs the DMN table named by `camunda:decisionRef`, or a job when a topic is given."""

    def work(self, token: Token) -> bool | None:
        """Decide and store the result in the result variable."""
        decision = text_of(token, self.element.attribute("decisionRef"))
        if decision is None:
            return super().work(token)
        result = token.execution.ports.decide(
            decision, token.variables(), token.execution, element=self.element.drawn_id
        )
        name = self.element.attributes.get("resultVariable")
        shaped = self._shaped(result, self.element.attributes.get("mapDecisionResult", ""))
        if name:
            token.set(name, shaped)
        elif isinstance(shaped, dict):
            token.set_all(shaped)
        return True

    def _shaped(self, result: "Decided", mapping: str) -> Any:
        """Shape a result as `camunda:mapDecisionResult` says; without it, the result as it is.

        Raises ExecutionError when one result or entry is asked for and there are several.
        """
        found = result.value
        rows = [] if found is None else found if result.is_list else [found]
        if mapping == "resultList":
            return rows
        if mapping in {"collectEntries", "singleEntry"} and result.has_columns and rows:
            raise self._refused(
                _("Kết quả quyết định có nhiều cột ({columns}), không lấy được một giá trị duy nhất; hãy "
                  "chọn singleResult hoặc resultList.", columns=", ".join(rows[0]))
            )  # fmt: skip
        if mapping == "collectEntries":
            return rows
        if mapping in {"singleEntry", "singleResult"} and result.is_list:
            if len(rows) > 1:
                raise self._refused(
                    _("Quyết định cho {count} kết quả, nhưng bước này chỉ nhận một ({mapping}); hãy chọn "
                      "collectEntries hoặc resultList, hoặc sửa bảng.", count=len(rows), mapping=mapping)
                )  # fmt: skip
            return rows[0] if rows else None
        return found

    def _refused(self, message: Text) -> ExecutionError:
        return ExecutionError(message, element=self.element.drawn_id)


class SendTask(ServiceTask):
    """Sends a message; with a topic it is a job like a service task."""

    def work(self, token: Token) -> bool | None:
        """Throw the message with the task's local variables."""
        if self.element.attribute("topic") is not None:
            return super().work(token)
        throw_message(self, token)
        return True


class ReceiveTask(PlainTask):
    """Waits for a message."""

    rows = ("subscription",)

    def work(self, token: Token) -> bool | None:
        """Subscribe, unless the message it stands for has just started the process."""
        if token.internal_data.pop("received", False):
            return True
        await_message(self, token)
        return None

    def triggers(self) -> tuple[tuple[str, EventDefinition], ...]:
        """Give the message that starts the process, for an instantiating task (BPMN 2.0 §10.3.3)."""
        return ((self.element.id, self.element.event),) if self.element.instantiates else ()

    def start_here(self, scope: Token, occasion: Occasion) -> None:
        """Begin with the message received."""
        scope.execution.spawn(self, scope, internal={"received": True})


def throw_message(node: Activity, token: Token) -> None:
    """Send the message of an element out, with its input mappings as payload."""
    event = node.element.event
    key = text_of(token, event.correlation_key) or ""
    payload = {m.target: evaluate_json(token, m.value) for m in node.element.inputs}
    token.execution.send(token, event.name or "", key, payload)


def await_message(node: Activity, token: Token) -> None:
    """Subscribe a token to the message of its element."""
    event = node.element.event
    key = text_of(token, event.correlation_key) or ""
    token.execution.effects.append(
        EventAwaited(
            token=token.id,
            element=node.element.id,
            kind="message",
            name=event.name or "",
            correlation_key=key,
        )
    )


def _moment(token: Token, attribute: str) -> Any:
    found = token.node.element.attribute(attribute)
    return None if found is None else moment_of(token, found, what=_("Thời hạn"), day_ends=True)
