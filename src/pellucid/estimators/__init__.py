"""Networks with scikit-learn's contract: fit, predict, score, in pipelines and searches."""

from __future__ import annotations

from pellucid.extras import install
from pellucid.wording import tell

try:
    import sklearn  # noqa: F401
except ImportError as error:
    raise ImportError(f"estimators need scikit-learn: {install('standard')}") from error

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor
from pellucid.estimators.searching import search
from pellucid.estimators.tabular_classifier import TabularClassifier
from pellucid.estimators.tabular_regressor import TabularRegressor

__all__ = ["MLPClassifier", "MLPRegressor", "TabularClassifier", "TabularRegressor", "search"]

tell(globals(), "estimators")
