"""What a person can do: one function per intention.  Each returns facts; none records them."""
