"""Training: the loop, and what watches it."""

from pellucid.training import callbacks as callbacks
