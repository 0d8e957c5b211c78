"""Faults and healthy networks that are drawn: other sizes, data, seeds and optimizers each time.

    python -m tests.doctor.drawn [NUMBER [CAUSE]]

draws as many variations of every fault and lets the judge count; half of the variations of a fault
are its mended form, which has to have no finding above a note.
"""
