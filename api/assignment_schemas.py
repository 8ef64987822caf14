"""What assignments look like over the API, and what is sent to change them."""

from marshmallow import Schema, fields, validate

from api import pages

_REASON = validate.Length(1, 4000)


class AssignmentSchema(Schema):
    """An assignment; its version is its ETag."""

    id = fields.String()
    directive = fields.String(attribute="directive_id")
    plan = fields.String(attribute="plan_id", allow_none=True)
    item = fields.String(attribute="item_id", allow_none=True)
    parent = fields.String(attribute="parent_id", allow_none=True)
    organisation = fields.String(attribute="organisation_id")
    lead = fields.String(attribute="lead_id")
    officer = fields.String(attribute="officer_id", allow_none=True)
    monitor = fields.String(attribute="monitor_id", allow_none=True)
    mode = fields.String()
    section = fields.String()
    content = fields.String()
    output = fields.String()
    urgency = fields.Integer()
    state = fields.String()
    original_due = fields.Date(allow_none=True)
    current_due = fields.Date(allow_none=True)
    effective_due = fields.Date(allow_none=True)
    due_holder = fields.String(attribute="due_holder_id")
    extensions = fields.Integer(attribute="extension_count")
    returns = fields.Integer(attribute="return_count")
    redos = fields.Integer(attribute="redo_count")
    urgings = fields.Integer(attribute="urge_count")
    progress = fields.Integer()
    assigned_on = fields.Date()
    result_on = fields.Date(allow_none=True)
    accepted_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class StepSchema(Schema):
    """An open step of the process of an assignment."""

    user_task = fields.String(attribute="id")
    element = fields.String()
    name = fields.String()
    form_key = fields.String(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    revision = fields.Integer()


class WholeAssignmentSchema(AssignmentSchema):
    """An assignment with its deadline as written, timeliness, coordinators and open steps."""

    deadline = fields.Dict()
    timeliness = fields.String()
    label = fields.String()
    coordinators = fields.List(fields.Dict())
    steps = fields.List(fields.Nested(StepSchema))


class AssignmentsQuery(pages.PageQuery):
    """Which assignments."""

    directive = fields.String(load_default=None)
    lead = fields.String(load_default=None)
    state = fields.String(load_default=None)
    due_before = fields.Date(load_default=None)


class ProgressBody(Schema):
    """How far it is."""

    progress = fields.Integer(required=True, validate=validate.Range(0, 100))
    text = fields.String(load_default="")


class ExtensionBody(Schema):
    """What is asked for."""

    wanted_due = fields.Date(required=True)
    reason = fields.String(required=True, validate=_REASON)
    document = fields.String(load_default=None, allow_none=True)


class ExtensionSchema(Schema):
    """A request for a later day."""

    id = fields.String()
    assignment = fields.String(attribute="assignment_id")
    ordinal = fields.Integer(allow_none=True)
    status = fields.String()
    holder = fields.String(attribute="holder_id")
    old_due = fields.Date()
    wanted_due = fields.Date()
    countered_due = fields.Date(allow_none=True)
    new_due = fields.Date(allow_none=True)
    reason = fields.String()
    answer = fields.String()
    is_late = fields.Boolean()
    asked_by = fields.String(attribute="asked_by_name")
    asked_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class ExtensionsSchema(Schema):
    """Requests, the oldest first."""

    items = fields.List(fields.Nested(ExtensionSchema))


class DifficultyBody(Schema):
    """What blocks."""

    text = fields.String(required=True, validate=_REASON)
    proposal = fields.String(load_default="")


class DifficultySchema(Schema):
    """A difficulty."""

    id = fields.String()
    assignment = fields.String(attribute="assignment_id")
    organisation = fields.String(attribute="organisation_id")
    text = fields.String()
    proposal = fields.String()
    desk = fields.String(attribute="desk_id")
    status = fields.String()
    remedy = fields.String(allow_none=True)
    answer = fields.String()
    raised_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class DifficultiesSchema(Schema):
    """Difficulties, the oldest first."""

    items = fields.List(fields.Nested(DifficultySchema))


class ResultSchema(Schema):
    """A result that was sent."""

    id = fields.String()
    attempt = fields.Integer()
    result_on = fields.Date()
    statement = fields.String()
    document = fields.String(attribute="document_id", allow_none=True)
    document_number = fields.String()
    verdict = fields.String()
    verdict_reason = fields.String()
    sent_at = fields.AwareDateTime()


class ProgressNoteSchema(Schema):
    """What was reported on the way."""

    progress = fields.Integer()
    text = fields.String()
    by = fields.String(attribute="by_name")
    at = fields.AwareDateTime()


class CourseSchema(Schema):
    """Progress notes and results, the latest first."""

    progress = fields.List(fields.Nested(ProgressNoteSchema))
    results = fields.List(fields.Nested(ResultSchema))


class InputBody(Schema):
    """What a coordinating unit gives."""

    organisation = fields.String(required=True)
    text = fields.String(required=True, validate=_REASON)
    document = fields.String(load_default=None, allow_none=True)


class ReasonBody(Schema):
    """Why."""

    reason = fields.String(required=True, validate=_REASON)


class ReassignBody(ReasonBody):
    """To whom, and why."""

    lead = fields.String(required=True)


class SuspendBody(ReasonBody):
    """Why, and until when if known."""

    resume_on = fields.Date(load_default=None, allow_none=True)


class ResumeBody(ReasonBody):
    """Why, and a new day if set."""

    due = fields.Date(load_default=None, allow_none=True)


class RedateBody(ReasonBody):
    """Another day, and why."""

    due = fields.Date(required=True)


class UrgeBody(Schema):
    """Words of the reminder."""

    text = fields.String(load_default="")
