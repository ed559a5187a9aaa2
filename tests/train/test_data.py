from __future__ import annotations

import pytest
import torch

from cscl_data.errors import InputError
from cscl_data.train.data import IGNORED, Loader, Marks
from cscl_data.train.order import WINDOW_GROUPS, EpochOrder, list_row_groups
from cscl_data.train.packing import LoaderState
from tests.train.stage_data import sentences, write_stage

BOS, EOS, PAD = 256, 257, 258
BEGIN = LoaderState()


def encode_bytes(texts):
    return [list(text.encode()) for text in texts]


def open_loader(groups, *, start=BEGIN, epochs=1, bos=BOS, seed=0, batch_size=4, micro_batch=4, context=32):
    return Loader(
        groups,
        EpochOrder(seed, "token", 0),
        encode_bytes,
        Marks(bos, EOS, PAD),
        context=context,
        batch_size=batch_size,
        micro_batch=micro_batch,
        epochs=epochs,
        start=start,
        device=torch.device("cpu"),
    )


def all_steps(loader):
    steps = []
    while True:
        try:
            steps.append(loader.next_step())
        except StopIteration:
            return steps


def tokens_of(steps):
    ids = [t for batches, _ in steps for batch in batches for t in batch.input_ids_BT.flatten().tolist()]
    return [t for t in ids if t != PAD]


def texts_of(tokens):
    texts, current = [], []
    for token in tokens:
        if token == EOS:
            texts.append(bytes(current).decode())
            current = []
        elif token != BOS:
            current.append(token)
    assert current == []
    return texts


@pytest.fixture
def many_groups(tmp_path):
    """45 row groups of 3 rows, so three windows."""
    directory = write_stage(tmp_path / "stage", sentences(135), shards=5, group_rows=3)
    return list_row_groups(directory)


def test_loader_hands_out_every_text_once_an_epoch_between_its_marks(many_groups):
    assert len(many_groups) > 2 * WINDOW_GROUPS
    tokens = tokens_of(all_steps(open_loader(many_groups)))
    texts = texts_of(tokens)
    assert sorted(texts) == sorted(sentences(135))
    assert texts != sentences(135)
    assert tokens.count(BOS) == tokens.count(EOS) == 135
    assert len(tokens) == sum(len(text.encode()) + 2 for text in sentences(135))


def test_loader_gives_each_epoch_and_seed_another_order(many_groups):
    twice = texts_of(tokens_of(all_steps(open_loader(many_groups, epochs=2))))
    other = texts_of(tokens_of(all_steps(open_loader(many_groups, seed=1))))
    assert sorted(twice[:135]) == sorted(twice[135:]) == sorted(other)
    assert len({tuple(twice[:135]), tuple(twice[135:]), tuple(other)}) == 3


def test_loader_mixes_the_rows_of_different_shards(many_groups):
    texts = texts_of(tokens_of(all_steps(open_loader(many_groups))))
    shard_of = {text: i // 27 for i, text in enumerate(sentences(135))}
    assert len({shard_of[text] for text in texts[:27]}) > 2


def test_loader_goes_on_from_any_step(many_groups):
    whole = all_steps(open_loader(many_groups, epochs=2))
    for cut in range(0, len(whole), 7):
        rest = all_steps(open_loader(many_groups, epochs=2, start=whole[cut][1]))
        assert tokens_of(rest) == tokens_of(whole[cut + 1 :])
        assert [place for _, place in rest] == [place for _, place in whole[cut + 1 :]]


def test_loader_reads_only_the_window_it_goes_on_in(tmp_path):
    directory = write_stage(tmp_path / "stage", sentences(40), shards=40)
    groups = list_row_groups(directory)
    whole = all_steps(open_loader(groups))
    place = next(place for _, place in whole if place.window == 2)
    for group in [g for window in EpochOrder(0, "token", 0).windows(groups)[:2] for g in window]:
        group.path.unlink()
    rest = all_steps(open_loader(groups, start=place))
    assert tokens_of(rest) == tokens_of([step for step in whole if step[1].rows >= place.rows and step[1] != place])


def test_loader_ends_at_the_first_place_of_the_next_epoch(many_groups):
    *_, (_, place) = all_steps(open_loader(many_groups, epochs=2))
    assert place == LoaderState(epoch=2, rows=270)


def test_loader_fills_up_the_end_alone_and_hides_it_from_the_loss(many_groups):
    steps = all_steps(open_loader(many_groups))
    padding = [batch.padding for batches, _ in steps for batch in batches]
    assert padding[:-1] == [0] * (len(padding) - 1)
    last = steps[-1][0][-1]
    assert torch.equal(last.labels_BT == IGNORED, last.input_ids_BT == PAD)
    assert last.padding == int((last.input_ids_BT == PAD).sum())


def test_loader_repeats_for_ever_without_epochs_and_says_so_once(many_groups, caplog):
    loader = open_loader(many_groups, epochs=None)
    places = [loader.next_step()[1] for _ in range(200)]
    assert places[-1].epoch > 2
    assert [record.message for record in caplog.records] == [
        "stage token: the data ends before the budget; it is repeated"
    ]


def test_loader_splits_a_step_into_micro_batches_without_changing_it(many_groups):
    whole = all_steps(open_loader(many_groups, batch_size=6, micro_batch=6))
    split = all_steps(open_loader(many_groups, batch_size=6, micro_batch=4))
    assert [len(batches) for batches, _ in split][:3] == [2, 2, 2]
    assert tokens_of(split) == tokens_of(whole)


def test_loader_takes_a_row_without_text_as_its_marks(tmp_path):
    groups = list_row_groups(write_stage(tmp_path / "stage", ["", "a", ""], shards=1))
    assert sorted(tokens_of(all_steps(open_loader(groups, bos=None)))) == [ord("a"), EOS, EOS, EOS]


def test_list_row_groups_skips_empty_shards(tmp_path):
    groups = list_row_groups(write_stage(tmp_path / "stage", ["a"], shards=3))
    assert [group.rows for group in groups] == [1]


def test_list_row_groups_refuses_a_stage_without_rows(tmp_path):
    with pytest.raises(InputError, match="no rows"):
        list_row_groups(write_stage(tmp_path / "stage", [], shards=1))


def test_list_row_groups_refuses_shards_without_text(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "data").mkdir()
    pq.write_table(pa.table({"id": ["a"], "txt": ["b"]}), tmp_path / "data" / "train-00000.parquet")
    with pytest.raises(InputError, match="no column 'text'") as caught:
        list_row_groups(tmp_path)
    assert caught.value.hint == "its columns are: id, txt"


def test_list_row_groups_refuses_another_directory(tmp_path):
    with pytest.raises(InputError, match="not a shard directory"):
        list_row_groups(tmp_path)
