"""The one place that knows SpiffWorkflow: its parser, specs and tasks, under our own token semantics.

SpiffWorkflow gives the frame (parser, `TaskSpec`, `Task`, `TaskState`, `Workflow`); every BPMN element has
its own spec class here, and the task tree holds only live tokens, grouped by the scope they run in. Why:
`docs/decisions/0003-tokens-not-task-trees.md`.
"""
