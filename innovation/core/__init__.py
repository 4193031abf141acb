"""Rules without HTTP that every feature stands on: database, events, permissions, jobs."""
