"""IBM model 1: which source word made a target word, wherever they stand. It starts the HMM off.

Source:
    brown-etal-1993-mathematics, model 1; the null word has a fixed probability, as in the HMM.
"""

from __future__ import annotations

import numpy as np

from cscl_data.aligners.kernels import Array, compiled


@compiled
def ibm1_posteriors(
    src_offsets: Array, tgt_offsets: Array, cells: Array, tgt_none: Array, src_none: Array, p_null: float
) -> tuple[Array, Array, Array]:
    """Return the posteriors of a block of pairs under model 1; shapes as in `hmm.hmm_posteriors`."""
    out = np.empty(cells.shape, dtype=np.float32)
    tgt_out = np.empty(tgt_none.size, dtype=np.float32)
    src_out = np.empty(src_none.size, dtype=np.float32)
    at = 0
    for p in range(src_offsets.size - 1):
        s0, t0 = src_offsets[p] - src_offsets[0], tgt_offsets[p] - tgt_offsets[0]
        n, m = src_offsets[p + 1] - src_offsets[p], tgt_offsets[p + 1] - tgt_offsets[p]
        to_src, to_tgt = (1.0 - p_null) / n, (1.0 - p_null) / m
        tgt_sum, src_sum = np.zeros(m), np.zeros(n)
        for i in range(n):
            for j in range(m):
                tgt_sum[j] += to_src * cells[at + i * m + j, 0]
                src_sum[i] += to_tgt * cells[at + i * m + j, 1]
        for j in range(m):
            tgt_sum[j] = 1.0 / (tgt_sum[j] + p_null * tgt_none[t0 + j] + 1e-300)
            tgt_out[t0 + j] = p_null * tgt_none[t0 + j] * tgt_sum[j]
        for i in range(n):
            src_sum[i] = 1.0 / (src_sum[i] + p_null * src_none[s0 + i] + 1e-300)
            src_out[s0 + i] = p_null * src_none[s0 + i] * src_sum[i]
        for i in range(n):
            for j in range(m):
                out[at + i * m + j, 0] = to_src * cells[at + i * m + j, 0] * tgt_sum[j]
                out[at + i * m + j, 1] = to_tgt * cells[at + i * m + j, 1] * src_sum[i]
        at += n * m
    return out, tgt_out, src_out
