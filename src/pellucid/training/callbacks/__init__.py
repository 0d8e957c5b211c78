"""Callbacks: what is done at set moments of training, beside training itself."""

from pellucid.training.callbacks.activations import Activations
from pellucid.training.callbacks.averaging import SwapEMAWeights
from pellucid.training.callbacks.base import Callback, CallbackList, LambdaCallback
from pellucid.training.callbacks.doctor import Doctor
from pellucid.training.callbacks.learning_rate import LearningRateScheduler, ReduceLROnPlateau
from pellucid.training.callbacks.logs import CSVLogger, RemoteMonitor, TensorBoard
from pellucid.training.callbacks.saving import BackupAndRestore, ModelCheckpoint
from pellucid.training.callbacks.stopping import EarlyStopping, TerminateOnNaN
from pellucid.training.history import History
from pellucid.training.progress import Progress
from pellucid.wording import tell

__all__ = [
    "Activations",
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "Doctor",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "Progress",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]

tell(globals(), "callbacks")
