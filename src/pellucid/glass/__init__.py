"""Looking into a network: what its numbers are, and what they are made of."""
