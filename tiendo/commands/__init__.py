"""The commands of the shell, one module each, with a click command named `command`."""
