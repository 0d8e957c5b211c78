"""Keras's own tests, run on pellucid: `make conformance KERAS=folder`."""
