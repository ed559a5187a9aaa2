"""Where shard functions run; an engine knows nothing of text."""

from cscl_data.engine.base import ENGINES, Engine, ShardFunction, ShardReport, ShardTask, load_engine

__all__ = ["ENGINES", "Engine", "ShardFunction", "ShardReport", "ShardTask", "load_engine"]
