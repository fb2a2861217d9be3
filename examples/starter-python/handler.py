"""Counts the words of a text."""


class Handler:
    def __init__(self, config, metrics_client):
        self.least_letters = config["least_letters"]
        self.metrics = metrics_client

    def handle_batch(self, payload):
        """A result for each item, in their order."""
        self.metrics.increment("texts", len(payload))
        return [self.count(item["text"]) for item in payload]

    def count(self, text):
        words = [word for word in text.split() if len(word) >= self.least_letters]
        return {"words": len(words), "longest": max(words, key=len, default=None)}
