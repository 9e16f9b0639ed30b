"""Composes the layers below for people: open, load, build, publish, check."""
