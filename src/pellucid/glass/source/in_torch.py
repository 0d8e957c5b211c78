"""A network as a program of PyTorch: a Module, a loss, an optimizer, and the loop over epochs."""

from __future__ import annotations

from pellucid.glass.source.graph import check_goal, row_of
from pellucid.glass.source.inlining import Inlined, check_steps
from pellucid.glass.source.measures import measures, measuring
from pellucid.glass.source.torch_loss import loss_of
from pellucid.glass.source.torch_model import TorchModel
from pellucid.glass.source.torch_names import REGULARIZERS
from pellucid.glass.source.torch_parts import TORCH
from pellucid.schedules import Schedule

EVALUATE = '''
def evaluate({given}):
    """The loss and what else is reported, as the network predicts."""
    model.eval()
    with torch.no_grad():
        {p} = model({inputs})
        found = {loss}
    return {{"loss": found.item(){more}}}
'''
TRAIN = '''
def train({arrays}):
    """Epochs over the rows, in an order that is drawn for each; a step for each batch."""
    {before}
    steps = 0
    for epoch in range(epochs_done, epochs_done + epochs):
        model.train()
        {still}
        order = {order}
        total{seen} = 0.0{empty}
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            {p} = model({inputs})
            found = {loss}
            {move}
            steps += 1
            total += found.item() * len(rows)
            {keep}
        report = {{"loss": total / len(order)}}
        {more}
        shown = (f"{{name}} {{value:.6g}}" for name, value in report.items())
        print(f"epoch {{epoch + 1}}: {{', '.join(shown)}}")
    {after}
'''


class TorchProgram(TorchModel):
    """The program of a network in PyTorch."""

    def functions(self) -> list[str]:
        """predict; and to train: the loss, the update, what is measured, and the loop."""
        found = [self.prediction()]
        if self.predicts:
            return found
        plan, lines, engine = self.lines.plan, self.lines, self.engine
        remaining = iter(plan.targets)
        by_output = [next(remaining) if aimed else None for aimed in engine.aim.goal.aimed]
        self.measures, self.without = measures(engine.meters.metrics, by_output, lines)
        found += self.losses() + self.rates() + self.update.functions()
        found += measuring(self.measures, self.seen)
        found += [self.evaluation()] if self.course.validates else []
        return [*found, self.loop()]

    @property
    def seen(self) -> list[str]:
        return [*self.targets, *self.outputs, *self.rows.w]

    def losses(self) -> list[str]:
        """A function for the loss of each output."""
        check_goal(self.engine.aim.goal, "torch")
        found = []
        for at, loss in enumerate(self.engine.aim.goal.losses):
            if loss is not None:
                scores = at in self.tails or bool(getattr(loss, "from_logits", False))
                rank = len(self.graph.outputs[at].shape)
                found.append(loss_of(loss, self.loss_name(at), scores, bool(self.rows.w), rank))
        return found

    def loss_name(self, at: int) -> str:
        several = sum(loss is not None for loss in self.engine.aim.goal.losses) > 1
        return f"loss{at + 1}" if several else "loss"

    def total(self, rows: str) -> str:
        """The loss of some rows, with the penalties on weights."""
        goal, parts, targets = self.engine.aim.goal, [], iter(self.targets)
        w = [f"{each}{rows}" for each in self.rows.w]
        for at, loss in enumerate(goal.losses):
            if loss is not None:
                given = ", ".join([self.p[at], f"{next(targets)}{rows}", *w])
                share = "" if goal.shares[at] == 1 else f"{goal.shares[at]} * "
                parts.append(f"{share}{self.loss_name(at)}({given})")
        for weight in self.graph.weights():
            if weight.regularizer is not None:
                template = row_of(REGULARIZERS, weight.regularizer, "regularizer", TORCH)
                settings = weight.regularizer.settings()
                parts += [template.format(w=each, **settings) for each in self.parameters(weight)]
        return " + ".join(parts)

    def rates(self) -> list[str]:
        rate = self.engine.optimizer.learning_rate
        if not isinstance(rate, Schedule):
            return []
        inlined = Inlined(self.lines.names)
        check_steps(self.engine.optimizer)
        inlined.schedule(rate, "learning_rate")
        return inlined.texts

    def evaluation(self) -> str:
        arrays = [*self.inputs, *self.targets, *self.rows.w]
        seen = [f"{each}.numpy()" for each in self.targets]
        seen += [f"{self.finished(at)}.numpy()" for at in range(len(self.p))]
        seen += [f"{each}.numpy()" for each in self.rows.w]
        more = f", **measured({', '.join(seen)})" if self.measures else ""
        return EVALUATE.format(
            given=", ".join(arrays),
            p=", ".join(self.p),
            inputs=", ".join(self.inputs),
            loss=self.total(""),
            more=more,
        ).strip("\n")

    def loop(self) -> str:
        rows, several = self.rows, len(self.p) > 1
        arrays = [*rows.arrays, *rows.held]
        first = f"len({self.inputs[0]})"
        frozen = [each for each in self.batch_normalizations() if not each.trained]
        still = [f"model.{each.name}.eval()" for each in frozen]
        outputs = [f"{self.finished(at)}.detach().numpy()" for at in range(len(self.p))]
        kept = ", ".join(outputs)
        found = TRAIN.format(
            arrays=", ".join(arrays),
            before="\n    ".join(
                [f"{each} = torch.from_numpy({each})" for each in arrays] + self.update.before()
            ),
            still="\n        ".join(still),
            order=f"generator(0, epoch).permutation({first})"
            if self.course.shuffle
            else f"np.arange({first})",
            seen=", seen" if self.measures else "",
            empty=", []" if self.measures else "",
            p=", ".join(self.p),
            inputs=", ".join(f"{each}[rows]" for each in self.inputs),
            loss=self.total("[rows]"),
            move="\n            ".join(self.update.moving()),
            keep=(f"seen.append(({kept}))" if several else f"seen.append({kept})")
            if self.measures
            else "",
            more="\n        ".join(self.reporting()),
            after="\n    ".join(self.update.after()),
        )
        return "\n".join(line for line in found.strip("\n").split("\n") if line.strip())

    def reporting(self) -> list[str]:
        found = []
        if self.measures:
            outputs = ", ".join(self.outputs)
            joined = "map(np.concatenate, zip(*seen, strict=True))"
            found.append(f"{outputs} = {joined if len(self.p) > 1 else 'np.concatenate(seen)'}")
            given = [
                each if each in self.outputs else f"{each}[order].numpy()" for each in self.seen
            ]
            found.append(f"report |= measured({', '.join(given)})")
        if self.course.validates:
            found.append(f"found = evaluate({', '.join(self.rows.held)})")
            found.append('report |= {f"val_{name}": value for name, value in found.items()}')
        return found
