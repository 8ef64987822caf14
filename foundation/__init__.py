"""What everything stands on: clock, database session, errors, ids, texts, working time."""
