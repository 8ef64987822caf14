"""The business: organisations, people, documents, plans, assignments, deadlines, reports."""
