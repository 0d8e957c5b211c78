"""A table
=======

Numbers, words and gaps, as people have them: the estimator reads the columns by itself.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from pellucid import TabularRegressor, plots

rng = np.random.default_rng(0)
area, rooms = rng.uniform(30, 200, 600), rng.integers(1, 7, 600)
place = rng.choice(["town", "village", "coast"], 600)
factor = pd.Series(place).map({"town": 1.3, "village": 0.8, "coast": 1.7}).to_numpy()
price = factor * (2000 * area + 9000 * rooms) + rng.normal(0, 15000, 600)
houses = pd.DataFrame({"area": area, "rooms": rooms, "place": place})
houses.loc[::17, "area"] = np.nan

model = TabularRegressor(random_state=0).fit(houses[:450], price[:450])
print(f"R² on rows held out: {model.score(houses[450:], price[450:]):.2f}")

plots.predicted(price[450:], model.predict(houses[450:]))
plt.show()
