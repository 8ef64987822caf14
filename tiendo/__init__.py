"""The whole product put together: shell commands, web server, worker, settings, sample province."""
