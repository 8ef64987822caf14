"""Confirmed intake proposals: the items a person took over from a document, kept for the draft of its plan."""
