"""`cscl-data train`: the options stand in `cscl_data.train.options`, for `python -m cscl_data.train` too."""

from cscl_data.train.options import train_cli

__all__ = ["train_cli"]
