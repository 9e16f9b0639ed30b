"""Roadmaps that ship with the program, as data."""
