"""IBM model 1: which source word made a target word, wherever they stand. It starts the HMM off.

Source:
    brown-etal-1993-mathematics, model 1; the null word has a fixed probability, as in the HMM.
"""

from __future__ import annotations

import numpy as np

from cscl_data.aligners.kernels import Array, compiled


@compiled
def ibm1_posteriors(
    src_offsets: Array,
    tgt_offsets: Array,
    offsets: Array,
    partners: Array,
    cells: Array,
    tgt_none: Array,
    src_none: Array,
    p_null: float,
) -> tuple[Array, Array, Array]:
    """Return the posteriors of a block of pairs under model 1; arguments and shapes as in `hmm.hmm_posteriors`."""
    out = np.empty(cells.shape, dtype=np.float32)
    tgt_out = np.empty(tgt_none.size, dtype=np.float32)
    src_out = np.empty(src_none.size, dtype=np.float32)
    for p in range(src_offsets.size - 1):
        s0, s1 = src_offsets[p] - src_offsets[0], src_offsets[p + 1] - src_offsets[0]
        t0, t1 = tgt_offsets[p] - tgt_offsets[0], tgt_offsets[p + 1] - tgt_offsets[0]
        to_src, to_tgt = (1.0 - p_null) / (s1 - s0), (1.0 - p_null) / (t1 - t0)
        tgt_sum, src_sum = np.zeros(t1 - t0), np.zeros(s1 - s0)
        for i in range(s0, s1):
            for k in range(offsets[i] - offsets[0], offsets[i + 1] - offsets[0]):
                tgt_sum[partners[k]] += to_src * cells[k, 0]
                src_sum[i - s0] += to_tgt * cells[k, 1]
        for j in range(t0, t1):
            none = p_null * tgt_none[j]
            tgt_sum[j - t0] = 1.0 / (tgt_sum[j - t0] + none + 1e-300)
            tgt_out[j] = none * tgt_sum[j - t0]
        for i in range(s0, s1):
            none = p_null * src_none[i]
            src_sum[i - s0] = 1.0 / (src_sum[i - s0] + none + 1e-300)
            src_out[i] = none * src_sum[i - s0]
            for k in range(offsets[i] - offsets[0], offsets[i + 1] - offsets[0]):
                out[k, 0] = to_src * cells[k, 0] * tgt_sum[partners[k]]
                out[k, 1] = to_tgt * cells[k, 1] * src_sum[i - s0]
    return out, tgt_out, src_out
