"""The contract: what every equation must keep, checked over tables of examples."""
