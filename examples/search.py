"""A search with scikit-learn
==========================

The estimators are scikit-learn's, so its searches, pipelines and scores take them.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pellucid import MLPClassifier

x, y = load_wine(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=2000, random_state=0))
grid = {
    "mlpclassifier__hidden_layer_sizes": [(2,), (8,), (32,)],
    "mlpclassifier__learning_rate_init": [0.001, 0.01, 0.1],
}
search = GridSearchCV(pipeline, grid, cv=3).fit(x, y)
print(search.best_params_, f"{search.best_score_:.1%}", sep="\n")

scores = np.reshape(search.cv_results_["mean_test_score"], (3, 3))
plt.imshow(scores, cmap="Blues")
plt.xticks(range(3), ["0.001", "0.01", "0.1"])
plt.yticks(range(3), ["2 units", "8 units", "32 units"])
plt.colorbar(label="accuracy")
plt.show()
