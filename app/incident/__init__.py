"""What an incident is: its facts, its projections, ,  and the rules."""
