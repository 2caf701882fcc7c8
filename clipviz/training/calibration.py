"""Where thresholds start that are measured in a batch."""

import torch

from clipviz.policies.activations._calibration import calibrate as start_measured
from clipviz.policies.activations._calibration import waits
from clipviz.training import watch
from clipviz.training.assembly import Assembly
from clipviz.training.network import bounded
from clipviz.training.rows import Rows


def calibrate(assembly: Assembly, batch: Rows) -> list[str]:
    """Starts every measured threshold where its policy measures it in one batch, first layer first; says where.

    A threshold whose measure is 0 (nothing gets through) or no number starts at 1; a channel's, where that of
    its layer starts.
    """
    sentences = []
    places = list(assembly.network.body.clips)
    for name, place, position, clip in bounded(assembly.network.body):
        if not waits(clip):
            continue
        tap = watch.taps(assembly.network, batch.inputs)[places.index(place)]
        with torch.no_grad():
            values = assembly.network.body.clips[place].before(tap, position)
        sentences.append(f"{name}: {start_measured(clip, values)}")
    return sentences
