"""Qt models: adapters from projections to Qt, without logic of their own."""
