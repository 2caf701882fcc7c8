"""The recurrent network."""

import torch

from clipviz.models.lstm import LSTM
from clipviz.policies.activations.fixed import FixedClip
from clipviz.policies.activations.vector_norm import VectorNormClip
from tests.models.specimens import TEXT, body, rows


def test_padding_says_nothing() -> None:
    built = body(LSTM(embedding=4, hidden=5)).eval()
    values = torch.zeros(2, TEXT.width)
    values[0, 2:5] = torch.tensor([3.0, 7.0, 2.0])
    short = values[:1, :5]
    torch.testing.assert_close(built(values)[:1], built(short))


def test_padding_that_all_rows_share_is_not_read() -> None:
    built, seen = body(LSTM(embedding=4, hidden=5)).eval(), []
    built.recurrent[0].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0].shape[1]))
    values = torch.zeros(3, TEXT.width)
    values[0, 2:5] = 3.0
    values[1, 2:4] = 3.0
    built(values)
    built(torch.zeros(1, TEXT.width))
    built.to("meta")(torch.zeros(1, TEXT.width, device="meta"))
    assert seen == [3, 1, TEXT.tokens], "shapes stay where steps are recorded"


def test_a_row_without_words_has_an_answer() -> None:
    built = body(LSTM())
    assert built(torch.zeros(1, TEXT.width)).isfinite().all()


def test_the_last_state_is_that_of_torchs_packed_sequences() -> None:
    built = body(LSTM(embedding=4, hidden=5, layers=2)).eval()
    values = rows(TEXT)
    ids = values[:, 2:].long()
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        built.embedding(ids), (ids > 0).sum(1), batch_first=True, enforce_sorted=False
    )
    for layer in built.recurrent:
        packed, (hidden, _) = layer(packed)
    want = built.output(torch.cat([values[:, :2], hidden[-1]], dim=1))
    torch.testing.assert_close(built(values), want)


def test_embeddings_are_clamped_by_value_and_by_norm() -> None:
    for clip in (FixedClip(theta=0.3), VectorNormClip(max_norm=0.5)):
        built = body(LSTM(), embedding=(clip,))
        seen: list[torch.Tensor] = []
        built.recurrent[0].register_forward_pre_hook(
            lambda _module, inputs, seen=seen: seen.append(inputs[0])
        )
        built(rows(TEXT))
        size = seen[0].abs().max() if isinstance(clip, FixedClip) else seen[0].norm(dim=-1).max()
        assert size <= 0.5 + 1e-6


def test_dropout_stands_between_layers_and_draws_from_torchs_own_generator() -> None:
    """cuDNN's has a state of its own, which a captured step must not hold on to."""
    built = body(LSTM(embedding=4, hidden=50, layers=2, dropout=0.5))
    assert [layer.dropout for layer in built.recurrent] == [0.0, 0.0]
    seen: list[torch.Tensor] = []
    built.recurrent[1].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    for _ in range(2):
        torch.manual_seed(0)
        built(rows(TEXT))
    built.eval()(rows(TEXT))
    learning, again, judging = seen
    assert torch.equal(learning, again)
    assert 0.3 < (learning == 0).float().mean() < 0.7 and (judging != 0).all()
