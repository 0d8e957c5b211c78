"""The rivals, one file for each environment; a file's PEERS name its ways to train."""
