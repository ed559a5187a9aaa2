from __future__ import annotations

from itertools import islice, pairwise

import pytest
import torch

from cscl_data.errors import InputError
from cscl_data.train.batches import IGNORED, row_collator
from cscl_data.train.data import Loader
from cscl_data.train.forms import FORMS, Marks
from cscl_data.train.mixing import LoaderSettings
from cscl_data.train.order import WINDOW_GROUPS, EpochOrder, RowGroup
from cscl_data.train.order import list_row_groups as list_groups
from cscl_data.train.packing import EncodedChunk
from cscl_data.train.place import LoaderState
from cscl_data.train.stream import Source
from tests.train.stage_data import ByteSpeech, sentences, write_preferences, write_stage

BOS, EOS, PAD = 256, 257, 258
BEGIN = LoaderState()


TEXT = FORMS["causal-lm"]


class ByteEncoders:
    """Tokenises in place, into bytes."""

    def __init__(self, bos, form=TEXT):
        self._encode = form.build(ByteSpeech(Marks(bos, EOS, PAD)))

    def encoded(self, chunks):
        for chunk in chunks:
            yield EncodedChunk(chunk, self._encode([row.values for row in chunk.rows]))


def list_row_groups(directory):
    return list_groups(directory, TEXT)


def open_loader(groups, *, start=BEGIN, epochs=1, bos=BOS, seed=0, packing="wrapped", separate=False, **sizes):
    sizes = {"context": 32, "batch_size": 4, "micro_batch": 4} | sizes
    settings = LoaderSettings(objective="causal-lm", packing=packing, seed=seed, **sizes)
    context = None if packing == "none" else settings.context
    collate = row_collator(pad=PAD, context=context, separate=separate)
    return Loader([Source("token", groups, 1.0, epochs)], settings, ByteEncoders(bos), collate, (start,))


def all_steps(loader):
    steps = []
    while True:
        try:
            batches, (place,) = loader.next_step()
            steps.append((batches, place))
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
    assert place == LoaderState(epoch=2, rows=270, packed=place.packed)


def test_loader_fills_up_the_end_alone_and_hides_it_from_the_loss(many_groups):
    steps = all_steps(open_loader(many_groups))
    padding = [batch.padding for batches, _ in steps for batch in batches]
    assert padding[:-1] == [0] * (len(padding) - 1)
    last = steps[-1][0][-1]
    assert torch.equal(last.labels_BT == IGNORED, last.input_ids_BT == PAD)
    assert last.padding == int((last.input_ids_BT == PAD).sum())


def test_loader_repeats_for_ever_without_epochs_and_says_so_once(many_groups, caplog):
    loader = open_loader(many_groups, epochs=None)
    places = [loader.next_step()[1][0] for _ in range(200)]
    assert places[-1].epoch > 2
    assert [record.message for record in caplog.records] == [
        "stage token: the data ends before the budget; it is repeated"
    ]


def test_data_that_is_only_read_ahead_of_the_steps_is_not_said_to_be_repeated(many_groups, caplog):
    """Found with two processes: the last chunk is handed out while the first of the next epoch is tokenised."""
    settings = LoaderSettings(objective="causal-lm", packing="wrapped", seed=0, context=32, batch_size=4, micro_batch=4)

    class ReadingAhead(ByteEncoders):
        def encoded(self, chunks):
            return iter(list(super().encoded(islice(chunks, 20))))

    collate = row_collator(pad=PAD, context=32, separate=False)
    loader = Loader([Source("token", many_groups)], settings, ReadingAhead(BOS), collate, (BEGIN,))
    assert loader.next_step()[1][0].epoch == 0
    assert not caplog.records
    while loader.next_step()[1][0][:4] <= (1, 0, 0, 0):
        assert not caplog.records
    assert len(caplog.records) == 1


def test_loader_splits_a_step_into_micro_batches_without_changing_it(many_groups):
    whole = all_steps(open_loader(many_groups, batch_size=6, micro_batch=6))
    split = all_steps(open_loader(many_groups, batch_size=6, micro_batch=4))
    assert [len(batches) for batches, _ in split][:3] == [2, 2, 2]
    assert tokens_of(split) == tokens_of(whole)


def test_loader_takes_a_row_without_text_as_its_marks(tmp_path):
    groups = list_row_groups(write_stage(tmp_path / "stage", ["", "a", ""], shards=1))
    assert sorted(tokens_of(all_steps(open_loader(groups, bos=None)))) == [ord("a"), EOS, EOS, EOS]


def test_window_of_large_row_groups_holds_few_of_them(tmp_path):
    sizes = {1: 16, 1024: 16, 9_000: 2, 50_000: 1}
    for rows, per_window in sizes.items():
        groups = tuple(RowGroup(tmp_path, i, rows, 0, i * rows) for i in range(33))
        windows = EpochOrder(0, "s", 0).windows(groups)
        assert {len(window) for window in windows[:-1]} == {per_window}
        assert sorted(group for window in windows for group in window) == list(groups)


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


@pytest.mark.parametrize("packing", ["best-fit", "none"])
def test_loader_goes_on_from_any_step_in_every_packing(many_groups, packing):
    sizes = {"packing": packing, "epochs": 2, "context": 40, "separate": True}
    whole = all_steps(open_loader(many_groups, **sizes))
    assert sorted(tokens_of(whole)) == sorted(2 * [t for s in sentences(135) for t in (BOS, *s.encode(), EOS)])
    for cut in range(0, len(whole) - 1, 9):
        rest = all_steps(open_loader(many_groups, start=whole[cut][1], **sizes))
        assert [place for _, place in rest] == [place for _, place in whole[cut + 1 :]]
        for (one, _), (other, _) in zip(rest, whole[cut + 1 :], strict=True):
            assert torch.equal(one[0].input_ids_BT, other[0].input_ids_BT)
            assert torch.equal(one[0].position_ids_BT, other[0].position_ids_BT)


def test_best_fit_is_cut_anew_only_at_the_end_of_a_chunk(many_groups):
    steps = all_steps(open_loader(many_groups, packing="best-fit", context=128))
    batches = [batch for of_step, _ in steps for batch in of_step]
    share = sum(b.padding for b in batches) / sum(b.input_ids_BT.numel() for b in batches)
    assert share < 0.1
    assert {place.epoch for _, place in steps[:-1]} == {0}


def test_mixed_sources_come_in_proportion_and_go_on_from_any_step(tmp_path):
    own = list_row_groups(write_stage(tmp_path / "own", sentences(60), group_rows=8))
    other = list_row_groups(write_stage(tmp_path / "other", sentences(9, start=500), group_rows=4))
    settings = LoaderSettings(objective="causal-lm", packing="none", seed=0, context=64, batch_size=5, micro_batch=5)
    sources = [Source("s", own, 0.75, 1), Source("s/other", other, 0.25)]

    def steps_from(place):
        loader = Loader(sources, settings, ByteEncoders(BOS), row_collator(pad=PAD, context=64, separate=False), place)
        steps = []
        while True:
            try:
                steps.append(loader.next_step())
            except StopIteration:
                return steps

    steps = steps_from((BEGIN, BEGIN))
    ids = [row_id for (batch,), _ in steps for row_id in batch.ids]
    replayed = sum(row_id.startswith("other") for row_id in ids)
    assert len(set(ids) & {f"own-{i}" for i in range(60)}) == 60
    assert replayed == 20
    assert steps[-1][1][0].epoch == 1
    assert steps[-1][1][1].epoch == 2
    for cut in (0, 3, 11):
        rest = steps_from(steps[cut][1])
        assert [batch.ids for (batch,), _ in rest] == [batch.ids for (batch,), _ in steps[cut + 1 :]]


def test_window_of_units_keeps_neighbours_together(tmp_path):
    form = FORMS["clo"]
    groups = list_groups(write_preferences(tmp_path / "p", 30), form)
    order = EpochOrder(0, "s", 0)
    rows = order.rows(order.windows(groups)[0], 0, form)
    records = [row.values[-1] for row in rows]
    assert sorted(row.number for row in rows) == list(range(59))
    assert [row.number for row in rows] != list(range(59))
    cut = sum(one != other for one, other in pairwise(records)) + 1
    assert cut <= 30 + len(groups)  # a record is parted only where a row group ends
