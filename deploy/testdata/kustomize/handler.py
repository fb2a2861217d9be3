class Handler:
    def handle_batch(self, payload):
        return payload
