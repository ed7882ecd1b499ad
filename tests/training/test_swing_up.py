"""Swing-up."""
