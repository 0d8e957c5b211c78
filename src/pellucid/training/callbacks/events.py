"""The parts of the tensorboard package that write event files; imported when they are needed."""

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter

__all__ = ["Event", "EventFileWriter", "histogram_pb", "scalar_pb"]
