"""Watchfloor: the console from which incident commanders run major incidents."""
