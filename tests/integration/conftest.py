from local.testing import emulator, stack

__all__ = ["emulator", "stack"]
