"""Runs BPMN and DMN: definitions, lint, instances, user tasks, timers, jobs, messages, incidents, history."""
