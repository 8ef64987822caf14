"""What SpiffWorkflow 3.2.0 as it comes does wrongly in silence, each fault shown, and this engine beside it.

Every test first runs a diagram through the plain library and asserts the fault, so that an upgrade which
repairs one is noticed; then it shows that this engine runs the same diagram as BPMN says, or refuses it.
"""
