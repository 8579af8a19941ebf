"""The scribe's language: a typed line becomes an entry."""
