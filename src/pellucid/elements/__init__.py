"""One number at a time: which numbers a number of a plan is made of, and how.

An equation says what it computes once, in `run`. Here `run` is called with an array library whose
arrays make a number when it is asked for (`functions`, `arrays`), and whose numbers remember their
operation and its parts (`number`, `operations`). So every equation, a user's own included, can be
asked for any number of its value: what it reads, its terms, and a Python expression that is it.
"""
