"""What an incident is: its facts, its projections, `replay`, `foresee` and the rules."""
