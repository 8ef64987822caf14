"""Telling others what happened and hearing what they say: signed, retried, logged (Standard Webhooks)."""
