"""Readings that stream past and become facts only when health changes."""
