"""Settings of this installation: read once by the entry points from the environment and `.env`, then frozen."""

from .about import SettingsError
from .environment import child_environment, named_environment, search_path, temporal_environment
from .explaining import example_of, settings_table
from .installation import Settings
from .loading import load_settings
from .models import MODEL_KEYS
from .values import DOLLARS

__all__ = [
    "DOLLARS",
    "MODEL_KEYS",
    "Settings",
    "SettingsError",
    "child_environment",
    "example_of",
    "load_settings",
    "named_environment",
    "search_path",
    "settings_table",
    "temporal_environment",
]
