"""The directive `explain`: its code is run when the page is made, and the step can be opened there.

    ```{explain}
    net.explain(x[:1], y[:1])
    ```

The code is Python; what its last line gives is shown. `x`, `y` and `net` are the bundled digits and
a network trained on them, unless the code makes its own.
"""

from __future__ import annotations

import ast
import functools
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive


class Explain(Directive):
    has_content: ClassVar[bool] = True

    def run(self) -> list[nodes.Node]:
        code = "\n".join(self.content)
        space = dict(surroundings())
        tree = ast.parse(code)
        last = tree.body.pop()
        assert isinstance(last, ast.Expr), "the last line of an explain block is what it shows"
        exec(compile(tree, "explain", "exec"), space)
        shown: Any = eval(compile(ast.Expression(last.value), "explain", "eval"), space)
        return [
            nodes.literal_block(code, code, language="python"),
            nodes.raw("", shown._repr_html_(), format="html"),
        ]


@functools.cache
def surroundings() -> dict[str, Any]:
    """The digits, and a small network that was trained on them."""
    import pellucid
    from pellucid import Sequential, datasets, layers

    pellucid.set_random_seed(0)
    (x, y), _ = datasets.digits.load_data()
    x = x.reshape(-1, 64) / 16
    net = Sequential([layers.Dense(16, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    net.fit(x, y, epochs=20, verbose=0)
    return {"pellucid": pellucid, "net": net, "x": x, "y": y}
