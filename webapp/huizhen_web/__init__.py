"""The web UI of Huizhen: Flask, Jinja and htmx; Chinese first, English by a switch."""
