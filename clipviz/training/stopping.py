"""When to stop: the best validation loss so far, and how long ago."""

import math
from dataclasses import dataclass


@dataclass
class Stopping:
    """Early stopping on the validation loss. patience: evaluations without a better one; 0 never stops."""

    patience: int
    best_loss: float = math.inf
    best_step: int = 0
    waited: int = 0

    def better(self, step: int, loss: float) -> bool:
        """Notes an evaluation; True when it is the best so far. A loss that is not finite is never better."""
        if loss < self.best_loss:
            self.best_loss, self.best_step, self.waited = loss, step, 0
            return True
        self.waited += 1
        return False

    @property
    def exhausted(self) -> bool:
        return 0 < self.patience <= self.waited
