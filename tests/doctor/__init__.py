"""The doctor's tests, and the collection of faults that it is judged by."""
