"""People, teams, services and what they depend on, from the organisation's log."""
