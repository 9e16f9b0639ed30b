"""Studying: the deck, the log of answers, the schedule, sessions, interviews, Anki."""
