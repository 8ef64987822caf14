"""The product as its users meet it: a server process, HTTP, people with API keys, the clock, `kill -9`."""
